"""Values that a server stores otherwise than it describes or shows them, in the sandbox."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import multiplied_records
import pytest
from http_caller import HttpCaller

from vtql.catalog.catalog import Catalog
from vtql.catalog.collation import as_text
from vtql.client import Client
from vtql.errors import ServiceError
from vtql.sandbox import Sandbox

CATALOG = multiplied_records.catalog()


def small(catalog: Catalog = CATALOG, **modules: Sequence[Mapping[str, Any]]) -> Sandbox:
    return Sandbox("8.4", catalog=catalog, records=modules)


def found(sandbox: Sandbox, text: str) -> list[str]:
    with sandbox.client() as client:
        return [row["id"] for row in client.query(text)]


ACCOUNTS = [{"id": "11x7", "accountname": "a"}]
STATES: Mapping[str, str | None] = {
    "12x1": "11x7", "12x2": None, "12x3": "11x0", "12x4": "11x99", "12x5": "NULL",
}  # fmt: skip


@pytest.fixture
def states() -> Iterator[Sandbox]:
    contacts = [{"id": id_, "account_id": value, "lastname": "a"} for id_, value in STATES.items()]
    with small(Accounts=ACCOUNTS, Contacts=contacts) as sandbox:
        yield sandbox


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("account_id = '11x7'", ["12x1"]),
        ("account_id != '11x7'", ["12x2", "12x3", "12x4"]),
        ("account_id = '11x0'", ["12x2", "12x3"]),
        ("account_id != '11x0'", ["12x1", "12x4"]),
        ("account_id = '11x99'", ["12x4"]),
        ("account_id < '11x8'", ["12x1", "12x2", "12x3"]),
        ("account_id in ('11x0', '11x99')", ["12x2", "12x3", "12x4"]),
    ],
)
def test_a_condition_compares_what_a_reference_holds(
    states: Sandbox, condition: str, expected: list[str]
) -> None:
    assert found(states, f"select id from Contacts where {condition} order by id;") == expected


def test_references_to_no_record_are_shown_as_null(states: Sandbox) -> None:
    with states.client() as client:
        rows = client.query("select account_id from Contacts order by id;")
        assert [row["account_id"] for row in rows] == ["11x7", None, None, None, None]
        assert client.retrieve("12x4")["account_id"] is None
        assert client.retrieve("12x1")["account_id"] == "11x7"
    assert [row["account_id"] for row in states.records("Contacts")] == list(STATES.values())


def test_an_order_has_null_first_and_dangling_ones_at_their_number(states: Sandbox) -> None:
    text = "select id from Contacts order by account_id;"
    assert found(states, text) == ["12x5", "12x2", "12x3", "12x1", "12x4"]


def test_a_reference_beside_the_main_table_is_null_where_nothing_is_given() -> None:
    event: dict[str, str | None] = {
        "subject": "a", "activitytype": "Call", "date_start": "2026-01-01",
    }  # fmt: skip
    events = [
        {**event, "id": "18x1", "contact_id": None},
        {**event, "id": "18x2", "contact_id": "12x0"},
        {**event, "id": "18x3", "contact_id": "12x9"},
    ]
    with small(Events=events) as sandbox:
        text = "select contact_id from Events where contact_id != '12x5' order by id;"
        assert found(sandbox, text) == ["18x2", "18x3"]
        assert {row["contact_id"] for row in sandbox.client().query(text)} == {None}


def test_a_reference_to_a_module_that_is_not_in_the_catalog_stays() -> None:
    with small(Contacts=[{"id": "12x1", "lastname": "a", "account_id": "99x1"}]) as sandbox:
        (row,) = sandbox.client().query("select account_id from Contacts;")
        assert row["account_id"] == "99x1"


def test_fields_kept_as_text_compare_and_sort_as_text() -> None:
    hours = ["5", "10", "50", "6", "0", ""]
    events = [
        {"id": f"18x{at}", "subject": "a", "activitytype": "Call", "date_start": "2026-01-01",
         "duration_hours": value, "time_start": value or "00:00:00"}
        for at, value in enumerate(hours, 1)
    ]  # fmt: skip
    with small(Events=events) as sandbox, sandbox.client() as client:
        greater = client.query(
            "select duration_hours from Events where duration_hours > '5' order by id;"
        )
        assert [row["duration_hours"] for row in greater] == ["50", "6"]
        ordered = client.query("select duration_hours from Events order by duration_hours;")
        assert [row["duration_hours"] for row in ordered] == ["", "0", "10", "5", "50", "6"]
        (row,) = client.query("select time_start from Events where time_start = '0';")
        assert row["time_start"] == "0"
        caller = HttpCaller(sandbox, sandbox.session())
        caller.log_in()
        revised = caller.ask(
            "revise", element='{"id": "18x1", "time_start": "0", "duration_hours": "x"}'
        )
        assert (revised["time_start"], revised["duration_hours"]) == ("0", "x")


def test_references_kept_as_text_sort_as_text() -> None:
    invoices = [{"id": f"7x{at}", "subject": "a", "potential_id": f"13x{number}"}
                for at, number in enumerate((5, 10, 50, 6), 1)]  # fmt: skip
    potentials = [{"id": f"13x{number}", "potentialname": "a"} for number in (5, 10, 50, 6)]
    with small(Invoice=invoices, Potentials=potentials) as sandbox:
        text = "select potential_id from Invoice order by potential_id;"
        values = [row["potential_id"] for row in sandbox.client().query(text)]
        assert values == ["13x10", "13x5", "13x50", "13x6"]
        assert found(sandbox, "select id from Invoice where potential_id > '13x5' order by id;") == [
            "7x3", "7x4",
        ]  # fmt: skip
        assert found(sandbox, "select id from Invoice where potential_id = '13x10';") == ["7x2"]


def test_the_discount_of_a_record_is_the_line_s_in_a_query() -> None:
    invoice = {"id": "7x1", "subject": "a", "hdnDiscountPercent": "5.000"}
    line = {"id": "33x1", "parent_id": "7x1", "productid": "14x1", "discount_percent": "30.000"}
    with small(Invoice=[invoice], LineItem=[line]) as sandbox, sandbox.client() as client:
        (row,) = client.query("select hdnDiscountPercent from Invoice;")
        assert row == {"discount_percent": "30.000", "id": "7x1"}
        assert not client.query("select id from Invoice where hdnDiscountPercent = '5';")
        assert client.query("select id from Invoice where hdnDiscountPercent = '30';")
        assert client.retrieve("7x1")["hdnDiscountPercent"] == "5.000"
        assert not client.query("select id from Invoice order by hdnDiscountPercent;")
        assert client.query("select hdnDiscountPercent from Invoice order by hdnDiscountPercent;")


def test_fields_by_which_no_order_is_possible() -> None:
    describe = dict(CATALOG.describe("Users"))
    describe["fields"] = [
        *(field for field in describe["fields"] if field["name"] not in ("roleid", "accesskey")),
        {"name": "roleid", "type": {"name": "reference", "refersTo": []}},
        {"name": "accesskey", "type": {"name": "string"}},
    ]
    users = [
        {"id": "19x1", "user_name": "admin", "status": "Active", "roleid": "H2", "accesskey": "k"}
    ]
    with small(CATALOG.with_describes([describe]), Users=users) as sandbox:
        client = sandbox.client()
        assert client.query("select user_name from Users order by user_name;")
        assert not client.query("select roleid from Users order by roleid;")
        assert not client.query("select user_name from Users order by accesskey;")
        (row,) = client.query("select roleid from Users;")
        assert row["roleid"] == "H2"


def test_the_attachment_of_an_email_is_in_no_query() -> None:
    describe = dict(CATALOG.describe("Emails"))
    describe["fields"] = [*describe["fields"], {"name": "filename", "type": {"name": "file"}}]
    emails = [{"id": "16x1", "subject": "a", "activitytype": "Emails", "date_start": "2026-01-01"}]
    with small(CATALOG.with_describes([describe]), Emails=emails) as sandbox:
        client = sandbox.client()
        for text in (
            "select filename from Emails;",
            "select subject from Emails where filename = 'a';",
        ):
            with pytest.raises(ServiceError) as refused:
                client.query(text)
            assert refused.value.code == "ACCESS_DENIED"
        (row,) = client.query("select * from Emails;")
        assert "filename" not in row
        assert not client.query("select * from Emails order by filename;")


def test_a_module_without_id_answers_no_query() -> None:
    taxes = {
        "name": "ProductTaxes", "label": "ProductTaxes", "idPrefix": "35", "isEntity": False,
        "fields": [{"name": "taxpercentage", "type": {"name": "double"}}],
    }  # fmt: skip
    with small(CATALOG.with_describes([taxes])) as sandbox:
        client = sandbox.client()
        with pytest.raises(ServiceError, match=r"attribute denied") as refused:
            client.query("select taxpercentage from ProductTaxes;")
        assert (refused.value.code, ".id." in str(refused.value)) == ("ACCESS_DENIED", True)
        assert client.query("select * from ProductTaxes;") == []
        assert client.query("select count(*) from ProductTaxes;") == [{"count": "0"}]


@pytest.mark.parametrize("owner", ["1.5", "5", " 7 ", "1e3"])
def test_an_owner_that_is_a_number_and_no_id_answers_an_empty_list(
    client: Client, owner: str
) -> None:
    assert client.query(f"select id from Contacts where assigned_user_id = '{owner}';") == []


def test_a_number_in_hexadecimal_is_read_as_one() -> None:
    invoices = [{"id": f"7x{at}", "subject": subject, "received": received}
                for at, (subject, received) in enumerate([("A", "30"), ("B", "31"), ("z", "32")], 1)]  # fmt: skip
    with small(Invoice=invoices) as sandbox:
        assert found(sandbox, "select id from Invoice where received > 0x1f;") == ["7x3"]
        assert found(sandbox, "select id from Invoice where subject = 0x42;") == ["7x2"]


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with small(Contacts=[{"id": "12x1", "lastname": "a"}]) as sandbox, sandbox.client() as client:
        yield client


SORTED = ["ø\n", "ø \n", "ø \n \t", "ø \n", "ø  \t", "ø", "ø \x21", "ø a", "ø!", "øa"]


def test_characters_below_the_blank_are_compared_with_the_padding() -> None:
    def padded(text: str) -> list[str]:
        return list(text.upper().ljust(40))

    assert sorted(SORTED, key=lambda text: as_text(text) or "") == sorted(SORTED, key=padded)
    assert as_text("ø \n") < as_text("ø") < as_text("øa")  # type: ignore[operator]
    assert as_text("ø  ") == as_text("Ø")
    contacts = [
        {"id": f"12x{at}", "lastname": text} for at, text in enumerate(["ø", "ø \n", "øa"], 1)
    ]
    with small(Contacts=contacts) as sandbox:
        assert found(sandbox, "select id from Contacts order by lastname;") == [
            "12x2",
            "12x1",
            "12x3",
        ]
