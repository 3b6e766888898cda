"""Paging against a model: whatever others change between its requests, a read ends, and a record that is
there unchanged from beginning to end comes exactly once, in its order.

A schedule says what happens before each request. The short ones are tried all, with pages of two records,
so that every place of a change meets every place of a page; longer ones are drawn.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest
from paging_store import Record, Store, key

import vtql.query.id_paging
import vtql.query.keyset
import vtql.query.keyset_descending

ORDERS: list[tuple[str, ...]] = [
    (), ("-id",), ("title",), ("-title",), ("kind", "-title"), ("title", "-id"),
]  # fmt: skip

STABLE: list[Record] = [
    {"id": "40x1", "title": "a", "kind": None},
    {"id": "40x3", "title": None, "kind": "x"},
    {"id": "40x5", "title": "b", "kind": "x"},
    {"id": "40x7", "title": "b", "kind": "y"},
    {"id": "40x9", "title": None, "kind": "x"},
]
PASSING: list[Record] = [
    {"id": "40x2", "title": None, "kind": "x"},
    {"id": "40x4", "title": "b", "kind": None},
    {"id": "40x6", "title": "c", "kind": "y"},
]
"""Records that are deleted and changed; stable ones have odd ids, passing ones even ones."""

Change = Callable[[Store], None]


def passing(store: Store) -> list[Record]:
    found = [each for each in store.records if int(str(each["id"])[3:]) % 2 == 0]
    return sorted(found, key=lambda each: (key(each, "title"), key(each, "id")))


def delete_first(store: Store) -> None:
    if found := passing(store):
        store.records.remove(found[0])


def delete_last(store: Store) -> None:
    if found := passing(store):
        store.records.remove(found[-1])


def make(title: str | None, kind: str | None) -> Change:
    def change(store: Store) -> None:
        newest = max((int(str(each["id"])[3:]) for each in store.records), default=0)
        made = newest + (2 if newest % 2 == 0 else 1)
        store.records.append({"id": f"40x{made}", "title": title, "kind": kind})

    return change


def move(place: int, title: str | None) -> Change:
    def change(store: Store) -> None:
        if found := passing(store):
            found[place]["title"] = title

    return change


CHANGES: dict[str, Change] = {
    "delete first": delete_first,
    "delete last": delete_last,
    "make first": make(None, None),
    "make last": make("z", "z"),
    "move to the end": move(0, "z"),
    "move to the front": move(-1, None),
}


@contextmanager
def pages_of(size: int) -> Iterator[None]:
    modules = (vtql.query.id_paging, vtql.query.keyset, vtql.query.keyset_descending)
    with pytest.MonkeyPatch.context() as patch:
        for module in modules:
            patch.setattr(module, "PAGE", size)
        patch.setattr(vtql.query.id_paging, "OVERLAP", size // 2)
        yield


def check(order: tuple[str, ...], schedule: Sequence[Change | None], stable: list[Record]) -> None:
    store = Store([*stable, *PASSING], page=2)

    def before(number: int) -> None:
        change = schedule[number] if number < len(schedule) else None
        if change is not None:
            change(store)

    store.before = before
    ids = [row.raw["id"] for row in store.objects.order_by(*order)]
    assert len(ids) == len(set(ids)), ids
    names = (*order, "-id" if order and order[-1].startswith("-") else "id")
    wanted = list(stable)
    for name in reversed(names):
        wanted.sort(key=lambda each: key(each, name.lstrip("-")), reverse=name.startswith("-"))
    odd = [each for each in ids if int(each[3:]) % 2]
    assert odd == [each["id"] for each in wanted], (order, store.requests)


PAIRS = [
    ("delete first", "make first"), ("delete last", "make last"),
    ("move to the end", "move to the front"),
]  # fmt: skip


@pytest.mark.parametrize("pair", PAIRS, ids=map(" and ".join, PAIRS))
@pytest.mark.parametrize("order", ORDERS[:5], ids=lambda order: ",".join(order) or "none")
def test_no_schedule_of_six_changes_loses_or_repeats_a_record(
    order: tuple[str, ...], pair: tuple[str, str]
) -> None:
    choices = (None, *(CHANGES[name] for name in pair))
    with pages_of(2):
        for schedule in itertools.product(choices, repeat=6):
            check(order, schedule, STABLE)


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: ",".join(order) or "none")
def test_no_long_schedule_loses_or_repeats_a_record(order: tuple[str, ...]) -> None:
    draw = random.Random(str(order))
    titles, kinds = ["a", "b", "c", None], ["x", "y", None]
    with pages_of(2):
        for _ in range(150):
            stable: list[Record] = [
                {"id": f"40x{2 * n + 1}", "title": draw.choice(titles), "kind": draw.choice(kinds)}
                for n in range(draw.randint(0, 12))
            ]
            schedule = [draw.choice([None, *CHANGES.values()]) for _ in range(60)]
            check(order, schedule, stable)


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: ",".join(order) or "none")
@pytest.mark.parametrize("makes", ["make first", "make last"])
def test_a_read_ends_however_many_records_are_made(order: tuple[str, ...], makes: str) -> None:
    """Before every request more are made than a page has."""

    def change(store: Store) -> None:
        for _ in range(3):
            CHANGES[makes](store)

    with pages_of(2):
        check(order, [change] * 400, STABLE)
