"""The ways of reading that `strategy` chooses among: each gives the rows of a condition, in order."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import groupby, islice

from vtql.ast import Comparison, Direction, Limit, Operator, text_of
from vtql.dataclass import replace
from vtql.logic.folding import equality
from vtql.logic.tree import And, Tree, conjunction
from vtql.protocol import PAGE
from vtql.query.behind import looking_behind
from vtql.query.branches import Branch, Branches
from vtql.query.offsets import backwards, by_offset
from vtql.query.pages import Many, by_id, number_of
from vtql.query.server import Fetch, Row
from vtql.query.sorting import group_key, in_order, sort_key
from vtql.query.state import State, ascending_total, beyond, chain_of, select
from vtql.query.strategy import Strategy, Way, falls, longer
from vtql.syntax.write import write


def read(state: State, fetch: Fetch, found: Strategy) -> Iterator[Row]:
    """The rows of a query set whose condition is plain, by the way that was found for it.

    Raises:
        NotExpressible: more rows would have to be sorted than are held.
        TransportError: the server does not order by id.
    """
    queries = found.branches.queries
    match found.way:
        case Way.NOTHING:
            return iter(())
        case Way.BY_ID:
            return _by_id(state, fetch, queries[0], state.stop)
        case Way.BY_OFFSET:
            return _by_offset(state, fetch, queries[0], state.start, state.stop)
        case Way.WINDOW:
            return _window(state, fetch, found.branches)
        case Way.IN_TURN:
            found_rows = _in_turn(state, fetch, found.branches, state.stop)
            return islice(found_rows, state.start, state.stop)
        case Way.MERGED:
            return islice(_merged(state, fetch, queries), state.start, state.stop)
        case way:
            return _whole(state, fetch, found.branches, way)


def _by_id(state: State, fetch: Fetch, query: Branch, most: int | None) -> Iterator[Row]:
    direction = Direction.DESC if falls(state.order) else Direction.ASC
    rest = _behind_any(query.tree, direction)

    def ask(last: str | None, offset: int, size: int, towards: Direction) -> list[Row]:
        chain = query.chain
        if last is not None:
            chain = chain_of(state, rest, beyond(last, direction))
        order = ("id",) if towards is Direction.ASC else ("-id",)
        return fetch(write(select(state, chain, order, Limit(size, offset or None))))

    highest = _highest(query) if direction is Direction.ASC else None
    if isinstance(fetch, Many) and direction is Direction.ASC and highest is None:
        return fetch.by_id(ask, most)
    return by_id(ask, most, direction, highest)


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


def _highest(query: Branch) -> int | None:
    """The number of the last record that there can be, where the condition names ids."""
    if query.chain is None or any(link.connective.value == "OR" for link in query.chain.links):
        return None
    found = (equality(each) for each in query.chain.conditions)
    lists = [values for name, values in filter(None, found) if name.text == "id"]
    numbers = [text_of(value).rpartition("x")[2] for values in lists[:1] for value in values]
    known = numbers and all(each.isdecimal() and len(each) < 19 for each in numbers)
    return max(map(int, numbers)) if known else None


def _by_offset(
    state: State, fetch: Fetch, query: Branch, start: int, stop: int | None
) -> Iterator[Row]:
    order = state.order if state.order == ("-id",) else ascending_total(state.order)
    behind = looking_behind(state, fetch, query, order, all_seen=start == 0)
    return by_offset(partial(_ask, state, fetch, query, order), behind, start, stop)


def _ask(
    state: State, fetch: Fetch, query: Branch, order: tuple[str, ...], offset: int, size: int
) -> list[Row]:
    return fetch(write(select(state, query.chain, order, Limit(size, offset or None))))


def _window(state: State, fetch: Fetch, found: Branches) -> Iterator[Row]:
    """A slice near the beginning of an order that no tie-breaker follows, from one window.

    The window has one row more than the slice. If that one differs from the last of the slice, all
    records that are equal to it are in the window, and `id` decides between them here. If the
    window is short, the last rows of the order and the next window tell whether it is all there is:
    of many that are equal the last could be the first, so one of them alone does not.
    """
    assert state.stop is not None
    ask = partial(_ask, state, fetch, found.queries[0], state.order)
    size = state.stop + 1
    page = ask(0, size)
    group = group_key(state.module, state.order)
    ended = len(page) < size and _is_all(state, fetch, found, page) and not ask(size, PAGE)
    unambiguous = ended or (len(page) == size and group(page[-2]) != group(page[-1]))
    if unambiguous:
        page.sort(key=sort_key(state.module, state.order))
        return iter(page[state.start : state.stop])
    return _whole(state, fetch, found, longer(state.order))


def _is_all(state: State, fetch: Fetch, found: Branches, page: list[Row]) -> bool:
    """Whether the last rows of an order whose last field descends are all in its first window."""
    first = state.order[0]
    turned = first.removeprefix("-") if first.startswith("-") else f"-{first}"
    ids = {row.get("id") for row in page}
    return all(
        row.get("id") in ids for row in _ask(state, fetch, found.queries[0], (turned,), 0, PAGE)
    )


def _whole(state: State, fetch: Fetch, found: Branches, way: Way) -> Iterator[Row]:
    """A slice of rows all of which have to be read."""
    if way is Way.BACKWARDS:
        total = ascending_total(state.order)
        ask = partial(_ask, state, fetch, found.queries[0], total)
        bare = replace(state, columns=("id",))
        probe = partial(_ask, bare, fetch, found.queries[0], total)
        behind = looking_behind(state, fetch, found.queries[0], total, all_seen=False)
        return islice(backwards(ask, probe, behind), state.start, state.stop)
    if way is Way.GROUPED:
        return islice(_grouped(state, fetch, found.queries[0]), state.start, state.stop)
    every = _in_turn(state, fetch, found, None)
    key = sort_key(state.module, state.order)
    return iter(in_order(every, key, state.stop)[state.start :])


def _grouped(state: State, fetch: Fetch, query: Branch) -> Iterator[Row]:
    """Rows of an order whose last field alone descends: those equal in the others are sorted here.

    No tie-breaker can follow a descending field, and without one windows lose rows. The fields in
    front of it and `id` are a total order, so windows of that lose none.
    """
    rising = state.order[:-1]
    total = ascending_total(rising)
    behind = looking_behind(state, fetch, query, total, all_seen=True)
    every = by_offset(partial(_ask, state, fetch, query, total), behind, 0, None)
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
        streams = [_by_offset(state, fetch, query, 0, state.stop) for query in queries]
    seen: set[int] = set()
    for row in heapq.merge(*streams, key=sort_key(state.module, state.order)):
        number = number_of(row["id"])
        if number not in seen:
            seen.add(number)
            yield row
