"""What lint says of a statement is what a server did with it: every field, and every recorded query."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import vtql
from vtql.catalog.model import Field

RECORDINGS = (".", "second", "multiplied")

SHAPES: Mapping[str, str] = {
    "selected": "SELECT {f} FROM {m} LIMIT 5;",
    "compared": "SELECT id FROM {m} WHERE {f} = {value} LIMIT 5;",
    "like": "SELECT id FROM {m} WHERE {f} LIKE '1%' LIMIT 5;",
    "ordered, selected": "SELECT {f} FROM {m} ORDER BY {f} LIMIT 5;",
    "ordered, not selected": "SELECT {other} FROM {m} ORDER BY {f} LIMIT 5;",
    "ordered, all selected": "SELECT * FROM {m} ORDER BY {f} LIMIT 5;",
}

SECRETS = {"user_password", "confirm_password", "accesskey"}
UNSORTED = {"ordered, selected", "ordered, not selected", "ordered, all selected"}
SEVERAL_TABLES = {
    "Accounts": "bill_city bill_code bill_country bill_pobox bill_state bill_street ship_city ship_code "
    "ship_country ship_pobox ship_state ship_street campaignrelstatus",
    "Calendar": "parent_id contact_id reminder_time",
    "Campaigns": "campaignrelstatus",
    "Contacts": "assistant assistantphone birthday homephone leadsource otherphone portal "
    "support_end_date support_start_date mailingcity mailingcountry mailingpobox mailingstate "
    "mailingstreet mailingzip othercity othercountry otherpobox otherstate otherstreet otherzip "
    "campaignrelstatus",
    "Emails": "access_count click_count bccmail ccmail email_flag from_email parent_id saved_toid",
    "Events": "parent_id reminder_time contact_id",
    "Faq": "comments",
    "HelpDesk": "from_portal comments",
    "Leads": "city code country fax lane mobile phone pobox state website campaignrelstatus",
    **dict.fromkeys(
        ("Invoice", "PurchaseOrder", "Quotes", "SalesOrder"),
        "bill_city bill_code bill_country bill_pobox bill_state bill_street ship_city ship_code "
        "ship_country ship_pobox ship_state ship_street comment discount_amount discount_percent "
        "hdnDiscountAmount hdnDiscountPercent image listprice margin productid purchase_cost quantity "
        "tax1 tax2 tax3",
    ),
}
"""Fields of tables that ORDER BY does not join (measured on 8.4.0)."""
RECURRING = (
    "end_period invoicestatus last_recurring_date payment_duration recurring_frequency start_period"
)

ODDITIES = {"VT019", "VT020", "VT040", "VT042"}
"""Spellings that 8.4 answers and that are no VTQL here, as `grammar/README.md` lists them."""


def catalogs(shared: Path) -> Iterator[tuple[str, Path, vtql.Catalog]]:
    for name in RECORDINGS:
        folder = shared / "recordings" / name
        described = json.loads((folder / "describe_8.4.json").read_text("utf-8"))
        yield name, folder, vtql.Catalog.from_describes(list(described.values()))


def fails(module: str, field: Field, shape: str) -> bool:
    """Whether 8.4.0 refused such a statement, or answered an empty list because its SQL failed."""
    name = field.name
    if module == "ProductTaxes" or not name.replace("_", "").isalnum():
        return True  # it has no `id`; a name with `&` cannot be read
    if module == "Users" and name in SECRETS:
        return True
    if module == "Emails" and name == "filename":
        return True
    if module in ("Products", "Services") and name.startswith(("tax", "currency")):
        return name.removeprefix("tax").removeprefix("currency").isdigit()
    if module == "Users" and name == "roleid" and shape in UNSORTED:
        return True
    if shape == "like":
        return name == "id" or field.type.name in ("reference", "owner")
    if shape == "ordered, not selected":
        custom = name.startswith("cf_") or name == "starred"
        recurring = module == "SalesOrder" and name in RECURRING.split()
        return custom or recurring or name in SEVERAL_TABLES.get(module, "").split()
    return False


FOUND = {
    ("Calendar", "activitytype"): "'Task'",
    ("Events", "activitytype"): "'Call'",
    ("Users", "status"): "'Active'",
}
"""Values of records that a server does not leave out."""


def value_for(module: str, field: Field) -> str:
    if (module, field.name) in FOUND:
        return FOUND[module, field.name]
    values = {"date": "2026-12-01", "datetime": "2026-12-01 10:00:00", "time": "10:00:00"}
    if field.name == "id" or field.type.name in ("reference", "owner"):
        return "'1x1'"
    if field.type.name == "boolean":
        return f"'{field.type.encode(True)}'"
    return f"'{values.get(field.type.name, '1')}'"


@pytest.mark.parametrize("shape", SHAPES)
def test_each_field_has_the_verdict_of_a_server(shared: Path, shape: str) -> None:
    wrong = []
    for recording, _, catalog in catalogs(shared):
        for module in map(catalog.__getitem__, catalog):
            plain = next(n for n in module.fields if n != "id" and not fails_at_all(module.name, n))
            for field in module.fields.values():
                if shape == "ordered, not selected" and field.name == plain:
                    continue
                text = SHAPES[shape].format(
                    f=field.name, m=module.name, other=plain, value=value_for(module.name, field)
                )
                found = vtql.analyze(text, catalog, "8.4").diagnostics
                errors = [each.code for each in found if each.severity is vtql.Severity.ERROR]
                if bool(errors) != fails(module.name, field, shape):
                    wrong.append((recording, text, errors))
    assert wrong == []


def fails_at_all(module: str, name: str) -> bool:
    """Whether a field is no good as the one that is selected beside another."""
    return name in SEVERAL_TABLES.get(module, "").split() or name in SECRETS or name == "roleid"


@pytest.mark.parametrize("recording", RECORDINGS)
def test_each_recorded_query_has_the_verdict_of_a_server(shared: Path, recording: str) -> None:
    """What a server refused, or could not run, is an error; what it answered with rows is none."""
    (folder, catalog) = next((f, c) for name, f, c in catalogs(shared) if name == recording)
    wrong: list[Any] = []
    lines = (folder / "query_semantics.jsonl").read_text("utf-8").splitlines()
    for case in map(json.loads, lines):
        if case["user"] != "admin":
            continue
        found = vtql.analyze(case["query"], catalog, "8.4").diagnostics
        errors = {each.code for each in found if each.severity is vtql.Severity.ERROR}
        failed = case["error"] is not None or bool(case["db_error"])
        if (failed and not errors) or (case["nrows"] and errors - ODDITIES):
            wrong.append((case["query"], case["nrows"], case["db_error"], errors))
    assert wrong == []
    assert len(lines) > 200


@pytest.mark.parametrize(
    ("query", "code", "severity"),
    [
        ("SELECT subject FROM Invoice ORDER BY hdnDiscountPercent LIMIT 5;", "VT302", "error"),
        ("SELECT hdnDiscountAmount FROM Quotes LIMIT 5;", "VT414", "warning"),
        ("SELECT subject FROM Quotes WHERE hdnDiscountAmount > '5' LIMIT 5;", "VT414", "warning"),
        ("SELECT roleid FROM Users ORDER BY roleid LIMIT 5;", "VT313", "error"),
        ("SELECT subject FROM Emails WHERE filename = 'a' LIMIT 5;", "VT104", "error"),
        ("SELECT * FROM Emails ORDER BY filename LIMIT 5;", "VT104", "error"),
        ("SELECT subject FROM Events WHERE duration_hours > '5' LIMIT 5;", "VT314", "warning"),
        (
            "SELECT ticket_no, parent_id FROM HelpDesk ORDER BY parent_id LIMIT 5;",
            "VT314",
            "warning",
        ),
    ],
)
def test_what_fails_or_means_something_else_is_found_without_metadata(
    query: str, code: str, severity: str
) -> None:
    found = {each.code: each.severity.value for each in vtql.analyze(query).diagnostics}
    assert found[code] == severity


def test_true_becomes_a_text_only_for_a_checkbox() -> None:
    """A text equals the number 1 where it reads as 1, and so no safe fix makes it `'1'`."""
    catalog = vtql.Catalog.from_describes(
        [
            {
                "name": "Contacts", "idPrefix": "12",
                "fields": [
                    {"name": "donotcall", "type": {"name": "boolean"}},
                    {"name": "lastname", "type": {"name": "string"}},
                ],
            }
        ]
    )  # fmt: skip
    ticked = vtql.analyze("SELECT id FROM Contacts WHERE donotcall = true LIMIT 5;", catalog)
    assert ticked.fixed() == "SELECT id FROM Contacts WHERE donotcall = '1' LIMIT 5;"
    text = "SELECT id FROM Contacts WHERE lastname = true LIMIT 5;"
    assert vtql.analyze(text, catalog).fixed() == text
    assert vtql.analyze(text).fixed() == text
