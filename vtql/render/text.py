"""Findings for a reader at a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from vtql.analysis import Analysis
from vtql.diagnostics import paint


def render_text(analyses: Sequence[Analysis]) -> str:
    """Each finding in its place, with a blank line between two; nothing where nothing was found."""
    painted = [paint(each.source, found) for each in analyses for found in each.diagnostics]
    return "\n\n".join(painted)
