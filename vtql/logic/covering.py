"""The fewest of the largest groups that nest, found by listing these and trying.

The steps of `groups`, whose essay tells what they are for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vtql.logic.bits import numbers, set_of, union
from vtql.logic.nesting import columns, peeled


@dataclass(frozen=True, slots=True)
class Found:
    """Groups as sets of places, whether the search came to its end, and the steps it took."""

    groups: list[int]
    ended: bool
    steps: int = 0


def largest(rows: Sequence[int], room: float) -> Found:
    """The groups that nest and are not a part of others; a few that are may be among them."""
    todo = [((1 << len(rows)) - 1, 0)]
    seen, groups, steps = set(todo), dict[int, None](), 0
    while todo and steps <= room:
        members, taken = todo.pop()
        rest = peeled({place: rows[place] for place in numbers(members)})
        steps += members.bit_count() + sum(map(int.bit_count, rest.values()))
        taken |= members ^ set_of(rest)
        if not rest:
            groups[taken] = None
        further = [(column, taken) for column in _largest_columns(rest)]
        todo += [each for each in further if each not in seen]
        seen.update(further)
    return Found(list(groups), not todo, steps)


def _largest_columns(rows: Mapping[int, int]) -> list[int]:
    """The columns that are not a part of another; that one would have their first row, too."""
    having = columns(rows)
    found = dict[int, None]()
    for column in having.values():
        first = rows[(column & -column).bit_length() - 1]
        others = (having[number] for number in numbers(first))
        if not any(column & other == column != other for other in others):
            found[column] = None
    return list(found)


def covering(around: Sequence[Sequence[int]], best: list[int], bound: int, room: float) -> Found:
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
            return Found(best, ended=False, steps=steps)
        left, chosen = todo.pop()
        if not left:
            best = min(best, list(chosen), key=len)
            continue
        if seen.get(left, len(best)) <= len(chosen):
            continue
        seen[left] = len(chosen)
        picked = _picked(left, close)
        steps += len(picked)
        if len(chosen) + len(picked) < len(best):
            pivot = min(picked, key=lambda place: len(around[place]))
            options = sorted({group & left for group in around[pivot]}, key=int.bit_count)
            steps += len(options)
            todo += [(left ^ option, (*chosen, option)) for option in options]
    return Found(best, ended=True, steps=steps)


def _picked(left: int, close: Sequence[int]) -> list[int]:
    """Places no two of which are in one group, so that each takes one of its own."""
    picked = []
    while left:
        picked.append((left & -left).bit_length() - 1)
        left &= ~close[picked[-1]]
    return picked
