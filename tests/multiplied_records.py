"""Records of which a server makes several joined rows: invoices and quotes with lines, events with
several contacts, e-mails that were opened several times.

`Sandbox(catalog=catalog(), records=records())` answers queries on them as a server does: a statement
that names such a field, or has `*`, reads a record once for each row, LIMIT and offset count those
rows, and rows of one record then become one. So `select * from Invoice;` gives few of the 90
invoices, and 100 rows that are counted with narrow columns are not the 100 that come with all.

Numbers are fixed: 90 invoices, four of them with 130 lines and others with none to four; 40 quotes,
two of them with 130 lines; 160 events with none to four contacts, some of which are no records (any
more); 50 e-mails, each but the last five with four tracks. Fields to order by have few values, so
that many records are equal in them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from vtql.catalog.catalog import Catalog
from vtql.sandbox import demo
from vtql.sandbox.schema import Given

INVOICES, QUOTES, EVENTS, EMAILS, CONTACTS = 90, 40, 160, 50, 60
LONG = 130
CITIES = ("Bergamo", "Aarhus", "", "Cádiz", "Delft")

_TEXT, _DECIMAL = {"name": "string"}, {"name": "double"}


def catalog() -> Catalog:
    """The modules of the demo, with Quotes and Emails."""
    known = demo.catalog()
    return Catalog.from_describes([*map(known.describe, known), _quotes(), _emails()])


def records() -> dict[str, Sequence[Given]]:
    """The records by module, with users, accounts and products that they refer to."""
    invoices = [_invoice(at) for at in range(INVOICES)]
    quotes = [_quote(at) for at in range(QUOTES)]
    return {
        "Users": [{"id": "19x1", "user_name": "admin", "is_admin": "on", "status": "Active"}],
        "Accounts": [{"id": f"11x{10 + at}", "accountname": f"Account {at}",
                      "assigned_user_id": "19x1"} for at in range(7)],
        "Products": [{"id": f"14x{20 + at}", "productname": f"Product {at}",
                      "assigned_user_id": "19x1"} for at in range(9)],
        "Contacts": [{"id": f"12x{100 + at}", "lastname": f"Contact {at:02}",
                      "assigned_user_id": "19x1"} for at in range(CONTACTS)],
        "Invoice": invoices,
        "Quotes": quotes,
        "LineItem": _lines(invoices, quotes),
        "Events": [_event(at) for at in range(EVENTS)],
        "Emails": [_email(at) for at in range(EMAILS)],
    }  # fmt: skip


def _invoice(at: int) -> dict[str, str | None]:
    return {
        "id": f"7x{1000 + at}", "subject": f"Invoice {at:02}", "ship_city": CITIES[at % 5],
        "bill_city": CITIES[at * 7 % 5], "invoicestatus": ("Created", "Paid", "Sent")[at % 3],
        "account_id": f"11x{10 + at % 7}", "assigned_user_id": "19x1",
        "hdnGrandTotal": f"{at * 37 % 101}.50000000",
    }  # fmt: skip


def _quote(at: int) -> dict[str, str | None]:
    return {
        "id": f"4x{2000 + at}", "subject": f"Quote {at:02}", "ship_city": CITIES[at * 3 % 5],
        "quotestage": ("Created", "Delivered")[at % 2], "assigned_user_id": "19x1",
    }  # fmt: skip


def _lines(*documents: list[Any]) -> list[Given]:
    parents = [
        (document["id"], LONG if at % 23 == 20 else at * 3 % 5)
        for module in documents
        for at, document in enumerate(module)
    ]
    places = [(parent, place) for parent, count in parents for place in range(count)]
    return [
        {
            "id": f"33x{number}", "parent_id": parent, "sequence_no": str(place + 1),
            "productid": f"14x{20 + (number + place) % 9}", "quantity": f"{1 + place % 6}.000",
            "listprice": f"{number * 13 % 97}.25000000", "comment": f"line {place}",
            "discount_percent": "10.000" if place % 2 else None, "discount_amount": None,
            "tax1": "0.000",
        }
        for number, (parent, place) in enumerate(places, 1)
    ]  # fmt: skip


def _event(at: int) -> Given:
    contacts = [f"12x{100 + (at * 5 + place * 3) % (CONTACTS + 6)}" for place in range(at % 5)]
    return {
        "id": f"18x{3000 + at}", "subject": f"Event {at * 7 % 13:02}", "activitytype": "Call",
        "date_start": f"2026-01-{1 + at % 28:02}", "eventstatus": ("Planned", "Held")[at % 2],
        "assigned_user_id": "19x1",
        "contact_id": contacts if len(contacts) > 1 else next(iter(contacts), None),
    }  # fmt: skip


def _email(at: int) -> Given:
    tracks = ["0", "1", "2", "3"]
    clicks = ["0", "0", str(at % 3), str(at % 3)]
    return {
        "id": f"16x{4000 + at}", "subject": f"Mail {at % 10}", "activitytype": "Emails",
        "date_start": f"2026-02-{1 + at // 2:02}", "assigned_user_id": "19x1",
        "access_count": tracks if at < EMAILS - 5 else "0",
        "click_count": clicks if at < EMAILS - 5 else "0",
    }  # fmt: skip


def _quotes() -> dict[str, Any]:
    texts = (
        "subject", "quote_no", "quotestage", "ship_city", "ship_street", "bill_city", "comment",
    )  # fmt: skip
    decimals = (
        "hdnDiscountPercent", "hdnDiscountAmount", "quantity", "listprice", "discount_percent",
        "discount_amount", "tax1",
    )  # fmt: skip
    return _describe(
        "Quotes",
        "4",
        {
            **dict.fromkeys(texts, _TEXT),
            **dict.fromkeys(decimals, _DECIMAL),
            "productid": {"name": "reference", "refersTo": ["Products"]},
        },
    )


def _emails() -> dict[str, Any]:
    whole = {"name": "integer"}
    types = {
        "subject": _TEXT, "activitytype": _TEXT, "date_start": {"name": "date"},
        "access_count": whole, "click_count": whole,
    }  # fmt: skip
    return _describe("Emails", "16", types)


def _describe(name: str, prefix: str, types: dict[str, dict[str, Any]]) -> dict[str, Any]:
    shared = {
        "assigned_user_id": {"name": "owner"},
        "modifiedtime": {"name": "datetime"},
        "id": {"name": "autogenerated"},
    }
    return {
        "name": name,
        "label": name,
        "idPrefix": prefix,
        "isEntity": True,
        "labelFields": "subject",
        "fields": [
            {"name": field, "label": field, "type": type_}
            for field, type_ in {**types, **shared}.items()
        ],
    }
