"""The ways of reading that `strategy` chooses among: each gives the rows of a condition, in order."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby, islice

from vtql.ast import Comparison, Direction, Operator
from vtql.logic.tree import And, Tree, conjunction
from vtql.query.branches import Branch, Branches
from vtql.query.descending import descending
from vtql.query.keyset import ascending, pages_of
from vtql.query.pages import Many, by_id, number_of
from vtql.query.server import Fetch, Row
from vtql.query.sorting import group_key, in_order, sort_key
from vtql.query.source import Source
from vtql.query.state import State, ascending_total
from vtql.query.strategy import Strategy, Way, falls, offset_of, significant


def read(state: State, fetch: Fetch, found: Strategy) -> Iterator[Row]:
    """The rows of a query set whose condition is plain, by the way that was found for it.

    Raises:
        NotExpressible: more rows would have to be sorted than are held.
        BrokenAnswer: the server does not keep to its order, conditions, offsets or LIMIT.
    """
    queries = found.branches.queries
    start, stop = state.start, state.stop
    match found.way:
        case Way.NOTHING:
            return iter(())
        case Way.BY_ID:
            return islice(_by_id(state, fetch, queries[0], stop), start, None)
        case Way.ASCENDING:
            order = significant(state.order)
            total = order if order[-1:] == ("-id",) else ascending_total(order)
            offset = offset_of(state)
            every = ascending(Source(state, fetch, queries[0]), total, offset, stop)
            return islice(every, start - offset, None)
        case Way.DESCENDING:
            name = state.order[0].removeprefix("-")
            every = descending(Source(state, fetch, queries[0]), name, stop)
        case Way.GROUPED:
            every = _grouped(state, fetch, queries[0])
        case Way.IN_TURN:
            every = _in_turn(state, fetch, found.branches, stop)
        case Way.MERGED:
            every = _merged(state, fetch, queries)
        case Way.SORTED:
            rows = _in_turn(state, fetch, found.branches, None)
            every = iter(in_order(rows, sort_key(state.module, state.order), stop))
    return islice(every, start, stop)


def _by_id(state: State, fetch: Fetch, query: Branch, most: int | None) -> Iterator[Row]:
    direction = Direction.DESC if falls(state.order) else Direction.ASC
    source = Source(state, fetch, query)
    # a page behind a row of its own lies behind the ids that the condition begins with
    further = replace(query, tree=_behind_any(query.tree, direction))
    pages = pages_of(source, direction, further)
    end = _last_named(source) if direction is Direction.ASC else None
    if isinstance(fetch, Many) and direction is Direction.ASC and end is None:
        return fetch.by_id(pages, most)
    return by_id(pages, most, end)


def _behind_any(tree: Tree, direction: Direction) -> Tree:
    """A condition without the ids that it begins behind, such as where an export was left: a page that
    is asked for behind a row of its own lies behind them, too."""
    bounds = (
        (Operator.GT, Operator.GE) if direction is Direction.ASC else (Operator.LT, Operator.LE)
    )
    parts = tree.parts if isinstance(tree, And) else (tree,)
    left = [part for part in parts if not _is_of_id(part, bounds)]
    return tree if len(left) == len(parts) else conjunction(*left)


def _is_of_id(part: Tree, operators: tuple[Operator, ...]) -> bool:
    return (
        isinstance(part, Comparison)
        and part.operator in operators
        and part.field.text.casefold() == "id"
    )


def _last_named(source: Source) -> str | None:
    """The last record that there can be, where the condition names ids."""
    ids = source.named_ids()
    known = all(each.rpartition("x")[2].isdecimal() and len(each) < 19 for each in ids)
    return (
        max(ids, key=lambda each: number_of(f"1x{each.rpartition('x')[2]}"))
        if ids and known
        else None
    )


def _grouped(state: State, fetch: Fetch, query: Branch) -> Iterator[Row]:
    """Rows of an order whose last field alone descends: those equal in the others are sorted here.

    No tie-breaker can follow a descending field, and without one windows lose rows. The fields in
    front of it and `id` are a total order, so pages of that lose none.
    """
    rising = state.order[:-1]
    every = ascending(Source(state, fetch, query), ascending_total(rising), 0, None)
    key = sort_key(state.module, state.order)
    for _, equal in groupby(every, group_key(state.module, rising)):
        yield from in_order(equal, key, None)


def _in_turn(state: State, fetch: Fetch, found: Branches, most: int | None) -> Iterator[Row]:
    """The rows of the queries one after the other, by id; of those of a later one, the unseen."""
    plain = replace(state, columns=_selected(state), order=())
    seen: set[int] = set()
    for query in found.queries:
        for row in _by_id(plain, fetch, query, most):
            if not found.disjoint:
                number = number_of(row["id"])
                if number in seen:
                    continue
                seen.add(number)
            yield row


def _selected(state: State) -> tuple[str, ...] | None:
    """The columns with those of the order, for a query that has another."""
    if state.columns is None:
        return None
    return tuple(dict.fromkeys((*state.columns, *(name.lstrip("-") for name in state.order))))


def _merged(state: State, fetch: Fetch, queries: Iterable[Branch]) -> Iterator[Row]:
    """The rows of the queries in their common order, those of one record once."""
    if state.order in ((), ("id",), ("-id",)):
        streams = [_by_id(state, fetch, query, state.stop) for query in queries]
    else:
        total = ascending_total(state.order)
        streams = [ascending(Source(state, fetch, each), total, 0, state.stop) for each in queries]
    seen: set[int] = set()
    for row in heapq.merge(*streams, key=sort_key(state.module, state.order)):
        number = number_of(row["id"])
        if number not in seen:
            seen.add(number)
            yield row
