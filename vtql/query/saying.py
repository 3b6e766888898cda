"""A query set as queries: what it says, before anything is asked."""

from __future__ import annotations

from dataclasses import replace

from vtql.ast import Comparison, Condition, Limit, Select
from vtql.errors import NotExpressible
from vtql.logic.plan import FEW
from vtql.logic.tree import FALSE, And, Or
from vtql.parser.printer import write, write_clauses, write_condition, write_window
from vtql.query.across import Found, stages
from vtql.query.branches import surely_fits
from vtql.query.decided import nearly, parts_of, says_nearly, told
from vtql.query.explain import staged_text
from vtql.query.state import State, ascending_total, column_names, select
from vtql.query.strategy import falls, refuse_cut, strategy


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
    parts = parts_of(state)
    if parts is not None:
        if not says_nearly(parts):
            strategy(
                replace(state, as_stored=True)
            )  # what is beyond a limit cannot be asked, either
            raise NotExpressible(
                f"no query says this condition: {told(parts)}; this is decided on the records that come, "
                "so iterate over the query set, or see the queries it asks with `explain()`"
            )
        return selects(nearly(state))
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
    if state.sliced and not falls(order):  # or equal records could be in two slices, or in none
        order = ascending_total(order)
    return [select(state, query.chain, order, limit) for query in queries]


def text_of_queries(state: State) -> str:
    """The queries as text that runs as it stands, a line each; stages with comments between them.

    Raises:
        NotExpressible: as `selects`.
    """
    parts = parts_of(state)
    if parts is not None and not says_nearly(parts):
        return staged_text(state)
    if parts is not None:
        state = nearly(state)
    text = ordinary(state)
    if text is not None:
        return text
    return staged_text(state) if stages(state.tree) else "\n".join(map(write, selects(state)))


def said(state: State) -> str:
    """The queries for a message; where they cannot be said, why."""
    try:
        return text_of_queries(state)
    except NotExpressible as error:
        return str(error)


def ordinary(state: State) -> str | None:
    """The text of an ordinary query set: conditions on different fields that all hold, or any of
    which does, an order that a server gives, a slice that LIMIT says. None of any other.

    It is what `selects` and `write` would come to, without a plan and a tree in between, and so in
    a third of the time. It is most of what is ever written.
    """
    tree, order = state.tree, state.order
    joined = " OR " if isinstance(tree, Or) else " AND "
    parts = tree.parts if isinstance(tree, (And, Or)) else (tree,)
    conditions: dict[str, Condition] = {}
    for part in parts:
        if not isinstance(part, Comparison) or isinstance(part.value, Found):
            return None
        conditions[part.field.text] = part
    if len(conditions) < len(parts) or len(parts) > FEW or tree == FALSE:
        return None
    start, stop = state.start, state.stop
    if state.tests or (start and stop is None) or stop == start:
        return None
    ordered = ", ".join(order)
    if "-" in ordered:
        if not falls(order) or not _server_orders(state):
            return None
        ordered = ", ".join((*order[:-1], f"{order[-1][1:]} DESC"))
    elif stop is not None and "id" not in order:
        ordered += ", id" if ordered else "id"
    text = write_clauses(
        ", ".join(column_names(state.columns, order)),
        state.module.name,
        joined.join(map(write_condition, conditions.values())),
        ordered,
        "" if stop is None else write_window(stop - start, start or None),
    )
    return text if surely_fits(len(text), len(parts), state) else None


def _server_orders(state: State) -> bool:
    """Whether a server gives the order: where only the last field descends."""
    order = state.order
    return len(order) < 2 or not any(name.startswith("-") for name in order[:-1])
