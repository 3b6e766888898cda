"""Keyset paging in the descending order of one field.

VTQL has one direction, that of the last field, so nothing decides between equal records behind a field
that descends: windows of it repeat and lose rows. So a page is read as groups of equal records. All of its
groups are whole but the last one, which the next page, `a <= x ORDER BY a DESC`, begins with again. A group
that fills a page is read by id, `a = x ORDER BY id DESC`.

NULL comes last, and no condition says it. `ORDER BY a, id DESC` begins with it, in the order in which these
records are wanted; so the first page of that order tells whether anything is left, and is where the records
without a value are read from.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, groupby

from vtql.ast import Comparison, Direction, Literal, Operator
from vtql.catalog.catalog import empty_value
from vtql.errors import FieldError
from vtql.protocol import PAGE
from vtql.query.connection import Row
from vtql.query.id_paging import by_id
from vtql.query.keyset import FIXED, Place, last_place, pages_of
from vtql.query.page_checks import must_advance, must_rise, number_of
from vtql.query.page_source import Source, has_value
from vtql.query.sorting import group_key, in_order, sort_key
from vtql.query.spec import beyond
from vtql.query.values import name_of


def descending(source: Source, name: str, most: int | None) -> Iterator[Row]:
    """Rows in the descending order of a field, equal ones with the last id first.

    Args:
        source: the query.
        name: the field.
        most: how many are wanted; None for all.

    Raises:
        BrokenAnswer: the server does not keep to its order or conditions.
        NotExpressible: more rows would have to be sorted here than are held.
    """
    seen: set[int] = set()
    left = most
    for row in _rows(source, name, most, seen):
        number = number_of(row["id"])
        if number in seen:
            continue
        seen.add(number)
        yield row
        left = None if left is None else left - 1
        if left == 0:
            return


def _rows(source: Source, name: str, most: int | None, seen: set[int]) -> Iterator[Row]:
    """The rows, perhaps with some that have been given: those in `seen`."""
    whole, rest, place = source, source, None
    order = (f"-{name}",)
    size = PAGE if most is None else min(PAGE, most + 1)
    held: list[Row] = []
    pages = stale = 0
    while (page := rest.page(order, size)) is not None:
        if not page and place is None:
            if source.ids(("id",)):  # all of the page is hidden, or this server gives no such order
                break
            return
        must_rise(source.spec.module, order, page, place)
        together = _with(held, page)
        new = any(_is_new(row, seen, held) for row in page)
        valued = page if place is not None else _without_empty_end(page, name)
        if len(page) < size or len(valued) < len(page):
            if _is_all(whole, name, together, seen):
                yield from _flat(_groups(source, name, together))
                return
            if not (new and valued):
                if _is_read(whole, name, seen, held):
                    yield from held
                    yield from _without_value(whole, name, seen)
                    return
                break
        known = last_place(source, order, valued)
        if known is None:
            break
        valued = valued[: _last_of(valued, known, name) + 1]
        advances = any(_is_new(row, seen, held) for row in valued)
        groups = _groups(source, name, _with(held, valued))
        yield from _flat(groups[:-1])
        held = groups[-1]
        stale = 0 if advances else stale + 1
        must_advance(stale)
        column, value = name_of(name), known[0][1]
        assert value is not None
        sign = Operator.LE
        # perhaps more are equal than a page has, or what lies behind them on the page leaves doubts
        if not advances or (len(groups) == 1 and len(page) == PAGE):
            equal = source.within(Comparison(column, Operator.EQ, Literal(value)))
            yield from by_id(pages_of(equal, Direction.DESC), None)
            yield from held  # one that is equal here and not on the server
            held, sign = [], Operator.LT
        place, size, pages = known, PAGE, pages + 1
        if pages == FIXED:
            source = source.up_to_newest()
        rest = source.within(Comparison(column, sign, Literal(value)))
    yield from in_order(by_id(pages_of(whole), None), sort_key(whole.spec.module, order), None)


def _flat(groups: Sequence[Sequence[Row]]) -> Iterator[Row]:
    return chain.from_iterable(groups)


def _is_new(row: Row, seen: set[int], held: Sequence[Row]) -> bool:
    return number_of(row["id"]) not in seen and all(
        row["id"] != held_row["id"] for held_row in held
    )


def _is_empty(row: Row, name: str) -> bool:
    return row.get(name) in (None, "")


def _without_empty_end(page: Sequence[Row], name: str) -> Sequence[Row]:
    """A page up to the last record that has a value, for those without one come last."""
    end = next((at for at in range(len(page), 0, -1) if not _is_empty(page[at - 1], name)), 0)
    return page[:end]


def _with(held: Sequence[Row], page: Sequence[Row]) -> list[Row]:
    """Rows that were held back and those of the next page, each record once."""
    ids = {row["id"] for row in page}
    return [*(row for row in held if row["id"] not in ids), *page]


def _last_of(page: Sequence[Row], place: Place, name: str) -> int:
    """Where the last row stands whose value is that of a place; the last row if none shows it."""
    value = place[0][1]
    places = (at for at in range(len(page) - 1, -1, -1) if str(page[at].get(name)) == value)
    return next(places, len(page) - 1)


def _groups(source: Source, name: str, rows: Sequence[Row]) -> list[list[Row]]:
    """Rows as groups of those that stand together and are equal, each with the last id first."""
    key = group_key(source.spec.module, (name,))
    groups = (list(group) for _, group in groupby(rows, key))
    return [sorted(group, key=lambda row: -number_of(row["id"])) for group in groups]


# The end of the order


def _is_all(source: Source, name: str, rows: Sequence[Row], seen: set[int]) -> bool:
    """Whether the first records of the opposite order are among those that came."""
    lowest = source.ids((name, "-id"))
    known = seen | {number_of(row["id"]) for row in rows}
    return lowest is not None and known.issuperset(map(number_of, lowest))


def _is_read(source: Source, name: str, seen: set[int], held: Sequence[Row]) -> bool:
    """Whether no record that has a value is left, as far as the last ones by id tell."""
    ids = source.within(has_value(source.spec, name)).ids(("-id",))
    known = seen | {number_of(row["id"]) for row in held}
    empty = _no_value(source, name)
    if ids is not None and empty is not None:
        known |= set(map(number_of, source.within(empty).ids(("-id",)) or ()))
    return ids is not None and known.issuperset(map(number_of, ids))


def _no_value(source: Source, name: str) -> Comparison | None:
    """The condition that a field is empty and not NULL; None for a type that has no such value."""
    try:
        empty = empty_value(source.spec.module.fields[name], source.spec.catalog)
    except FieldError:
        return None
    return Comparison(name_of(name), Operator.EQ, Literal(empty))


def _without_value(source: Source, name: str, seen: set[int]) -> Iterator[Row]:
    """The records without a value: first empty ones, then those with NULL, each with the last id first.

    Raises: as `descending`.
    """
    empty = _no_value(source, name)
    if empty is not None:
        yield from by_id(pages_of(source.within(empty), Direction.DESC), None)
    rest, order = source, (name, "-id")
    last: str | None = None
    while page := rest.page(order, PAGE) or []:
        for row in page:
            if not _is_empty(row, name):
                return
            yield row
        last = page[-1]["id"]
        rest = source.within(beyond(page[-1]["id"], Direction.DESC))
    if not seen.issuperset(map(number_of, rest.ids(("id",)) or ())):  # behind a hidden stretch
        rows = by_id(pages_of(source, Direction.DESC), None, after=last)
        yield from (row for row in rows if _is_empty(row, name))
