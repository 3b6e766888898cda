"""What nests: implicants as rows of conditions, each by its place, and quick groups of them.

The steps of `groups`, whose essay tells what they are for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import heapify, heapreplace

from vtql.logic.bits import numbers, set_of, union


def peeled(rows: Mapping[int, int]) -> dict[int, int]:
    """The rows without what all of them share, and then without those of a single condition."""
    shared = -1
    for row in rows.values():
        shared &= row
    return {place: row & ~shared for place, row in rows.items() if (row & ~shared).bit_count() > 1}


def columns(rows: Mapping[int, int]) -> dict[int, int]:
    """By condition, the places of the rows that have it."""
    found: dict[int, int] = {}
    for place, row in rows.items():
        for number in numbers(row):
            found[number] = found.get(number, 0) | 1 << place
    return found


def near(rows: Sequence[int]) -> list[int]:
    """By place, the places of the rows that have a condition in common with that one."""
    having = columns(dict(enumerate(rows)))
    return [union(having[number] for number in numbers(row)) for row in rows]


def components(rows: Sequence[int]) -> list[list[int]]:
    """The places in parts that have no condition in common."""
    close, left, found = near(rows), (1 << len(rows)) - 1, []
    while left:
        component, todo = 0, left & -left
        while todo:
            component |= todo & -todo
            todo = (todo | close[(todo & -todo).bit_length() - 1]) & ~component
        found.append(numbers(component))
        left ^= component
    return found


def halved(rows: Mapping[int, int]) -> list[int]:
    """Groups that nest: of the rows with the most frequent condition, then of the others."""
    rest = peeled(rows)
    if not rest:
        return [set_of(rows)]
    groups = []
    for part in parts(columns(rest).values(), set_of(rest)):
        groups += halved({place: rest[place] for place in numbers(part)})
    groups[0] |= set_of(rows) ^ set_of(rest)
    return groups


def parts(sets: Iterable[int], left: int) -> Iterator[int]:
    """What is left in parts, each time all of it that is in the set with most of it."""
    known = list(sets)
    heap = [(-each.bit_count(), place) for place, each in enumerate(known)]
    heapify(heap)
    while left:
        size, place = heap[0]
        part = known[place] & left
        if part.bit_count() == -size:
            yield part
            left ^= part
            part = 0
        heapreplace(heap, (-part.bit_count(), place))


def apart(rows: Sequence[int], room: float) -> int:
    """How many rows could be picked no two of which nest, comparing no more than there is room."""
    close = near(rows)
    orders = (
        range(len(rows)),
        sorted(range(len(rows)), key=lambda place: close[place].bit_count()),
    )
    return max(_picked(rows, close, order, room) for order in orders)


def _picked(rows: Sequence[int], close: Sequence[int], order: Sequence[int], room: float) -> int:
    picked = 0
    for place in order:
        others = numbers(close[place] & picked)
        room -= len(others)
        if room < 0:
            break
        if not any(_nest(rows[place], rows[other]) for other in others):
            picked |= 1 << place
    return picked.bit_count()


def _nest(one: int, other: int) -> bool:
    """Whether two rows nest: without what they share, one of them is a single condition."""
    return (one & ~other).bit_count() < 2 or (other & ~one).bit_count() < 2
