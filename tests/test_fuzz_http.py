"""Any request: an answer that a server could give, and never a traceback."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote_plus

import pytest
from http_caller import HttpCaller
from hypothesis import given, settings
from hypothesis import strategies as st

from vtql.profiles import PROFILES
from vtql.protocol import OPERATIONS
from vtql.sandbox import Sandbox

NAMES = sorted({name for row in OPERATIONS.values() for name in row.parameters} | {"format"})
IDS = ["12x170", "11x107", "19x1", "20x5", "10x600", "14x680", "9x900", "12x", "x", "12x0", "99x1",
       "12x999999999999999999999", "²x²", "12x170x1", ""]  # fmt: skip
TEXT = st.text(max_size=20) | st.text(alphabet="'\\%_x12;,()=<>\0\ud800é😀\n", max_size=12)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT | st.sampled_from(IDS),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "lastname", "subject", "x"]) | TEXT, inner, max_size=3
        )
    ),
    max_leaves=8,
)
FIELDS = ["id", "lastname", "firstname", "assigned_user_id", "account_id", "birthday", "donotcall",
          "accountname", "annual_revenue", "employees", "leadId", "assignedTo", "entities",
          "LineItems", "createdtime", "subject", "activitytype", "time_start"]  # fmt: skip
ELEMENTS = st.dictionaries(st.sampled_from(FIELDS), JSON | st.sampled_from(IDS), max_size=7)
VALUES = (
    st.sampled_from([*IDS, "Contacts", "Accounts", "Users", "Groups", "Events", "Nope", "0", "1",
                     "admin", "select * from Contacts limit 3;", "{bad", "null", "[]", '"x"'])
    | TEXT
    | ELEMENTS.map(json.dumps)
    | JSON.map(json.dumps)
)  # fmt: skip


@pytest.fixture(scope="module", params=list(PROFILES))
def caller(request: pytest.FixtureRequest) -> Iterator[HttpCaller]:
    with Sandbox(request.param) as sandbox, sandbox.session() as http:
        made = HttpCaller(sandbox, http)
        made.log_in()
        yield made


def answer(
    caller: HttpCaller, method: str, url: str, body: bytes, kind: str, path: str = "/webservice.php"
) -> tuple[int, bytes]:
    """The status and the body of what a server would send; whatever is raised is a failure."""
    environ = {
        "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": url, "CONTENT_TYPE": kind,
        "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body),
        "HTTP_COOKIE": "PHPSESSID",
    }  # fmt: skip
    started: list[tuple[str, list[tuple[str, str]]]] = []
    chunks = caller.sandbox.app(environ, lambda status, headers: started.append((status, headers)))
    found = b"".join(chunks)
    (status, headers) = started[0]
    assert dict(headers)["Content-Length"] == str(len(found))
    return int(status[:3]), found


def check(status: int, body: bytes) -> None:
    """Whether a server could have answered so."""
    if status == 200:
        if body == b"Sorry! Attempt to access restricted file.":
            return
        envelope = json.loads(body)
        assert set(envelope) in ({"success", "result"}, {"success", "error"})
        if not envelope["success"]:
            assert set(envelope["error"]) == {"code", "message"}
            assert "Traceback" not in envelope["error"]["message"]
    else:
        assert status in (404, 500)
        assert body == b""


@settings(max_examples=120)
@given(data=st.data(), operation=st.sampled_from([*OPERATIONS, "Frob", ""]))
def test_any_operation_with_any_parameters(caller: HttpCaller, data: Any, operation: str) -> None:
    row = OPERATIONS.get(operation)
    names = row.parameters if row and data.draw(st.booleans()) else NAMES
    chosen = {name: data.draw(VALUES) for name in names[:4]}
    if operation == "logout":
        chosen["sessionName"] = "nobody's"
    session = data.draw(st.sampled_from([caller.session, caller.session, caller.session, "", "x"]))
    fields = {"operation": operation, "sessionName": session, **chosen}
    form = "&".join(
        f"{name}={quote_plus(value, errors='replace')}" for name, value in fields.items()
    )
    method = row.method if row and data.draw(st.booleans()) else data.draw(METHODS)
    kind = "application/x-www-form-urlencoded"
    check(*answer(caller, method, form, form.encode(), kind))


METHODS = st.sampled_from(["GET", "POST", "PUT", "HEAD", "DELETE", "BREW", "", "\xff"])


@settings(max_examples=80)
@given(
    method=METHODS,
    url=st.text(alphabet=st.characters(max_codepoint=255), max_size=60),
    body=st.binary(max_size=60),
    kind=st.sampled_from(
        [
            "application/x-www-form-urlencoded",
            "multipart/form-data",
            "",
            "\xff",
            "multipart/form-data; boundary=b",
            'multipart/form-data; boundary=""',
        ]
    ),
    path=st.sampled_from(["/", "/webservice.php", "/vtiger/webservice.php", "/x", "", "//\xff"]),
)
def test_any_bytes(
    caller: HttpCaller, method: str, url: str, body: bytes, kind: str, path: str
) -> None:
    check(*answer(caller, method, url, body, kind, path))


PARTS = st.lists(
    st.tuples(
        st.sampled_from(["operation", "sessionName", "element", "elementType", "filename", ""]),
        st.none() | st.text(max_size=12) | st.sampled_from(["a.pdf", "b.php", '\\"', "../x"]),
        st.sampled_from(["create", "Documents", '{"notes_title":"a","assigned_user_id":"19x1","filelocationtype":"I"}'])
        | st.text(max_size=30),
    ),
    max_size=6,
)  # fmt: skip


@settings(max_examples=80)
@given(parts=PARTS, end=st.sampled_from(["--b--\r\n", "--b", "", "\r\n\r\n"]))
def test_any_form_in_parts(
    caller: HttpCaller, parts: list[tuple[str, str | None, str]], end: str
) -> None:
    lines = [
        f'--b\r\nContent-Disposition: form-data; name="{name}"'
        + (f'; filename="{file}"\r\nContent-Type: text/plain' if file is not None else "")
        + f"\r\n\r\n{text}\r\n"
        for name, file, text in [*parts, ("sessionName", None, caller.session)]
    ]
    body = ("".join(lines) + end).encode("utf-8", "replace")
    kind = "multipart/form-data; boundary=b"
    check(*answer(caller, "POST", "operation=create", body, kind))


def test_a_fuzzed_request_reaches_the_operations(caller: HttpCaller) -> None:
    """What the tests above draw from leads to records that are made, found and refused."""
    form = "&".join(
        f"{name}={quote_plus(value)}"
        for name, value in {
            "operation": "create", "sessionName": caller.session, "elementType": "Accounts",
            "element": '{"accountname":"Fuzz","assigned_user_id":"19x1","LineItems":[[]]}',
        }.items()
    )  # fmt: skip
    kind = "application/x-www-form-urlencoded"
    status, body = answer(caller, "POST", "", form.encode(), kind)
    assert (status, json.loads(body)["success"]) == (200, True)
