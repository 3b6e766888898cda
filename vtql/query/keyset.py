"""Keyset paging in an order: each page asks for the records behind the last one of the page before.

In the order of `a, b, id` a record comes behind another where `a > x OR a = x AND b > y OR a = x AND
b = y AND id > z`, which is a condition like any other: it joins each alternative of the query's own. So no
offset is counted, and a record that others make, change or delete moves no other out of the read.

NULL comes first and is equal to nothing, so no condition says `a IS NULL AND b > y`. None has to: a record
whose `a` has a value comes behind, whatever its `b`. So where `a` is NULL it is `a has a value OR b > y OR
b = y AND id > z`.

A value that is shown need not be the one that is compared. A server decodes the entities of HTML, so `<` may
be stored as `&lt;`; a reference that is shown as null may be NULL, 0 or one to a record that is gone; 8.0
shows NULL as the empty text (all measured). A page begins behind the last record whose values leave no
doubt; where the end of a page has none, the server is asked whether the last record equals what it shows.
Where it does not, or a value is too long to compare, the rest is read by id and sorted here; so it is behind
a window of records none of which the user may see.

A slice that does not begin with the first record is the one thing that an offset is for: its first page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import TypeAlias

from vtql.ast import Comparison, Direction, Limit, Literal, Name, Operator
from vtql.catalog.catalog import empty_value
from vtql.catalog.server_tables import kept_as_text
from vtql.catalog.types import Family
from vtql.errors import BrokenAnswer, FieldError, NotExpressible
from vtql.logic.plan import plan
from vtql.logic.tree import Tree, conjunction, disjunction
from vtql.parser.literals import unwritable_reason
from vtql.parser.printer import write
from vtql.protocol import PAGE
from vtql.query.connection import Row
from vtql.query.id_paging import Pages, by_id
from vtql.query.page_checks import (
    PLAIN,
    PLAIN_TEXT,
    must_advance,
    must_be_records,
    must_rise,
    number_of,
)
from vtql.query.page_source import Source, has_value
from vtql.query.sorting import in_order, sort_key
from vtql.query.spec import QuerySpec, beyond, select
from vtql.query.split_queries import SplitQuery
from vtql.query.values import name_of

LONGEST = 255
"""Characters of a value that a page may begin behind. A database sorts by the first 1,024 bytes of a long
text and compares all of it (MariaDB, `max_sort_length`)."""

FIXED = 10
"""Pages after which a read is bounded by the newest record there is, so that it ends however many others
are made meanwhile. Shorter reads are spared the request."""

Place: TypeAlias = tuple[tuple[str, str | None], ...]
"""Where a record stands in an order: each of its names with the value that the server compares, None for
NULL. A name that descends has a `-` in front."""


def ascending(
    source: Source, order: tuple[str, ...], start: int, stop: int | None
) -> Iterator[Row]:
    """Rows of a total order, whose last name is `id` or `-id` and in which no other descends.

    Raises:
        BrokenAnswer: the server does not keep to its order, conditions or offsets.
        NotExpressible: more rows would have to be sorted here than are held.
    """
    whole, rest, place = source, source, None
    offset, row_count, pages, stale = start, 0, 0, 0
    seen: set[int] = set()
    awaited: set[int] = set()
    short = False
    while stop is None or start + row_count < stop:
        size = PAGE if stop is None or short else min(PAGE, stop - start - row_count)
        page = rest.page(order, size, offset)
        if page is None:
            break
        must_rise(source.spec.module, order, page, place)
        numbered = {number_of(row["id"]): row for row in reversed(page)}
        fresh = [row for number, row in reversed(numbered.items()) if number not in seen]
        short, further = len(page) < size, place
        if offset:  # the first page of a slice
            if page:
                must_count_offsets(source, order, page)
            else:  # it may begin behind the last record, or with a hidden window
                before = max(0, offset - PAGE)
                page = rest.page(order, offset - before, before)
            if not page:
                must_have_a_first(source, order)
                return
            if start + len(fresh) != stop:
                further = last_place(source, order, page)
                if further is None:
                    yield from islice(ascending(source, order, 0, stop), start, None)
                    return
        fresh = fresh[: None if stop is None else stop - start - row_count]
        seen.update(number_of(row["id"]) for row in fresh)
        yield from fresh
        row_count += len(fresh)
        if start + row_count == stop:
            return
        stale = 0 if fresh else stale + 1
        must_advance(stale)
        if page and not offset:
            further = last_place(source, order, page)
        if further is not None:
            rest = source.within(after(source.spec, further))
        if short:
            awaited -= seen
            if not awaited:
                awaited = _ids_of(whole, rest) - seen
            if not awaited:
                return
        if further is None or not page:
            break
        place, offset, pages = further, 0, pages + 1
        if pages == FIXED:
            source = source.up_to_newest()
            rest = source.within(after(source.spec, place))
    else:
        return
    # where no query says what lies behind the place, what comes before a slice is told by its number
    counted = start and (place is None or page is None)
    left = rest if start and not counted else whole
    sorted_rows = in_order(by_id(pages_of(left), None), sort_key(whole.spec.module, order), None)
    further_rows = islice(sorted_rows, start if counted else 0, None)
    unseen = (row for row in further_rows if number_of(row["id"]) not in seen)
    yield from islice(unseen, None if stop is None else stop - start - row_count)


def _ids_of(whole: Source, rest: Source) -> set[int]:
    """The numbers of the last records of a part, a hundred at most, or of all that there are."""
    ids = rest.ids(("-id",))
    if ids is None:
        bare = replace(whole, spec=replace(whole.spec, columns=("id",), order=()))
        ids = [row["id"] for row in by_id(pages_of(bare), None)]
    return set(map(number_of, ids))


def pages_of(
    source: Source, direction: Direction = Direction.ASC, further: SplitQuery | None = None
) -> Pages:
    """A source as something that is read by id; `further` is its query for what lies behind an id, where
    that can be shorter."""
    order, opposite = (("id",), ("-id",)) if direction is Direction.ASC else (("-id",), ("id",))
    rest = source if further is None else replace(source, branch=further)

    def after_id(last: str | None) -> Source:
        return source if last is None else rest.within(beyond(last, direction))

    def page(last: str | None, size: int, offset: int) -> list[Row]:
        rows = after_id(last).page(order, size, offset)
        if rows is None:
            raise NotExpressible(_TOO_LONG)
        return rows

    def last_ids(last: str | None) -> Sequence[str]:
        ids = after_id(last).ids(opposite)
        if ids is None:
            raise NotExpressible(_TOO_LONG)
        return ids

    return Pages(page, last_ids, direction)


_TOO_LONG = (
    "the condition and the place of a page make a query longer than a URL may be; ask with fewer or shorter "
    "values"
)


# Places


def last_place(source: Source, order: tuple[str, ...], page: Sequence[Row]) -> Place | None:
    """The last place of a page whose values leave no doubt; None if not even the server knows one.

    A page whose second half has none is one of equal values, mostly, and the server is asked.
    """
    nulls = any(value is None for row in page for value in row.values())
    for row in reversed(page[len(page) // 2 :]):
        values = [_key_value(source, name, row, nulls=nulls) for name in order]
        if all(known for known, _ in values):
            return tuple(zip(order, (value for _, value in values), strict=True))
    row = page[-1]
    place: list[tuple[str, str | None]] = []
    for name in order:
        known, value = _key_value(source, name, row, nulls=nulls)
        if not known:
            known, value = _condition_holds(source, name, row)
        if not known:
            return None
        place.append((name, value))
    return tuple(place)


def _key_value(source: Source, name: str, row: Row, *, nulls: bool) -> tuple[bool, str | None]:
    """Whether it is certain what a server compares, and the value. `nulls` says that this server shows
    NULL as null, so that an empty text is one."""
    name = name.removeprefix("-")
    if name == "id":
        return True, str(row["id"])
    field = source.spec.module.fields[name]
    value = row.get(name)
    family = field.type.family
    if value is None:
        return family is not Family.ID, None
    text = str(value)
    if not text:
        return nulls and family in (Family.TEXT, Family.CHOICES), " "
    as_text = kept_as_text(source.spec.module.name, name) and family is not Family.ID
    pattern = PLAIN_TEXT if as_text else PLAIN[family]
    return len(text) <= LONGEST and bool(pattern.fullmatch(text)) and not unwritable_reason(
        text
    ), text


def _condition_holds(source: Source, name: str, row: Row) -> tuple[bool, str | None]:
    """As `_certain`, by asking the server about the record."""
    name = name.removeprefix("-")
    value = row.get(name)
    text = str(value) if value else _empty(source, name)
    sayable = text is not None and len(text) <= LONGEST and not unwritable_reason(text)
    if sayable and _holds(source, Comparison(name_of(name), Operator.EQ, Literal(str(text))), row):
        return True, text
    if value or _holds(source, has_value(source.spec, name), row):
        return False, None
    return True, None


def _empty(source: Source, name: str) -> str | None:
    try:
        return empty_value(source.spec.module.fields[name], source.spec.catalog)
    except FieldError:  # of a type that is never empty, only NULL
        return None


def _holds(source: Source, condition: Tree, row: Row) -> bool:
    """Whether a condition holds for a record, as the server sees it."""
    spec = replace(source.spec, columns=("id",), order=())
    record = Comparison(Name("id"), Operator.EQ, Literal(row["id"]))
    chains = plan(conjunction(condition, record), spec.used_precedence)
    texts = [write(select(spec, chain, (), Limit(1))) for chain in chains]
    return any(must_be_records(source.fetch(text), 1) for text in texts)


def after(spec: QuerySpec, place: Place) -> Tree:
    """The condition that a record comes behind a place in its order."""
    alternatives: list[Tree] = []
    equal: list[Tree] = []
    for name, value in place:
        column = name_of(name.removeprefix("-"))
        if value is None:
            alternatives.append(conjunction(*equal, has_value(spec, name)))
            continue
        sign = Operator.LT if name.startswith("-") else Operator.GT
        alternatives.append(conjunction(*equal, Comparison(column, sign, Literal(value))))
        equal.append(Comparison(column, Operator.EQ, Literal(value)))
    return disjunction(*alternatives)


# What a server promises


def must_count_offsets(source: Source, order: tuple[str, ...], page: Sequence[Row]) -> None:
    """Make sure, once for each server, that a page of an offset is not the first one.

    Raises:
        BrokenAnswer: it is.
    """
    server = source.spec.server
    if server is None or server.counts_offsets:
        return
    first = source.ids(order, 1)
    if first and first[0] == page[0]["id"]:
        raise BrokenAnswer(
            f"query: the record `{first[0]}` came first with an offset and without one; this server does not "
            "keep to the offset in LIMIT, so it cannot be asked for a slice"
        )
    server.counts_offsets = True


def must_have_a_first(source: Source, order: tuple[str, ...]) -> None:
    """Make sure that an order in which a page had no row has none where the opposite one has.

    Raises:
        BrokenAnswer: it has not.
    """
    falls = order[-1].startswith("-")
    if not source.ids(order, 1) and source.ids(("id",) if falls else ("-id",), 1):
        raise BrokenAnswer(
            "query: records came in one order of the ids and none in the other; this server does not keep to "
            "ORDER BY, so it cannot be asked for a slice"
        )
