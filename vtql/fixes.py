"""Repairs made until there is none left to make, and nothing made worse."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Generic, NamedTuple, TypeVar

from vtql.diagnostics import Applicability, Diagnostic, Edit, apply_edit_groups

MAX_ROUNDS = 50
"""Times that a text is mended and looked at again; who is not done by then goes in a circle."""

MAX_SINGLE_FIXES = 50
"""Repairs that are tried one by one, where all of them together would break something."""


class View(NamedTuple):
    """What an engine needs of a look at a text: the text, all that is found, and what is mended."""

    text: str
    all_diagnostics: Sequence[Diagnostic]
    fixable: Sequence[Diagnostic]


Look = TypeVar("Look")


class FixResult(NamedTuple, Generic[Look]):
    """The last look at a text, how many findings were mended on the way, and what was in the way.

    `hindrance` is empty where all went well.
    """

    looked: Look
    repairs: int
    obstacle: str = ""


def apply_fixes(
    first: Look, look: Callable[[str], Look], view: Callable[[Look], View],
    accept: Collection[Applicability],
) -> FixResult[Look]:  # fmt: skip
    """A text after the repairs of what is told, those of each kind that is accepted.

    Repairs after which the text has more findings of syntax of some kind are not made; a text that
    never comes to rest stays as it was. So a second run changes nothing.
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
    """A look at the text after the first repair that breaks nothing when it is made alone."""
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
