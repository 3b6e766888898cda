"""The operations that are neither a query nor a simple write, on the sandbox over a socket."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import vtql
from vtql.client import Client
from vtql.errors import ArgumentError, NotAvailable, ServiceError
from vtql.sandbox import Sandbox

OWNER = "19x1"
PROFILES = ("documented", "7", "8.4")


@pytest.fixture(params=PROFILES)
def client(request: pytest.FixtureRequest) -> Iterator[Client]:
    """A client of a sandbox with the records of the demo, of a kind that has all operations."""
    with (
        Sandbox(request.param) as sandbox,
        vtql.connect(sandbox.serve(), sandbox.username, sandbox.access_key) as made,
    ):
        yield made


def test_a_lead_becomes_an_account_and_a_contact_once(client: Client) -> None:
    lead = client.create("Leads", {"lastname": "Ray", "company": "Acme", "assigned_user_id": OWNER})
    entities = {"Accounts": {"accountname": "Acme of Ray"}, "Contacts": {"lastname": "Ray"}}
    ids = client.convert_lead(lead["id"], OWNER, entities)
    assert ids.keys() == {"Accounts", "Contacts"}
    contact = client.model("Contacts").objects.get(id=ids["Contacts"])
    assert (contact.lastname, contact.account_id) == ("Ray", ids["Accounts"])
    with pytest.raises(ServiceError) as caught:
        client.convert_lead(lead["id"], OWNER, entities)
    assert (caught.value.code, caught.value.operation) == ("LEAD_ALREADY_CONVERTED", "convertlead")


def test_records_are_related_and_found_by_it(client: Client) -> None:
    account = client.create("Accounts", {"accountname": "Related", "assigned_user_id": OWNER})
    for name in ("Ray", "Roy"):
        values = {"lastname": name, "assigned_user_id": OWNER, "account_id": account["id"]}
        client.create("Contacts", values)
    other = client.create("Contacts", {"lastname": "Roe", "assigned_user_id": OWNER})
    product = client.create("Products", {"productname": "Box", "assigned_user_id": OWNER})
    assert "Contacts" in client.related_types("Accounts")["types"]
    found = client.retrieve_related(account["id"], "Contacts")
    assert {each["lastname"] for each in found} == {"Ray", "Roy"}
    text = "select lastname from Contacts where lastname like 'Ro%' and lastname != 'where or';"
    assert [each["lastname"] for each in client.query_related(text, account["id"], "Contacts")] == [
        "Roy"
    ]
    assert client.query_related("select id from Contacts", account["id"], "Contacts")
    assert client.add_related(account["id"], product["id"], "Products")
    (row,) = client.retrieve_related(account["id"], "Products")
    assert row["id"] == product["id"]
    with pytest.raises(ServiceError, match="Relation specified is incorrect"):
        client.add_related(account["id"], other["id"], "Nonsense")


def test_a_query_of_related_records_gives_no_others(client: Client) -> None:
    """The server would read the alternative without the condition that it puts before."""
    account = client.create("Accounts", {"accountname": "Related", "assigned_user_id": OWNER})
    text = "SELECT lastname FROM Contacts WHERE lastname = 'Ray' OR lastname LIKE '%'"
    with pytest.raises(ArgumentError, match="not related"):
        client.query_related(text, account["id"], "Contacts")


@pytest.mark.parametrize("profile", PROFILES)
def test_changes_follow_what_is_written(profile: str) -> None:
    with (
        Sandbox(profile) as sandbox,
        vtql.connect(sandbox.serve(), sandbox.username, sandbox.access_key) as client,
    ):
        first = client.changes("Contacts")
        known = {each.id for each in first}
        assert len(known) == 432
        sandbox.clock.advance(60)
        gone, changed, *_ = sorted(known)
        client.delete(gone)
        client.revise(changed, {"lastname": "Other"})
        values = {"lastname": "New", "assigned_user_id": OWNER}
        made = client.create("Contacts", values)["id"]
        sandbox.clock.advance(60)
        second = client.changes("Contacts", first.position, known=known)
        assert [(each.id, each.deleted) for each in second] == [
            (changed, False), (made, False), (gone, True),
        ]  # fmt: skip
        assert list(client.changes("Contacts", second.position)) == []


def test_a_session_lives_and_ends(client: Client) -> None:
    assert client.login_facts["userId"] == OWNER
    if client.profile.name == "7":  # it knows only the sessions of browsers here
        with pytest.raises(NotAvailable, match="any request keeps a session alive"):
            client.extend_session()
    else:
        assert client.extend_session()["userId"] == OWNER
    client.logout()
    assert len(client.query("SELECT id FROM Contacts;")) == 100


def test_a_document_comes_back_as_it_was_sent(client: Client) -> None:
    content = bytes(range(256)) + b"\r\n--x--\r\n\r\n"
    made = client.upload("Plan of 'May'\u2009ü.pdf", {"assigned_user_id": OWNER}, content=content)
    assert made["filename"] == "Plan_of_'May'_ü.pdf"
    assert (made["filetype"], made["filesize"]) == ("application/pdf", str(len(content)))
    (file,) = client.download(made["id"])
    assert (file.name, file.type, file.content) == (made["filename"], made["filetype"], content)
    (row,) = client.query("select notes_title from Documents;")
    assert row == {
        "notes_title": "Plan of 'May'\u2009ü.pdf",
        "id": made["id"],
        "imageattachmentids": made["imageattachmentids"],
    }
    with pytest.warns(UserWarning, match="filename"):
        kept = client.revise(made["id"], {"notes_title": "Plan", "filename": "other.pdf"})
    assert (kept["filename"], kept["label"]) == (made["filename"], "Plan")
    with pytest.raises(ServiceError, match="RECORD_NOT_FOUND"):
        client.files_retrieve(made["id"])
    client.delete(made["id"])
    with pytest.raises(ServiceError, match="ACCESS_DENIED"):
        client.files_retrieve(made["imageattachmentids"])


def test_a_document_can_be_a_link(client: Client) -> None:
    link = {"notes_title": "Page", "assigned_user_id": OWNER, "filelocationtype": "E"}
    with pytest.warns(UserWarning, match="filename"):
        made = client.create("Documents", link | {"filename": "example.com/page"})
    assert made["filename"] == "http://example.com/page"
    assert "imageattachmentids" not in made
    assert client.download(made["id"]) == []


def test_a_program_that_is_uploaded_loses_its_ending(client: Client) -> None:
    made = client.upload("run.PHP", {"assigned_user_id": OWNER}, content=b"<?php")
    assert made["filename"] == "run.PHPfile.txt"


def test_an_application_is_told_what_changed_by_its_own_ids() -> None:
    """Where `sync` is broken, too."""
    with Sandbox("8.4") as box, box.client() as client:
        key = client.call("wsapp_register", type="Outlook", synctype="user")["key"]
        asked = {"key": key, "module": "Contacts", "token": "1767603599"}
        account = client.create("Accounts", {"accountname": "A & B", "assigned_user_id": OWNER})
        values = {"lastname": "Ray", "assigned_user_id": OWNER, "account_id": account["id"]}
        ray = client.create("Contacts", values)
        found = client.call("wsapp_get", **asked)
        assert [each["_id"] for each in found["created"]] == [ray["id"]]
        assert found["created"][0]["account_id"] == "A & B"
        assert "id" not in found["created"][0]
        mapped = {"serverid": ray["id"], "_modifiedtime": ray["modifiedtime"]}
        element = [{"mode": "create", "clientid": "mine1", "values": mapped}]
        assert client.call("wsapp_map", key=key, element=element) is None
        assert client.call("wsapp_get", **asked)["created"] == []
        box.clock.advance(60)
        client.revise(ray["id"], {"title": "Dr."})
        (changed,) = client.call("wsapp_get", **asked)["updated"]
        assert (changed["id"], changed["_id"], changed["title"]) == ("mine1", ray["id"], "Dr.")
        sent = [
            {"id": "mine1", "module": "Contacts", "values": {"title": "Prof."}},
            {"id": "mine2", "module": "Contacts", "values": {"lastname": "Roy"}},
            {"id": "mine3", "module": "Contacts", "values": {"firstname": "Nobody"}},
        ]
        put = client.call("wsapp_put", key=key, element=sent)
        assert [each["id"] for each in (*put["updated"], *put["created"])] == ["mine1", "mine2"]
        assert put["skipped"][0]["message"] == "lastname does not have a value"
        assert client.retrieve(ray["id"])["title"] == "Prof."
        gone = client.call("wsapp_put", key=key, element=[{"id": "mine2", "mode": "delete"}])
        assert gone["deleted"] == ["mine2"]
        assert client.query("select id from Contacts where lastname = 'Roy';") == []
        client.delete(ray["id"])
        assert client.call("wsapp_get", **asked)["deleted"] == ["mine1"]
        assert client.call("wsapp_deregister", type="Outlook", key=key) == ["Outlook", key]
        assert client.call("wsapp_get", **asked) == []


@pytest.mark.parametrize(("given", "code"), [
    ({"type": "", "synctype": "user"}, "WSAPP01"),
    ({"type": "Outlook", "synctype": ""}, "WSAPP06"),
    ({"type": "Outlook", "synctype": "all"}, "WSAPP05"),
])  # fmt: skip
def test_an_application_registers_with_a_name_and_a_type(given: dict[str, str], code: str) -> None:
    with Sandbox("8.4") as box, box.client() as client:
        with pytest.raises(ServiceError) as caught:
            client.call("wsapp_register", **given)
        assert caught.value.code == code


@pytest.mark.parametrize("profile", ["5.4", "8.0"])
def test_what_a_server_lacks_is_not_asked_for(profile: str) -> None:
    with (
        Sandbox(profile) as sandbox,
        vtql.connect(sandbox.serve(), sandbox.username, sandbox.access_key) as client,
    ):
        with pytest.raises(NotAvailable, match="instead"):
            client.convert_lead("10x1", OWNER, {"Contacts": {"lastname": "a"}})
        assert "convertlead" not in [each.operation for each in sandbox.requests]
