"""Every operation of the service: what is sent, where it works, what is refused before."""

from __future__ import annotations

import base64
import inspect
import json
import re
from collections.abc import Callable
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from stub_servers import (
    DESCRIBED,
    Answer,
    Connect,
    Seen,
    Serve,
    after_login,
    json_answer,
    json_refusal,
    refused,
)

from vtql.client import Client
from vtql.client.operations import METHODS
from vtql.errors import (
    ArgumentError,
    BrokenAnswer,
    DuplicateRecord,
    NotAvailable,
    QuerySyntaxError,
)
from vtql.profiles import PROFILES
from vtql.protocol import OPERATIONS, Operation

Asking = Callable[[Client], Any]

ASKED: dict[str, tuple[Asking, dict[str, str]]] = {
    "listtypes": (
        lambda c: c.list_types(["email", "phone"]),
        {"fieldTypeList": '["email", "phone"]'},
    ),
    "describe": (lambda c: c.describe("Contacts"), {"elementType": "Contacts"}),
    "me": (lambda c: c.me(), {}),
    "create": (
        lambda c: c.create("Contacts", {"lastname": "Żółć 漢"}),
        {"elementType": "Contacts", "element": '{"lastname": "Żółć 漢"}'},
    ),
    "retrieve": (lambda c: c.retrieve("12x3"), {"id": "12x3"}),
    "update": (
        lambda c: c.update("12x3", {"lastname": "a"}),
        {"element": '{"lastname": "a", "id": "12x3"}'},
    ),
    "revise": (
        lambda c: c.revise("12x3", {"lastname": "a"}),
        {"element": '{"lastname": "a", "id": "12x3"}'},
    ),
    "delete": (lambda c: c.delete("12x3"), {"id": "12x3"}),
    "query": (lambda c: c.query("SELECT id FROM A;"), {"query": "SELECT id FROM A;"}),
    "sync": (
        lambda c: c.sync(5, "Contacts", "userandgroup"),
        {"modifiedTime": "5", "elementType": "Contacts", "syncType": "userandgroup"},
    ),
    "lookup": (
        lambda c: c.lookup("phone", "+48 1", {"Contacts": ["mobile"]}),
        {"type": "phone", "value": "+48 1", "searchIn": '{"Contacts": ["mobile"]}'},
    ),
    "relatedtypes": (lambda c: c.related_types("Contacts"), {"elementType": "Contacts"}),
    "retrieve_related": (
        lambda c: c.retrieve_related("11x3", "Contacts"),
        {"id": "11x3", "relatedType": "Contacts", "relatedLabel": "Contacts"},
    ),
    "query_related": (
        lambda c: c.query_related("select lastname from Contacts where id='12x1';", "11x3", "C"),
        {
            "query": "SELECT lastname FROM Contacts WHERE id = '12x1'",
            "id": "11x3",
            "relatedLabel": "C",
        },
    ),
    "add_related": (
        lambda c: c.add_related("11x3", "12x4", "Contacts"),
        {"sourceRecordId": "11x3", "relatedRecordId": "12x4", "relationIdLabel": "Contacts"},
    ),
    "delete_related": (
        lambda c: c.delete_related("11x3", "12x4"),
        {"sourceRecordId": "11x3", "relatedRecordId": "12x4"},
    ),
    "files_retrieve": (lambda c: c.files_retrieve("15x3"), {"id": "15x3"}),
    "convertlead": (
        lambda c: c.convert_lead("10x1", "19x1", {"Contacts": {"lastname": "a"}}),
        {
            "element": '{"leadId": "10x1", "assignedTo": "19x1", "transferRelatedRecordsTo": '
            '"Contacts", "entities": {"Contacts": {"create": true, "name": "Contacts", '
            '"lastname": "a"}}}'
        },
    ),
    "changePassword": (
        lambda c: c.change_password("19x1", "old one", "new one"),
        {
            "id": "19x1",
            "oldPassword": "old one",
            "newPassword": "new one",
            "confirmPassword": "new one",
        },
    ),
    "deleteUser": (lambda c: c.delete_user("19x1", "19x2"), {"id": "19x1", "newOwnerId": "19x2"}),
    "retrieve_inventory": (lambda c: c.retrieve_inventory("7x1"), {"id": "7x1"}),
    "reopen": (lambda c: c.reopen("17x1"), {"id": "17x1"}),
    "tags_add": (lambda c: c.tags_add("12x1", ["vip"]), {"id": "12x1", "tags": '["vip"]'}),
    "tags_retrieve": (lambda c: c.tags_retrieve("12x1"), {"id": "12x1"}),
    "tags_delete": (lambda c: c.tags_delete("12x1", ("vip",)), {"id": "12x1", "tags": '["vip"]'}),
    "get_account_hierarchy": (lambda c: c.account_hierarchy("11x1"), {"id": "11x1"}),
}
"""A call of each operation that needs a session, and the parameters that it sends."""

RESULTS = {"query": [], "lookup": [], "retrieve_related": [], "query_related": [],
           "files_retrieve": [], "listtypes": {"types": ["Contacts"]}, "describe": DESCRIBED}  # fmt: skip


def answering(seen: Seen) -> Answer:
    return json_answer(RESULTS.get(seen.operation, {}))


def test_every_operation_has_a_method_and_a_test() -> None:
    session = {"getchallenge", "login", "extendsession", "logout"}
    by_name = {name for name in OPERATIONS if name.startswith(("mobile.", "wsapp_"))}
    assert set(METHODS) == set(OPERATIONS) - by_name
    assert set(ASKED) == set(METHODS) - session


@pytest.mark.parametrize("method", METHODS.values())
def test_every_method_is_documented_and_has_types(method: str) -> None:
    found = getattr(Client, method)
    assert inspect.getdoc(found)
    signature = inspect.signature(found)
    assert signature.return_annotation is not inspect.Signature.empty
    for parameter in list(signature.parameters.values())[1:]:
        assert parameter.annotation is not inspect.Parameter.empty, parameter


@pytest.mark.parametrize("name", METHODS)
def test_a_method_says_where_it_works(name: str) -> None:
    row, told = OPERATIONS[name], inspect.getdoc(getattr(Client, METHODS[name])) or ""
    if not all(map(row.serves, PROFILES)):
        assert re.search(r"\b[5-8]\.\d|Vtiger Cloud", told)
    if row.profiles == ("cloud",):
        assert "on Vtiger Cloud" in told


@pytest.mark.parametrize("name", ASKED)
def test_an_operation_travels_as_the_service_wants_it(
    serve: Serve, connect: Connect, name: str
) -> None:
    row = OPERATIONS[name]
    asking, parameters = ASKED[name]
    server = serve(after_login(answering))
    asking(connect(server, profile=row.profiles[0]))
    seen = server.seen[-1]
    assert (seen.operation, seen.method) == (name, row.method)
    sent = seen.url if row.method == "GET" else seen.form
    assert {key: sent[key] for key in sent if key not in ("operation", "sessionName")} == parameters
    if row.method == "POST":
        assert seen.url == {}


SESSIONS: dict[str, Asking] = {
    "getchallenge": lambda c: c.get_challenge(),
    "extendsession": lambda c: c.extend_session(),
}
LACKING = [
    (name, profile)
    for name in (*ASKED, *SESSIONS)
    for profile in PROFILES
    if not OPERATIONS[name].serves(profile)
]
"""All that lack an operation, but for `login` and `logout`, which do what can be done."""


@pytest.mark.parametrize(("name", "profile"), LACKING)
def test_what_a_server_lacks_fails_before_the_request(
    serve: Serve, connect: Connect, name: str, profile: str
) -> None:
    server = serve(after_login(answering))
    client = connect(server, profile=profile)
    with pytest.raises(NotAvailable) as caught:
        (SESSIONS[name] if name in SESSIONS else ASKED[name][0])(client)
    assert server.seen == []
    said = str(caught.value)
    assert said.startswith(f"`{name}` does not work on {PROFILES[profile].title}; instead: ")


@pytest.mark.parametrize(
    ("version", "works"), [("7.5.0", True), ("8.0.0", False), ("8.4.0", False), ("", True)]
)
def test_the_kind_of_server_is_read_off_the_login(
    serve: Serve, connect: Connect, version: str, works: bool
) -> None:
    working = after_login(answering)
    login = {"sessionName": "s1", "vtigerVersion": version}
    server = serve(lambda seen: json_answer(login) if seen.operation == "login" else working(seen))
    client = connect(server)
    if works:
        client.sync(1)
        assert server.operations[-1] == "sync"
    else:
        with pytest.raises(NotAvailable):
            client.sync(1)
        assert server.operations[-1] == "login"


WRONG: dict[str, Asking] = {
    "an id": lambda c: c.retrieve("12"),
    "an id that is none": lambda c: c.delete("12x3; drop"),
    "an id of another type": lambda c: c.delete(12),  # type: ignore[arg-type]
    "a module": lambda c: c.describe(""),
    "an empty query": lambda c: c.query("  "),
    "a query that is no text": lambda c: c.query(None),  # type: ignore[arg-type]
    "a time": lambda c: c.sync(0),
    "a time that is no number": lambda c: c.sync("1"),  # type: ignore[arg-type]
    "types": lambda c: c.list_types("email"),
    "tags": lambda c: c.tags_add("12x1", "vip"),
    "entities": lambda c: c.convert_lead("10x1", "19x1", {}),
    "an entity": lambda c: c.convert_lead("10x1", "19x1", {"Leads": {}}, "Leads"),
    "a heir": lambda c: c.convert_lead("10x1", "19x1", {"Accounts": {"accountname": "a"}}),
    "a value": lambda c: c.call("create", elementType="Contacts", element={"lastname": object()}),
    "an operation": lambda c: c.call("frobnicate"),
    "no name": lambda c: c.call("query&x=1", "GET"),
    "a method": lambda c: c.call("frobnicate", "PUT"),
    "a file": lambda c: c.upload("/", {}),
}


@pytest.mark.parametrize("what", WRONG)
def test_an_argument_that_cannot_be_right_is_told_before_any_request(
    serve: Serve, connect: Connect, what: str
) -> None:
    server = serve(after_login(answering))
    with pytest.raises(ArgumentError):
        WRONG[what](connect(server, profile="cloud" if what == "tags" else "documented"))
    assert server.seen == []


def test_an_operation_that_is_near_is_named(connect: Connect) -> None:
    with pytest.raises(ArgumentError, match="`retrieve_related`"):
        connect("http://nowhere.invalid").call("retrieve_relatd")


def test_a_query_for_relations_is_parsed_first(serve: Serve, connect: Connect) -> None:
    server = serve(after_login(answering))
    with pytest.raises(QuerySyntaxError):
        connect(server, profile="7").query_related("SELECT", "11x3", "Contacts")
    text = "select id from Contacts where lastname = 'a WHERE b'"
    with pytest.raises(ArgumentError, match="in small letters the value finds the same"):
        connect(server, profile="7").query_related(text, "11x3", "Contacts")
    assert server.seen == []


def test_call_asks_for_anything(serve: Serve, connect: Connect) -> None:
    server = serve(after_login(answering))
    client = connect(server)
    client.call("mobile.fetchrecord", record="12x3")
    client.call("frobnicate", "GET", a="ö&b", b=[1, "ü"], c=None)
    fetched, other = server.seen[-2:]
    assert (fetched.method, fetched.form["record"]) == ("POST", "12x3")
    assert (other.method, other.url["a"], other.url["b"]) == ("GET", "ö&b", '[1, "ü"]')
    assert "c" not in other.url


def test_what_is_known_to_fail_can_be_called_all_the_same(serve: Serve, connect: Connect) -> None:
    server = serve(after_login(answering))
    connect(server, profile="8.4").call("sync", modifiedTime="1")
    assert server.operations[-1] == "sync"


def test_a_password_is_not_shown(serve: Serve, connect: Connect) -> None:
    server = serve(after_login(lambda _: json_refusal("INVALID_OLD_PASSWORD", "no")))
    client = connect(server, profile="5.4")
    error = refused(lambda: client.change_password("19x1", "secret old", "secret new"))
    assert error.code == "INVALID_OLD_PASSWORD"


def test_a_document_is_uploaded_with_its_file(
    serve: Serve, connect: Connect, tmp_path: Path
) -> None:
    file = tmp_path / "übung.pdf"
    file.write_bytes(b"%PDF\x00\xff")
    server = serve(after_login(lambda _: json_answer({"id": "15x1"})))
    assert connect(server).upload(file, {"assigned_user_id": "19x1"}) == {"id": "15x1"}
    kind, body = server.kept[-1]
    parts = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body).get_payload()
    assert isinstance(parts, list)
    found = {
        str(part.get_param("name", header="content-disposition")): part  # type: ignore[union-attr]
        for part in parts
    }
    assert found["filename"].get_payload(decode=True) == b"%PDF\x00\xff"  # type: ignore[union-attr]
    assert found["filename"].get_content_type() == "application/pdf"  # type: ignore[union-attr]
    element = json.loads(found["element"].get_payload(decode=True))  # type: ignore[union-attr, arg-type]
    assert element == {
        "notes_title": "übung.pdf",
        "assigned_user_id": "19x1",
        "filename": "übung.pdf",
        "filelocationtype": "I",
        "filestatus": "1",
    }
    assert {"operation", "sessionName", "elementType", "filename_hidden"} <= set(found)


def test_a_file_comes_back_as_bytes(serve: Serve, connect: Connect) -> None:
    row = {
        "fileid": "15x9",
        "filename": "a.bin",
        "filetype": "application/x",
        "filecontents": base64.b64encode(b"\x00\xff").decode(),
    }

    def documents(seen: Seen) -> Answer:
        if seen.operation == "retrieve":
            return json_answer({"id": "15x1", "imageattachmentids": "15x9"})
        return json_answer([row if seen.url["id"] == "15x9" else {}])

    (file,) = connect(serve(after_login(documents))).download("15x1")
    assert (file.id, file.name, file.type, file.content) == (
        "15x9", "a.bin", "application/x", b"\x00\xff",
    )  # fmt: skip


def test_a_file_that_is_not_base64_is_told(serve: Serve, connect: Connect) -> None:
    def documents(seen: Seen) -> Answer:
        if seen.operation == "retrieve":
            return json_answer({"id": "15x1", "imageattachmentids": "15x9"})
        return json_answer([{"filecontents": "a"}])

    with pytest.raises(BrokenAnswer, match="base64"):
        connect(serve(after_login(documents))).download("15x1")


def test_a_duplicate_has_an_error_of_its_own(serve: Serve, connect: Connect) -> None:
    server = serve(after_login(lambda _: json_refusal(0, "Duplicates detected")))
    with pytest.raises(DuplicateRecord) as caught:
        connect(server).call("create", elementType="Accounts", element={"accountname": "a"})
    assert (caught.value.code, caught.value.message) == (0, "Duplicates detected")


@pytest.mark.parametrize(
    ("text", "code", "message", "part"),
    [
        (
            "SELECT foo FROM Contacts;",
            "ACCESS_DENIED",
            "Permission to access '.foo.' attribute denied.",
            "foo",
        ),
        (
            "SELECT id FROM Contacts WHERE foo = 'foo';",
            "ACCESS_DENIED",
            "Permission to access foo attribute denied.",
            "foo",
        ),
        (
            "SELECT id FROM contacts;",
            "ACCESS_DENIED",
            "Permission to perform the operation is denied for name : contacts",
            "contacts",
        ),
        (
            "SELECT id FROM Contacts WHERE birthday > 2020-02-01;",
            "QUERY_SYNTAX_ERROR",
            "Syntax Error on line 1: token '-02' Unexpected COLUMNNAME(-02), expected one of: "
            "SEMICOLON",
            "2020-02-01",
        ),
        ("SELECT id FROM A WHERE b = \"c\";", "INTERNAL_SERVER_ERROR", "Unknown Error", '"c"'),
        ("SELECT id FROM Contacts;", "DATABASE_QUERY_ERROR", "Database error", None),
        ("SELECT foo, foo FROM A;", "ACCESS_DENIED", "Permission to access foo attribute denied.", None),
    ],
)  # fmt: skip
def test_a_refusal_points_into_the_query_where_that_can_be_told(
    serve: Serve, connect: Connect, text: str, code: str, message: str, part: str | None
) -> None:
    server = serve(after_login(lambda _: json_refusal(code, message)))
    span = refused(lambda: connect(server).query(text)).span
    assert (None if span is None else text[span.start : span.end]) == part


def test_extend_session_tells_everything_but_the_session(serve: Serve, connect: Connect) -> None:
    told = {"sessionName": "b81d5session4e", "userId": "19x1", "vtigerVersion": "8.4.0"}
    server = serve(after_login(lambda _: json_answer(told)))
    found = connect(server).extend_session()
    assert found == {"userId": "19x1", "vtigerVersion": "8.4.0"}
    assert server.seen[-1].form["sessionName"] == "b81d5session4e"


def test_login_begins_a_new_session(serve: Serve, connect: Connect) -> None:
    server = serve(after_login(answering))
    client = connect(server)
    assert client.login() == client.login() == {"userId": "19x1"}
    assert server.operations == ["getchallenge", "login"] * 2
    assert client.get_challenge() == {"token": "5f3c0token", "serverTime": 1, "expireTime": 301}


def test_a_server_without_a_working_logout_is_not_asked(serve: Serve, connect: Connect) -> None:
    server = serve(after_login(answering))
    client = connect(server, profile="8.0")
    client.list_types()
    client.logout()
    client.list_types()
    assert server.operations == ["getchallenge", "login", "listtypes"] * 2


def page() -> str:
    rows = [_line(row) for row in OPERATIONS.values()]
    return "\n".join(
        [
            "# Operations of the web service",
            "",
            "A method of `vtql.Client` for each; what has none is asked for by "
            "`client.call(name, …)`.",
            "An operation that the connected kind of server lacks fails before the request, with "
            "what to use instead.",
            "",
            "| operation | method | HTTP | parameters | works on |",
            "|---|---|---|---|---|",
            *rows,
            "",
        ]
    )


def _line(row: Operation) -> str:
    method = f"`{METHODS[row.name]}`" if row.name in METHODS else "`call`"
    works = [each for each in row.profiles if row.serves(each)]
    everywhere = set(works) == set(PROFILES)
    where = "all" if everywhere else ", ".join(works)
    parameters = ", ".join(f"`{each}`" for each in row.parameters)
    return f"| `{row.name}` | {method} | {row.method} | {parameters} | {where} |"


def test_the_page_of_operations_is_that_of_the_table(update: bool) -> None:
    path = Path(__file__).parents[1] / "docs" / "reference" / "operations.md"
    if update:
        path.write_text(page(), encoding="utf-8")
    assert path.read_text("utf-8") == page()
