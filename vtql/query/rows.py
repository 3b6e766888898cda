"""The rows of a query set, read in the way that `strategy` finds right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from vtql.errors import NotConnected
from vtql.fork import in_one_process
from vtql.query.across import Found, filled, stage_of
from vtql.query.decided import parts_of, read_first, read_parts
from vtql.query.pages import number_of
from vtql.query.prefixes import check_ids
from vtql.query.probe import probed
from vtql.query.refused import refuse_module_without_id
from vtql.query.server import Fetch, Row
from vtql.query.state import State
from vtql.query.strategy import Strategy, strategy
from vtql.query.ways import read


def rows(state: State) -> Iterator[Row]:
    """The rows that a query set means, fetched as they are needed.

    Raises:
        ForkError: in a child that was forked after the first row.
        NotConnected: the model was made without a client.
        NotExpressible: the condition goes beyond a limit, or more rows have to be sorted than are.
    """
    fetch = connected(state)
    if not state.as_stored:
        refuse_module_without_id(state.module, state.catalog)
    return in_one_process(_shown(state, _tested(state, fetch)))


def connected(state: State) -> Fetch:
    """The way to the server.

    Raises:
        NotConnected: the model was made without a client.
    """
    if state.server is None:
        raise NotConnected(
            f"this {state.module.name} model has no connection, so it compiles queries and fetches "
            f'no rows; `client.model("{state.module.name}")` of `vtql.connect(…)` gives one that does'
        )
    return state.server.fetch


def resolved(state: State) -> State:
    """The same with the ids that its conditions across references are about, stage by stage.

    Raises: as `rows`.
    """
    check_ids(state)

    told: dict[object, list[str]] = {}

    def ids(found: Found) -> list[str]:
        stage = stage_of(found)
        if stage not in told:
            told[stage] = asked(found)
        return told[stage]

    def asked(found: Found) -> list[str]:
        inner = State(
            module=found.module, catalog=state.catalog, shape=dict, server=state.server,
            tree=found.tree, columns=(found.column,), reading=state.reading,
        )  # fmt: skip
        known = {value for row in rows(inner) if (value := row.get(found.column))}
        wanted = [value for value in known if value.startswith(f"{found.prefix}x")]
        return sorted(wanted, key=number_of)

    return replace(state, tree=filled(state.tree, ids))


def asked_how(state: State) -> Strategy:
    """The way of reading; where several queries are needed only because nobody knows how the server
    reads and/or, it is asked first.

    Raises: as `rows`.
    """
    found = strategy(state)
    if found.branches.chains < 2 or state.server is None or state.reading is not None:
        return found
    if state.server.reading is None and probed(state.server, state.module):
        return strategy(state)
    return found


def _tested(state: State, fetch: Fetch) -> Iterator[Row]:
    """The rows for which all tests of `where` hold, and of these the slice."""
    if state.size == 0:
        return
    state = resolved(state)
    parts = parts_of(state)
    if parts is None and not state.tests:
        yield from read(state, fetch, asked_how(state))
        return

    def ask(asked: State) -> Iterator[Row]:
        return read(asked, fetch, asked_how(asked))

    whole = replace(state.whole, tests=())
    if parts is not None and not state.tests:
        first = read_first(state, parts, ask)
        if first is not None:
            yield from first
            return
    found = ask(whole) if parts is None else read_parts(whole, parts, ask)
    passed = (
        row for row in _shown(state, found) if all(test(state.record(row)) for test in state.tests)
    )
    yield from islice(passed, state.start, state.stop)


def _shown(state: State, found: Iterator[Row]) -> Iterator[Row]:
    """Rows without the columns that were selected for the order alone."""
    if state.columns is None:
        return found
    asked = {*state.columns, "id"}
    ordered = {name.lstrip("-") for name in state.order} - asked
    return (
        ({n: v for n, v in row.items() if n not in ordered} for row in found) if ordered else found
    )
