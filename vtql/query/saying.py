"""A query set as queries: what it says, before anything is asked."""

from __future__ import annotations

from vtql.ast import Limit, Select
from vtql.errors import NotExpressible
from vtql.query.across import stages
from vtql.query.explain import staged_text
from vtql.query.state import State, select
from vtql.query.strategy import refuse_cut, strategy
from vtql.syntax.write import write


def selects(state: State) -> list[Select]:
    """The queries that say what the query set does, with its slice as LIMIT.

    A query set that cannot match anything is one query that asks for no record.

    Raises:
        NotExpressible: no query can say the slice, or the condition goes beyond a limit.
    """
    if stages(state.tree):
        raise NotExpressible(
            "the condition leads across references, so it takes stages, and what the later ones ask "
            "is not known before the earlier ones have answered; `explain()` shows them"
        )
    found = strategy(state)
    queries = found.branches.queries
    if not queries:
        return [select(state, None, (), Limit(0))]
    if state.tests and state.sliced:
        raise NotExpressible(
            "a slice of what `where` lets through is cut here, and no LIMIT says it; iterate over "
            "the slice instead"
        )
    if state.sliced and (len(queries) > 1 or not _server_orders(state)):
        raise refuse_cut(len(queries), found.way)
    if state.start and state.stop is None:
        raise NotExpressible(
            f"VTQL cannot skip {state.start} records without saying how many follow: "
            "give the slice an end"
        )
    limit = None
    if state.stop is not None:
        limit = Limit(state.stop - state.start, state.start or None)
    order = state.order if _server_orders(state) else ()
    order = order or (("id",) if state.sliced else ())
    return [select(state, query.chain, order, limit) for query in queries]


def text_of_queries(state: State) -> str:
    """The queries as text that runs as it stands, a line each; stages with comments between them.

    Raises:
        NotExpressible: as `selects`.
    """
    return staged_text(state) if stages(state.tree) else "\n".join(map(write, selects(state)))


def said(state: State) -> str:
    """The queries for a message; where they cannot be said, why."""
    try:
        return text_of_queries(state)
    except NotExpressible as error:
        return str(error)


def _server_orders(state: State) -> bool:
    """Whether a server gives the order: where only the last field descends."""
    return not any(name.startswith("-") for name in state.order[:-1])
