"""What users who are no administrators see and may do, by each way there is of asking."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from http_caller import HttpCaller

from vtql.sandbox import Sandbox
from vtql.sandbox.access import Access

OWN, GROUP, OTHER, BELOW = "19x2", "20x5", "19x1", "19x3"
DEAL = {"potentialname": "Deal", "closingdate": "2026-01-31", "sales_stage": "Prospecting"}
DENIED = {
    "code": "ACCESS_DENIED", "message": "Permission to perform the operation is denied",
}  # fmt: skip
UNSEEN = {"code": "ACCESS_DENIED", "message": "Permission to read given object is denied"}
READONLY = {"code": "ACCESS_DENIED", "message": "Permission to write is denied"}
ACCESS = Access(
    denied=["Campaigns"],
    hidden={"Contacts": ["birthday", "email"]},
    readonly=["HelpDesk"],
    private=["Potentials"],
    groups=[GROUP],
    subordinates=[BELOW],
)


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with Sandbox("7", access={"sam": ACCESS}) as made:
        yield made


def user(box: Sandbox, name: str) -> HttpCaller:
    made = HttpCaller(box, box.session())
    made.log_in(name)
    return made


@pytest.fixture(scope="module")
def deals(box: Sandbox) -> dict[str, str]:
    """Opportunities of an account by their owners; one each."""
    admin = user(box, "admin")
    account = admin.ask("create", elementType="Accounts", element=json.dumps(
        {"accountname": "Shared", "assigned_user_id": OTHER}))["id"]  # fmt: skip
    made = {"account": account}
    for owner in (OWN, GROUP, OTHER, BELOW):
        element = DEAL | {"assigned_user_id": owner, "related_to": account}
        made[owner] = admin.ask("create", elementType="Potentials", element=json.dumps(element))["id"]  # fmt: skip
    return made


def ids(rows: Any) -> set[str]:
    return {row["id"] for row in rows}


def test_of_a_private_module_one_sees_ones_own_and_those_of_groups_and_of_users_below(
    box: Sandbox, deals: dict[str, str]
) -> None:
    sam, seen = user(box, "sam"), {deals[OWN], deals[GROUP], deals[BELOW]}
    text = f"select id from Potentials where related_to = '{deals['account']}'"
    assert ids(sam.ask("query", query=f"{text};")) == seen
    assert ids(sam.ask("query", query=f"{text} or id = '{deals[OTHER]}' limit 3;")) == seen
    fields = {"id": deals["account"], "relatedLabel": "Potentials"}
    assert ids(sam.ask("retrieve_related", relatedType="Potentials", **fields)) == seen
    asked = "select id from Potentials"
    assert ids(sam.ask("query_related", query=asked, **fields)) == seen
    assert ids(user(box, "admin").ask("query", query=f"{text};")) == seen | {deals[OTHER]}


def test_a_private_record_of_others_can_be_neither_read_nor_changed(
    box: Sandbox, deals: dict[str, str]
) -> None:
    sam, other = user(box, "sam"), deals[OTHER]
    element = json.dumps(DEAL | {"id": other, "assigned_user_id": OWN})
    assert sam.ask("retrieve", id=other) == UNSEEN
    assert sam.ask("update", element=element) == UNSEEN
    assert sam.ask("revise", element=element) == UNSEEN
    assert sam.ask("delete", id=other) == UNSEEN
    link = {"sourceRecordId": deals["account"], "relatedRecordId": other}
    assert sam.ask("add_related", relationIdLabel="Potentials", **link) == UNSEEN
    assert sam.ask("retrieve", id=deals[BELOW])["assigned_user_id"] == BELOW


def test_a_module_that_is_denied_is_not_there(box: Sandbox) -> None:
    sam = user(box, "sam")
    assert {"Campaigns", "Users"}.isdisjoint(sam.ask("listtypes")["types"])
    campaign = user(box, "admin").ask("query", query="select id from Campaigns limit 1;")[0]["id"]
    for answer in (
        sam.ask("describe", elementType="Campaigns"),
        sam.ask("query", query="select id from Campaigns;"),
        sam.ask("retrieve", id=campaign),
        sam.ask("create", elementType="Campaigns", element="{}"),
        sam.ask("delete", id=campaign),
        sam.ask("sync", modifiedTime="1", elementType="Campaigns"),
    ):
        assert answer == DENIED


def test_a_field_that_is_hidden_is_neither_named_nor_told(box: Sandbox) -> None:
    sam = user(box, "sam")
    names = [field["name"] for field in sam.ask("describe", elementType="Contacts")["fields"]]
    assert {"birthday", "email"}.isdisjoint(names)
    assert "lastname" in names
    (row,) = sam.ask("query", query="select * from Contacts limit 1;")
    record = sam.ask("retrieve", id=row["id"])
    assert {"birthday", "email"}.isdisjoint([*row, *record])
    for text in ("select email from Contacts;", "select id from Contacts where email = 'x';"):
        assert sam.ask("query", query=text)["code"] == "ACCESS_DENIED"
    element = {"lastname": "Hidden", "assigned_user_id": OWN, "email": "a@example.com"}
    made = sam.ask("create", elementType="Contacts", element=json.dumps(element))
    assert "email" not in made
    assert user(box, "admin").ask("retrieve", id=made["id"])["email"] == ""


def test_a_module_to_read_only_is_described_as_one_and_not_written(box: Sandbox) -> None:
    sam = user(box, "sam")
    described = sam.ask("describe", elementType="HelpDesk")
    rights = ("createable", "updateable", "deleteable", "retrieveable")
    assert [described[right] for right in rights] == [False, False, False, True]
    ticket = sam.ask("query", query="select id from HelpDesk limit 1;")[0]["id"]
    element = json.dumps({"id": ticket, "ticket_title": "x"})
    assert sam.ask("create", elementType="HelpDesk", element=element) == READONLY
    assert sam.ask("revise", element=element) == READONLY
    assert sam.ask("delete", id=ticket) == READONLY
    assert sam.ask("describe", elementType="Contacts")["createable"] is True


def test_of_others_calendars_8_4_shows_what_is_public() -> None:
    day = {"date_start": "2026-01-05", "due_date": "2026-01-05", "time_start": "09:00:00",
           "time_end": "10:00:00", "duration_hours": "1", "eventstatus": "Planned",
           "activitytype": "Call", "assigned_user_id": OTHER}  # fmt: skip
    with Sandbox("8.4") as box:
        admin, sam, made = user(box, "admin"), user(box, "sam"), {}
        for each in ("Public", "Private"):
            element = json.dumps(day | {"subject": "Seen?", "visibility": each})
            made[each] = admin.ask("create", elementType="Events", element=element)["id"]
        rows = sam.ask("query", query="select id from Events where subject = 'Seen?';")
        assert ids(rows) == {made["Public"]}
        assert sam.ask("retrieve", id=made["Public"])["subject"] == "Seen?"
        assert sam.ask("retrieve", id=made["Private"]) == UNSEEN
        assert sam.ask("delete", id=made["Private"]) == UNSEEN


def test_what_is_related_is_found_as_a_query_finds_it(box: Sandbox, deals: dict[str, str]) -> None:
    """Read in the source: WHERE in capitals, once, and nothing behind the module without one."""
    sam, fields = user(box, "sam"), {"id": deals["account"], "relatedLabel": "Potentials"}
    own = "select id from Potentials WHERE potentialname = 'Deal'"
    assert len(sam.ask("query_related", query=own, **fields)) == 3
    for text in (f"{own};", own.replace("WHERE", "where"), "select id from Potentials limit 1",
                 own.replace("Deal", "in WHERE out")):  # fmt: skip
        assert sam.ask("query_related", query=text, **fields)["code"] in (
            "QUERY_SYNTAX_ERROR", "INTERNAL_SERVER_ERROR",
        )  # fmt: skip
