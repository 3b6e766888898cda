"""The repairs of what a lint tells."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import NamedTuple

from vtql.analysis import Analysis
from vtql.diagnostics import Applicability
from vtql.fixes import Mended, View
from vtql.fixes import apply_fixes as mended_in_rounds
from vtql.lint.judge import Told


class Looked(NamedTuple):
    """What is in a text, and that part of it which is told."""

    found: Analysis
    told: Told


def mended(
    first: Looked, look: Callable[[str], Looked], accept: Collection[Applicability]
) -> Mended[Looked]:
    """A text after the repairs of what is told, those of each kind that is accepted."""
    return mended_in_rounds(first, look, _view, accept)


def _view(looked: Looked) -> View:
    told = looked.told
    return View(told.source.text, looked.found.diagnostics, told.diagnostics)


__all__ = ["Looked", "Mended", "mended"]
