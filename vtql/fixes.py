"""Apply fixes in rounds until none is left, without introducing syntax errors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Generic, NamedTuple, TypeVar

from vtql.diagnostics import Applicability, Diagnostic, Edit, apply_edit_groups

MAX_ROUNDS = 50
"""Rounds of fixing before they are taken to go in a circle."""

MAX_SINGLE_FIXES = 50
"""Fixes that are tried one by one if all of them together would break something."""


class View(NamedTuple):
    """The analysis of a text as fixing needs it: the text, all findings, and those to fix."""

    text: str
    all_diagnostics: Sequence[Diagnostic]
    fixable: Sequence[Diagnostic]


Analysed = TypeVar("Analysed")


class FixResult(NamedTuple, Generic[Analysed]):
    """The last analysis of a text, the number of fixed findings, and what stopped fixing early.

    `obstacle` is empty where all went well.
    """

    last: Analysed
    fixed_count: int
    obstacle: str = ""


def apply_fixes(
    first: Analysed, analyse: Callable[[str], Analysed], view: Callable[[Analysed], View],
    accept: Collection[Applicability],
) -> FixResult[Analysed]:  # fmt: skip
    """Apply the fixes of every accepted applicability.

    A fix that adds syntax errors of some kind is not applied; a text for which fixing does not end
    stays as it was. So a second run changes nothing.
    """
    last, fixed_count = first, 0
    for _ in range(MAX_ROUNDS):
        current = view(last)
        accepted = [
            diagnostic.edits
            for diagnostic in current.fixable
            if diagnostic.edits and diagnostic.applicability in accept
        ]
        text = apply_edit_groups(current.text, accepted)
        if text == current.text:
            return FixResult(last, fixed_count)
        fixed = analyse(text)
        if _is_worse(view(fixed), current):
            better = _first_harmless(current, accepted, analyse, view)
            if better is None:
                return FixResult(
                    last, fixed_count, "a repair would break what is right, and is not made"
                )
            fixed = better
        fixed_count += max(1, len(current.fixable) - len(view(fixed).fixable))
        last = fixed
    return FixResult(
        first, 0, f"there is no end of repairs after {MAX_ROUNDS} rounds; none is made"
    )


def _first_harmless(
    current: View, fixes: Iterable[Sequence[Edit]], analyse: Callable[[str], Analysed],
    view: Callable[[Analysed], View],
) -> Analysed | None:  # fmt: skip
    """The analysis after the first fix that breaks nothing by itself."""
    for edits in list(fixes)[:MAX_SINGLE_FIXES]:
        text = apply_edit_groups(current.text, [edits])
        if text != current.text:
            fixed = analyse(text)
            if not _is_worse(view(fixed), current):
                return fixed
    return None


def _is_worse(fixed: View, current: View) -> bool:
    return bool(_syntax_errors(fixed) - _syntax_errors(current))


def _syntax_errors(view: View) -> Counter[str]:
    return Counter(
        diagnostic.code for diagnostic in view.all_diagnostics if diagnostic.code.startswith("VT0")
    )
