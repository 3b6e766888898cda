"""Findings for a reader at a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from vtql.diagnostics import paint
from vtql.render import Findings


def render_text(analyses: Sequence[Findings]) -> str:
    """Each finding in its place, with a blank line between two; nothing where nothing was found."""
    painted = [
        paint(analysis.source, diagnostic)
        for analysis in analyses
        for diagnostic in analysis.diagnostics
    ]
    return "\n\n".join(painted)
