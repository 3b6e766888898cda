"""What stands for anything, where it stands for a whole condition or a whole list."""

from __future__ import annotations

from vtql.recovery.mended import compared_to_anything
from vtql.recovery.pieces import Piece
from vtql.recovery.reading import Reading

_BEFORE = frozenset(("where", "and", "or", "not"))
_BEHIND = frozenset(("and", "or", "CLOSE", "order", "orderby", "limit", "SEMICOLON", ""))


def holes_in_place(reading: Reading) -> None:
    """Make a condition of a hole that stands between AND and OR, and a list of one behind IN."""
    keys = reading.keys()
    if keys.present.isdisjoint(("ANY", "HOLE")):
        return
    made: list[Piece] = []
    around = ["", *keys.all, ""]
    for place, hole in enumerate(reading.pieces):
        last, following = around[place], around[place + 2]
        if hole.kind not in ("ANY", "HOLE"):
            made.append(hole)
        elif last == "in":
            made += [Piece("OPEN", "(", hole.place), hole, Piece("CLOSE", ")", hole.place)]
        elif following in _BEHIND and _begins_a_condition(around, place):
            made += [hole, *compared_to_anything([hole])]
        else:
            made.append(hole)
    reading.pieces = made


def _begins_a_condition(around: list[str], place: int) -> bool:
    """Whether the word before a place is one behind which conditions stand; a bracket may be, too."""
    while place and around[place] == "OPEN":
        place -= 1
    return around[place] in _BEFORE
