"""How all rows are asked for, when a server gives 100 at most.

A page may be short without being the last: rows that the user may not see are taken out after
LIMIT, and rows of one record that joins multiplied collapse after it (measured; reference 4.7). So
only an empty page is the end, and the next page begins where the asked-for window ended, not
behind the rows that came. Offsets need a total order, or a server may repeat and lose rows
between two requests; the callers see to it.

All of these are generators: nothing is fetched before it is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from vtql.errors import TransportError
from vtql.protocol import PAGE
from vtql.schema.types import RECORD_ID

Row: TypeAlias = dict[str, Any]
Fetch: TypeAlias = Callable[[str], list[Row]]


def by_id(
    fetch: Fetch, statement: Callable[[str | None, int], str], most: int | None
) -> Iterator[Row]:
    """Rows in the order of their ids: each page asks for those behind the last one seen.

    `statement(last, size)` is the query for `size` rows behind the id `last`, None at first. No
    offset is counted, so rows that come and go meanwhile neither repeat nor hide others.
    """
    last: str | None = None
    left = most
    while left is None or left > 0:
        rows = fetch(statement(last, PAGE if left is None else min(PAGE, left)))
        if not rows:
            return
        for row in rows:
            number = _number(row)
            if last is not None and number <= int(last.partition("x")[2]):
                raise TransportError(
                    f"query: the record {row['id']} came again behind {last}; this server does not "
                    "order by id, and its pages cannot be trusted"
                )
            last = row["id"]
            yield row
        left = None if left is None else left - len(rows)


def by_offset(
    fetch: Fetch, statement: Callable[[int, int], str], start: int, stop: int | None
) -> Iterator[Row]:
    """Rows of a total order, window by window from `start`, as many as `stop - start`."""
    left = None if stop is None else stop - start
    while left is None or left > 0:
        size = PAGE if left is None else min(PAGE, left)
        rows = fetch(statement(start, size))
        if not rows:
            return
        yield from rows
        start += size
        left = None if left is None else left - len(rows)


def backwards(
    fetch: Fetch, statement: Callable[[int, int], str], probe: Callable[[int, int], str]
) -> Iterator[Row]:
    """Rows of a total ascending order from its end: pages backwards, each reversed.

    This is how a descending order is read over several pages, for the language has one direction
    and no way to add a tie-breaker to it. `probe` asks for the same window with less in it; it
    finds the last page that is not empty, in a number of requests that grows with the logarithm.
    """
    page = _last_page(lambda number: bool(fetch(probe(number * PAGE, PAGE))))
    while page >= 0:
        yield from reversed(fetch(statement(page * PAGE, PAGE)))
        page -= 1


def _last_page(exists: Callable[[int], bool]) -> int:
    """The number of the last page there is; -1 if there is none."""
    low, high = -1, 0
    while exists(high):
        low, high = high, 2 * high + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if exists(middle) else (low, middle)
    return low


def _number(row: Row) -> int:
    """The number of a row's record, by which ids are ordered.

    Raises:
        TransportError: the row has no record id.
    """
    found = row.get("id")
    if not isinstance(found, str) or not RECORD_ID.fullmatch(found):
        raise TransportError("query: a row came without a record id")
    return int(found.partition("x")[2])
