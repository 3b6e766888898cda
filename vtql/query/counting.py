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
from functools import partial

from vtql.ast import Limit
from vtql.dataclass import replace
from vtql.errors import TransportError
from vtql.logic.tree import FALSE
from vtql.protocol import PAGE
from vtql.query.branches import Branch, Branches
from vtql.query.decided import Part, has_one_id_each, parts_of
from vtql.query.offsets import last_page
from vtql.query.rows import asked_how, connected, resolved, rows
from vtql.query.server import Fetch, Row
from vtql.query.state import State, count_select, select
from vtql.schema.beside import several
from vtql.syntax.write import write


def count(state: State) -> int:
    """How many rows a query set means.

    Raises:
        NotConnected: the model was made without a client.
        NotExpressible: the condition goes beyond a limit.
        TransportError: the answer is no number.
    """
    fetch = connected(state)
    if state.tests:
        return sum(1 for _ in rows(state))
    if state.size == 0:
        return 0
    state = resolved(state)
    parts = parts_of(state)
    if parts is not None:
        asked = _asked_alone(state, parts)
        if asked is None:
            return sum(1 for _ in rows(replace(state, columns=("id",), order=())))
        state = asked
    bare = replace(state.whole, columns=("id",), order=())
    total = _added(bare, fetch, asked_how(bare).branches)
    if total is None:
        total = sum(1 for _ in rows(replace(bare, stop=state.stop)))
    return max(0, (total if state.stop is None else min(total, state.stop)) - state.start)


def _asked_alone(state: State, parts: Sequence[Part]) -> State | None:
    """The query set that a server can count for one whose rows are tested here; None where there is none.

    Where each reference that is tested has to be one id, it is the same for all rows: one row tells
    whether the record it refers to is there.
    """
    if len(parts) != 1 or not has_one_id_each(parts[0]):
        return None
    first = replace(state.whole, columns=("id",), order=(), stop=1)
    counted = replace(state, tree=parts[0].tree, as_stored=True)
    return counted if any(True for _ in rows(first)) else replace(counted, tree=FALSE)


def _added(state: State, fetch: Fetch, found: Branches) -> int | None:
    """The rows of all queries together; None where they have to be counted one by one."""
    overlap = len(found.queries) > 1 and not found.disjoint
    if overlap or _multiplied(found, state.module.name):
        return None
    total = 0
    for query in found.queries:
        part = _counted(state, fetch, query)
        if part is None:
            return None
        total += part
    return total


def _multiplied(found: Branches, module: str) -> bool:
    """Whether a condition is about a field of which a record can have several."""
    many = several(module)
    chains = (query.chain for query in found.queries if query.chain) if many else ()
    return any(each.field.text in many for chain in chains for each in chain.conditions)


def _counted(state: State, fetch: Fetch, query: Branch) -> int | None:
    """How many rows a query has; None where they have to be counted one by one."""
    assert state.server is not None
    name = state.module.name
    if state.server.counts.get(name, True):
        answer = fetch(write(count_select(state, query.chain)))
        state.server.counts[name] = bool(answer)
        if answer and "count" in answer[0]:
            return _whole(answer[0]["count"])
    return _searched(partial(_page, state, fetch, query))


def _page(state: State, fetch: Fetch, query: Branch, order: str, number: int) -> list[Row]:
    limit = Limit(PAGE, number * PAGE or None)
    return fetch(write(select(state, query.chain, (order,), limit)))


def _searched(ask: Callable[[str, int], list[Row]]) -> int | None:
    """The number of rows from the pages that a search for the last one meets.

    None where rows are hidden: a page is short that another follows, or the last row of all is not
    the last of the last page.
    """
    pages: dict[int, list[Row]] = {}

    def exists(number: int) -> bool:
        pages[number] = ask("id", number)
        return bool(pages[number])

    last = last_page(exists)
    end = ask("-id", 0)
    if last < 0:
        return None if end else 0
    whole = all(len(page) == PAGE for number, page in pages.items() if number < last)
    if not whole or not end or end[0].get("id") != pages[last][-1].get("id"):
        return None
    return last * PAGE + len(pages[last])


def _whole(counted: object) -> int:
    if not re.fullmatch(r"[0-9]{1,18}", str(counted)):
        raise TransportError("query: the answer to count(*) is not a number")
    return int(str(counted))
