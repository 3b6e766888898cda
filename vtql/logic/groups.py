"""Implicants in the fewest groups that nest: the search behind the portable chains.

A group nests if what all of its implicants share can be taken away and the rest nests, or if some
are single conditions and the others nest; `chains` tells why. So a largest such group is found this
way: take away what all share; the single conditions among what is left belong to the group; of the
others, only those can that share one more condition, so choose one and go on with those that have
it. Each way of choosing ends in a group that nests, and each group that nests is a part of one of
these. The fewest groups are therefore the fewest of these that have all implicants in them.

What all implicants share and what is single costs no group. Of the rest,

1. `halved` takes the condition that most implicants have, makes groups of those that have it, and
   goes on with the others: near-linear, and already the fewest for any product of alternatives.
   Two groups are the fewest, for the rest does not nest.

With more, the rest falls into components that have no condition in common, and the groups of
components add up. In each, after `halved`,

2. `apart` picks implicants no two of which nest together; there are at least as many groups. Often
   that is the number found, and proves it.
3. `largest` lists the largest groups. The size of the largest around each implicant is another
   bound: groups of three need a third as many as there are implicants.
4. `covering` searches the list, branching over the groups of the implicant that is in the fewest,
   and turns back where picking as in 2. says that it gets no better.

To `EXACT` implicants this goes on to its end, so the number is the fewest. Beyond, it takes
`SEARCH` steps at most, gives the best that it has found, and says whether that is proven; random
trees of up to forty implicants nearly always are. Beyond `EXACT`, too, implicants are first put
into an order of their own, so that the order of writing makes no difference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf, lcm
from typing import Any

from vtql.logic.bits import numbers, union
from vtql.logic.covering import Found, covering, largest
from vtql.logic.limits import EXACT, SEARCH
from vtql.logic.nesting import apart, components, halved, parts, peeled


@dataclass(frozen=True, slots=True)
class Grouping:
    """The places of implicants in groups that nest, and whether fewer are proven not to do."""

    groups: tuple[tuple[int, ...], ...]
    fewest: bool


def grouped(implicants: Sequence[int], spelled: Callable[[int], Any]) -> Grouping:
    """An antichain of implicants in few groups; conditions, by number, are ordered by `spelled`."""
    rest = dict(enumerate(implicants))
    while (inner := peeled(rest)) != rest:
        rest = inner
    free = [place for place in range(len(implicants)) if place not in rest]
    quick = halved(rest) if rest else []
    if len(quick) <= 2:  # the rest does not nest
        found, fewest = [numbers(group) for group in quick], True
    else:
        found, fewest = _searched(rest, spelled)
    first, *others = sorted(found) or [[]]
    return Grouping(tuple(map(tuple, (sorted(free + first), *others))), fewest)


def _searched(
    rest: Mapping[int, int], spelled: Callable[[int], Any]
) -> tuple[list[list[int]], bool]:
    """The places of the rest in groups, component by component, and whether they are the fewest."""
    if len(rest) > EXACT:
        rest = _ordered(rest, spelled)
    room = SEARCH if len(rest) > EXACT else inf
    places, rows = list(rest), list(rest.values())
    groups, fewest = list[list[int]](), True
    for component in sorted(components(rows), key=len):
        found = _solved([rows[each] for each in component], room)
        groups += [sorted(places[component[n]] for n in numbers(each)) for each in found.groups]
        fewest = fewest and found.ended
        room -= found.steps
    return groups, fewest


def _ordered(rows: Mapping[int, int], spelled: Callable[[int], Any]) -> dict[int, int]:
    """The rows over conditions that are numbered anew, in an order that only they decide."""
    used = sorted(numbers(union(rows.values())), key=spelled)
    bit = {number: 1 << place for place, number in enumerate(used)}
    anew = [(union(bit[number] for number in numbers(row)), place) for place, row in rows.items()]
    return {place: row for row, place in sorted(anew)}


def _solved(rows: Sequence[int], room: float) -> Found:
    """The groups of a component, which end the search where they are the fewest."""
    groups = halved(dict(enumerate(rows)))  # a single one if all of them nest
    if len(groups) <= 2 or len(groups) == (bound := apart(rows, room)):
        return Found(groups, ended=True)
    listed = largest(rows, room)
    groups = min(groups, list(parts([*listed.groups, *groups], (1 << len(rows)) - 1)), key=len)
    if not listed.ended:
        return Found(groups, ended=False, steps=listed.steps)
    around: list[list[int]] = [[] for _ in rows]
    for group in listed.groups:
        for place in numbers(group):
            around[place].append(group)
    sizes = [max(map(int.bit_count, those)) for those in around]
    whole = lcm(*sizes)
    shares = sum(whole // size for size in sizes)  # of groups, each in so many equal ones
    found = covering(around, groups, max(bound, -(-shares // whole)), room - listed.steps)
    return Found(found.groups, found.ended, listed.steps + found.steps)
