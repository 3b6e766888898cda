"""The page of a sandbox: who gets it, and what it answers."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import requests

from vtql.catalog.catalog import Catalog
from vtql.sandbox import Sandbox, demo
from vtql.sandbox.page.routes import with_page

BRACKETS = (
    "select * from Contacts where (firstname = 'Ada' or lastname = 'Lovelace') and email like '%a%'"
)


@pytest.fixture
def box() -> Iterator[Sandbox]:
    with Sandbox("8.4") as made:
        made.serve()
        yield made


@pytest.fixture
def url(box: Sandbox) -> str:
    return box.serve()


def post(url: str, name: str, text: str, **headers: str) -> requests.Response:
    sent = json.dumps({"text": text, "offset": len(text)})
    kind = {"Content-Type": "application/json"}
    return requests.post(f"{url}.vtql/{name}", sent, headers=kind | headers, timeout=10)


def test_the_page_and_what_it_needs_come_from_the_sandbox_alone(url: str) -> None:
    for path, kind in (("", "text/html"), (".vtql/page.css", "text/css"), (".vtql/page.js", "text/javascript"),
                       (".vtql/box.js", "text/javascript"), (".vtql/dom.js", "text/javascript")):  # fmt: skip
        answer = requests.get(url + path, timeout=10)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith(kind)
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "http://" not in answer.text
        assert "https://" not in answer.text


FOREIGN = (
    {"Host": "crm.example.com"},
    {"Origin": "http://crm.example.com"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Host": "127.0.0.1.example.com"},
    {"Host": "["},
)


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_a_foreign_page_gets_nothing_of_the_page(url: str, headers: dict[str, str]) -> None:
    status = 404 if "Sec-Fetch-Site" in headers else 403
    assert post(url, "run", "select * from Contacts;", **headers).status_code == status
    for path in ("catalog", "requests", "page.js"):
        answer = requests.get(f"{url}.vtql/{path}", headers=headers, timeout=10)
        assert answer.status_code == status
    assert "<h1>" not in requests.get(url, headers=headers, timeout=10).text


def test_a_caller_of_another_machine_gets_no_page(box: Sandbox) -> None:
    site = with_page(box.app, box._service, box.requests)
    status: list[str] = []
    for address, expected in (("127.0.0.1", "200"), ("::ffff:127.0.0.1", "200"), ("192.0.2.7", "404"), ("", "404")):  # fmt: skip
        environ = {
            "REQUEST_METHOD": "GET", "PATH_INFO": "/.vtql/catalog", "REMOTE_ADDR": address,
            "HTTP_HOST": "localhost:8080",
        }  # fmt: skip
        site(environ, lambda line, _: status.append(line))
        assert status.pop().startswith(expected)


def test_the_page_shadows_nothing_of_the_service(box: Sandbox, url: str) -> None:
    asked = {"operation": "getchallenge", "username": "admin"}
    for path in ("webservice.php", ""):
        assert requests.get(url + path, asked, timeout=10).json()["success"]
    assert not requests.post(url, {"operation": "login"}, timeout=10).text.startswith("<!doctype")
    requests.get(url, timeout=10)
    post(url, "run", "select * from Contacts;")
    assert [each.operation for each in box.requests] == ["getchallenge", "getchallenge", "login"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"text": 1, "offset": 2}', b"[" * 60_000, b"\xff", b" " * 70_000])  # fmt: skip
def test_anything_else_that_is_sent_is_a_bad_request(url: str, body: bytes) -> None:
    kind = {"Content-Type": "application/json"}
    assert requests.post(f"{url}.vtql/look", body, headers=kind, timeout=10).status_code == 400


def test_a_form_is_no_question_of_the_page(url: str) -> None:
    assert requests.post(f"{url}.vtql/run", {"text": "select"}, timeout=10).status_code == 400


def test_a_query_runs_as_a_client_s_does(box: Sandbox, url: str) -> None:
    text = "select lastname from Contacts order by lastname limit 7;"
    found = post(url, "run", text).json()
    assert found["rows"] == box.client().query(text)
    refused = post(url, "run", "select * from Nothing;").json()
    assert refused["answers"][0]["answer"].startswith("ACCESS_DENIED")


def test_what_brackets_become_is_shown_and_run(url: str) -> None:
    seen = post(url, "look", BRACKETS).json()
    assert seen["findings"][0]["code"] == "VT010"
    ran = post(url, "run", BRACKETS).json()
    assert [each["text"] for each in ran["answers"]] == seen["statements"]
    assert not any("(" in each for each in seen["statements"])


def test_no_secret_is_shown() -> None:
    described = [demo.catalog().describe(name) for name in ("Users", "Contacts")]
    for name in ("accesskey", "user_password"):
        field = {"name": name, "label": name, "type": {"name": "string"}}
        described[0]["fields"].append(field)
    rows = [{"id": "19x1", "user_name": "admin", "accesskey": "s3cret", "user_password": "s3cret"}]
    catalog = Catalog.from_describes(described)
    with Sandbox("8.0", catalog, {"Users": rows}) as box:
        assert "s3cret" in str(box.client().query("select accesskey from Users;"))
        url = box.serve()
        box.client().describe("Contacts")
        for text in ("select * from Users;", "select accesskey, user_password, user_name from Users;"):  # fmt: skip
            shown = post(url, "run", text).json()
            assert shown["rows"][0]["user_name"] == "admin"
            assert "s3cret" not in str(shown)
            assert not {"accesskey", "user_password", "confirm_password"} & set(shown["fields"])
        told = requests.get(f"{url}.vtql/requests", timeout=10).text
        assert {each["operation"] for each in json.loads(told)} >= {"login", "describe"}
        assert box.access_key not in told


def test_of_a_request_no_secret_is_shown(url: str) -> None:
    client = {"operation": "login", "username": "admin"}
    secret = {"accessKey": "s3cret", "accesskey": "s3cret", "Password": "s3cret",
              "sessionName": "s3cret", "PHPSESSID": "s3cret", "old_password": "s3cret"}  # fmt: skip
    requests.post(url, client | secret, timeout=10)
    requests.get(url, client | secret, timeout=10)
    element = {"user_name": "a", "user_password": "s3cret", "more": [{"ACCESSKEY": "s3cret"}]}
    query = "select id from Users where user_password = 's3c''s3cret' or user_name = 'a"
    for sent in ({"element": json.dumps(element)}, {"element": "{user_password: s3cret"},
                 {"query": query}, {"other": "user_password=s3cret"}):  # fmt: skip
        requests.post(url, {"operation": "create", **sent}, timeout=10)
    told = requests.get(f"{url}.vtql/requests", timeout=10).text
    assert "s3c" not in told
    assert [each["parameters"] for each in reversed(json.loads(told))][:3] == [
        "username=admin",
        "username=admin",
        'element={"user_name": "a", "user_password": "••••", "more": [{"ACCESSKEY": "••••"}]}',
    ]


def test_each_module_is_told_with_its_records_and_there_is_something_to_begin_with(
    box: Sandbox, url: str
) -> None:
    told = requests.get(f"{url}.vtql/catalog", timeout=10).json()
    counts = {module["name"]: module["records"] for module in told["modules"]}
    assert counts == {name: len(box.records(name)) for name in box.catalog}
    for text in told["examples"]:
        assert post(url, "run", text).json()["rows"], text
    with Sandbox(catalog=Catalog.from_describes([])) as empty:
        found = requests.get(f"{empty.serve()}.vtql/catalog", timeout=10).json()
    assert (found["modules"], found["examples"]) == ([], [])
