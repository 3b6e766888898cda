"""The sandbox as Vtiger Cloud: its service without sessions, through the client over a socket."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest
import requests

import vtql
from vtql.client import Client
from vtql.errors import RateLimited, ServiceError
from vtql.sandbox import Sandbox
from vtql.sandbox.access import Access

OWNER = "19x1"


@pytest.fixture
def box() -> Iterator[Sandbox]:
    with Sandbox("cloud", access={"sam": Access(private=["Potentials"])}) as made:
        yield made


@pytest.fixture
def url(box: Sandbox) -> str:
    return box.serve()


@pytest.fixture
def client(box: Sandbox, url: str) -> Iterator[Client]:
    with vtql.connect(url, box.username, box.access_key, service="rest") as made:
        yield made


def test_records_live_without_a_session(box: Sandbox, client: Client) -> None:
    made = client.create("Contacts", {"lastname": "O'Hara", "assigned_user_id": OWNER})
    assert client.query("select lastname from Contacts where lastname = 'O''Hara';") == [
        {"lastname": "O'Hara", "id": made["id"]}
    ]
    assert client.revise(made["id"], {"firstname": "Kim"})["firstname"] == "Kim"
    assert client.model("Contacts").objects.count() == 433
    client.delete(made["id"])
    assert {"login", "getchallenge"}.isdisjoint(each.operation for each in box.requests)
    asked = [each.operation for each in box.requests if each.operation != "describe"]
    assert asked[:3] == ["create", "query", "revise"]


def test_a_file_comes_back_here_too(client: Client) -> None:
    made = client.upload("a.txt", {"assigned_user_id": OWNER}, content=b"\x00kept")
    assert [file.content for file in client.download(made["id"])] == [b"\x00kept"]


def test_a_number_and_an_address_are_looked_up(client: Client) -> None:
    values = {
        "lastname": "Ray",
        "assigned_user_id": OWNER,
        "mobile": "+1 (555) 019-98",
        "email": "Ray@Example.com",
    }
    made = client.create("Contacts", values)
    assert [row["id"] for row in client.lookup("phone", "15550 1998")] == [made["id"]]
    assert [row["id"] for row in client.lookup("email", "ray@example.com")] == [made["id"]]
    assert client.lookup("phone", "1555019 98", {"Contacts": ["phone"]}) == []


def test_tags_and_ties_come_and_go(client: Client) -> None:
    account = client.create("Accounts", {"accountname": "Tied", "assigned_user_id": OWNER})["id"]
    client.tags_add(account, ["vip", "old"])
    client.tags_add(account, ["vip"])
    client.tags_delete(account, ["old"])
    assert client.tags_retrieve(account) == ["vip"]
    product = client.create("Products", {"productname": "Box", "assigned_user_id": OWNER})["id"]
    client.add_related(account, product, "Products")
    assert len(client.retrieve_related(account, "Products")) == 1
    client.delete_related(account, product)
    assert client.retrieve_related(account, "Products") == []


def test_changes_are_those_of_whom_one_asks_for(box: Sandbox, url: str) -> None:
    with (
        vtql.connect(url, "sam", box.access_key, service="rest") as sam,
        vtql.connect(url, box.username, box.access_key, service="rest") as admin,
    ):
        for owner in (OWNER, "19x2"):
            admin.create("Contacts", {"lastname": owner, "assigned_user_id": owner})
        asked = {"modifiedTime": "1767603599", "elementType": "Contacts"}
        own = sam.call("sync", **asked, syncType="user")
        assert [row["lastname"] for row in own["updated"]] == ["19x2"]
        everything = admin.call("sync", **asked, syncType="application")
        assert {row["lastname"] for row in everything["updated"]} == {OWNER, "19x2"}
        with pytest.raises(ServiceError, match="Only admin users"):
            sam.call("sync", **asked, syncType="application")


def test_refusals_have_a_status(box: Sandbox, url: str) -> None:
    url += "restapi/v1/vtiger/default/"

    def ask(name: str, user: str = "admin", key: str = box.access_key, **fields: str) -> int:
        answer = requests.get(url + name, fields, auth=(user, key), timeout=10)
        assert answer.json()["success"] is (answer.status_code == 200)
        return answer.status_code

    query = "select id from Contacts limit 1;"
    assert ask("query", query=query) == 200
    assert ask("query", key="wrong", query=query) == 401
    assert ask("query", user="lea", query=query) == 401
    assert ask("query", query="select nosuch from Contacts;") == 400
    assert ask("frob") == ask("login") == ask("create") == 400
    for header in (
        "",
        "Basic",
        "Basic %%%",
        "Bearer x",
        "Basic " + base64.b64encode(b"admin").decode(),
    ):
        found = requests.get(f"{url}me", headers={"Authorization": header}, timeout=10)
        assert found.status_code == 401
    assert requests.get(f"{url}a/b", timeout=10).status_code == 404


def test_only_this_kind_of_server_has_such_addresses() -> None:
    with Sandbox("8.4") as box, box.session() as http:
        assert http.get(f"{box.url}restapi/v1/vtiger/default/me", timeout=10).status_code == 404


def test_faults_come_to_its_operations(box: Sandbox, url: str) -> None:
    with vtql.connect(url, box.username, box.access_key, service="rest", retries=0) as client:
        box.fail_next("query", "ACCESS_DENIED")
        with pytest.raises(ServiceError, match="ACCESS_DENIED"):
            client.query("select id from Contacts limit 1;")
        box.rate_limit(retry_after=1)
        with pytest.raises(RateLimited):
            client.query("select id from Contacts limit 1;")
        assert len(client.query("select id from Contacts limit 1;")) == 1


def test_who_asks_is_told(client: Client) -> None:
    assert client.me()["user_name"] == "admin"
