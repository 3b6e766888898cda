"""Keyset paging by id: each page asks for the records behind the last id seen.

A server gives 100 rows at most, and a page may be short without being the last: rows that the user may
not see are taken out after LIMIT (measured on 8.4.0), and rows of one record that a join multiplied
collapse after it. So neither a short page nor an empty one ends a read. What does?

The ids of the last hundred rows are asked for from the other end, once, as soon as more than one page
may be needed. The highest of them is where the read ends: records that are made later have higher ids and
are not part of it, so a read ends on any schedule of changes; and a page that reaches that id needs no
further request to hear that there is no more. Where there are no rows at the other end, nothing is left.

No offset is counted, so records that others make or delete meanwhile neither repeat nor hide any. The one
exception is a window of a hundred rows none of which the user may see: those behind it are looked for by
offset, in windows that overlap, until one has a row.

A server that does not keep its promises is found out: a page out of order, an end that only one direction
has, or windows without a row where there are fewer records than windows, raise BrokenAnswer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias, runtime_checkable

from vtql.ast import Direction
from vtql.errors import BrokenAnswer
from vtql.protocol import PAGE
from vtql.query.connection import Fetch, Row
from vtql.query.page_checks import must_follow
from vtql.query.page_checks import number_of as number_of  # noqa: PLC0414 - the readers of ids use it, too

OVERLAP = PAGE // 5
"""Rows that two windows in a row have in common: so many hidden records may be deleted between two
requests without a record being missed."""

ANEW = 10
"""Windows in a row without a row, after which it is looked anew whether one is awaited."""

EMPTY = 1000
"""Windows in a row without a row, after which it is no longer believed that one will come."""


@dataclass(frozen=True, slots=True)
class Pages:
    """What is asked of a query that is read by id, in one direction.

    `page` gives the rows behind an id (from the very first for None): how many at most, and from which
    offset. `last_ids` gives the ids of the last hundred rows behind an id, the last one first.
    """

    page: Callable[[str | None, int, int], list[Row]]
    last_ids: Callable[[str | None], Sequence[str]]
    direction: Direction = Direction.ASC


PagesOver: TypeAlias = Callable[[Fetch], Pages]
"""The pages of one query over any way to the server, such as one that can be cancelled."""


@runtime_checkable
class ParallelByID(Protocol):
    """A way to the server that reads all rows by id over several logins at once.

    `by_id` gives what the function below gives of an ascending order; the pages are asked for from
    several threads.
    """

    def __call__(self, text: str, /) -> list[Row]: ...

    def by_id(self, pages: PagesOver, most: int | None) -> Iterator[Row]: ...


def by_id(
    pages: Pages, most: int | None, end: str | None = None, after: str | None = None
) -> Iterator[Row]:
    """Rows in the order of their ids, page by page.

    Args:
        pages: gives the rows.
        most: how many are wanted; None for all.
        end: the id of the last record there can be, where it is known.
        after: the id behind which the rows are wanted; None for all.

    Raises:
        BrokenAnswer: a row has no id, or the server does not keep to its order, conditions or offsets.
    """
    last, left, exists = after, most, False
    while left is None or left > 0:
        size = PAGE if left is None or exists else min(PAGE, left)
        page = in_order(pages.page(last, size, 0), last, pages.direction)
        if not page and exists:
            assert end is not None
            page = rows_after_hidden(pages, last, end)
            if not page:
                return
        page = page[:left]
        yield from page
        last = page[-1]["id"] if page else last
        left = None if left is None else left - len(page)
        if left == 0 or is_reached(last, end, pages.direction):
            return
        full = len(page) == size
        if exists or (full and (left is not None or end is not None)):
            continue
        known = end_of(pages, last, end)
        if known is None and not full:
            return
        end, exists = known, known is not None


def end_of(pages: Pages, last: str | None, known: str | None = None) -> str | None:
    """The id of the last record behind an id, no further than one that is known; None if there is none.

    Raises:
        BrokenAnswer: the ids do not come in their order.
    """
    ids = pages.last_ids(last)
    must_follow(ids[::-1], last, pages.direction)
    return next(
        (record_id for record_id in ids if not comes_after(record_id, known, pages.direction)), None
    )


def comes_after(record_id: str, other: str | None, direction: Direction) -> bool:
    """Whether an id comes behind another in a direction; none comes behind None."""
    if other is None:
        return False
    number, other_number = number_of(record_id), number_of(other)
    return number > other_number if direction is Direction.ASC else number < other_number


def is_reached(last: str | None, end: str | None, direction: Direction) -> bool:
    """Whether a read has come to its end."""
    return last is not None and end is not None and not comes_after(end, last, direction)


def rows_after_hidden(pages: Pages, last: str | None, end: str) -> list[Row]:
    """The next rows behind a window that came empty; none where there are no more up to `end`.

    Raises:
        BrokenAnswer: there is a row that comes in one direction and not in the other, or a thousand windows
            have none.
    """
    known: str | None = end
    for number in range(EMPTY):
        anew = number % ANEW == 0
        if (
            anew
        ):  # what is awaited may have been deleted, and what comes next may just have been made
            known = _confirmed(pages, last, known)
            if known is None:
                return []
        offsets = (0, number * (PAGE - OVERLAP)) if anew else (number * (PAGE - OVERLAP),)
        for offset in dict.fromkeys(offsets):
            page = in_order(pages.page(last, PAGE, offset), last, pages.direction)
            if page:
                return page
    if end_of(pages, last, known) is None:
        return []
    raise BrokenAnswer(
        f"query: {EMPTY:,} windows in a row came without a row, although there is the record `{known}` "
        "behind them; what lies before it cannot be read from this server"
    )


def _confirmed(pages: Pages, last: str | None, known: str | None) -> str | None:
    """The id of the last record, made sure to come in the direction of the read, too."""
    end = end_of(pages, last, known)
    if end is None:
        return None
    prefix, _, digits = end.partition("x")
    neighbour = int(digits) + (-1 if pages.direction is Direction.ASC else 1)
    before = f"{prefix}x{neighbour}"
    if not pages.page(before, 1, 0) and end_of(pages, last, end) == end:
        raise BrokenAnswer(
            f"query: the record `{end}` came in one order of the ids and not in the other; what lies before "
            "it cannot be read from this server"
        )
    return end


def in_order(rows: list[Row], last: str | None, direction: Direction) -> list[Row]:
    """The rows of a page, made sure to be in the order of their ids, behind `last`; a record that
    comes twice in a row, multiplied by a join (5.4), counts once.

    Raises:
        BrokenAnswer: they are not.
    """
    ids = [row["id"] for row in rows]
    if len(set(ids)) < len(ids):
        rows = [row for place, row in enumerate(rows) if not place or row["id"] != ids[place - 1]]
        ids = [row["id"] for row in rows]
    must_follow(ids, last, direction)
    return rows
