"""How all rows are asked for, when a server gives 100 at most.

A page may be short without being the last: rows that the user may not see are taken out after
LIMIT, and rows of one record that joins multiplied collapse after it (measured; reference 4.7). So
a short page ends nothing. What does?

By id, a page that comes short is followed by one from the other end: the last rows behind it. If
there are none, all has been read. If there are some, rows are missing, and it is known up to where:
the way goes on window by window, over empty ones, too, until it meets them. So a loop loses rows
only where both a whole window *and* the last hundred rows of the module are hidden. For most loops
this costs nothing, as an empty page had to be asked for anyway.

By offset it is the same, in `offsets`. All of these are generators: nothing is fetched before it is
needed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice
from operator import gt, lt
from typing import Protocol, TypeAlias, runtime_checkable

from vtql.ast import Direction
from vtql.errors import TransportError
from vtql.protocol import PAGE
from vtql.query.server import Row
from vtql.schema.types import RECORD_ID

Beyond: TypeAlias = Callable[[str | None, int, int, Direction], list[Row]]
"""The rows behind an id in a direction (from the very first for None): the window of an offset and
a size in the order of that direction."""

_IDS = re.compile(rf"(?:{RECORD_ID.pattern} )*+")
_NUMBER = re.compile(r"x([0-9]+)")

PATIENCE = 10
"""Windows with nothing in them, after which it is looked anew whether anything comes behind."""


@runtime_checkable
class Many(Protocol):
    """A way to the server that reads all rows by id over several logins at once.

    `by_id` gives what the function below gives of an ascending order; `ask` is called from several
    threads.
    """

    def __call__(self, text: str, /) -> list[Row]: ...

    def by_id(self, ask: Beyond, most: int | None) -> Iterator[Row]: ...


_OPPOSITE = {Direction.ASC: Direction.DESC, Direction.DESC: Direction.ASC}


def by_id(
    ask: Beyond, most: int | None, direction: Direction = Direction.ASC, highest: int | None = None
) -> Iterator[Row]:
    """Rows in the order of their ids: each page asks for those behind the last one seen.

    No offset is counted, so rows that come and go meanwhile neither repeat nor hide others.

    Args:
        ask: gives the rows.
        most: how many are wanted; None for all.
        direction: from the first id or from the last one.
        highest: the number of the last id there can be, where it is known.

    Raises:
        TransportError: a row has no id, or the server does not order by it.
    """
    last: str | None = None
    left = most
    while left is None or left > 0:
        size = PAGE if left is None else min(PAGE, left)
        page = unique(ask(last, 0, size, direction), last, direction)
        yield from page
        last = page[-1]["id"] if page else last
        left = None if left is None else left - len(page)
        if left == 0 or (highest is not None and last and number_of(last) >= highest):
            return
        if len(page) < size:
            yield from islice(ending(ask, last, direction), left)
            return


def ending(ask: Beyond, last: str | None, direction: Direction) -> Iterator[Row]:
    """The rows behind a page that came short: up to the last ones, which are asked for first."""
    tail = _tail(ask, last, direction)
    empty = 0
    while tail:
        page = unique(ask(last, empty * PAGE, PAGE, direction), last, direction)
        for row in page:
            if not _before(row["id"], tail[0]["id"], direction):
                yield from tail
                return
            yield row
        if page:
            last, empty = page[-1]["id"], 0
        else:
            empty += 1
            if empty % PATIENCE == 0:  # the tail may have been deleted meanwhile
                tail = _tail(ask, last, direction)


def _tail(ask: Beyond, last: str | None, direction: Direction) -> list[Row]:
    rows = ask(last, 0, PAGE, _OPPOSITE[direction])
    return unique(rows[::-1], last, direction)


def number_of(record_id: str) -> int:
    """The number of a record, by which ids are ordered."""
    return int(record_id.partition("x")[2])


def unique(rows: list[Row], last: str | None, direction: Direction) -> list[Row]:
    """The rows of a page, in their order by id; a record that comes twice in it counts once.

    Raises:
        TransportError: a row has no record id, or comes before one that came earlier.
    """
    return rows if _in_order(rows, last, direction) else _sifted(rows, last, direction)


def _in_order(rows: list[Row], last: str | None, direction: Direction) -> bool:
    """Whether nothing is the matter with a page, found out for all of its rows at once."""
    ids = [row.get("id") for row in rows]
    if set(map(type, ids)) != {str}:
        return False
    text = " ".join(map(str, ids)) + " "
    if not _IDS.fullmatch(text):
        return False
    numbers = list(map(int, _NUMBER.findall(text)))
    before = gt if direction is Direction.DESC else lt
    follows = last is None or before(number_of(last), numbers[0])
    return follows and all(map(before, numbers, islice(numbers, 1, None)))


def _sifted(rows: list[Row], last: str | None, direction: Direction) -> list[Row]:
    found: list[Row] = []
    before, at = last, None if last is None else number_of(last)
    falls = direction is Direction.DESC
    for row in rows:
        record_id = row.get("id")
        if not isinstance(record_id, str) or not RECORD_ID.fullmatch(record_id):
            raise TransportError("query: a row came without a record id")
        if found and record_id == before:
            continue  # one record, multiplied by a join (5.4)
        number = number_of(record_id)
        if at is not None and (number >= at if falls else number <= at):
            raise TransportError(
                f"query: the record {record_id} came again behind {before}; this server does not "
                "order by id, and its pages cannot be trusted"
            )
        found.append(row)
        before, at = record_id, number
    return found


def _before(one: str, other: str, direction: Direction) -> bool:
    """Whether an id comes before another in a direction."""
    low, high = number_of(one), number_of(other)
    return low < high if direction is Direction.ASC else high < low
