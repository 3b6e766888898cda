"""A word with holes in it that is several tokens: what its pieces are, and what the holes between."""

from __future__ import annotations

from collections.abc import Sequence

from vtql.embedded.filled import Fill, Glue
from vtql.embedded.holes import Front, behind_a_hole, keep
from vtql.embedded.tokens import kind_of
from vtql.embedded.walks import steps
from vtql.parser.lalr import JUNK

ASIDE = 50
"""What a way costs that another one is liked better than."""

BESIDE = 2
"""Holes one behind the other that are followed; those behind them hold nothing."""


def apart(
    front: Front, parts: Sequence[str], hole: int, whole: Sequence[bool], preference: int
) -> Front:
    """The states behind a word whose holes begin and end other tokens.

    What stands beside a hole may be a word of its own, or a part of a name that the hole begins or
    ends.
    """
    found: Front = {}
    begun = {number for number, part in enumerate(parts) if part and _begins_a_name(number, part)}
    names = {number for number in begun if kind_of(parts[number]) == "NAME"}
    ways = [names, begun, set[int]()] if preference != 1 else [set[int](), names, begun]
    for number, way in enumerate(ways):
        for state, (cost, path) in _one_way(front, parts, hole, whole, preference, way).items():
            keep(found, state, cost + ASIDE * number, path)
    return found


def _begins_a_name(number: int, part: str) -> bool:
    return kind_of(f"x{part}" if number else part) not in ("NUMBER", "ID", JUNK)


def _one_way(
    front: Front, parts: Sequence[str], hole: int, whole: Sequence[bool], preference: int,
    names: set[int],
) -> Front:  # fmt: skip
    """The same where parts of these numbers are parts of names."""
    beside = 0
    for number, part in enumerate(parts):
        beside = 0 if part else beside + 1
        if number and beside > BESIDE:
            fill = Fill("", "clause", Glue.PART)
            front = {state: (cost, (path, fill)) for state, (cost, path) in front.items()}
        elif number:
            before = "x " if number - 1 in names else " " if parts[number - 1] else ""
            behind = " x" if number in names else " " if part else ""
            front = behind_a_hole(
                front, preference, whole=whole[hole + number - 1], frame=(before, behind)
            )
        if part:
            kind = "NAME" if number in names else kind_of(part)
            after: Front = {}
            for state, way in front.items():
                if kind in steps(state):
                    keep(after, steps(state)[kind], *way)
            front = after
    return front
