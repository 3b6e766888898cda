"""Which findings are told, and which of their repairs are certain beside the other findings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from vtql.diagnostics import Diagnostic

INSERTED = ("missing-token", "missing-from")
"""What tells of something to put in."""

WHOLE = (
    "arithmetic",
    "join",
    "set-operation",
    "subquery",
    "group-by",
    "having",
    "function",
    "other-condition",
)
"""What tells of something that goes with all that stands in it."""

UNNAMED = ("unexpected-token", "unreadable-text")
"""What tells no more of a place than that it has none there: no news where its name is told."""

ENDS = ("missing-semicolon", "incomplete-query")

OTHER_MODULES = ("join", "subquery", "set-operation")
OF_A_MODULE = ("alias", "qualified-name")

BY_ITSELF = ("unclosed-literal", "empty-literal", "long-literal", "undoubled-quote",
                "comment", "odd-blank", "missing-semicolon", "incomplete-query")  # fmt: skip
GUESSED = ("unclosed-literal", "long-literal", "undoubled-quote")
"""What tells of a literal that goes on as something else than it is."""


def certain(found: list[Diagnostic], *, known: bool) -> list[Diagnostic]:
    """The findings, without the repairs that are none where something else is not `known`."""
    if not known:  # nobody knows what else was meant, so nothing is put in
        found = [replace(each, edits=()) if each.slug in INSERTED else each for each in found]
    return _beside_others(_before_a_guess(found))


def guessed(found: Sequence[Diagnostic]) -> bool:
    """Whether one tells of a literal of which nobody knows what it was meant to be."""
    return any(each.slug in GUESSED and not each.edits for each in found)


def told_once(found: list[Diagnostic]) -> list[Diagnostic]:
    """The findings without those inside of what goes as a whole; those of literals and ends stay."""
    kept: list[Diagnostic] = []
    reached = -1
    named = {each.span for each in found if each.slug not in (*UNNAMED, *ENDS)}
    for each in sorted(found, key=lambda each: (each.span.start, -each.span.end)):
        if each.slug in UNNAMED and each.span in named:
            continue
        if each.slug in BY_ITSELF or each.span.end > reached:
            kept.append(each)
        if each.slug in WHOLE:
            reached = max(reached, each.span.end)
    return sorted(kept, key=lambda each: (each.span, each.code))


def _before_a_guess(found: list[Diagnostic]) -> list[Diagnostic]:
    """The findings, without repairs behind a literal of which nobody knows where it ends."""
    guesses = [each.span.start for each in found if each.slug in GUESSED and not each.edits]
    start = min(guesses, default=None)
    if start is None:
        return found
    return [each if each.span.start < start else replace(each, edits=()) for each in found]


def _beside_others(found: list[Diagnostic]) -> list[Diagnostic]:
    """The findings, with no name of a module taken off where other modules stand that it tells apart."""
    if not any(each.slug in OTHER_MODULES for each in found):
        return found
    return [replace(each, edits=()) if each.slug in OF_A_MODULE else each for each in found]
