"""Writes that a server spoils: owners that do not exist, records without an id, replaced lines."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from stub_servers import Connect, Seen, Serve, after_login, asked, json_answer

import vtql
from vtql.client import Client
from vtql.errors import (
    ArgumentError,
    CreatedIdUnknown,
    FieldValueError,
    ForeignAnswer,
    NotAvailable,
    ServerFailed,
    ServiceError,
    TransportError,
    VtqlError,
)
from vtql.sandbox import Sandbox

CONTACT = {"lastname": "Ray", "assigned_user_id": "19x1"}
UNKNOWN = ("19x999", f"19x{'9' * 5000}", "20x999", "20x1", "19x5", "11x4", "12x5")
"""`20x1` has the number of a user, and `19x5` that of a group."""
WRITES = frozenset({"create", "update", "revise", "delete", "convertlead"})


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox("8.4") as box:
        yield box


@pytest.fixture
def url(sandbox: Sandbox) -> str:
    return sandbox.serve()


@pytest.fixture
def admin(sandbox: Sandbox, url: str) -> Iterator[Client]:
    with vtql.connect(url, sandbox.username, sandbox.access_key, retries=0) as client:
        yield client


@pytest.fixture
def sam(sandbox: Sandbox, url: str) -> Iterator[Client]:
    """Somebody who is no administrator, and so does not see the module Users."""
    with vtql.connect(url, "sam", sandbox.access_key, retries=0) as client:
        yield client


LINE = {"productid": "14x2", "quantity": "1.000", "listprice": "2.00000000"}
INVOICE = {
    "subject": "I", "assigned_user_id": "19x1", "invoicestatus": "Created", "bill_street": "b",
    "ship_street": "s", "productid": "14x2", "account_id": "11x5",
}  # fmt: skip
RECORDS: dict[str, list[dict[str, str | None]]] = {
    "Users": [{"id": "19x1", "user_name": "admin", "is_admin": "on", "status": "Active"}],
    "Products": [{"id": "14x2", "productname": "P"}],
    "Accounts": [{"id": "11x5", "accountname": "A"}],
    "Invoice": [{"id": "7x3", **INVOICE}],
    "LineItem": [{"id": "33x1", "parent_id": "7x3", **LINE}],
}


@pytest.fixture
def invoices() -> Iterator[tuple[Sandbox, Client]]:
    """A server with an invoice that has a line."""
    with (
        Sandbox("8.4", records=RECORDS) as box,
        vtql.connect(box.serve(), box.username, box.access_key, retries=0) as client,
    ):
        yield box, client


def ids(client: Client, module: str) -> list[str]:
    return [row["id"] for row in client.query(f"SELECT id FROM {module};")]


def written(sandbox: Sandbox) -> list[str]:
    return [name for name in asked(sandbox) if name in WRITES]


# What the sandbox does, as it was measured


def test_a_record_of_an_unknown_owner_is_stored_and_answered_with_plain_text(
    admin: Client,
) -> None:
    element = {"lastname": "Lost and found", "assigned_user_id": "19x999"}
    with pytest.raises(ForeignAnswer) as caught:
        admin.call("create", elementType="Contacts", element=element)
    assert caught.value.plain_text
    assert caught.value.status == 200
    assert len(admin.query("SELECT id FROM Contacts WHERE lastname = 'Lost and found';")) == 1


@pytest.mark.parametrize("operation", ["update", "revise"])
def test_an_update_with_lines_fails_and_has_replaced_the_lines(
    invoices: tuple[Sandbox, Client], operation: str
) -> None:
    """Measured with `update`; `revise` stores lines by the same code in the sources of 7.x."""
    _, client = invoices
    element = {"id": "7x3", **INVOICE, **LINE, "LineItems": [{**LINE, "quantity": "77"}]}
    with pytest.raises(ServerFailed):
        client.call(operation, element=element)
    (line,) = client.retrieve("7x3")["LineItems"]
    assert float(line["quantity"]) == 77


def test_long_descriptions_and_percentages_are_kept(admin: Client) -> None:
    potential = {
        "potentialname": "P", "closingdate": "2027-01-01", "sales_stage": "Prospecting",
        "assigned_user_id": "19x1", "probability": "12.345", "description": "x" * 70_000,
    }  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        stored = admin.create("Potentials", potential)
    assert stored["probability"] == "12.345"
    assert len(stored["description"]) == 70_000


# Owners


def writes_of(owner: str, file: Path) -> dict[str, Callable[[Client], Any]]:
    values = {"lastname": "Ray", "assigned_user_id": owner}
    return {
        "create": lambda client: client.create("Contacts", values),
        "update": lambda client: client.update(ids(client, "Contacts")[0], values),
        "revise": lambda client: client.revise(
            ids(client, "Contacts")[0], {"assigned_user_id": owner}
        ),
        "upsert": lambda client: client.upsert("Contacts", "lastname", values),
        "upload": lambda client: client.upload(file, {"assigned_user_id": owner}),
        "convert_lead": lambda client: client.convert_lead(
            ids(client, "Leads")[0], owner, {"Contacts": {"lastname": "Ray"}}
        ),
    }


@pytest.mark.parametrize("owner", UNKNOWN)
@pytest.mark.parametrize("name", writes_of("", Path()))
def test_an_unknown_owner_is_refused_before_anything_is_written(
    sandbox: Sandbox, admin: Client, tmp_path: Path, name: str, owner: str
) -> None:
    file = tmp_path / "a.txt"
    file.write_text("a")
    with pytest.raises(FieldValueError, match=owner):
        writes_of(owner, file)[name](admin)
    assert written(sandbox) == []


def test_an_unknown_owner_is_that_row_of_a_bulk(sandbox: Sandbox, admin: Client) -> None:
    rows = [CONTACT, {**CONTACT, "assigned_user_id": "19x999"}, CONTACT]
    assert [each.status for each in admin.bulk_create("Contacts", rows, dry_run=True)] == [
        "checked", "failed", "checked",
    ]  # fmt: skip
    assert written(sandbox) == []
    results = admin.bulk_create("Contacts", rows)
    assert [each.status for each in results] == ["done", "failed", "done"]
    assert written(sandbox) == ["create", "create"]


def test_an_inactive_user_is_an_owner(admin: Client) -> None:
    (inactive,) = {f"19x{number}" for number in range(1, 5)} - set(ids(admin, "Users"))
    with pytest.raises(ServiceError, match="ACCESS_DENIED"):
        admin.retrieve(inactive)
    stored = admin.create("Contacts", {**CONTACT, "assigned_user_id": inactive})
    assert stored["assigned_user_id"] == inactive


def test_an_owner_is_asked_for_once_and_a_new_one_before_it_is_refused(
    sandbox: Sandbox, admin: Client
) -> None:
    new = f"20x{max(int(each.partition('x')[2]) for each in ids(admin, 'Groups')) + 1}"
    account = {"accountname": "Acme", "assigned_user_id": new}
    with pytest.raises(FieldValueError, match=new):
        admin.create("Accounts", account)
    made = admin.call("create", elementType="Groups", element={"groupname": "New"})
    assert made["id"] == new
    for name in ("A", "B", "C"):
        admin.create("Accounts", {**account, "accountname": name})
    assert asked(sandbox).count("retrieve") == 2


def test_the_own_id_is_not_asked_for(sandbox: Sandbox, admin: Client) -> None:
    admin.create("Contacts", CONTACT)
    assert "retrieve" not in asked(sandbox)


def test_who_does_not_see_users_is_not_refused_them(sandbox: Sandbox, sam: Client) -> None:
    for owner in ("19x1", "19x1"):
        stored = sam.create("Contacts", {**CONTACT, "assigned_user_id": owner})
        assert stored["assigned_user_id"] == "19x1"
    assert asked(sandbox).count("listtypes") <= 1
    for wrong in ("20x999", "11x4"):
        with pytest.raises(FieldValueError, match=wrong):
            sam.create("Contacts", {**CONTACT, "assigned_user_id": wrong})
    assert written(sandbox) == ["create", "create"]


# Records whose id did not come


def test_a_record_answered_with_plain_text_is_reported_as_created(
    sandbox: Sandbox, admin: Client, sam: Client
) -> None:
    values = {
        "lastname": "O'Ray \\ 100%", "email": "ray@example.com", "birthday": "1999-09-09",
        "leadsource": "Web Site", "donotcall": True, "assigned_user_id": "19x999",
    }  # fmt: skip
    with pytest.raises(CreatedIdUnknown, match="was stored, and its id did not come") as caught:
        sam.create("Contacts", values)
    error = caught.value
    assert (error.certain, error.received, error.status) == (True, True, 200)
    assert isinstance(error.__cause__, ForeignAnswer)
    assert isinstance(error, TransportError)
    assert asked(sandbox).count("create") == 1
    assert error.query in str(error)
    (found,) = admin.query(error.query)
    assert admin.query(f"SELECT email FROM Contacts WHERE id = '{found['id']}';")[0]["email"] == (
        "ray@example.com"
    )


def test_a_record_answered_with_http_500_may_have_been_created(
    sandbox: Sandbox, admin: Client
) -> None:
    group = ids(admin, "Groups")[0]
    with pytest.raises(CreatedIdUnknown, match="may have been stored") as caught:
        admin.create("Contacts", {"lastname": "Of a group", "assigned_user_id": group})
    assert (caught.value.certain, caught.value.status) == (False, 500)
    assert asked(sandbox).count("create") == 1
    assert len(admin.query(caught.value.query)) == 1


def test_a_document_whose_id_did_not_come_is_reported_too(
    sandbox: Sandbox, admin: Client, tmp_path: Path
) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    sandbox.fail_next("create", status=500, when="after")
    with pytest.raises(CreatedIdUnknown) as caught:
        admin.upload(tmp_path / "letter.txt", {"assigned_user_id": "19x1"})
    assert len(admin.query(caught.value.query)) == 1


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"<html><title>Log in</title></html>", ForeignAnswer),
        (b"<p>Welcome</p>", ForeignAnswer),
        (b"Sorry! Attempt to access restricted file.", CreatedIdUnknown),
        (b"<br />\n<b>Fatal error</b>:  Uncaught Error", CreatedIdUnknown),
        (b'{"success":true,"result":{"id":"12', CreatedIdUnknown),
        (b'{"success":true,"result":[]}', CreatedIdUnknown),
        (b"", CreatedIdUnknown),
    ],
)
def test_a_page_of_somebody_else_is_no_record(
    serve: Serve, connect: Connect, body: bytes, kind: type[VtqlError]
) -> None:
    described = {
        "name": "Contacts",
        "idPrefix": "12",
        "fields": [
            {"name": "donotcall", "type": {"name": "boolean"}},
            {"name": "id", "type": {"name": "autogenerated"}},
        ],
    }

    def answering(seen: Seen) -> Any:
        if seen.operation == "describe":
            return json_answer(described)
        return 200, {"Content-Type": "text/html"}, body

    server = serve(after_login(answering))
    with pytest.raises(kind) as caught:
        connect(server, retries=3, profile="8.4").create("Contacts", {"donotcall": True})
    assert type(caught.value) is kind
    assert server.operations.count("create") == 1
    if isinstance(caught.value, CreatedIdUnknown):
        assert caught.value.query == ""  # nothing that was sent tells the record from others


def test_a_journal_has_that_a_record_was_created(
    sandbox: Sandbox, admin: Client, sam: Client, tmp_path: Path
) -> None:
    rows = [
        {"lastname": "First", "assigned_user_id": "19x1"},
        {"lastname": "Second", "assigned_user_id": "19x999"},
        {"lastname": "Third", "assigned_user_id": "19x1"},
    ]
    journal = tmp_path / "journal"
    results = sam.bulk_create("Contacts", rows, journal=journal)
    assert [each.status for each in results] == ["done", "created", "done"]
    assert isinstance(results[1].error, CreatedIdUnknown)
    assert results[1].id is None
    assert len(admin.query(results[1].error.query)) == 1
    before = len(written(sandbox))
    again = sam.bulk_create("Contacts", rows, journal=journal)
    assert [each.status for each in again] == ["before", "created", "before"]
    assert len(written(sandbox)) == before


# Lines


@pytest.mark.parametrize("operation", ["update", "revise"])
def test_lines_are_not_sent_to_a_server_that_spoils_them(
    invoices: tuple[Sandbox, Client], operation: str
) -> None:
    box, client = invoices
    values = {**INVOICE, **LINE, "LineItems": [{**LINE, "quantity": 77}]}
    with pytest.raises(NotAvailable, match="HTTP 500 and has replaced the lines"):
        getattr(client, operation)("7x3", values)
    assert written(box) == []
    client.revise("7x3", {"description": "kept"})
    (line,) = client.retrieve("7x3")["LineItems"]
    assert line["quantity"] == "1.000"


# Deletion of what others depend on


def test_a_user_a_group_and_a_currency_are_not_deleted_unasked(
    sandbox: Sandbox, admin: Client
) -> None:
    for module in ("Users", "Groups", "Currency", "Tax", "DocumentFolders"):
        one = ids(admin, module)[-1]
        with pytest.raises(ArgumentError, match=f"a record of {module}.*`force=True`"):
            admin.delete(one)
        (checked,) = admin.bulk_delete([one], dry_run=True)
        (deleted,) = admin.bulk_delete([one])
        assert isinstance(checked.error, ArgumentError)
        assert isinstance(deleted.error, ArgumentError)
    assert written(sandbox) == []


def test_force_deletes_them(sandbox: Sandbox, admin: Client) -> None:
    group, other = ids(admin, "Groups")[:2]
    assert admin.delete(group, force=True) == {"status": "successful"}
    assert [each.status for each in admin.bulk_delete([other], force=True)] == ["done"]
    assert not {group, other} & set(ids(admin, "Groups"))
    with pytest.raises(ServiceError, match="RECORD_NOT_FOUND"):  # measured on 8.4
        admin.delete("19x2", force=True)
    assert written(sandbox) == ["delete", "delete", "delete"]


def test_a_record_is_deleted_as_before(admin: Client) -> None:
    contact = ids(admin, "Contacts")[0]
    assert admin.delete(contact) == {"status": "successful"}
    with pytest.raises(ServiceError):
        admin.delete(contact)


# Files


def test_upload_closes_its_file(sandbox: Sandbox, admin: Client, tmp_path: Path) -> None:
    """Whatever becomes of it, no descriptor of the file is left; checked where the system tells."""
    if not Path("/proc/self/fd").is_dir():
        pytest.skip("this system does not list the files of a process")
    file = tmp_path / "a.txt"
    file.write_text("a" * 3000)

    def is_open() -> bool:
        targets = []
        for each in Path("/proc/self/fd").iterdir():
            try:
                targets.append(str(each.readlink()))
            except OSError:  # the descriptor of this listing
                continue
        return str(file) in targets

    values = {"assigned_user_id": "19x1"}
    with file.open():
        assert is_open()
    faults: list[Callable[[], None]] = [
        lambda: None,
        lambda: sandbox.fail_next("create"),
        lambda: sandbox.fail_next("create", status=500),
        lambda: sandbox.drop_connection("create"),
    ]
    kept = []
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        for fault in faults:
            fault()
            try:
                admin.upload(file, values)
            except VtqlError as error:
                kept.append(error)  # with its traceback, and so the frames that it went through
            assert not is_open()
        with pytest.raises(FieldValueError):
            admin.upload(file, {"assigned_user_id": "19x999"})
        with pytest.raises(IsADirectoryError):
            admin.upload(tmp_path, values)
        with pytest.raises(ArgumentError):
            admin.upload(file, None)  # type: ignore[arg-type]
    assert len(kept) == 3
    assert not is_open()
