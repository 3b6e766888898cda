"""Vtiger Cloud's service: an address for each operation, HTTP Basic, limits that are kept."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from fake_cloud import Cloud
from hypothesis import given
from hypothesis import strategies as st
from stub_servers import (
    CONTACTS,
    JSON,
    KEY,
    USERNAME,
    Answer,
    Connect,
    Seen,
    Serve,
    json_answer,
    json_refusal,
    lost,
    raw,
    refused,
    shown,
    written,
)

import vtql
from vtql.client import Client
from vtql.client.cloud import is_rest
from vtql.client.doctor import examine
from vtql.client.rate_limit import RateLimit
from vtql.errors import (
    ArgumentError,
    ForeignAnswer,
    NotAvailable,
    RateLimited,
    ServerFailed,
    ServiceError,
    VtqlError,
)
from vtql.protocol import failure
from vtql.sandbox import Sandbox

BASIC = base64.b64encode(f"{USERNAME}:{KEY}".encode()).decode()


@pytest.mark.parametrize(
    ("url", "rest"),
    [
        ("https://acme.od2.vtiger.com", True),
        ("https://acme.od2.vtiger.com/restapi/v1/vtiger/default", True),
        ("https://acme.od2.vtiger.com/webservice.php", False),
        ("https://crm.example.com", False),
        ("https://crm.example.com/restapi/v1/vtiger/default/", True),
        ("https://vtiger.com.example.com", False),
        ("http://[", False),
    ],
)
def test_the_address_tells_the_service(url: str, rest: bool) -> None:
    assert is_rest(url) is rest


def of(result: object) -> Callable[[Seen], Answer]:
    return lambda _: json_answer(result)


def test_each_operation_has_an_address_and_the_key_with_it(serve: Serve, connect: Connect) -> None:
    server = serve(of([]))
    client = connect(server, service="rest")
    client.query("SELECT id FROM Contacts;")
    client.call("create", elementType="Contacts", element={"lastname": "Żółć"})
    query, create = server.seen
    assert urlsplit(query.target).path == "/crm/restapi/v1/vtiger/default/query"
    assert query.url == {"query": "SELECT id FROM Contacts;"}
    assert (create.method, create.target) == ("POST", "/crm/restapi/v1/vtiger/default/create")
    assert create.form == {"elementType": "Contacts", "element": '{"lastname": "Żółć"}'}
    assert [each.authorization for each in server.seen] == [f"Basic {BASIC}"] * 2
    assert KEY not in repr(client)


def test_a_list_of_types_travels_as_it_is_published(serve: Serve, connect: Connect) -> None:
    server = serve(of({"types": []}))
    client = connect(server, service="rest")
    client.list_types()
    client.list_types(["email", "phone"])
    queries = [urlsplit(seen.target).query for seen in server.seen]
    assert queries == [
        "fieldTypeList=null", "fieldTypeList%5B%5D=email&fieldTypeList%5B%5D=phone",
    ]  # fmt: skip


def test_a_client_is_of_the_cloud_profile_and_needs_no_login(
    serve: Serve, connect: Connect
) -> None:
    server = serve(of({"types": ["Contacts"], "id": "19x1"}))
    client = connect(server, service="rest")
    assert client.profile.name == "cloud"
    assert client.list_types()["types"] == ["Contacts"]
    assert client.login_facts["userId"] == "19x1"
    client.logout()
    with pytest.raises(NotAvailable):
        client.get_challenge()
    assert [urlsplit(each.target).path.rpartition("/")[2] for each in server.seen] == [
        "listtypes",
        "me",
    ]
    assert server.seen[0].url == {"fieldTypeList": "null"}


def test_models_have_what_only_the_cloud_has(serve: Serve, connect: Connect) -> None:
    described = {
        "name": "Contacts", "label": "Contacts", "idPrefix": "12", "isEntity": True,
        "labelFields": "lastname",
        "fields": [{"name": "lastname", "label": "Name", "type": {"name": "string"}}],
    }  # fmt: skip
    server = serve(
        lambda seen: json_answer(
            described if urlsplit(seen.target).path.endswith("describe") else []
        )
    )
    contacts = connect(server, service="rest").model("Contacts").objects
    assert list(contacts.filter(lastname__notlike="a%")) == []
    assert "lastname NOTLIKE 'a%'" in server.seen[1].url["query"]


@pytest.mark.parametrize("own", [True, False], ids=["own session", "given session"])
def test_a_netrc_puts_no_other_user_in_place_of_the_one_that_was_given(
    serve: Serve, connect: Connect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own: bool
) -> None:
    file = tmp_path / "netrc"
    file.write_text("machine 127.0.0.1 login somebody password else", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(file))
    server = serve(lambda _: json_answer({"types": []}))
    client = connect(server, service="rest", session=None if own else requests.Session())
    client.list_types()
    assert server.seen[-1].authorization == f"Basic {BASIC}"


def test_a_service_that_is_none_is_refused(connect: Connect) -> None:
    with pytest.raises(ArgumentError, match="`rest` or `webservice`"):
        connect("http://nowhere.invalid", service="soap")


def test_a_key_that_is_not_taken_is_a_refusal(serve: Serve, connect: Connect) -> None:
    server = serve(lambda _: (401, JSON, b""))
    error = refused(lambda: connect(server, service="rest").me())
    assert (error.code, error.operation) == (401, "me")
    assert BASIC not in shown(error)


def test_a_refusal_with_a_status_carries_its_code(serve: Serve, connect: Connect) -> None:
    server = serve(lambda _: (400, JSON, failure("ACCESS_DENIED", "no")))
    assert refused(lambda: connect(server, service="rest").me()).code == "ACCESS_DENIED"
    server = serve(lambda _: (500, JSON, f"Authorization: Basic {BASIC}".encode()))
    assert BASIC not in lost(lambda: connect(server, service="rest").me())


def client_of(url: str, **options: int) -> Client:
    return vtql.connect(url, USERNAME, KEY, service="rest", timeout=5, **options)  # type: ignore[arg-type]


def test_requests_wait_for_the_minute_to_begin_anew() -> None:
    left = iter((1, 0, 5, 5))

    def answering(_: Seen) -> bytes:
        limits = {
            "X-FloodControl-MinuteRemaining": str(next(left)),
            "X-FloodControl-MinuteReset": "1",
        }
        return written(json_answer([]), **limits)

    with raw(answering) as server, client_of(server.url) as client:
        began = time.monotonic()
        client.query("a")
        client.query("b")
        assert time.monotonic() - began < 1
        client.query("c")
        assert time.monotonic() - began >= 0.9


def test_a_day_that_is_used_up_is_told_without_asking() -> None:
    limits = {"X-RateLimit-DailyRemaining": "0", "X-RateLimit-DailyReset": str(2_000_000_000)}
    with raw(lambda _: written(json_answer([]), **limits)) as server:
        client = client_of(server.url, retries=3)
        client.query("a")
        with pytest.raises(RateLimited) as caught:
            client.query("b")
        assert caught.value.retry_after
        assert not caught.value.received
        assert len(server.seen) == 1
        client.close()


def test_a_limit_that_was_passed_is_waited_for() -> None:
    answers = iter((
        written((429, JSON, failure("TOO_MANY", "no")), **{"Retry-After": "1"}),
        written(json_answer([])),
    ))  # fmt: skip
    with raw(lambda _: next(answers)) as server, client_of(server.url) as client:
        assert client.query("a") == []


def test_a_write_that_was_limited_is_not_sent_again() -> None:
    limited = written((429, JSON, b""), **{"Retry-After": "0"})
    with raw(lambda _: limited) as server, client_of(server.url) as client:
        with pytest.raises(RateLimited):
            client.call("create", elementType="Contacts", element={})
        assert len(server.seen) == 1


def test_refusals_of_the_cloud_need_no_login_to_be_told(serve: Serve, connect: Connect) -> None:
    server = serve(lambda _: json_refusal("INVALID_SESSIONID", "no"))
    assert refused(lambda: connect(server, service="rest").me()).code == "INVALID_SESSIONID"
    assert len(server.seen) == 1


@given(st.text(), st.text())
def test_any_limits_are_taken_or_left(left: str, reset: str) -> None:
    pace = RateLimit()
    pace.note({"X-FloodControl-MinuteRemaining": left, "X-FloodControl-MinuteReset": reset})


# All of it


def test_a_record_lives_on_the_cloud(serve: Serve, connect: Connect) -> None:
    with Sandbox("cloud") as sandbox:
        cloud = Cloud(sandbox)
        client = connect(serve(cloud), service="rest", connections=4)
        contacts = client.model("Contacts").objects
        assert len({row.raw["id"] for row in contacts.only("id")}) == CONTACTS
        made = client.create("Contacts", {"lastname": "Żółć & 漢", "assigned_user_id": "19x1"})
        assert client.retrieve(made["id"])["lastname"] == "Żółć & 漢"
        assert client.revise(made["id"], {"phone": "+48 1"})["phone"] == "+48 1"
        assert contacts.get(id=made["id"]).phone == "+48 1"
        assert client.sync(1, "Contacts", "application")["updated"]
        assert client.delete(made["id"]) == {"status": "successful"}
        assert refused(lambda: client.retrieve(made["id"])).code == "ACCESS_DENIED"
        assert client.login()["user_name"] == USERNAME
        client.logout()
        assert {"getchallenge", "login", "logout"}.isdisjoint(cloud.asked)


def test_the_doctor_looks_at_the_cloud(serve: Serve, connect: Connect) -> None:
    with Sandbox("cloud") as sandbox:
        client = connect(serve(Cloud(sandbox)), service="rest")
        found = {each.title: each for each in examine(client)}
    assert [each.title for each in found.values() if each.grade == "problem"] == []
    assert found["clock"].fact == "Vtiger Cloud does not tell its time"
    assert "19x1" in found["login"].fact


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, b"", ServiceError),
        (401, b"<title>Unauthorized</title>", ServiceError),
        (403, failure("ACCESS_DENIED", "no"), ServiceError),
        (404, failure("UNKNOWN_OPERATION", "no"), ServiceError),
        (404, b"<title>Not found</title>", ForeignAnswer),
        (500, failure("INTERNAL_SERVER_ERROR", "no"), ServiceError),
        (500, b"", ServerFailed),
        (503, b"<title>Maintenance</title>", ServerFailed),
    ],
)
def test_a_status_says_what_became_of_a_request(
    serve: Serve, connect: Connect, status: int, body: bytes, kind: type[VtqlError]
) -> None:
    client = connect(serve(lambda _: (status, {}, body)), service="rest")
    with pytest.raises(kind) as caught:
        client.query("SELECT id FROM Contacts;")
    everything = shown(caught.value)
    assert [each for each in (KEY, BASIC) if each in everything] == []
