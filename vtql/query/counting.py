"""How many rows a query set means.

`count(*)` where a server answers it. 8.4 answers an empty list (measured); there a search over
pages of ids finds the last one, in a number of requests that grows with the logarithm. That counts
what LIMIT counts, rows that are hidden after it included; so where one of the pages comes short that
should be full, or the last record is not where the search ended, all ids are counted instead. So they
are for queries whose rows overlap, and for conditions on fields of which a record can have several,
such as the products of an invoice: `count(*)` counts a row for each of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from vtql.ast import Direction
from vtql.errors import TransportError
from vtql.logic.tree import FALSE
from vtql.parser.printer import write
from vtql.protocol import PAGE
from vtql.query.client_filters import Part, has_one_id_each, parts_of
from vtql.query.connection import Fetch
from vtql.query.execute import connected, rows, strategy_of, with_stages_read
from vtql.query.page_checks import must_follow
from vtql.query.page_source import Source
from vtql.query.spec import QuerySpec, count_select, multiplied_conditions
from vtql.query.split_queries import SplitPlan, SplitQuery


def count(spec: QuerySpec) -> int:
    """How many rows a query set means.

    Raises:
        NotConnected: the model was made without a client.
        NotExpressible: the condition goes beyond a limit.
        TransportError: the answer is no number.
    """
    fetch = connected(spec)
    if spec.tests:
        return sum(1 for _ in rows(spec))
    if spec.size == 0:
        return 0
    spec = with_stages_read(spec)
    parts = parts_of(spec)
    if parts is not None:
        single = _single_part(spec, parts)
        if single is None:
            return sum(1 for _ in rows(replace(spec, columns=("id",), order=())))
        spec = single
    bare = replace(spec.whole, columns=("id",), order=())
    total = _sum_of_counts(bare, fetch, strategy_of(bare).branches)
    if total is None:
        total = sum(1 for _ in rows(replace(bare, stop=spec.stop)))
    return max(0, (total if spec.stop is None else min(total, spec.stop)) - spec.start)


def _single_part(spec: QuerySpec, parts: Sequence[Part]) -> QuerySpec | None:
    """The query set that a server can count for one whose rows are tested here; None where there is none.

    Where each reference that is tested has to be one id, it is the same for all rows: one row tells
    whether the record it refers to is there.
    """
    if len(parts) != 1 or not has_one_id_each(parts[0]):
        return None
    first = replace(spec.whole, columns=("id",), order=(), stop=1)
    counted = replace(spec, tree=parts[0].tree, as_stored=True)
    return counted if any(True for _ in rows(first)) else replace(counted, tree=FALSE)


def _sum_of_counts(spec: QuerySpec, fetch: Fetch, plan: SplitPlan) -> int | None:
    """The rows of all queries together; None where they have to be counted one by one."""
    overlap = len(plan.queries) > 1 and not plan.disjoint
    if overlap or multiplied_conditions(spec, spec.tree):
        return None
    total = 0
    for query in plan.queries:
        part = _count_star(spec, fetch, query)
        if part is None:
            return None
        total += part
    return total


def _count_star(spec: QuerySpec, fetch: Fetch, query: SplitQuery) -> int | None:
    """How many rows a query has; None where they have to be counted one by one."""
    assert spec.server is not None
    name = spec.module.name
    if spec.server.counts.get(name, True):
        answer = fetch(write(count_select(spec, query.chain)))
        spec.server.counts[name] = bool(answer)
        if answer and isinstance(answer[0], dict) and "count" in answer[0]:
            return _whole(answer[0]["count"])
    return _search_last_page(Source(spec, fetch, query))


def _search_last_page(source: Source) -> int | None:
    """The number of rows from the pages that a search for the last one meets.

    None where rows are hidden: a page is short that another follows, or the last row of all is not
    the last of the last page.

    Raises:
        BrokenAnswer: the pages are not in the order of the ids, so that a search would not end.
    """
    pages: dict[int, list[str]] = {}

    def exists(number: int) -> bool:
        rows = source.page(("id",), PAGE, number * PAGE) or []
        pages[number] = [row["id"] for row in rows]
        ids = [
            record_id
            for page in sorted(pages)
            for record_id in (*pages[page][:1], *pages[page][1:][-1:])
        ]
        must_follow(ids, None, Direction.ASC)
        return bool(rows)

    last = last_page(exists)
    end = source.ids(("-id",), 1) or []
    if last < 0:
        return None if end else 0
    whole = all(len(page) == PAGE for number, page in pages.items() if number < last)
    if not whole or end[:1] != pages[last][-1:]:
        return None
    return last * PAGE + len(pages[last])


def last_page(exists: Callable[[int], bool], low: int = -1) -> int:
    """The number of the last page there is, found from one that exists; -1 if there is none."""
    high, step = low + 1, 1
    while exists(high):
        low, high, step = high, high + step, 2 * step
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if exists(middle) else (low, middle)
    return low


def _whole(counted: object) -> int:
    if not re.fullmatch(r"[0-9]{1,18}", str(counted)):
        raise TransportError("query: the answer to count(*) is not a number")
    return int(str(counted))
