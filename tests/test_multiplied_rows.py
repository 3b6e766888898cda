"""Query sets over modules whose joins multiply rows: every record once, in any order, with any columns."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from functools import cmp_to_key
from typing import Any

import multiplied_records
import pytest

from vtql.catalog.collation import as_text
from vtql.sandbox import Sandbox

CATALOG = multiplied_records.catalog()
RECORDS = multiplied_records.records()

Record = dict[str, Any]


@pytest.fixture(scope="module", params=["8.4", "7"])
def server(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with Sandbox(request.param, CATALOG, RECORDS) as sandbox:
        yield sandbox


def asked(sandbox: Sandbox) -> list[str]:
    return [each.parameters["query"] for each in sandbox.requests if each.operation == "query"]


def number(record: Record) -> int:
    return int(record["id"].partition("x")[2])


def in_order(records: list[Record], *order: str) -> list[str]:
    """The ids of records in an order of texts, as a database sorts them; NULL first, then `id`."""

    def key(record: Record, name: str) -> Any:
        if name == "id":
            return (1, number(record))
        value = record.get(name)
        return (0, "") if value is None else (1, as_text(value))

    last = "-id" if order and order[-1].startswith("-") else "id"

    def compare(one: Record, other: Record) -> int:
        for name in (*order, last):
            bare = name.lstrip("-")
            left, right = key(one, bare), key(other, bare)
            if left != right:
                return (1 if right < left else -1) * (-1 if name.startswith("-") else 1)
        return 0

    return [record["id"] for record in sorted(records, key=cmp_to_key(compare))]


ORDERS: dict[str, list[tuple[str, ...]]] = {
    "Invoice": [
        (), ("id",), ("-id",), ("ship_city",), ("-ship_city",), ("bill_city", "-ship_city"),
        ("-ship_city", "subject"), ("invoicestatus", "ship_city"), ("-invoicestatus", "-id"),
        ("ship_city", "-id"),
    ],
    "Quotes": [(), ("-id",), ("subject",), ("-subject",), ("-quotestage",)],
    "Events": [(), ("subject",), ("-subject",), ("eventstatus", "-subject")],
    "Emails": [(), ("-id",), ("subject",), ("-subject",)],
}  # fmt: skip
SEVERAL = {
    "Invoice": "quantity", "Quotes": "productid", "Events": "contact_id", "Emails": "access_count"
}  # fmt: skip
SLICES = [
    slice(None), slice(0, 1), slice(0, 10), slice(7, 30), slice(36, 86), slice(0, 89),
    slice(20, None), slice(500, 510),
]  # fmt: skip


@pytest.mark.parametrize("module", ORDERS)
@pytest.mark.parametrize("connections", [1, 3])
def test_every_order_and_slice_is_exact_with_any_columns(
    server: Sandbox, module: str, connections: int
) -> None:
    records = [dict(each) for each in RECORDS[module]]
    columns: list[Callable[[Any], Any]] = [
        lambda found: found,
        lambda found: found.only("subject"),
        lambda found: found.only("subject", SEVERAL[module]),
        lambda found: found.values("id", SEVERAL[module]),
    ]
    with server.client(connections=connections) as client:
        objects = client.model(module).objects
        draw = random.Random(connections)
        for order in ORDERS[module]:
            wanted = in_order(records, *order)
            for chosen in draw.sample(columns, 2):
                ordered = chosen(objects.order_by(*order))
                for part in (slice(None), *draw.sample(SLICES, 2)):
                    ids = [
                        row["id"] if isinstance(row, dict) else row.raw["id"]
                        for row in ordered[part]
                    ]
                    assert ids == wanted[part], (module, order, part)
                    assert ordered[part].count() == len(wanted[part])


def test_a_record_has_one_of_its_several_values(server: Sandbox) -> None:
    lines: dict[str, set[Any]] = {}
    for line in RECORDS["LineItem"]:
        lines.setdefault(str(line["parent_id"]), set()).add(line["productid"])
    with server.client() as client:
        invoices = client.model("Invoice").objects
        for order in ("id", "-ship_city", "ship_city"):
            rows = list(invoices.order_by(order).values("id", "productid", "subject"))
            assert len(rows) == multiplied_records.INVOICES
            for row in rows:
                assert row["productid"] in lines.get(row["id"], {None}), row
                assert row["subject"]


def test_a_condition_on_several_values_finds_a_record_by_any_of_them(server: Sandbox) -> None:
    parents: dict[str, set[str]] = {}
    for line in RECORDS["LineItem"]:
        parents.setdefault(str(line["productid"]), set()).add(str(line["parent_id"]))
    invoices = [dict(each) for each in RECORDS["Invoice"]]
    with server.client() as client:
        objects = client.model("Invoice").objects
        draw = random.Random(4)
        for product in sorted(parents)[:3]:
            matching = [each for each in invoices if each["id"] in parents[product]]
            found = objects.filter(productid=product)
            for order in [(), ("ship_city",), ("-ship_city",), ("-id",)]:
                wanted = in_order(matching, *order)
                for part in (slice(None), *draw.sample(SLICES, 2)):
                    columns = [found, found.only("subject"), found.only("productid")]
                    ids = [row.raw["id"] for row in draw.choice(columns).order_by(*order)[part]]
                    assert ids == wanted[part], (product, order, part)
                assert found.order_by(*order)[2:9].count() == len(wanted[2:9])
            assert found.count() == len(matching)
            shown = found.values_list("productid", flat=True)
            assert set(shown) <= {
                product
            }  # the row that a condition finds is the one that is shown


@pytest.mark.parametrize("name", ["quantity", "-quantity", "productid", "-productid"])
def test_an_order_by_several_values_goes_by_the_one_that_is_shown(
    server: Sandbox, name: str
) -> None:
    with server.client() as client:
        invoices = client.model("Invoice").objects
        rows = list(invoices.order_by(name).values("id", name.lstrip("-")))
        assert sorted(row["id"] for row in rows) == sorted(str(e["id"]) for e in RECORDS["Invoice"])
        values = [row[name.lstrip("-")] for row in rows]
        known = [value for value in values if value is not None]
        nulls = [None] * (len(values) - len(known))
        if name.endswith("quantity"):
            rising = sorted(known)
        else:
            rising = sorted(known, key=lambda each: int(str(each).partition("x")[2]))
        assert values == ([*rising[::-1], *nulls] if name.startswith("-") else [*nulls, *rising])
        assert "sorted here" in str(invoices.order_by(name).explain())


def test_requests_are_those_that_are_explained(server: Sandbox) -> None:
    """Ids with narrow columns, and the columns of each page by id: a request for a hundred rows of lines."""
    lines = len(RECORDS["LineItem"])
    with server.client() as client:
        invoices = client.model("Invoice").objects
        for found in (invoices, invoices.order_by("ship_city"), invoices[:50]):
            server.requests.clear()
            rows = list(found)
            requests = len(asked(server))
            explained = found.explain()
            assert explained.requests <= requests <= 4 + lines // 100 + len(rows) // 100
            assert "a record takes as much of LIMIT as it has rows" in str(explained)
        server.requests.clear()
        assert len(list(invoices.only("subject"))) == multiplied_records.INVOICES
        assert len(asked(server)) == 2
        assert "LIMIT as it has rows" not in str(invoices.only("subject").explain())


def test_an_export_has_every_record(server: Sandbox, tmp_path: Any) -> None:
    with server.client() as client:
        for module in ORDERS:
            target = tmp_path / f"{module}.jsonl"
            number = client.model(module).objects.order_by("-subject").to_jsonl(target)
            assert number == len(RECORDS[module]) == len(target.read_text("utf-8").splitlines())


def test_a_url_that_holds_few_ids_is_kept_to(server: Sandbox) -> None:
    with server.client(url_bytes=400) as client:
        ids = [row.raw["id"] for row in client.model("Invoice").objects.order_by("ship_city")]
        assert ids == in_order([dict(each) for each in RECORDS["Invoice"]], "ship_city")
