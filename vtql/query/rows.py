"""The rows of a query set: which way of paging is right for its order and its slice.

| order                     | slice               | way                                         |
|---------------------------|---------------------|---------------------------------------------|
| none, or by id            | from the first row  | by id: `id > last ORDER BY id`              |
| none, or ascending        | any                 | by offset, with `id` as the last field      |
| `-id`                     | any                 | by offset                                   |
| one field, descending     | a page at most      | one request                                 |
| one field, descending     | longer              | backwards through the ascending order       |
| several, last descending  | a page at most      | one request                                 |
| several chains, no order  | any                 | each by id, one after the other             |
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice

from vtql.ast import Limit
from vtql.errors import NotConnected, NotExpressible, TransportError
from vtql.logic.meaning import meaning
from vtql.profiles import Reading
from vtql.protocol import PAGE
from vtql.query.pages import Fetch, Row, backwards, by_id, by_offset
from vtql.query.state import State, ascending_total, behind, chains, count_select, select
from vtql.syntax.write import write


def rows(state: State) -> Iterator[Row]:
    """The rows that a query set means, fetched as they are needed.

    Raises:
        NotConnected: the model was made without a client.
        NotExpressible: the order cannot be read over several pages, or several chains be ordered.
    """
    fetch = connected(state)
    if state.size == 0:
        return iter(())
    found = chains(state)
    if not found:
        return iter(())
    if len(found) > 1:
        return _merged(fetch, state, len(found))
    if state.order in ((), ("id",)) and not state.start:
        return _by_id(fetch, state, state.stop)
    if not state.descending:
        return _by_offset(fetch, ascending_total(state))
    if state.order == ("-id",) or (state.size or PAGE + 1) <= PAGE:
        return _by_offset(fetch, state)
    if len(state.order) > 1:
        raise NotExpressible(
            f"an order by {', '.join(state.order)} cannot be read over several pages: VTQL has no "
            f"tie-breaker behind a descending field; a slice of at most {PAGE} records can"
        )
    return _backwards(fetch, state)


def count(state: State) -> int:
    """How many rows a query set means.

    `count(*)` where the server answers it; 8.4 answers an empty list (measured), and there, as
    for several chains, the ids are counted.
    """
    fetch = connected(state)
    if state.size == 0:
        return 0
    found = chains(state)
    if not found:
        return 0
    total = None
    if len(found) == 1:
        answer = fetch(write(count_select(state, found[0])))
        if answer and "count" in answer[0]:
            total = _whole(answer[0]["count"])
    if total is None:
        everything = replace(state, columns=("id",), order=(), start=0, stop=state.stop)
        total = sum(1 for _ in rows(everything))
    return max(0, (total if state.stop is None else min(total, state.stop)) - state.start)


def _whole(counted: object) -> int:
    if not re.fullmatch(r"[0-9]{1,18}", str(counted)):
        raise TransportError("query: the answer to count(*) is not a number")
    return int(str(counted))


def connected(state: State) -> Fetch:
    """The way to the server.

    Raises:
        NotConnected: the model was made without a client.
    """
    if state.fetch is None:
        raise NotConnected(
            f"this {state.module.name} model has no connection, so it compiles queries and fetches "
            f'no rows; `client.model("{state.module.name}")` of `vtql.connect(…)` gives one that does'
        )
    return state.fetch


def _by_id(fetch: Fetch, state: State, most: int | None) -> Iterator[Row]:
    def statement(last: str | None, size: int) -> str:
        (chain,) = chains(state, behind(last)) if last else chains(state)
        return write(select(state, chain, limit=Limit(size), ordered=True))

    return by_id(fetch, statement, most)


def _by_offset(fetch: Fetch, state: State) -> Iterator[Row]:
    return by_offset(fetch, _window(state), state.start, state.stop)


def _backwards(fetch: Fetch, state: State) -> Iterator[Row]:
    total = ascending_total(state)
    probe = _window(replace(total, columns=("id",)))
    return islice(backwards(fetch, _window(total), probe), state.start, state.stop)


def _window(state: State) -> Callable[[int, int], str]:
    (chain,) = chains(state)

    def statement(offset: int, size: int) -> str:
        return write(select(state, chain, limit=Limit(size, offset or None), ordered=True))

    return statement


def _merged(fetch: Fetch, state: State, number: int) -> Iterator[Row]:
    """The rows of several chains, each once: of those of a later chain, the unseen ones."""
    if state.order:
        raise NotExpressible(
            f"the condition takes {number} queries, whose rows no server orders together; "
            "leave out the order and sort the records in Python"
        )
    return islice(_unseen(fetch, state, number), state.start, state.stop)


def _unseen(fetch: Fetch, state: State, number: int) -> Iterator[Row]:
    seen: set[str] = set()
    for place in range(number):
        for row in by_id(fetch, _nth(state, place), None):
            if row["id"] not in seen:
                seen.add(row["id"])
                yield row


def _nth(state: State, place: int) -> Callable[[str | None, int], str]:
    chain = chains(state)[place]
    assert chain is not None
    alone = replace(state, tree=meaning(chain, _read_as(state)))

    def statement(last: str | None, size: int) -> str:
        (page,) = chains(alone, behind(last)) if last else (chain,)
        return write(select(state, page, limit=Limit(size), ordered=True))

    return statement


def _read_as(state: State) -> Reading:
    """A reading of the chains: of a portable one, either."""
    return "left_to_right" if state.reading == "left_to_right" else "and_first"
