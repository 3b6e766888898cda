"""Implicants in the fewest groups that nest: the search behind the portable chains.

A group nests if what all of its implicants share can be taken away and the rest nests, or if some
are single conditions and the others nest; `chains` tells why. So a largest such group is found this
way: take away what all share; the single conditions among what is left belong to the group; of the
others, only those can that share one more condition, so choose one and go on with those that have
it. Each way of choosing ends in a group that nests, and each group that nests is a part of one of
these. The fewest groups are therefore the fewest of these that have all implicants in them.

What all implicants share and what is single costs no group. Of the rest,

1. `greedy_groups` takes the condition that most implicants have, makes groups of those that have it, and
   goes on with the others: near-linear, and already the fewest for any product of alternatives.
   Two groups are the fewest, for the rest does not nest.

With more, the rest falls into components that have no condition in common, and the groups of
components add up. In each, after `greedy_groups`,

2. `independent_count` picks implicants no two of which nest together; there are at least as many groups. Often
   that is the number found, and proves it.
3. `largest_groups` lists the largest groups. The size of the largest around each implicant is another
   bound: groups of three need a third as many as there are implicants.
4. `smallest_cover` searches the list, branching over the groups of the implicant that is in the fewest,
   and turns back where picking as in 2. says that it gets no better.

To `EXACT` implicants this goes on to its end, so the number is the fewest. Beyond, it takes
`SEARCH` steps at most, gives the best that it has found, and says whether that is proven; random
trees of up to forty implicants nearly always are. Beyond `EXACT`, too, implicants are first put
into an order of their own, so that the order of writing makes no difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heapreplace
from math import inf, lcm
from typing import Any

from vtql.logic.bitset import numbers, set_of, union
from vtql.logic.limits import EXACT, SEARCH


@dataclass(frozen=True, slots=True)
class Cover:
    """The places of implicants in groups that nest, and whether fewer are proven not to do."""

    groups: tuple[tuple[int, ...], ...]
    fewest: bool


def cover(implicants: Sequence[int], sort_key: Callable[[int], Any]) -> Cover:
    """An antichain of implicants in few groups; conditions, by number, are ordered by `sort_key`."""
    rest = dict(enumerate(implicants))
    while (inner := unnested(rest)) != rest:
        rest = inner
    free = [place for place in range(len(implicants)) if place not in rest]
    quick = greedy_groups(rest) if rest else []
    if len(quick) <= 2:  # the rest does not nest
        groups, fewest = [numbers(group) for group in quick], True
    else:
        groups, fewest = _search(rest, sort_key)
    first, *others = sorted(groups) or [[]]
    return Cover(tuple(map(tuple, (sorted(free + first), *others))), fewest)


def _search(
    rest: Mapping[int, int], sort_key: Callable[[int], Any]
) -> tuple[list[list[int]], bool]:
    """The places of the rest in groups, component by component, and whether they are the fewest."""
    if len(rest) > EXACT:
        rest = _canonical(rest, sort_key)
    room = SEARCH if len(rest) > EXACT else inf
    places, rows = list(rest), list(rest.values())
    groups, fewest = list[list[int]](), True
    for component in sorted(components(rows), key=len):
        search = _search_component([rows[number] for number in component], room)
        groups += [
            sorted(places[component[n]] for n in numbers(number)) for number in search.groups
        ]
        fewest = fewest and search.ended
        room -= search.steps
    return groups, fewest


def _canonical(rows: Mapping[int, int], sort_key: Callable[[int], Any]) -> dict[int, int]:
    """The rows over conditions that are numbered anew, in an order that only they decide."""
    used = sorted(numbers(union(rows.values())), key=sort_key)
    bit = {number: 1 << place for place, number in enumerate(used)}
    anew = [(union(bit[number] for number in numbers(row)), place) for place, row in rows.items()]
    return {place: row for row, place in sorted(anew)}


def _search_component(rows: Sequence[int], room: float) -> Search:
    """The groups of a component, which end the search where they are the fewest."""
    groups = greedy_groups(dict(enumerate(rows)))  # a single one if all of them nest
    if len(groups) <= 2 or len(groups) == (bound := independent_count(rows, room)):
        return Search(groups, ended=True)
    listed = largest_groups(rows, room)
    groups = min(
        groups, list(greedy_parts([*listed.groups, *groups], (1 << len(rows)) - 1)), key=len
    )
    if not listed.ended:
        return Search(groups, ended=False, steps=listed.steps)
    around: list[list[int]] = [[] for _ in rows]
    for group in listed.groups:
        for place in numbers(group):
            around[place].append(group)
    sizes = [max(map(int.bit_count, those)) for those in around]
    whole = lcm(*sizes)
    shares = sum(whole // size for size in sizes)  # of groups, each in so many equal ones
    search = smallest_cover(around, groups, max(bound, -(-shares // whole)), room - listed.steps)
    return Search(search.groups, search.ended, listed.steps + search.steps)


def unnested(rows: Mapping[int, int]) -> dict[int, int]:
    """The rows without what all of them share, and then without those of a single condition."""
    shared = -1
    for row in rows.values():
        shared &= row
    return {place: row & ~shared for place, row in rows.items() if (row & ~shared).bit_count() > 1}


def rows_by_condition(rows: Mapping[int, int]) -> dict[int, int]:
    """By condition, the places of the rows that have it."""
    places: dict[int, int] = {}
    for place, row in rows.items():
        for number in numbers(row):
            places[number] = places.get(number, 0) | 1 << place
    return places


def neighbours(rows: Sequence[int]) -> list[int]:
    """By place, the places of the rows that have a condition in common with that one."""
    having = rows_by_condition(dict(enumerate(rows)))
    return [union(having[number] for number in numbers(row)) for row in rows]


def components(rows: Sequence[int]) -> list[list[int]]:
    """The places in parts that have no condition in common."""
    close, left, parts = neighbours(rows), (1 << len(rows)) - 1, []
    while left:
        component, todo = 0, left & -left
        while todo:
            component |= todo & -todo
            todo = (todo | close[(todo & -todo).bit_length() - 1]) & ~component
        parts.append(numbers(component))
        left ^= component
    return parts


def greedy_groups(rows: Mapping[int, int]) -> list[int]:
    """Groups that nest: of the rows with the most frequent condition, then of the others."""
    rest = unnested(rows)
    if not rest:
        return [set_of(rows)]
    groups = []
    for part in greedy_parts(rows_by_condition(rest).values(), set_of(rest)):
        groups += greedy_groups({place: rest[place] for place in numbers(part)})
    groups[0] |= set_of(rows) ^ set_of(rest)
    return groups


def greedy_parts(sets: Iterable[int], left: int) -> Iterator[int]:
    """What is left in parts, each time all of it that is in the set with most of it."""
    groups = list(sets)
    heap = [(-group.bit_count(), place) for place, group in enumerate(groups)]
    heapify(heap)
    while left:
        size, place = heap[0]
        part = groups[place] & left
        if part.bit_count() == -size:
            yield part
            left ^= part
            part = 0
        heapreplace(heap, (-part.bit_count(), place))


def independent_count(rows: Sequence[int], room: float) -> int:
    """How many rows could be picked no two of which nest, comparing no more than there is room."""
    close = neighbours(rows)
    orders = (
        range(len(rows)),
        sorted(range(len(rows)), key=lambda place: close[place].bit_count()),
    )
    return max(_pick_not_nesting(rows, close, order, room) for order in orders)


def _pick_not_nesting(
    rows: Sequence[int], close: Sequence[int], order: Sequence[int], room: float
) -> int:
    picked = 0
    for place in order:
        others = numbers(close[place] & picked)
        room -= len(others)
        if room < 0:
            break
        if not any(_nest(rows[place], rows[other]) for other in others):
            picked |= 1 << place
    return picked.bit_count()


def _nest(first: int, second: int) -> bool:
    """Whether two rows nest: without what they share, one of them is a single condition."""
    return (first & ~second).bit_count() < 2 or (second & ~first).bit_count() < 2


@dataclass(frozen=True, slots=True)
class Search:
    """Groups as sets of places, whether the search came to its end, and the steps it took."""

    groups: list[int]
    ended: bool
    steps: int = 0


def largest_groups(rows: Sequence[int], room: float) -> Search:
    """The groups that nest and are not a part of others; a few that are may be among them."""
    todo = [((1 << len(rows)) - 1, 0)]
    seen, groups, steps = set(todo), dict[int, None](), 0
    while todo and steps <= room:
        members, taken = todo.pop()
        rest = unnested({place: rows[place] for place in numbers(members)})
        steps += members.bit_count() + sum(map(int.bit_count, rest.values()))
        taken |= members ^ set_of(rest)
        if not rest:
            groups[taken] = None
        further = [(column, taken) for column in _largest_columns(rest)]
        todo += [state for state in further if state not in seen]
        seen.update(further)
    return Search(list(groups), not todo, steps)


def _largest_columns(rows: Mapping[int, int]) -> list[int]:
    """The columns that are not a part of another; that one would have their first row, too."""
    having = rows_by_condition(rows)
    largest = dict[int, None]()
    for column in having.values():
        first = rows[(column & -column).bit_length() - 1]
        others = (having[number] for number in numbers(first))
        if not any(column & other == column != other for other in others):
            largest[column] = None
    return list(largest)


def smallest_cover(
    around: Sequence[Sequence[int]], best: list[int], bound: int, room: float
) -> Search:
    """Parts of groups in which each place is once, as few as can be.

    Args:
        around: by place, the groups that it is in.
        best: such parts, to be improved on.
        bound: how many there are at least.
        room: the steps that the search may take.
    """
    close = list(map(union, around))
    todo: list[tuple[int, tuple[int, ...]]] = [((1 << len(around)) - 1, ())]
    seen, steps = dict[int, int](), 0
    while todo and len(best) > bound:
        if steps > room:
            return Search(best, ended=False, steps=steps)
        left, groups = todo.pop()
        if not left:
            best = min(best, list(groups), key=len)
            continue
        if seen.get(left, len(best)) <= len(groups):
            continue
        seen[left] = len(groups)
        picked = _independent(left, close)
        steps += len(picked)
        if len(groups) + len(picked) < len(best):
            pivot = min(picked, key=lambda place: len(around[place]))
            options = sorted({group & left for group in around[pivot]}, key=int.bit_count)
            steps += len(options)
            todo += [(left ^ option, (*groups, option)) for option in options]
    return Search(best, ended=True, steps=steps)


def _independent(left: int, close: Sequence[int]) -> list[int]:
    """Places no two of which are in one group, so that each takes one of its own."""
    picked = []
    while left:
        picked.append((left & -left).bit_length() - 1)
        left &= ~close[picked[-1]]
    return picked
