"""Statements that join a table with several rows for one record, as the sandbox answers them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import multiplied_records
import pytest
from http_caller import HttpCaller

from vtql.client import Client
from vtql.errors import ArgumentError
from vtql.sandbox import Sandbox

CATALOG = multiplied_records.catalog()


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox("8.4", catalog=CATALOG, records=multiplied_records.records()) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def client(sandbox: Sandbox) -> Iterator[Client]:
    with sandbox.client() as client:
        yield client


def ids(client: Client, text: str) -> list[str]:
    return [row["id"] for row in client.query(text)]


def small(**modules: Sequence[Mapping[str, Any]]) -> Sandbox:
    return Sandbox("8.4", catalog=CATALOG, records=modules)


EVENT = {"id": "18x5", "subject": "a", "activitytype": "Call", "date_start": "2026-01-01"}


def test_limit_counts_the_joined_rows(client: Client) -> None:
    lines = {
        invoice["id"]: max(1, len(client.query(f"select id from LineItem where parent_id = '{invoice['id']}';")))
        for invoice in client.query("select id from Invoice order by id limit 12;")
    }  # fmt: skip
    expected, total = [], 0
    for invoice, count in lines.items():
        if total < 10:
            expected.append(invoice)
        total += count
    assert ids(client, "select * from Invoice order by id limit 10;") == expected
    assert ids(client, "select subject, quantity from Invoice order by id limit 10;") == expected
    assert len(ids(client, "select subject from Invoice order by id limit 10;")) == 10


def test_offsets_count_the_joined_rows(client: Client) -> None:
    assert ids(client, "select contact_id from Events order by id limit 0, 4;") == [
        "18x3000", "18x3001", "18x3002",
    ]  # fmt: skip
    assert ids(client, "select contact_id from Events order by id limit 3, 4;") == [
        "18x3002",
        "18x3003",
    ]


def test_a_page_of_everything_is_a_part_of_the_records(client: Client) -> None:
    assert len(ids(client, "select * from Invoice order by id;")) < 60
    assert len(ids(client, "select * from Quotes order by id;")) < 40
    assert len(ids(client, "select * from Emails order by id;")) == 25
    assert len(ids(client, "select subject from Quotes order by id;")) == 40


def test_a_loop_by_offset_with_all_columns_loses_records(client: Client) -> None:
    pages = [client.query(f"select * from Invoice order by ship_city, id limit {at}, 100;") for at in (0, 100)]  # fmt: skip
    assert len({row["id"] for page in pages for row in page}) < multiplied_records.INVOICES


def test_the_last_row_of_a_record_gives_its_values() -> None:
    contacts = [{"id": f"12x{number}", "lastname": "b"} for number in (1, 2, 3)]
    with small(
        Contacts=contacts, Events=[{**EVENT, "contact_id": ["12x3", "12x1", "12x2"]}]
    ) as sandbox:
        client = sandbox.client()
        assert [row["contact_id"] for row in client.query("select * from Events;")] == ["12x2"]
        first = client.query("select contact_id from Events limit 2;")
        assert [row["contact_id"] for row in first] == ["12x1"]
        assert [row["contact_id"] for row in client.query("select contact_id from Events where contact_id = '12x3';")] == ["12x3"]  # fmt: skip
        assert client.query("select subject from Events where contact_id = '12x1';")
        assert not client.query("select subject from Events where contact_id = '12x4';")
        assert client.retrieve("18x5")["contact_id"] == "12x3"


def test_lines_that_meet_a_condition_are_those_that_are_read() -> None:
    invoice = {"id": "7x1", "subject": "a"}
    lines = [
        {"id": f"33x{at}", "parent_id": "7x1", "quantity": f"{at}.000", "comment": f"c{at}",
         "discount_percent": f"{at}0.000"}
        for at in (1, 2, 3)
    ]  # fmt: skip
    with small(Invoice=[invoice], LineItem=lines) as sandbox:
        client = sandbox.client()
        (row,) = client.query("select comment, quantity from Invoice where quantity < '3';")
        assert (row["comment"], row["quantity"]) == ("c2", "2.000")
        (row,) = client.query("select comment from Invoice order by id;")
        assert row["comment"] == "c3"
        assert client.query("select id from Invoice where hdnDiscountPercent = '20';")
        assert not client.query("select id from Invoice where hdnDiscountPercent = '50';")


def test_order_by_a_field_of_a_line_orders_the_joined_rows() -> None:
    invoices = [{"id": f"7x{at}", "subject": "a"} for at in (1, 2)]
    quantities = [("7x1", "1"), ("7x2", "2"), ("7x1", "3")]
    lines = [
        {"id": f"33x{at}", "parent_id": parent, "quantity": quantity}
        for at, (parent, quantity) in enumerate(quantities, 1)
    ]
    with small(Invoice=invoices, LineItem=lines) as sandbox:
        client = sandbox.client()
        assert ids(client, "select quantity from Invoice order by quantity;") == ["7x1", "7x2"]
        assert ids(client, "select quantity from Invoice order by quantity limit 1, 2;") == [
            "7x2",
            "7x1",
        ]
        assert not client.query("select subject from Invoice order by quantity;")
        assert not client.query("select subject from Invoice order by hdnDiscountPercent;")


def test_a_record_without_lines_keeps_what_it_has_itself() -> None:
    with small(Invoice=[{"id": "7x1", "subject": "a", "comment": "own"}]) as sandbox:
        (row,) = sandbox.client().query("select comment from Invoice where comment = 'own';")
        assert row["comment"] == "own"


@pytest.mark.parametrize(
    ("module", "row", "message"),
    [
        ("Events", {**EVENT, "subject": ["a", "b"]}, "a record of Events has one value of it"),
        ("Contacts", {"id": "12x1", "account_id": ["11x1"]}, "a record of Contacts has one value"),
        ("Events", {**EVENT, "contact_id": ["12x1", 2]}, "not text or None: 2"),
        ("Events", {**EVENT, "contact_id": {"0": "12x1"}}, "not text or None"),
        ("Invoice", {"id": "7x1", "quantity": ["1", "2"]}, "records of LineItem"),
        ("Emails", {"id": "16x1", "access_count": ["0", "1"], "click_count": ["0"]},
         "`access_count` has 2, `click_count` has 1"),
        ("Emails", {"id": "16x1", "access_count": ["0", "1"], "click_count": "0"},
         "`access_count` has 2, `click_count` has 1"),
    ],
)  # fmt: skip
def test_lists_that_do_not_fit_are_refused(
    module: str, row: dict[str, object], message: str
) -> None:
    with pytest.raises(ArgumentError, match="row 0 of " + module) as refused:
        small(**{module: [row]})
    assert message in str(refused.value)


def test_records_gives_what_it_was_given() -> None:
    given = {"Events": [{**EVENT, "contact_id": ["12x1", "12x2"]}]}
    with small(**given) as sandbox:
        (row,) = sandbox.records("Events")
        assert row["contact_id"] == ["12x1", "12x2"]
        with Sandbox("8.4", catalog=CATALOG, records={"Events": sandbox.records("Events")}) as copy:
            assert copy.records("Events") == sandbox.records("Events")


def test_a_file_and_a_snapshot_keep_lists(tmp_path: Path) -> None:
    path, snapshot = tmp_path / "crm.sandbox", tmp_path / "snapshot"
    records = {"Events": [{**EVENT, "contact_id": ["12x1", "12x2"]}]}
    with Sandbox("8.4", catalog=CATALOG, records=records, file=path) as sandbox:
        sandbox.save(snapshot)
    with Sandbox("8.4", file=path) as sandbox:
        assert sandbox.records("Events")[0]["contact_id"] == ["12x1", "12x2"]
        sandbox.client().revise("18x5", {"contact_id": ""})
        assert sandbox.records("Events")[0]["contact_id"] is None
        sandbox.restore(snapshot)
        assert sandbox.records("Events")[0]["contact_id"] == ["12x1", "12x2"]
        assert len(sandbox.client().query("select contact_id from Events limit 1, 1;")) == 1


def test_a_record_that_is_made_or_changed_has_several_values() -> None:
    contacts = [{"id": f"12x{number}", "lastname": "b"} for number in (1, 2, 3)]
    users = [{"id": "19x1", "user_name": "admin", "status": "Active"}]
    with small(Contacts=contacts, Users=users) as sandbox, sandbox.client() as client:
        caller = HttpCaller(sandbox, sandbox.session())
        caller.log_in()
        event = {
            "subject": "a", "date_start": "2026-01-01", "time_start": "10:00:00", "duration_hours": "1",
            "due_date": "2026-01-01", "time_end": "11:00:00", "activitytype": "Call",
            "eventstatus": "Planned", "assigned_user_id": "19x1", "visibility": "Public",
        }  # fmt: skip
        made = caller.ask(
            "create",
            elementType="Events",
            element=json.dumps({**event, "contact_id": ["12x1", "12x2"]}),
        )
        number = made["id"]
        assert made["contact_id"] == "12x1"
        assert sandbox.records("Events")[0]["contact_id"] == ["12x1", "12x2"]
        assert len(client.query("select contact_id from Events limit 1, 5;")) == 1
        caller.ask("revise", element=json.dumps({"id": number, "subject": "b"}))
        assert sandbox.records("Events")[0]["contact_id"] == ["12x1", "12x2"]
        caller.ask(
            "revise", element=json.dumps({"id": number, "contact_id": ["12x3", "12x2", "12x1"]})
        )
        assert sandbox.records("Events")[0]["contact_id"] == ["12x3", "12x2", "12x1"]
        caller.ask("revise", element=json.dumps({"id": number, "contact_id": "12x3"}))
        assert sandbox.records("Events")[0]["contact_id"] == "12x3"
        refused = caller.ask(
            "revise", element=json.dumps({"id": number, "contact_id": ["12x3", "no"]})
        )
        assert refused["code"] == "INVALID_ID_ATTRIBUTE"
        client.delete(number)
        assert not client.query("select contact_id from Events;")


def test_records_of_equal_order_come_by_the_lowest_byte_of_their_number() -> None:
    numbers = [254, 255, 256, 257]
    invoices = [
        {"id": f"7x{number}", "subject": "a", "invoicestatus": "Paid"} for number in numbers
    ]
    with small(Invoice=invoices) as sandbox:
        client = sandbox.client()
        scattered = ["7x256", "7x257", "7x254", "7x255"]
        assert ids(client, "select * from Invoice order by invoicestatus;") == scattered
        in_order = [f"7x{number}" for number in numbers]
        assert ids(client, "select subject from Invoice order by invoicestatus;") == in_order
        assert ids(client, "select * from Invoice order by invoicestatus, id;") == in_order


def test_calendar_modules_are_read_by_date() -> None:
    days = ["2026-01-03", "2026-01-01", "2026-01-02"]
    events = [{**EVENT, "id": f"18x{at}", "date_start": day} for at, day in enumerate(days, 1)]
    with small(Events=events) as sandbox:
        client = sandbox.client()
        assert ids(client, "select subject from Events;") == ["18x2", "18x3", "18x1"]
        assert ids(client, "select subject from Events order by subject;") == [
            "18x2",
            "18x3",
            "18x1",
        ]
        assert ids(client, "select subject from Events order by id;") == ["18x1", "18x2", "18x3"]
