"""How the ids of a read are cut: by a clock of its own, on which each request takes one tick."""

from __future__ import annotations

import heapq
import random
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from vtql.client.id_ranges import AHEAD, HALVED, LONGEST, SPARE, IdRange, IdRanges
from vtql.protocol import PAGE

LOGINS = 8
ROWS = 50_000


def evenly(_: random.Random) -> list[int]:
    return list(range(3, 3 * ROWS + 1, 3))


def at_random(chance: random.Random) -> list[int]:
    return sorted(chance.sample(range(1, 10 * ROWS), ROWS))


def imported(chance: random.Random) -> list[int]:
    """Far apart where other modules grew, too, and one after another where they were imported."""
    found, at = list[int](), 0
    while len(found) < ROWS:
        for _ in range(chance.randint(200, 3_000)):
            at += chance.randint(1, 60)
            found.append(at)
        found += range(at + 1, at + (size := chance.randint(500, 6_000)))
        at += size
    return found[:ROWS]


def with_a_gap(_: random.Random) -> list[int]:
    return [*range(1, ROWS // 2), *range(10**9, 10**9 + ROWS // 2)]


@dataclass
class Read:
    """What a read of some ids took, each page being taken as soon as it is there."""

    ids: list[int]
    taken: list[int]
    ticks: int = 0
    requests: int = 0
    most_held: int = 0


def read(ids: list[int]) -> Read:
    pieces = IdRanges(0, ids[-1], 100.0, LOGINS)
    found = Read(ids, [])
    under_way: list[tuple[int, int, IdRange]] = []
    idle = list(range(LOGINS))
    while True:
        for login in idle[:]:
            piece = pieces.begin()
            if piece is None:
                break
            idle.remove(login)
            heapq.heappush(under_way, (found.ticks + 1, login, piece))
            found.requests += 1
        found.ticks, login, piece = heapq.heappop(under_way)
        behind = bisect_right(ids, piece.last)
        page = [{"id": f"12x{number}"} for number in ids[behind : behind + PAGE]]
        if page:
            pieces.add(piece, page)
        else:
            pieces.finish(piece)
        while pieces.ready:
            rows = pieces.take()
            if rows is None:
                return found
            found.taken += [int(row["id"].partition("x")[2]) for row in rows]
        found.most_held = max(found.most_held, pieces._held())
        if piece.over:
            idle.append(login)
        else:
            heapq.heappush(under_way, (found.ticks + 1, login, piece))
            found.requests += 1


@pytest.mark.parametrize(
    ("lie", "ticks", "requests"),
    [
        (evenly, 1.06, 1.05),
        (at_random, 1.13, 1.10),
        (imported, 1.3, 1.25),
        (with_a_gap, 1.08, 1.07),
    ],
)
def test_all_logins_have_work_wherever_the_ids_lie(
    lie: Callable[[random.Random], list[int]], ticks: float, requests: float
) -> None:
    """As multiples of what the rows take if every page is full and every login busy."""
    for seed in range(5):
        found = read(lie(random.Random(seed)))
        assert found.taken == found.ids
        assert found.requests <= requests * ROWS / PAGE
        assert found.ticks <= ticks * ROWS / PAGE / LOGINS
        assert found.most_held < LOGINS * AHEAD + LONGEST + SPARE


def test_of_rows_that_nobody_takes_no_more_are_held_than_a_bound() -> None:
    ids = imported(random.Random(1))
    pieces = IdRanges(0, ids[-1], 100.0, LOGINS)
    while (piece := pieces.begin()) is not None:
        while not piece.over:
            behind = bisect_right(ids, piece.last)
            pieces.add(piece, [{"id": f"12x{number}"} for number in ids[behind : behind + PAGE]])
    assert LOGINS * AHEAD <= pieces._held() <= LOGINS * AHEAD + LONGEST + SPARE


def test_who_is_free_takes_over_half_of_the_longest_piece() -> None:
    pieces = IdRanges(0, 700, 100.0, 1)
    begun = [piece for _ in range(9) if (piece := pieces.begin())]
    assert begun[0].low == 0
    assert len(begun) > 2
    in_order = sorted(begun, key=lambda piece: piece.low)
    assert [piece.high for piece in in_order] == [*(each.low for each in in_order[1:]), 700]
    assert all(pieces._expected(piece) < HALVED for piece in begun)
    assert pieces.begin() is None
