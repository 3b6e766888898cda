"""The rows of a query set, read by the method that `strategy` chooses."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby, islice

from vtql.ast import Comparison, Direction, Operator
from vtql.errors import NotConnected
from vtql.fork import in_one_process
from vtql.logic.tree import And, Tree, conjunction
from vtql.query.client_filters import parts_of, read_first, read_parts
from vtql.query.connection import Fetch, Row
from vtql.query.field_restrictions import refuse_module_without_id
from vtql.query.id_paging import Pages, ParallelByID, by_id, number_of
from vtql.query.keyset import ascending, pages_of
from vtql.query.keyset_descending import descending
from vtql.query.page_source import Source
from vtql.query.precedence_probe import probed
from vtql.query.relations import RelatedIds, check_ids, stage_of, with_ids
from vtql.query.sorting import group_key, in_order, sort_key
from vtql.query.spec import QuerySpec, ascending_total
from vtql.query.split_queries import SplitPlan, SplitQuery
from vtql.query.strategy import Method, Strategy, is_descending, offset_of, significant, strategy


def read(spec: QuerySpec, fetch: Fetch, chosen: Strategy) -> Iterator[Row]:
    """The rows of a query set whose condition is plain, by the way that was found for it.

    Raises:
        NotExpressible: more rows would have to be sorted than are held.
        BrokenAnswer: the server does not keep to its order, conditions, offsets or LIMIT.
    """
    queries = chosen.branches.queries
    start, stop = spec.start, spec.stop
    match chosen.way:
        case Method.NOTHING:
            return iter(())
        case Method.BY_ID:
            return islice(_by_id(spec, fetch, queries[0], stop), start, None)
        case Method.ASCENDING:
            order = significant(spec.order)
            total = order if order[-1:] == ("-id",) else ascending_total(order)
            offset = offset_of(spec)
            ordered = ascending(Source(spec, fetch, queries[0]), total, offset, stop)
            return islice(ordered, start - offset, None)
        case Method.DESCENDING:
            name = spec.order[0].removeprefix("-")
            ordered = descending(Source(spec, fetch, queries[0]), name, stop)
        case Method.GROUPED:
            ordered = _grouped(spec, fetch, queries[0])
        case Method.IN_TURN:
            ordered = _one_after_another(spec, fetch, chosen.branches, stop)
        case Method.MERGED:
            ordered = _merged(spec, fetch, queries)
        case Method.SORTED:
            rows = _one_after_another(spec, fetch, chosen.branches, None)
            ordered = iter(in_order(rows, sort_key(spec.module, spec.order), stop))
    return islice(ordered, start, stop)


def _by_id(spec: QuerySpec, fetch: Fetch, query: SplitQuery, most: int | None) -> Iterator[Row]:
    direction = Direction.DESC if is_descending(spec.order) else Direction.ASC

    def pages_over(way: Fetch) -> Pages:
        return pages_of(Source(spec, way, query), direction, further)

    # a page behind a row of its own lies behind the ids that the condition begins with
    further = replace(query, tree=_after_any(query.tree, direction))
    end = _last_named(Source(spec, fetch, query)) if direction is Direction.ASC else None
    if isinstance(fetch, ParallelByID) and direction is Direction.ASC and end is None:
        return fetch.by_id(pages_over, most)
    return by_id(pages_over(fetch), most, end)


def _after_any(tree: Tree, direction: Direction) -> Tree:
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
    known = all(
        record_id.rpartition("x")[2].isdecimal() and len(record_id) < 19 for record_id in ids
    )
    return (
        max(ids, key=lambda record_id: number_of(f"1x{record_id.rpartition('x')[2]}"))
        if ids and known
        else None
    )


def _grouped(spec: QuerySpec, fetch: Fetch, query: SplitQuery) -> Iterator[Row]:
    """Rows of an order whose last field alone descends: those equal in the others are sorted here.

    No tie-breaker can follow a descending field, and without one windows lose rows. The fields in
    front of it and `id` are a total order, so pages of that lose none.
    """
    rising = spec.order[:-1]
    ordered = ascending(Source(spec, fetch, query), ascending_total(rising), 0, None)
    key = sort_key(spec.module, spec.order)
    for _, equal in groupby(ordered, group_key(spec.module, rising)):
        yield from in_order(equal, key, None)


def _one_after_another(
    spec: QuerySpec, fetch: Fetch, plan: SplitPlan, most: int | None
) -> Iterator[Row]:
    """The rows of the queries one after the other, by id; of those of a later one, the unseen."""
    plain = replace(spec, columns=_selected(spec), order=())
    seen: set[int] = set()
    for query in plan.queries:
        for row in _by_id(plain, fetch, query, most):
            if not plan.disjoint:
                number = number_of(row["id"])
                if number in seen:
                    continue
                seen.add(number)
            yield row


def _selected(spec: QuerySpec) -> tuple[str, ...] | None:
    """The columns with those of the order, for a query that has another."""
    if spec.columns is None:
        return None
    return tuple(dict.fromkeys((*spec.columns, *(name.lstrip("-") for name in spec.order))))


def _merged(spec: QuerySpec, fetch: Fetch, queries: Iterable[SplitQuery]) -> Iterator[Row]:
    """The rows of the queries in their common order, those of one record once."""
    if spec.order in ((), ("id",), ("-id",)):
        streams = [_by_id(spec, fetch, query, spec.stop) for query in queries]
    else:
        total = ascending_total(spec.order)
        streams = [ascending(Source(spec, fetch, query), total, 0, spec.stop) for query in queries]
    seen: set[int] = set()
    for row in heapq.merge(*streams, key=sort_key(spec.module, spec.order)):
        number = number_of(row["id"])
        if number not in seen:
            seen.add(number)
            yield row


def rows(spec: QuerySpec) -> Iterator[Row]:
    """The rows that a query set means, fetched as they are needed.

    Raises:
        ForkError: in a child that was forked after the first row.
        NotConnected: the model was made without a client.
        NotExpressible: the condition goes beyond a limit, or more rows have to be sorted than are.
    """
    fetch = connected(spec)
    if not spec.as_stored:
        refuse_module_without_id(spec.module, spec.catalog)
    return in_one_process(_with_columns(spec, _tested(spec, fetch)))


def connected(spec: QuerySpec) -> Fetch:
    """The way to the server.

    Raises:
        NotConnected: the model was made without a client.
    """
    if spec.server is None:
        raise NotConnected(
            f"this {spec.module.name} model has no connection, so it compiles queries and fetches "
            f'no rows; `client.model("{spec.module.name}")` of `vtql.connect(…)` gives one that does'
        )
    return spec.server.fetch


def with_stages_read(spec: QuerySpec) -> QuerySpec:
    """The same with the ids that its conditions across references are about, stage by stage.

    Raises: as `rows`.
    """
    check_ids(spec)

    ids_by_stage: dict[object, list[str]] = {}

    def ids(needed: RelatedIds) -> list[str]:
        stage = stage_of(needed)
        if stage not in ids_by_stage:
            ids_by_stage[stage] = read_ids(needed)
        return ids_by_stage[stage]

    def read_ids(needed: RelatedIds) -> list[str]:
        inner = QuerySpec(
            module=needed.module, catalog=spec.catalog, shape=dict, server=spec.server,
            tree=needed.tree, columns=(needed.column,), precedence=spec.precedence,
        )  # fmt: skip
        known = {value for row in rows(inner) if (value := row.get(needed.column))}
        values = [value for value in known if value.startswith(f"{needed.prefix}x")]
        return sorted(values, key=number_of)

    return replace(spec, tree=with_ids(spec.tree, ids))


def strategy_of(spec: QuerySpec) -> Strategy:
    """The way of reading; where several queries are needed only because nobody knows how the server
    evaluates AND and OR, it is asked first.

    Raises: as `rows`.
    """
    chosen = strategy(spec)
    if chosen.branches.chains < 2 or spec.server is None or spec.precedence is not None:
        return chosen
    if spec.server.precedence is None and probed(spec.server, spec.module):
        return strategy(spec)
    return chosen


def _tested(spec: QuerySpec, fetch: Fetch) -> Iterator[Row]:
    """The rows for which all tests of `where` hold, and of these the slice."""
    if spec.size == 0:
        return
    spec = with_stages_read(spec)
    parts = parts_of(spec)
    if parts is None and not spec.tests:
        yield from read(spec, fetch, strategy_of(spec))
        return

    def ask(part_spec: QuerySpec) -> Iterator[Row]:
        return read(part_spec, fetch, strategy_of(part_spec))

    whole = replace(spec.whole, tests=())
    if parts is not None and not spec.tests:
        first = read_first(spec, parts, ask)
        if first is not None:
            yield from first
            return
    passing = ask(whole) if parts is None else read_parts(whole, parts, ask)
    passed = (
        row
        for row in _with_columns(spec, passing)
        if all(test(spec.record(row)) for test in spec.tests)
    )
    yield from islice(passed, spec.start, spec.stop)


def _with_columns(spec: QuerySpec, source_rows: Iterator[Row]) -> Iterator[Row]:
    """Rows without the columns that were selected for the order alone."""
    if spec.columns is None:
        return source_rows
    names = {*spec.columns, "id"}
    ordered = {name.lstrip("-") for name in spec.order} - names
    return (
        ({n: v for n, v in row.items() if n not in ordered} for row in source_rows)
        if ordered
        else source_rows
    )
