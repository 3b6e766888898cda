"""Rows by offset: windows of a total order, forwards and from the end.

A window that comes short is not the end, as `pages` tells: rows that the user may not see are taken
out after LIMIT. So the rows that come behind the last one seen are asked for by what the order
compares, the last hundred of them by id. If there are none, that was all; for most loops it is the
request that an empty window would have taken. If there are some, the way goes on, over empty windows
too. Where no condition can say what comes behind, as with a value that is too long to write, an empty
window is the end; and where rows have been seen to be missing, two.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from typing import TypeAlias

from vtql.protocol import PAGE
from vtql.query.pages import PATIENCE
from vtql.query.server import Row

Window: TypeAlias = Callable[[int, int], list[Row]]
"""The rows of a window in a total order: from an offset, so many."""

Behind: TypeAlias = Callable[[Row | None, Container[str]], set[str] | None]
"""The last ids, a hundred at most, of the rows behind one in the order (behind none: of all) that are
none of some; None where nobody can tell."""

EMPTY = 1000
"""Windows in a row with nothing in them, after which the end is taken for reached."""


def by_offset(ask: Window, behind: Behind, start: int, stop: int | None) -> Iterator[Row]:
    """Rows of a total order, window by window from `start`, as many as `stop - start`.

    A record that comes again, because others were made meanwhile, is passed over.
    """
    left = None if stop is None else stop - start
    offset, seen = start, set[str]()
    last: Row | None = None
    awaited: set[str] | None = set()
    short, missing, empty = False, False, 0
    while left is None or left > 0:
        size = PAGE if left is None else min(PAGE, left)
        rows = ask(offset, size)
        fresh = [row for row in rows if row.get("id") not in seen]
        seen.update(row["id"] for row in fresh if "id" in row)
        yield from fresh
        offset += size
        left = None if left is None else left - len(fresh)
        if rows:
            missing = missing or short or empty > 0
            last, empty = rows[-1], 0
        else:
            empty += 1
        short = len(rows) < size
        if not short:
            continue
        if last is None and start:
            last = _before(ask, start) if left is None or left > PAGE else None
            if last is None:
                return
        awaited = awaited and awaited - seen
        late = empty > 0 and empty % PATIENCE == 0  # what is awaited may have been deleted
        if left != 0 and (late or not awaited):
            awaited = behind(last, seen)
        if awaited == set() or empty > (missing if awaited is None else EMPTY):
            return


def _before(ask: Window, start: int) -> Row | None:
    """The row before an offset, if the window before it has any."""
    size = min(PAGE, start)
    return next(iter(ask(start - size, size)[::-1]), None)


def backwards(ask: Window, probe: Window, behind: Behind) -> Iterator[Row]:
    """Rows of a total ascending order from its end: pages backwards, each reversed.

    This is how a descending order is read over several pages, for the language has one direction
    and no way to add a tie-breaker to it. `probe` gives the same windows with less in them; it
    finds the last page that is not empty, in a number of requests that grows with the logarithm.
    """
    page = _end(probe, behind)
    seen: set[str] = set()
    while page >= 0:
        rows = [row for row in ask(page * PAGE, PAGE)[::-1] if row.get("id") not in seen]
        seen.update(row["id"] for row in rows if "id" in row)
        yield from rows
        page -= 1


def _end(probe: Window, behind: Behind) -> int:
    """The number of the last page with a row; -1 if there is none.

    A page that is wholly hidden looks like the end to a search. So it is asked what comes behind,
    and the search goes on from the next page that has something.
    """
    lasts: dict[int, Row] = {}
    ids: set[str] = set()

    def exists(number: int) -> bool:
        rows = probe(number * PAGE, PAGE)
        ids.update(row["id"] for row in rows)
        if rows:
            lasts[number] = rows[-1]
        return bool(rows)

    page = last_page(exists)
    while behind(lasts.get(page), ids):
        further = next((page + n for n in range(1, EMPTY + 1) if exists(page + n)), None)
        if further is None:
            break
        page = last_page(exists, further)
    return page


def last_page(exists: Callable[[int], bool], low: int = -1) -> int:
    """The number of the last page there is, found from one that exists; -1 if there is none."""
    high, step = low + 1, 1
    while exists(high):
        low, high, step = high, high + step, 2 * step
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if exists(middle) else (low, middle)
    return low
