"""Query sets against list comprehensions over the same records, on servers of both readings.

The model of a row's meaning is written here, on its own: three truth values, texts without case,
accents and trailing blanks, NULL before all others in an order, `id` between equals.
"""

from __future__ import annotations

import copy
import datetime as dt
import itertools
import json
import operator
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, cmp_to_key
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest

import vtql
from vtql import Q
from vtql.ast import Limit
from vtql.models.model import make_model
from vtql.parser.printer import write
from vtql.query.connection import URL_BYTES, Server
from vtql.query.explain import selects, single_text
from vtql.query.precedence_probe import probe
from vtql.query.queryset import FOREIGN_METHODS
from vtql.query.split_queries import encoded_bytes
from vtql.sandbox import Sandbox

Record = dict[str, str | None]
Truth = bool | None
Condition = tuple[Q, Callable[[Record], Truth]]

RECORDS = 330
# Not 8.0: it shows null as the empty text, so nobody can put rows of several queries in its order.
READINGS = {"documented": "left_to_right", "7": "and_first", "8.4": "and_first"}


def described(name: str, prefix: str, /, **types: Any) -> dict[str, Any]:
    fields = [
        {"name": field, "type": type_ if isinstance(type_, dict) else {"name": type_}}
        for field, type_ in types.items()
    ]
    return {"name": name, "idPrefix": prefix, "isEntity": True, "labelFields": "", "fields": fields}


def reference(*modules: str) -> dict[str, Any]:
    return {"name": "reference", "refersTo": list(modules)}


CATALOG = vtql.Catalog.from_describes(
    [
        described("Makers", "50", name="string", size="integer", owner=reference("Makers")),
        described(
            "Things", "40", title="string", kind="string", amount="integer", price="double",
            made="date", open="boolean", maker=reference("Makers"),
            about=reference("Makers", "Things"),
        ),
    ]
)  # fmt: skip

TITLES = ["a", "A", "á", "a ", "b", "B", "ab", "Ab", "c%", "c_", "", None]
KINDS = ["x", "y", "z", None]
DATES = ["2024-01-31", "2024-02-01", "2023-12-31", None]


def made_records(seed: int) -> dict[str, list[Record]]:
    draw = random.Random(seed)
    makers: list[Record] = [
        {
            "id": f"50x{number}",
            "name": draw.choice(TITLES),
            "size": draw.choice(["1", "2", "3", None]),
            "owner": draw.choice([f"50x{draw.randint(1, 30)}", None]),
        }
        for number in range(1, 31)
    ]
    numbers = sorted(draw.sample(range(100, 1000), RECORDS))
    things: list[Record] = [
        {
            "id": f"40x{number}",
            "title": draw.choice(TITLES),
            "kind": draw.choice(KINDS),
            "amount": draw.choice(["-1", "0", "2", "10", None]),
            "price": draw.choice(["0.50", "1.25", "10.00", None]),
            "made": draw.choice(DATES),
            "open": draw.choice(["0", "1"]),
            "maker": draw.choice([f"50x{draw.randint(1, 30)}", None]),
            "about": draw.choice([f"50x{draw.randint(1, 30)}", f"40x{draw.choice(numbers)}", None]),
        }
        for number in numbers
    ]
    return {"Makers": makers, "Things": things}


DATA = made_records(7)
THINGS = DATA["Things"]


@pytest.fixture(scope="module", params=READINGS)
def server(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with Sandbox(request.param, CATALOG, DATA) as sandbox:
        yield sandbox


@pytest.fixture
def things(server: Sandbox) -> Any:
    objects = server.client().model("Things").objects
    server.requests.clear()
    return objects


def asked(sandbox: Sandbox) -> list[str]:
    return [each.parameters["query"] for each in sandbox.requests if each.operation == "query"]


# The meaning of conditions


def plain(text: str) -> str:
    return text.replace("á", "a").upper().rstrip(" ")


def number(record: Record) -> int:
    return int(str(record["id"]).partition("x")[2])


READ: dict[str, Callable[[str], Any]] = {
    "title": plain,
    "kind": plain,
    "amount": int,
    "price": float,
    "made": str,
    "open": plain,
    "maker": lambda wire: int(wire.partition("x")[2]),
    "id": lambda wire: int(wire.partition("x")[2]),
}


def compared(name: str, lookup: str, value: str) -> Condition:
    read = READ[name]
    operate: dict[str, Callable[[Any, Any], bool]] = {
        "exact": lambda one, other: one == other,
        "ne": lambda one, other: one != other,
        "lt": lambda one, other: one < other,
        "lte": lambda one, other: one <= other,
        "gt": lambda one, other: one > other,
        "gte": lambda one, other: one >= other,
    }

    def holds(record: Record) -> Truth:
        wire = record[name]
        return None if wire is None else operate[lookup](read(wire), read(value))

    return Q(**{f"{name}__{lookup}": value}), holds


def among(name: str, values: list[str]) -> Condition:
    read = READ[name]

    def holds(record: Record) -> Truth:
        wire = record[name]
        return None if wire is None else read(wire) in {read(value) for value in values}

    return Q(**{f"{name}__in": values}), holds


def starts(value: str) -> Condition:
    def holds(record: Record) -> Truth:
        wire = record["title"]
        # LIKE keeps trailing blanks, and the record's are there, too
        return None if wire is None else wire.replace("á", "a").upper().startswith(value.upper())

    return Q(title__startswith=value), holds


def drawn_condition(draw: random.Random) -> Condition:
    name = draw.choice(["title", "kind", "amount", "price", "made", "open", "id"])
    values = [str(wire) for wire in {each[name] for each in THINGS} if wire]
    values.sort()
    match draw.choice(["compare", "compare", "compare", "in", "like"]):
        case "compare":
            lookups = ["exact", "ne"] if name == "open" else [
                "exact", "exact", "ne", "lt", "lte", "gt", "gte"]  # fmt: skip
            return compared(name, draw.choice(lookups), draw.choice(values))
        case "in":
            return among(name, draw.sample(values, draw.randint(1, min(3, len(values)))))
        case _:
            return starts(draw.choice(["a", "A", "b", "c%", "c_"]))


def drawn_tree(draw: random.Random, depth: int) -> Condition:
    """A condition, and its meaning; LIKE is never under NOT."""
    kind = draw.choice(["leaf", "and", "or", "and", "or", "not"]) if depth else "leaf"
    if kind == "leaf":
        return drawn_condition(draw)
    if kind == "not":
        q, holds = drawn_tree(draw, depth - 1)
        if "like" in repr(q).lower() or "startswith" in repr(q):
            return q, holds
        return ~q, lambda record: None if (found := holds(record)) is None else not found
    parts = [drawn_tree(draw, depth - 1) for _ in range(draw.choice([2, 2, 3]))]
    q = parts[0][0]
    for part, _ in parts[1:]:
        q = q & part if kind == "and" else q | part

    def joined(record: Record) -> Truth:
        found = {holds(record) for _, holds in parts}
        weak = kind == "or"
        return weak if weak in found else None if None in found else not weak

    return q, joined


def in_order(records: list[Record], order: tuple[str, ...]) -> list[Record]:
    def key(wire: str | None, name: str) -> tuple[int, Any]:
        return (0, 0) if wire is None else (1, READ[name](wire))

    def compare(one: Record, other: Record) -> int:
        for name in (*order, "-id" if order and order[-1].startswith("-") else "id"):
            bare = name.lstrip("-")
            left, right = key(one[bare], bare), key(other[bare], bare)
            if left != right:
                return (1 if right < left else -1) * (-1 if name.startswith("-") else 1)
        return 0

    return sorted(records, key=cmp_to_key(compare))


ORDERS = [
    (), ("id",), ("-id",), ("title",), ("-title",), ("kind", "amount"), ("made", "-price"),
    ("-kind", "title"), ("-amount", "-made"), ("open", "kind", "-title"), ("price",), ("-open",),
]  # fmt: skip
SLICES = [
    slice(None), slice(None), slice(None), slice(0, 1), slice(0, 10), slice(3, 7), slice(90, 130),
    slice(5, 250), slice(100, None), slice(0, 99), slice(0, 100), slice(4, 4),
]  # fmt: skip


@pytest.mark.parametrize("seed", range(12))
def test_a_query_set_is_the_list_that_its_expression_describes(things: Any, seed: int) -> None:
    draw = random.Random(seed)
    for _ in range(36):
        q, holds = drawn_tree(draw, draw.choice([0, 1, 2, 2, 3]))
        order, part = draw.choice(ORDERS), draw.choice(SLICES)
        wanted = in_order([each for each in THINGS if holds(each) is True], order)[part]
        found = things.filter(q).order_by(*order)[part]
        ids = [row.raw["id"] for row in found.only("title")]
        assert ids == [each["id"] for each in wanted], (q, order, part)
        assert found.count() == len(wanted)
        assert found.exists() is bool(wanted)


@pytest.mark.parametrize("seed", range(4))
def test_the_text_of_a_query_set_is_that_of_its_trees(seed: int) -> None:
    draw = random.Random(seed)
    at_once = 0
    for _ in range(400):
        q, _ = drawn_tree(draw, draw.choice([0, 0, 0, 1, 2]))
        limit = draw.choice([200, 500, 1500, 7500])
        objects = vtql.model("Things", CATALOG, url_bytes=limit).objects
        found = objects.filter(q).order_by(*draw.choice(ORDERS))[draw.choice(SLICES)]
        found = draw.choice([found, found.only(), found.only("kind", "id", "title")])
        found = draw.choice([found, found, found, found.none()])
        try:
            texts = [write(each) for each in selects(found._spec)]
        except vtql.NotExpressible:
            with pytest.raises(vtql.NotExpressible):
                str(found)
            continue
        assert str(found).split("\n") == texts
        at_once += single_text(found._spec) is not None
    assert 20 < at_once < 380  # both ways were gone


@pytest.mark.parametrize("seed", range(4))
def test_what_is_explained_is_what_is_asked(things: Any, server: Sandbox, seed: int) -> None:
    draw = random.Random(seed)
    for _ in range(40):
        q, _ = drawn_tree(draw, draw.choice([0, 1, 2]))
        found = things.filter(q).order_by(*draw.choice(ORDERS))[draw.choice(SLICES)]
        told = found.explain()
        server.requests.clear()
        rows = len(list(found))
        if found._spec.size is None or rows == found._spec.size:
            assert told.requests <= len(asked(server)), told
        (stage,) = told.stages
        for text in stage.statements:
            vtql.parse(text)
        if not told.notes:  # nothing is learnt on the way, so what was told is asked
            firsts = {text.partition(" LIMIT")[0] for text in asked(server)}
            backwards = "backwards" in stage.way or "window" in stage.way
            assert backwards or {text.rstrip(";") for text in stage.statements} <= firsts


def test_the_order_of_a_column_that_was_not_asked_for_is_not_shown(things: Any) -> None:
    for order in ORDERS:
        for row in things.only("kind").order_by(*order)[:5]:
            assert set(row.raw) == {"kind", "id"}


# Long lists


def test_a_list_that_a_url_cannot_hold_becomes_several_queries(
    things: Any, server: Sandbox
) -> None:
    ids = [f"40x{n}" for n in range(1, 1000)]
    found = [row.raw["id"] for row in things.filter(id__in=[*ids, *ids])]
    assert found == [each["id"] for each in THINGS]
    texts = asked(server)
    assert all(encoded_bytes(text) <= URL_BYTES for text in texts)
    parts = [set(re.findall(r"'(40x\d+)'", vtql.write(vtql.parse(text)))) for text in texts]
    assert set().union(*parts) == set(ids)
    assert len(things.filter(id__in=ids).statements()) == len(
        {frozenset(part) for part in parts if part}
    )


def test_a_hundred_thousand_ids_are_asked_for_part_by_part() -> None:
    catalog_only = vtql.model("Things", CATALOG).objects
    texts = catalog_only.filter(id__in=[f"40x{n}" for n in range(100_000)]).statements()
    assert all(encoded_bytes(text) <= URL_BYTES for text in texts)
    listed = [found for text in texts for found in re.findall(r"40x\d+", text)]
    assert sorted(listed) == sorted(f"40x{n}" for n in range(100_000))
    assert len(texts) < 300


def test_long_lists_are_parts_of_the_right_rows(server: Sandbox) -> None:
    """With little room in a URL, every list of the random conditions is long."""
    objects = server.client(url_bytes=400).model("Things").objects
    draw = random.Random(3)
    titles = [each for each in TITLES if each] + [f"none{n}" for n in range(30)]
    for _ in range(20):
        lists = [
            among("title", draw.sample(titles, 25)),
            among("maker", [f"50x{n}" for n in draw.sample(range(1, 90), 30)]),
            among("id", [str(each["id"]) for each in draw.sample(THINGS, 30)]),
            among("amount", [str(n) for n in draw.sample(range(-5, 40), 30)]),
        ]
        (one, one_holds), (other, other_holds) = draw.sample(lists, 2)
        for q, truth in ((one & other, all), (one | other, any)):
            wanted = [
                each for each in THINGS if truth(h(each) is True for h in (one_holds, other_holds))
            ]
            order = draw.choice(ORDERS)
            found = objects.filter(q)
            server.requests.clear()
            got = [row.raw["id"] for row in found.order_by(*order)]
            assert all(encoded_bytes(text) <= 400 for text in asked(server))
            assert sorted(got) == sorted(str(each["id"]) for each in wanted)
            if order:
                assert got == [each["id"] for each in in_order(wanted, order)]
            assert found.count() == len(wanted)


def test_a_list_of_what_must_not_be_cannot_be_divided() -> None:
    things = vtql.model("Things", CATALOG).objects
    refused = things.exclude(title__in=[f"title {n}" for n in range(1000)])
    with pytest.raises(vtql.NotExpressible, match=r"1,000 conditions that all hold \(on `title`\)"):
        refused.statements()


@pytest.mark.parametrize("more", [{}, {"kind__in": ["x", "z"]}, {"title__in": [*"abc"] * 90}])
def test_ids_that_must_not_be_are_ranges(server: Sandbox, more: dict[str, Any]) -> None:
    objects = server.client(url_bytes=600).model("Things").objects
    draw = random.Random(str(more))
    for size in (3, 40, 200, RECORDS):
        unwanted = {str(each["id"]) for each in draw.sample(THINGS, size)} | {"40x1", "40x99999"}
        found = objects.filter(**more).exclude(id__in=unwanted)
        server.requests.clear()
        rows = [row.raw["id"] for row in found]
        plain = {row.raw["id"] for row in objects.filter(**more)}
        assert Counter(rows) == Counter(plain - unwanted)
        assert found.count() == len(rows)
        assert [row.raw["id"] for row in found.order_by("id")] == sorted(
            rows, key=lambda each: int(each.partition("x")[2])
        )
        assert all(encoded_bytes(text) <= 600 for text in asked(server))
        assert size < 10 or len(found.statements()) > 1


def test_ten_thousand_ids_that_must_not_be_are_planned() -> None:
    things = vtql.model("Things", CATALOG).objects
    texts = things.exclude(id__in=[f"40x{n}" for n in range(1, 9_999)]).statements()
    assert all(encoded_bytes(text) <= URL_BYTES for text in texts)
    with pytest.raises(vtql.NotExpressible, match="10,000 is the limit"):
        things.exclude(id__in=[f"40x{n}" for n in range(1, 10_100)]).statements()


def test_lists_that_multiply_to_too_many_queries_are_refused() -> None:
    things = vtql.model("Things", CATALOG).objects
    many = [f"40x{n}" for n in range(50_000)]
    with pytest.raises(vtql.NotExpressible, match="queries short enough for a URL"):
        things.filter(id__in=many, maker__in=[f"50x{n}" for n in range(50_000)]).statements()


def test_records_of_ids_are_one_request_for_each_url(things: Any, server: Sandbox) -> None:
    ids = [str(each["id"]) for each in THINGS[:90]]
    assert set(things.in_bulk(ids)) == set(ids)
    assert len(asked(server)) == 1
    assert things.get(id=ids[0]).raw["id"] == ids[0]
    assert len(asked(server)) == 2


def test_values_that_a_server_takes_for_the_same_are_in_one_query(server: Sandbox) -> None:
    objects = server.client(url_bytes=400).model("Things").objects
    titles = [f"x{n}" for n in range(30)] + ["a", "b"] + [f"y{n}" for n in range(30)] + ["A", "á"]
    texts = objects.filter(title__in=titles).statements()
    assert [sum(f"'{title}'" in text for title in "aAá") for text in texts].count(3) == 1
    assert sum("'a'" in text or "'A'" in text or "'á'" in text for text in texts) == 1


# Rows that a server takes out after LIMIT


HIDDEN = {
    "nothing": set[int](),
    "the first page": set(range(120)),
    "a page in the middle": set(range(100, 200)),
    "more than two pages": set(range(60, 290)),
    "the end": set(range(300, 330)),
    "two stretches": {*range(10, 120), *range(150, 290)},
    "every other": set(range(0, 330, 2)),
    "all": set(range(330)),
}


@pytest.mark.parametrize("places", HIDDEN.values(), ids=HIDDEN)
@pytest.mark.parametrize("profile", ["8.4", "documented"])
def test_a_loop_means_all_rows_wherever_some_are_hidden(profile: str, places: set[int]) -> None:
    hidden = {str(THINGS[place]["id"]) for place in places}
    visible = [each for each in THINGS if each["id"] not in hidden]
    with Sandbox(profile, CATALOG, DATA) as sandbox, sandbox.client() as client:

        def fetch(text: str) -> list[dict[str, Any]]:
            return [row for row in client.query(text) if row.get("id") not in hidden]

        objects = make_model("Things", CATALOG, Server(fetch)).objects
        ids = [each["id"] for each in visible]
        assert [row.raw["id"] for row in objects] == ids
        assert [row.raw["id"] for row in objects[:7]] == ids[:7]
        assert [row.raw["id"] for row in objects.order_by("-id")] == ids[::-1]
        for order in [("kind",), ("-title",), ("-kind", "title"), ("made", "-price")]:
            found = [row.raw["id"] for row in objects.order_by(*order)]
            assert found == [each["id"] for each in in_order(visible, order)], order
        assert objects.exists() is bool(visible)
        if profile == "8.4":  # where count(*) is not answered, what can be seen is counted
            assert objects.count() == len(visible)
        (one, one_holds), (other, other_holds) = (
            compared("kind", "exact", "x"), compared("amount", "gt", "0"),
        )  # fmt: skip
        q = (one | other) & (starts("a")[0] | starts("b")[0])
        wanted = [
            each["id"]
            for each in visible
            if (one_holds(each) or other_holds(each))
            and (starts("a")[1](each) or starts("b")[1](each))
        ]
        assert len(objects.filter(q).statements()) == 2
        assert [row.raw["id"] for row in objects.filter(q)] == wanted
        assert objects.filter(q).count() == len(wanted)


@pytest.mark.parametrize(
    "order", [("title",), ("-amount",), ("kind", "amount"), ("made", "-price"), ("-kind", "title")]
)
@pytest.mark.parametrize("profile", ["8.4", "documented"])
def test_an_ordered_loop_means_all_rows_wherever_a_stretch_is_hidden(
    profile: str, order: tuple[str, ...]
) -> None:
    ordered = in_order(THINGS, order)
    with Sandbox(profile, CATALOG, DATA) as sandbox, sandbox.client() as client:
        for places in HIDDEN.values():
            hidden = {str(ordered[place]["id"]) for place in places}

            def fetch(text: str, hidden: set[str] = hidden) -> list[dict[str, Any]]:
                return [row for row in client.query(text) if row.get("id") not in hidden]

            objects = make_model("Things", CATALOG, Server(fetch)).objects.order_by(*order)
            wanted = [each["id"] for each in ordered if each["id"] not in hidden]
            for part in (slice(None), slice(0, 98)):
                assert [row.raw["id"] for row in objects[part]] == wanted[part], (places, part)


@pytest.mark.parametrize("order", [("kind",), ("-kind",), ("kind", "amount"), ("made", "-price")])
@pytest.mark.parametrize("profile", ["8.0", "8.4", "documented"])
def test_an_ordered_loop_means_all_rows_where_hardly_any_has_a_value(
    profile: str, order: tuple[str, ...]
) -> None:
    """Where nothing is equal to a value, which records come behind is told by what has one."""
    rare = [
        each if place % 150 == 7 else each | {"kind": None, "made": None}
        for place, each in enumerate(
            [*THINGS, *(e | {"id": f"40x1{str(e['id'])[3:]}"} for e in THINGS)]
        )
    ]
    ordered = in_order(rare, order)
    with Sandbox(profile, CATALOG, DATA | {"Things": rare}) as sandbox, sandbox.client() as client:
        for stretch in (range(20, 420), range(100, 420), range(120, 640), range(300, 660)):
            hidden = {str(ordered[place]["id"]) for place in stretch}

            def fetch(text: str, hidden: set[str] = hidden) -> list[dict[str, Any]]:
                return [row for row in client.query(text) if row.get("id") not in hidden]

            objects = make_model("Things", CATALOG, Server(fetch)).objects.order_by(*order)
            wanted = [each["id"] for each in ordered if each["id"] not in hidden]
            assert [row.raw["id"] for row in objects] == wanted, stretch


# Requests


def test_requests_are_as_few_as_they_can_be(things: Any, server: Sandbox) -> None:
    def requests(look: Callable[[], Any]) -> int:
        server.requests.clear()
        look()
        return len(asked(server))

    assert (
        requests(lambda: list(things)) == 5
    )  # four pages; the fourth is short, and none is behind
    assert requests(lambda: list(things[:100])) == 1
    assert requests(lambda: list(things[:250])) == 3
    assert requests(lambda: list(things.order_by("-amount", "title")[:3])) == 5
    assert requests(lambda: things.filter(id=THINGS[4]["id"]).first()) == 1
    assert requests(things.exists) == 1
    assert requests(lambda: list(things.filter(kind__in=[]))) == 0
    falling = things.order_by("-id")
    assert requests(lambda: list(falling)) == 5
    server.requests.clear()


def test_counting_without_count_takes_a_logarithm_of_requests() -> None:
    records = {"Things": [{"id": f"40x{n}", "title": "a"} for n in range(1, 3001)], "Makers": []}
    with Sandbox("8.4", CATALOG, records) as sandbox, sandbox.client() as client:
        objects = client.model("Things").objects
        sandbox.requests.clear()
        assert objects.count() == 3000
        assert len(asked(sandbox)) <= 14
        assert objects.count() == 3000
        assert [text for text in asked(sandbox) if "count" in text] == asked(sandbox)[:1]


def test_rows_that_a_join_multiplies_are_counted_by_their_ids() -> None:
    catalog = vtql.Catalog.from_describes(
        [described("Invoice", "7", subject="string", productid=reference("Products"))]
    )
    records: dict[str, Any] = {"Invoice": [{"id": "7x1", "subject": "a", "productid": "14x2"}]}
    with Sandbox("8.0", catalog, records) as sandbox, sandbox.client() as client:
        objects = client.model("Invoice").objects
        assert objects.filter(subject="a").count() == 1
        assert "count" in asked(sandbox)[-1]
        sandbox.requests.clear()
        assert objects.filter(productid="14x2").count() == 1
        assert not any("count" in text for text in asked(sandbox))


def test_an_order_of_more_rows_than_are_held_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vtql.query.sorting.SORTED", 100)
    with Sandbox("8.4", CATALOG, DATA) as sandbox, sandbox.client() as client:
        objects = client.model("Things").objects.order_by("-kind", "title")
        assert len(list(objects[:5])) == 5
        with pytest.raises(vtql.NotExpressible, match="more than 100 records"):
            list(objects)
        grouped = client.model("Things").objects.order_by("kind", "-title")
        assert [row.raw["id"] for row in grouped] == [
            each["id"] for each in in_order(THINGS, ("kind", "-title"))
        ]


# How a server reads and/or


def two_chains() -> Q:
    return (Q(kind="x") | Q(amount="2")) & (Q(title="a") | Q(open=True))


def test_a_reading_that_is_known_makes_every_tree_one_query(server: Sandbox) -> None:
    with server.client() as client:
        objects = client.model("Things").objects
        server.requests.clear()
        assert len(objects.filter(two_chains()).statements()) == 2
        before = [row.raw["id"] for row in objects.precedence("portable").filter(two_chains())]
        assert len({text.partition(" id > ")[0] for text in asked(server)}) > 1
        server.requests.clear()
        precedence = client.precedence("Things")
        assert precedence in ("and_first", "left_to_right")
        assert len(asked(server)) == (1 if precedence == "and_first" else 4)
        if precedence == "and_first":
            assert len(objects.filter(two_chains()).statements()) == 1
        server.requests.clear()
        assert [row.raw["id"] for row in objects.filter(two_chains())] == before
        assert client.precedence("Things") == precedence


def test_a_query_set_that_takes_several_queries_asks_how_the_server_reads(
    server: Sandbox, things: Any
) -> None:
    first = [row.raw["id"] for row in things.filter(two_chains())]
    server.requests.clear()
    assert [row.raw["id"] for row in things.filter(two_chains())] == first
    assert not any("40x0" in text for text in asked(server))
    if server.client().profile.precedence == "and_first":
        assert len(things.filter(two_chains()).statements()) == 1


@pytest.mark.parametrize("profile", READINGS)
def test_a_saved_catalog_keeps_how_its_server_reads(profile: str, tmp_path: Path) -> None:
    path = tmp_path / "things.json"
    with Sandbox(profile, CATALOG, DATA) as sandbox, sandbox.client() as client:
        client.catalog("Things").save(path)
        assert vtql.Catalog.load(path).precedence is None
        precedence = client.precedence("Things")
        client.catalog("Things").save(path)
        known = vtql.Catalog.load(path)
        assert known.precedence == precedence is not None
        assert known == client.catalog("Things")
        offline = vtql.model("Things", known).objects.filter(two_chains())
        assert offline.explain().precedence == precedence
        assert precedence == READINGS[profile]
        assert len(offline.statements()) == (1 if precedence == "and_first" else 2)
        later = sandbox.client(catalog=known)
        sandbox.requests.clear()
        rows = list(later.model("Things").objects.filter(two_chains())[:5])
        assert "describe" not in [each.operation for each in sandbox.requests]
        assert not any("40x0" in text for text in asked(sandbox))
        portable = client.model("Things").objects.precedence("portable").filter(two_chains())[:5]
        assert rows == list(portable)


@pytest.mark.parametrize("said", ["sideways", 1, ["and_first"]])
def test_a_catalog_with_an_unknown_precedence_is_refused(said: Any, tmp_path: Path) -> None:
    path = tmp_path / "things.json"
    path.write_text(json.dumps({"precedence": said, "modules": {}}))
    with pytest.raises(vtql.CatalogError, match="`precedence` is neither"):
        vtql.Catalog.load(path)


@pytest.mark.parametrize("url_bytes", [0, -1, 199, "many", None])
def test_a_url_of_no_length_is_refused(url_bytes: Any) -> None:
    with pytest.raises(vtql.ArgumentError, match="at least 200"):
        vtql.model("Things", CATALOG, url_bytes=url_bytes)
    with pytest.raises(vtql.ArgumentError, match="at least 200"):
        vtql.connect("https://crm.example.com", "u", "k", url_bytes=url_bytes)
    no_catalog: Any = url_bytes or {}
    with pytest.raises(vtql.ArgumentError, match="is a Catalog"):
        vtql.connect("https://crm.example.com", "u", "k", catalog=no_catalog)


def test_a_model_without_a_connection_knows_how_long_a_query_may_be() -> None:
    ids = [f"40x{number}" for number in range(1, 100)]
    short = vtql.model("Things", CATALOG, url_bytes=600).objects.filter(id__in=ids).statements()
    assert len(short) > 1
    assert all(len(quote_plus(text)) <= 600 for text in short)
    assert len(vtql.model("Things", CATALOG).objects.filter(id__in=ids).statements()) == 1


@pytest.mark.parametrize("profile", READINGS)
def test_a_module_that_does_not_tell_leaves_chains_portable(profile: str) -> None:
    with Sandbox(profile, CATALOG, {}) as sandbox, sandbox.client() as client:
        assert client.precedence("Things") is None
        sandbox.requests.clear()
        assert client.precedence("Things") is None
        assert asked(sandbox) == []
        objects = client.model("Things").objects
        assert list(objects.filter(two_chains())) == []
        assert len(objects.filter(two_chains()).statements()) == 2


@pytest.mark.parametrize("profile", READINGS)
def test_the_probe_is_right_whenever_records_come_and_go(profile: str) -> None:
    """Two records that are there from one request to another: no wrong reading is ever told."""
    records = {"Things": [{"id": "40x1"}, {"id": "40x2"}], "Makers": []}
    spans = [(start, end) for end in range(5) for start in range(end + 1)]
    found = Counter[str | None]()
    with Sandbox(profile, CATALOG, records) as sandbox, sandbox.client() as client:
        answer = cache(client.query)
        for first, second in itertools.product(spans, repeat=2):
            shown = [
                {f"40x{n}" for n, (start, end) in ((1, first), (2, second)) if start <= at < end}
                for at in range(4)
            ]
            now = iter(shown)

            def fetch(text: str, now: Iterator[set[str]] = now) -> list[dict[str, Any]]:
                there = next(now)
                return [row for row in answer(text) if row["id"] in there]

            found[probe(fetch, CATALOG["Things"])] += 1
    assert set(found) == {READINGS[profile], None}


# Across references

BY_ID = {str(each["id"]): each for records in DATA.values() for each in records}


Holds = Callable[[Record], Truth]


def through(field: str, prefix: str, holds: Holds) -> Holds:
    """What is true of the record that a field leads to; unknown where it leads to none of these."""

    def of(record: Record) -> Truth:
        wire = record[field]
        return holds(BY_ID[wire]) if wire is not None and wire.startswith(prefix) else None

    return of


SIZES: dict[str, Callable[[int, int], bool]] = {
    "exact": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "gte": operator.ge,
}


def across(draw: random.Random) -> Condition:
    """A condition of Things on what their references lead to, one or two steps away."""
    lookup, value = draw.choice([*SIZES]), draw.choice(["1", "2", "3"])

    def of_maker(record: Record) -> Truth:
        wire = record["size"]
        return None if wire is None else SIZES[lookup](int(wire), int(value))

    amount = draw.choice(["0", "2", "10"])
    paths: list[tuple[str, str, Holds]] = [
        (f"maker__size__{lookup}", value, through("maker", "50x", of_maker)),
        (f"about__Makers__size__{lookup}", value, through("about", "50x", of_maker)),
        (
            f"maker__owner__size__{lookup}",
            value,
            through("maker", "50x", through("owner", "50x", of_maker)),
        ),
        (
            "about__Things__amount",
            amount,
            through("about", "40x", compared("amount", "exact", amount)[1]),
        ),
    ]
    key, wanted, holds = draw.choice(paths)
    return Q(**{key: wanted}), holds


def joined(one: Condition, other: Condition, kind: str) -> Condition:
    (q, holds), (further, too) = one, other
    if kind == "and":
        return q & further, lambda record: both(holds(record), too(record))
    return q | further, lambda record: either(holds(record), too(record))


def negated(one: Condition) -> Condition:
    q, holds = one
    return ~q, lambda record: denied(holds(record))


@pytest.mark.parametrize("seed", range(4))
def test_conditions_across_references_mean_what_their_expression_does(
    things: Any, seed: int
) -> None:
    draw = random.Random(seed)
    for _ in range(14):
        one, other = across(draw), draw.choice([across, drawn_condition])(draw)
        third = compared("kind", "exact", draw.choice(["x", "y"]))
        for q, holds in [
            joined(one, other, "and"),
            joined(one, other, "or"),
            joined(negated(one), third, "and"),
            negated(joined(one, third, "and")),
        ]:
            wanted = [each["id"] for each in THINGS if holds(each) is True]
            assert [row.raw["id"] for row in things.filter(q)] == wanted, q
            assert things.filter(q).count() == len(wanted)


def both(one: Truth, other: Truth) -> Truth:
    return False if False in (one, other) else None if None in (one, other) else True


def either(one: Truth, other: Truth) -> Truth:
    return denied(both(denied(one), denied(other)))


def denied(one: Truth) -> Truth:
    return None if one is None else not one


def test_records_that_others_refer_to_are_found_from_there(server: Sandbox) -> None:
    makers = server.client().model("Makers").objects

    def of(maker: Record) -> list[Record]:
        return [each for each in THINGS if each["maker"] == maker["id"]]

    def ids(objects: Any) -> list[Any]:
        return [row.raw["id"] for row in objects]

    some = [each["id"] for each in DATA["Makers"] if any(t["amount"] == "10" for t in of(each))]
    assert 0 < len(some) < 30
    assert ids(makers.filter(Things__maker__amount=10)) == some
    # all conditions of one filter are about the same record, those of two need not be
    one = [
        each["id"]
        for each in DATA["Makers"]
        if any(t["amount"] == "10" and t["kind"] == "x" for t in of(each))
    ]
    assert ids(makers.filter(Things__maker__amount=10, Things__maker__kind="x")) == one
    two = [
        each["id"]
        for each in DATA["Makers"]
        if any(t["amount"] == "10" for t in of(each)) and any(t["kind"] == "x" for t in of(each))
    ]
    assert len(one) < len(two)
    assert ids(makers.filter(Things__maker__amount=10).filter(Things__maker__kind="x")) == two
    none = [each["id"] for each in DATA["Makers"] if each["id"] not in some]
    assert ids(makers.exclude(Things__maker__amount=10)) == none
    deep = [
        each["id"]
        for each in DATA["Makers"]
        if any(other["owner"] == each["id"] and other["size"] == "2" for other in DATA["Makers"])
    ]
    assert ids(makers.filter(Makers__owner__size=2)) == deep


def test_the_text_of_stages_runs_as_it_stands(things: Any, server: Sandbox) -> None:
    for found in (
        things.filter(maker__name="a\n'b"),
        things.filter(maker__owner__name="a", kind="x").order_by("-title"),
        things.filter(Q(maker__size=1) | Q(about__Makers__owner__size=2)),
        things.exclude(maker__name="a"),
    ):
        told = vtql.analyze_script(str(found), CATALOG)
        assert told.selects
        assert all(each.severity is not vtql.Severity.ERROR for each in told.diagnostics), told
        for each in told.selects:
            assert each is not None
            server.client().query(write(each))


@pytest.mark.parametrize(
    ("condition", "inner"),
    [
        (Q(maker__owner__isempty=False), "owner != '50x0'"),
        (Q(maker__name__notempty=True, kind="x"), "name != ' '"),
        (Q(about__Things__made__this_year=False), "made < '2024-01-01' OR made >= '2025-01-01'"),
        (Q(maker__owner__name__isempty=False), "name != ' '"),
        (~Q(Things__about__title__isempty=False), "title != ' '"),
    ],
)
def test_lookups_that_deny_are_told_behind_references(condition: Q, inner: str) -> None:
    now = dt.datetime(2024, 3, 1, tzinfo=dt.UTC)
    found = vtql.model("Things", CATALOG, now=now).objects.filter(condition)
    assert f"WHERE {inner} ORDER BY id;" in str(found)
    assert found.explain().stages[0].condition == inner


def test_a_way_across_too_many_references_is_refused_at_once() -> None:
    makers = vtql.model("Makers", CATALOG).objects
    assert len(makers.filter(**{"__".join(["owner"] * 50) + "__name": "a"}).explain().stages) == 51
    for many in (100, 10_000):
        with pytest.raises(vtql.FieldError, match=f"{many + 1:,} names in a row, and 60 is"):
            makers.filter(**{"__".join(["owner"] * many) + "__name": "a"})


def test_a_stage_that_stands_in_a_condition_twice_is_asked_once(
    things: Any, server: Sandbox
) -> None:
    once = list(things.filter(maker__size=1))
    alone = [text for text in asked(server) if "FROM Makers" in text]
    server.requests.clear()
    twice = things.filter(Q(maker__size=1) | Q(maker__size=1, kind="x"))
    assert list(twice) == once != []
    assert [text for text in asked(server) if "FROM Makers" in text] == alone
    assert len(twice.explain().stages) == 2


def test_stages_that_find_nothing_spare_the_others(things: Any, server: Sandbox) -> None:
    assert list(things.filter(maker__size=99)) == []
    assert [text.partition("FROM ")[2].split()[0] for text in asked(server)] == ["Makers"] * 2
    server.requests.clear()
    assert list(things.filter(maker__size=99, about__Things__kind="x")) == []
    assert not any("Things" in text for text in asked(server))
    server.requests.clear()
    assert list(things.filter(maker__size=2, kind__in=[])) == []
    assert asked(server) == []


@pytest.mark.parametrize(
    ("lookups", "said"),
    [
        (
            {"about__size": 1},
            "`about` of Things refers to `Makers` or `Things`; `about__Makers__size`",
        ),
        ({"maker__siz": 1}, "Makers has no field `siz`"),
        ({"maker__owner__siz": 1}, "Makers has no field `siz`"),
        ({"kind__size": 1}, "`size` is not a lookup of `kind`"),
        ({"Makers__owner__size": 1}, "`owner` of Makers does not refer to Things"),
        (
            {"Things__kin__amount": 1},
            "`kin` is no field of Things that refers to Things; `about` does",
        ),
        ({"Nothing__kind__size": 1}, "Things has no field `Nothing`"),
    ],
)
def test_a_mistake_across_references_is_told(lookups: dict[str, Any], said: str) -> None:
    things = vtql.model("Things", CATALOG).objects
    with pytest.raises(vtql.FieldError, match=re.escape(said)):
        things.filter(**lookups)


def test_a_negated_like_across_a_reference_is_refused_where_it_is_said() -> None:
    things = vtql.model("Things", CATALOG).objects
    with pytest.raises(vtql.NotExpressible, match="NOT LIKE"):
        things.exclude(maker__name__startswith="a")


# Tests in Python


def test_where_filters_here_and_slices_and_counts_what_passes(things: Any, server: Sandbox) -> None:
    wanted = [each["id"] for each in THINGS if each["kind"] == "x" and number(each) % 7 == 0]
    found = things.filter(kind="x").where(lambda thing: int(thing.id[3:]) % 7 == 0)
    assert [row.raw["id"] for row in found] == wanted
    assert found.count() == len(wanted)
    assert [row.raw["id"] for row in found[2:5]] == wanted[2:5]
    assert found[1:4].count() == len(wanted[1:4])
    assert found.exists()
    assert not found.where(lambda _: False).exists()
    assert [*found.values_list("id", flat=True)] == wanted
    assert [row.raw["id"] for row in found.order_by("-id")] == wanted[::-1]
    with pytest.raises(TypeError):
        found[:3].where(bool)
    with pytest.raises(TypeError):
        things.where("kind")
    assert server.requests


@pytest.mark.parametrize("order", ["title", "id", "-id"])
def test_records_that_are_made_meanwhile_let_none_come_twice(order: str) -> None:
    """Before each request another record is put first: the later windows move by one."""
    with Sandbox("8.0", CATALOG, DATA) as sandbox, sandbox.client() as client:
        made = itertools.count(1)

        def fetch(text: str) -> list[dict[str, Any]]:
            limit = vtql.parse(text).limit
            assert limit is not None
            before = min(next(made), limit.offset or 0)
            moved = replace(
                vtql.parse(text), limit=Limit(limit.count, (limit.offset or 0) - before)
            )
            return client.query(vtql.write(moved))

        objects = make_model("Things", CATALOG, Server(fetch)).objects.order_by(order)
        ids = [row.raw["id"] for row in objects]
        assert len(ids) == len(set(ids)) == RECORDS


def test_a_long_list_beside_many_alternatives_is_divided_once() -> None:
    """Not timed: dividing it anew for each alternative would not end within a test run."""
    objects = vtql.model("Things", CATALOG).objects
    some = Q(title__contains="t0")
    for n in range(1, 40):
        some = some | Q(title__contains=f"t{n}")
    found = objects.filter(some, id__in=[f"40x{n}" for n in range(20_000)])
    texts = found.statements()
    assert all(encoded_bytes(text) <= URL_BYTES for text in texts)
    assert Counter(re.findall(r"LIKE '%(t\d+)%'", " ".join(texts))).keys() == {
        f"t{n}" for n in range(40)
    }
    assert sum(text.count("40x") for text in texts) == 40 * 20_000


def test_what_has_another_name_here_is_named() -> None:
    objects = vtql.model("Things", CATALOG).objects
    known = {name for name in dir(objects) if not name.startswith("_")}
    assert not known & set(FOREIGN_METHODS)
    client = dir(vtql.Client)
    for name, why in FOREIGN_METHODS.items():
        with pytest.raises(AttributeError, match=re.escape(f"has no `{name}`; {why}")):
            getattr(objects, name)
        assert set(re.findall(r"`client\.(\w+)", why)) <= set(client), name
        assert set(re.findall(r"(?:`|qs\.)(\w+)\(", why)) - {"set"} <= known, name
    with pytest.raises(AttributeError, match="the nearest name is `order_by`"):
        getattr(objects, "orderby")  # noqa: B009 - a type checker would not let it pass
    assert not hasattr(copy.copy(objects), "nothing")


def test_a_model_needs_a_catalog() -> None:
    mistakes: list[Any] = [None, {}, "crm.json"]
    for given in mistakes:
        with pytest.raises(vtql.ArgumentError, match="is made of a catalog"):
            vtql.model("Things", given)


def test_a_test_in_python_sees_its_fields_when_asked_whether_a_row_is_there(things: Any) -> None:
    assert things.where(lambda thing: thing.kind == "x").exists()
    assert not things.values_list("kind", flat=True).where(lambda thing: thing.kind == "q").exists()


def test_the_first_row_of_many_queries_is_the_first_by_id(server: Sandbox) -> None:
    makers = [f"50x{number}" for number in range(1, 61)]
    wanted = [each["id"] for each in THINGS if each["maker"]]
    first = next(each["maker"] for each in THINGS if each["maker"])
    makers.remove(str(first))
    makers.append(str(first))  # so that the first record is in the last query
    things = server.client(url_bytes=200).model("Things").objects.filter(maker__in=makers)
    assert len(things.statements()) > 8
    assert things[0].raw["id"] != wanted[0]
    found: list[Any] = [things.first(), things.last()]
    assert [row.raw["id"] for row in found] == [wanted[0], wanted[-1]]


def test_no_row_is_behind_more_rows_than_there_can_be(things: Any) -> None:
    assert list(things[10**30 : 10**30 + 5]) == []
    assert things[10**30 :].count() == 0
    assert len(list(things[300 : 10**30])) == RECORDS - 300
    with pytest.raises(IndexError):
        things[10**40]


@pytest.mark.parametrize("method", ["last", "reverse"])
def test_what_turns_an_order_around_says_so_behind_a_slice(method: str) -> None:
    things = vtql.model("Things", CATALOG).objects[:5]
    with pytest.raises(TypeError, match=f"^`{method}` after a slice"):
        getattr(things, method)()


@pytest.mark.parametrize("method", ["order_by", "only", "values", "values_list"])
@pytest.mark.parametrize("name", [5, ["title", "kind"], None])
def test_a_field_is_named_by_text(method: str, name: Any) -> None:
    things = vtql.model("Things", CATALOG).objects
    with pytest.raises(vtql.FieldError, match="each by its name as text; not "):
        getattr(things, method)(name)


def test_names_that_nobody_should_use_are_not_offered() -> None:
    things = vtql.model("Things", CATALOG).objects
    for name in ("save", "len", "state"):
        with pytest.raises(AttributeError) as error:
            getattr(things, name)
        assert "`_" not in str(error.value)


def test_one_condition_that_fits_into_no_url_is_told_as_one() -> None:
    things = vtql.model("Things", CATALOG).objects.filter(title="é" * 3000)
    with pytest.raises(vtql.NotExpressible, match=r"^a condition on `title` makes a query longer"):
        str(things)


def test_a_condition_with_parts_in_many_places_is_explained_at_once() -> None:
    asked = Q(title__contains="a")
    for number in range(50):
        asked = (asked | Q(title__contains=f"b{number}")) & (asked | Q(kind=f"c{number}"))
    told = vtql.model("Things", CATALOG).objects.filter(asked).explain().stages[0]
    assert told.condition == " OR ".join(told.alternatives)
    assert repr(asked).startswith("<Q of ")


@pytest.mark.parametrize("options", [{"chunk_size": 2000}, {"size": 1}])
def test_there_is_nothing_to_set_of_an_iterator(options: dict[str, Any]) -> None:
    wanted = vtql.model("Things", CATALOG).objects.all()
    with pytest.raises(TypeError, match="pages are the server's, 100 rows at most"):
        wanted.iterator(**options)
    with pytest.raises(TypeError, match="`iterator` takes no argument"):
        wanted.iterator(*options.values())
