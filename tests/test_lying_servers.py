"""Servers that break a promise of paging: a read ends, with every row once or with an error.

The rows of each slice and order are compared with what is right; where they differ, there must have been
an error. No lie may let a read run on.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from paging_store import CATALOG, Record, Store, key, parsed
from stub_servers import KEY, USERNAME, answering_queries, raw, written

import vtql
from vtql.ast import Chain, Comparison, Limit, Select
from vtql.errors import BrokenAnswer, VtqlError

Answer = Callable[[Store, Select], list[Any]]
ROWS = 250


def made_records(seed: int) -> list[Record]:
    draw = random.Random(seed)
    return [
        {
            "id": f"40x{3 * number + 5}",
            "title": draw.choice(["Anna", "Berta", "Carl", "Dora", None]),
            "kind": draw.choice(["x", None]),
        }
        for number in range(ROWS)
    ]


def no_direction(store: Store, select: Select) -> list[Any]:
    order = select.order
    return store.answer(replace(select, order=order and replace(order, direction=None)))


def no_limit(store: Store, select: Select) -> list[Any]:
    return Store(store.records, 10**9).answer(replace(select, limit=None))


def hundred_whatever(store: Store, select: Select) -> list[Any]:
    return store.answer(replace(select, limit=replace(select.limit or Limit(100), count=100)))


def no_offset(store: Store, select: Select) -> list[Any]:
    limit = select.limit
    return store.answer(replace(select, limit=limit and replace(limit, offset=None)))


def no_conditions_on_ids(store: Store, select: Select) -> list[Any]:
    chain = select.where
    if chain is None:
        return store.answer(select)
    left = [each for each in chain.conditions if each.field.text != "id"]
    plain = all(link.connective.value == "AND" for link in chain.links)
    if not plain:
        return store.answer(select)
    rest = (
        Chain(left[0], tuple(replace(chain.links[0], condition=each) for each in left[1:]))
        if left
        else None
    )
    return store.answer(replace(select, where=rest))


def no_conditions(store: Store, select: Select) -> list[Any]:
    return store.answer(replace(select, where=None))


def no_order(store: Store, select: Select) -> list[Any]:
    mixed = sorted(store.records, key=lambda each: hash(str(each["id"])[::-1]) % 1009)
    return Store(mixed, store.page).answer(replace(select, order=None))


def by_id_whatever(store: Store, select: Select) -> list[Any]:
    return Store(store.records, store.page).answer(replace(select, order=None))


def falls(select: Select) -> bool:
    return select.order is not None and select.order.direction is not None


def nothing_rising(store: Store, select: Select) -> list[Any]:
    return store.answer(select) if falls(select) or select.where is None else []


def nothing_falling(store: Store, select: Select) -> list[Any]:
    return [] if falls(select) else store.answer(select)


def always_the_first_page(store: Store, _: Select) -> list[Any]:
    return [dict(each) for each in store.records[: store.page]]


def always_more(_: Store, select: Select) -> list[Any]:
    last = max((int(text.partition("x")[2]) for text in ids_in(select)), default=0)
    return [{"id": f"40x{last + n}", "title": "Anna", "kind": None} for n in range(1, 101)]


def ids_in(select: Select) -> Iterator[str]:
    for each in select.where.conditions if select.where else ():
        if isinstance(each, Comparison) and each.field.text == "id":
            yield vtql.ast.text_of(each.value)


def twice(store: Store, select: Select) -> list[Any]:
    rows = store.answer(select)
    return [*rows[: len(rows) // 2], *rows[: len(rows) - len(rows) // 2]]


def changed(change: Callable[[dict[str, Any]], Any]) -> Answer:
    def answer(store: Store, select: Select) -> list[Any]:
        rows: list[Any] = store.answer(select)
        if rows:
            rows[len(rows) // 2] = change(rows[len(rows) // 2])
        return rows

    return answer


def without_id(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "id"}


LIES: dict[str, Answer] = {
    "DESC is ignored": no_direction,
    "LIMIT is ignored": no_limit,
    "a hundred rows come whatever LIMIT says": hundred_whatever,
    "the offset is ignored": no_offset,
    "conditions on ids are ignored": no_conditions_on_ids,
    "conditions are ignored": no_conditions,
    "the order is ignored": no_order,
    "the order is always by id": by_id_whatever,
    "nothing comes in rising order": nothing_rising,
    "nothing comes in falling order": nothing_falling,
    "the first page comes always": always_the_first_page,
    "there is always more": always_more,
    "rows come twice": twice,
    "a row has no id": changed(without_id),
    "an id is a list": changed(lambda row: row | {"id": ["40x5"]}),
    "an id is a number": changed(lambda row: row | {"id": 405}),
    "an id is null": changed(lambda row: row | {"id": None}),
    "an id has 309 digits": changed(lambda row: row | {"id": "40x" + "9" * 309}),
    "an id has 5,000 digits": changed(lambda row: row | {"id": "40x" + "9" * 5_000}),
    "an id is no id": changed(lambda row: row | {"id": "forty"}),
    "a row is no map": changed(lambda row: ["id", row["id"]]),
    "a row is null": changed(lambda _: None),
}
ORDERS: list[tuple[str, ...]] = [
    (), ("-id",), ("title",), ("-title",), ("kind", "-title"), ("-kind", "title"),
]  # fmt: skip
SLICES = [slice(None), slice(0, 7), slice(20, 30), slice(90, 240), slice(150, None)]


class Lying(Store):
    """A store whose answers go through a lie."""

    def __init__(self, lie: Answer, records: list[Record]) -> None:
        super().__init__(records)
        self.lie = lie

    def __call__(self, text: str) -> list[Any]:
        super().__call__(text)
        return self.lie(self, parsed(text))


def right(records: list[Record], order: tuple[str, ...]) -> list[str | None]:
    found = list(records)
    last = "-id" if order and order[-1].startswith("-") else "id"
    for name in reversed((*order, last)):
        found.sort(key=lambda each: key(each, name.lstrip("-")), reverse=name.startswith("-"))
    return [each["id"] for each in found]


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_a_read_ends_with_every_row_once_or_an_error(lie: Answer) -> None:
    records = made_records(5)
    broken = 0
    for order in ORDERS:
        for part in SLICES:
            store = Lying(lie, records)
            try:
                ids = [row.raw["id"] for row in store.objects.order_by(*order)[part]]
            except BrokenAnswer:
                broken += 1
            else:
                assert ids == right(records, order)[part], (order, part)
    assert broken


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_a_count_and_a_look_for_an_id_end(lie: Answer) -> None:
    records = made_records(6)
    store = Lying(lie, records)
    try:
        count = store.objects.count()
    except VtqlError:
        pass
    else:
        assert count == ROWS or lie is always_more
    wanted = str(records[3]["id"])
    try:
        assert Lying(lie, records).objects.get(id=wanted).raw["id"] == wanted
        rows = Lying(lie, records).objects.filter(id__in=[wanted, "40x9999"])
        assert [row.raw["id"] for row in rows] == [wanted]
    except (BrokenAnswer, vtql.errors.DoesNotExist):
        pass


@contextmanager
def served(store: Store) -> Iterator[Any]:
    """The store behind a real socket, read over three logins."""

    def described(query: str) -> list[Any]:
        return store(query)

    with (
        raw(lambda seen: written(answering_queries(described)(seen))) as listening,
        vtql.connect(listening.url, USERNAME, KEY, connections=3, retries=0) as client,
    ):
        yield client


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_so_does_one_over_several_logins(lie: Answer) -> None:
    records = made_records(7)
    store = Lying(lie, records)
    with served(store) as client:
        objects = vtql.models.model.make_model("Things", CATALOG, client._server).objects
        for part in (slice(None), slice(0, 400)):
            store.requests = 0
            try:
                ids = [row.raw["id"] for row in objects[part]]
            except BrokenAnswer:
                continue
            assert ids == right(records, ())[part]
