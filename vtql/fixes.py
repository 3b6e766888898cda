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


Look = TypeVar("Look")


class FixResult(NamedTuple, Generic[Look]):
    """The last analysis of a text, the number of fixed findings, and what stopped fixing early.

    `obstacle` is empty where all went well.
    """

    looked: Look
    repairs: int
    obstacle: str = ""


def apply_fixes(
    first: Look, look: Callable[[str], Look], view: Callable[[Look], View],
    accept: Collection[Applicability],
) -> FixResult[Look]:  # fmt: skip
    """Apply the fixes of every accepted applicability.

    A fix that adds syntax errors of some kind is not applied; a text for which fixing does not end
    stays as it was. So a second run changes nothing.
    """
    now, repairs = first, 0
    for _ in range(MAX_ROUNDS):
        seen = view(now)
        accepted = [
            diagnostic.edits
            for diagnostic in seen.fixable
            if diagnostic.edits and diagnostic.applicability in accept
        ]
        text = apply_edit_groups(seen.text, accepted)
        if text == seen.text:
            return FixResult(now, repairs)
        then = look(text)
        if _is_worse(view(then), seen):
            better = _first_harmless(seen, accepted, look, view)
            if better is None:
                return FixResult(
                    now, repairs, "a repair would break what is right, and is not made"
                )
            then = better
        repairs += max(1, len(seen.fixable) - len(view(then).fixable))
        now = then
    return FixResult(
        first, 0, f"there is no end of repairs after {MAX_ROUNDS} rounds; none is made"
    )


def _first_harmless(
    seen: View, fixes: Iterable[Sequence[Edit]], look: Callable[[str], Look],
    view: Callable[[Look], View],
) -> Look | None:  # fmt: skip
    """The analysis after the first fix that breaks nothing by itself."""
    for edits in list(fixes)[:MAX_SINGLE_FIXES]:
        text = apply_edit_groups(seen.text, [edits])
        if text != seen.text:
            then = look(text)
            if not _is_worse(view(then), seen):
                return then
    return None


def _is_worse(then: View, now: View) -> bool:
    return bool(_syntax_errors(then) - _syntax_errors(now))


def _syntax_errors(seen: View) -> Counter[str]:
    return Counter(
        diagnostic.code for diagnostic in seen.all_diagnostics if diagnostic.code.startswith("VT0")
    )
