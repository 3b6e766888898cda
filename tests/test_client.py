"""The client over real sockets and in process: what it sends, and all rows of a query set."""

from __future__ import annotations

import operator
import unicodedata
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from stub_servers import (
    CONTACTS,
    DIGEST,
    KEY,
    NASTY,
    SESSION,
    TOKEN,
    USERNAME,
    Connect,
    Serve,
    after_login,
    answering_queries,
    asked,
    json_answer,
    lost,
    queries,
)

import vtql
from vtql.ast import Comparison, Condition, Connective, Count
from vtql.client import Client
from vtql.errors import ArgumentError
from vtql.models.model import Model
from vtql.protocol import login_digest
from vtql.sandbox import Sandbox

# What travels where


def test_a_query_arrives_in_the_url_as_it_was_written(serve: Serve, connect: Connect) -> None:
    server = serve(after_login(lambda _: json_answer([])))
    connect(server).query(NASTY)
    seen = server.seen[-1]
    assert (seen.method, seen.body) == ("GET", "")
    assert seen.url == {"operation": "query", "query": NASTY, "sessionName": SESSION}
    assert seen.target.isascii()
    assert seen.target.startswith("/crm/webservice.php?")


def test_a_query_reaches_the_sandbox_as_it_was_written(client: Client, sandbox: Sandbox) -> None:
    client.query("SELECT id FROM Contacts WHERE lastname = 'a&b#c+d%e\"f''g żółć 漢 😀';")
    assert queries(sandbox) == [
        "SELECT id FROM Contacts WHERE lastname = 'a&b#c+d%e\"f''g żółć 漢 😀';"
    ]


def test_what_is_posted_travels_in_the_body_alone(serve: Serve) -> None:
    server = serve(after_login(lambda _: json_answer({})))
    name = "jürgen & söhne+co%20 #1"
    with vtql.connect(server.url, name, KEY) as client:
        assert client.login_facts == {"userId": "19x1"}
        client.logout()
    login, logout = (seen for seen in server.seen if seen.method == "POST")
    assert (login.target, logout.target) == ("/crm/webservice.php",) * 2
    assert login.content_type == logout.content_type == "application/x-www-form-urlencoded"
    assert login.form == {"operation": "login", "username": name, "accessKey": DIGEST}
    assert logout.form == {"operation": "logout", "sessionName": SESSION}


def test_an_access_key_of_any_characters_is_digested_as_utf_8(serve: Serve) -> None:
    server = serve(after_login(lambda _: json_answer([])))
    with vtql.connect(server.url, USERNAME, "schlüssel 漢&") as client:
        client.query("q;")
    assert server.seen[1].form["accessKey"] == login_digest(TOKEN, "schlüssel 漢&")


@pytest.mark.parametrize("proxied", [True, False])
def test_the_environment_says_whether_a_proxy_is_on_the_way(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch, proxied: bool
) -> None:
    proxy = serve(after_login(lambda _: json_answer([])))
    monkeypatch.setenv("http_proxy", proxy.url)
    monkeypatch.setenv("no_proxy", "" if proxied else "crm.invalid")
    monkeypatch.setenv("NO_PROXY", "" if proxied else "crm.invalid")
    client = connect("http://crm.invalid")
    if proxied:
        client.query("q;")
        assert {seen.target.partition("?")[0] for seen in proxy.seen} == {
            "http://crm.invalid/webservice.php"
        }
    else:
        lost(lambda: client.query("q;"))
        assert proxy.seen == []


def test_a_text_that_is_not_unicode_is_not_sent(serve: Serve, connect: Connect) -> None:
    server = serve(after_login(lambda _: json_answer([])))
    assert "not Unicode" in lost(lambda: connect(server).query("lone \ud800"))
    assert server.operations == ["getchallenge", "login"]


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("", "/webservice.php"),
        ("/", "/webservice.php"),
        ("/crm", "/crm/webservice.php"),
        ("/crm/", "/crm/webservice.php"),
        ("/crm/webservice.php", "/crm/webservice.php"),
        ("/crm/webservice.php?operation=other#top", "/crm/webservice.php"),
    ],
)
def test_the_address_is_the_installation_or_its_endpoint(
    serve: Serve, connect: Connect, path: str, target: str
) -> None:
    server = serve(after_login(lambda _: json_answer([])))
    connect(server.url.removesuffix("/crm") + path).query("q;")
    assert {urlsplit(seen.target).path for seen in server.seen} == {target}
    assert server.seen[1].target == target


class Recording(requests.Session):
    """Sends, and notes with which timeout and whether redirects are followed."""

    def __init__(self) -> None:
        super().__init__()
        self.timeouts: list[object] = []
        self.redirects: list[object] = []

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        self.timeouts.append(options.get("timeout"))
        self.redirects.append(options.get("allow_redirects"))
        return super().send(request, **options)


@pytest.mark.parametrize(
    ("options", "timeout"),
    [({}, (10, 60)), ({"timeout": 5}, 5), ({"timeout": (1, 2)}, (1, 2))],
)
def test_every_request_has_a_timeout(options: dict[str, Any], timeout: object) -> None:
    http = Recording()
    with (
        Sandbox("documented") as sandbox,
        vtql.connect(
            sandbox.serve(), sandbox.username, sandbox.access_key, session=http, **options
        ) as client,
    ):
        client.list_types()
        client.model("Contacts").objects.count()
        sandbox.expire_sessions()
        client.query("SELECT id FROM Contacts;")
        client.logout()
        assert http.timeouts == [timeout] * len(sandbox.requests)
        assert len(sandbox.requests) == 10
    assert set(http.redirects) == {False}


# Pages


def contacts_of(client: Client) -> type[Model]:
    return client.model("Contacts")


def numbers(rows: Any) -> list[int]:
    return [int(row.raw["id"].partition("x")[2]) for row in rows]


def test_nothing_is_fetched_before_the_iteration(client: Client, sandbox: Sandbox) -> None:
    contacts = contacts_of(client)
    sandbox.requests.clear()
    wanted = contacts.objects.filter(lastname__ne="x").order_by("lastname")[5:250]
    begun = iter(wanted.values_list("id", flat=True))
    assert (str(wanted)[:6], sandbox.requests) == ("SELECT", [])
    next(begun)
    assert (
        asked(sandbox) == ["query"] * 2
    )  # the first page, and whether the server keeps to offsets


def test_all_rows_come_each_once(client: Client, sandbox: Sandbox) -> None:
    found = numbers(contacts_of(client).objects.all())
    assert len(found) == CONTACTS
    assert found == sorted(set(found))
    assert len(queries(sandbox)) == 6  # 100, 100, 100, 100, 32, and the empty one


def test_each_iteration_asks_anew(client: Client, sandbox: Sandbox) -> None:
    wanted = contacts_of(client).objects.all()[:10]
    assert numbers(wanted) == numbers(wanted)
    assert len(queries(sandbox)) == 2


def limits(sandbox: Sandbox) -> list[tuple[int, int]]:
    found = [vtql.parse(text).limit for text in queries(sandbox)]
    return [(limit.offset or 0, limit.count) for limit in found if limit is not None]


def test_a_slice_is_read_in_windows_of_a_hundred_at_most(client: Client, sandbox: Sandbox) -> None:
    contacts = contacts_of(client).objects
    everything = numbers(contacts.all())
    sandbox.requests.clear()
    assert numbers(contacts.all()[5:250]) == everything[5:250]
    assert limits(sandbox) == [(5, 100), (0, 1), (0, 100), (0, 45)]  # only the first is by offset
    sandbox.requests.clear()
    assert numbers(contacts.all()[5:250]) == everything[5:250]
    assert limits(sandbox) == [(5, 100), (0, 100), (0, 45)]  # that it keeps to offsets is known


@pytest.mark.parametrize(
    "part",
    [slice(3), slice(100), slice(101), slice(0, 0), slice(400, 500), slice(430, None), slice(7, 3)],
)
def test_a_slice_is_that_part_of_all_rows(demo: Sandbox, part: slice) -> None:
    with demo.client() as client:
        contacts = contacts_of(client).objects
        assert numbers(contacts.all()[part]) == numbers(contacts.all())[part]
        by_name = contacts.order_by("lastname")
        assert numbers(by_name[part]) == numbers(by_name)[part]
        falling = contacts.order_by("-lastname")
        assert falling[part].count() == len(numbers(contacts.all())[part])


def test_an_index_is_one_row(demo: Sandbox) -> None:
    with demo.client() as client:
        contacts = contacts_of(client).objects
        assert contacts.all()[7].raw["id"] == list(contacts.all())[7].raw["id"]
        with pytest.raises(IndexError):
            contacts.all()[CONTACTS]
        with pytest.raises(ArgumentError):
            contacts.all()[-1]


@pytest.mark.parametrize("profile", ["documented", "8.4"])
def test_count_is_right_whether_or_not_the_server_counts(profile: str) -> None:
    with Sandbox(profile) as sandbox, sandbox.client() as client:
        contacts = contacts_of(client).objects
        count = client.query("SELECT count(*) FROM Contacts;")
        assert count == ([] if profile == "8.4" else [{"count": str(CONTACTS)}])
        sandbox.requests.clear()
        assert contacts.count() == CONTACTS
        assert len(queries(sandbox)) == (8 if profile == "8.4" else 1)
        assert contacts.all()[400:].count() == CONTACTS - 400
        assert contacts.all()[5:250].count() == 245
        assert contacts.all()[:7].count() == 7
        assert contacts.none().count() == 0
        some = contacts.filter(lastname__startswith="s")
        assert 0 < some.count() == len(list(some)) < CONTACTS


@pytest.mark.parametrize("name", ["createdtime", "lastname"])
def test_a_descending_order_over_several_pages_gives_each_row_once_and_in_order(
    client: Client, name: str
) -> None:
    contacts = contacts_of(client).objects
    falling = list(contacts.order_by(f"-{name}"))
    assert sorted(numbers(falling)) == numbers(contacts.all())
    assert numbers(falling) == numbers(contacts.order_by(name))[::-1]
    if name == "createdtime":
        times = [row.createdtime for row in falling]
        assert all(isinstance(each, datetime) for each in times)
        assert times == sorted(times, reverse=True)


def test_descending_ids_come_each_once_and_in_order(client: Client) -> None:
    contacts = contacts_of(client).objects
    assert numbers(contacts.order_by("-id")) == numbers(contacts.all())[::-1]


@pytest.mark.parametrize(
    ("lookup", "order"),
    [("gt", "id"), ("gte", "id"), ("lt", "-id"), ("lte", "-id")],
)
def test_pages_behind_a_bound_have_one_bound(
    client: Client, sandbox: Sandbox, lookup: str, order: str
) -> None:
    contacts = contacts_of(client).objects.order_by(order)
    every = numbers(contacts)
    bound = contacts[150]
    wanted = contacts.filter(lastname__ne="", id__ne="12x1", **{f"id__{lookup}": bound.id})
    sandbox.requests.clear()
    assert numbers(wanted) == every[150 if lookup.endswith("e") else 151 :]
    texts = queries(sandbox)
    assert len(texts) > 2
    assert {text.count("id >") + text.count("id <") for text in texts} == {1}


def test_a_bound_at_the_other_end_stays(client: Client, sandbox: Sandbox) -> None:
    contacts = contacts_of(client).objects
    every = numbers(contacts)
    low, high = contacts[50].id, contacts[350].id
    sandbox.requests.clear()
    assert numbers(contacts.filter(id__gt=low, id__lt=high)) == every[51:350]
    assert all("id < '" in text for text in queries(sandbox))
    assert {text.count("id >") for text in queries(sandbox) if "DESC" not in text} == {1}


# Pages of a server that takes out rows after LIMIT

HIDDEN_FROM = 250


def holds(condition: Condition, number: int) -> bool:
    """Whether a condition holds of contact so-and-so, whose `lastname` is its number."""
    assert isinstance(condition, Comparison)
    value = int(getattr(condition.value, "value", "").rpartition("x")[2])
    signs = {
        ">": operator.gt, "<": operator.lt, "=": operator.eq, "!=": operator.ne, "<=": operator.le,
    }  # fmt: skip
    return bool(signs[condition.operator.value](number, value))


def dropping(text: str) -> list[dict[str, str]]:
    """Contacts 1 to 250; of each page, those that three divides are taken out after LIMIT."""
    select = vtql.parse(text)
    if isinstance(select.columns, Count):
        return []
    found = list(range(1, HIDDEN_FROM + 1))
    if select.where is not None:
        runs: list[list[Condition]] = [[select.where.first]]
        for link in select.where.links:
            if link.connective is Connective.OR:
                runs.append([])
            runs[-1].append(link.condition)
        found = [
            number
            for number in found
            if any(all(holds(each, number) for each in run) for run in runs)
        ]
    falls = select.order is not None and select.order.direction is not None
    if select.order is not None and len(select.order.names) == 1 and falls:
        found.reverse()
    offset, count = (
        (select.limit.offset or 0, min(100, select.limit.count)) if select.limit else (0, 100)
    )
    page = found[offset : offset + count]
    return [
        {"id": f"12x{number}", "lastname": f"{number:03}"} for number in page if number % 3 != 0
    ]


VISIBLE = [number for number in range(1, HIDDEN_FROM + 1) if number % 3 != 0]


@pytest.mark.parametrize("order", [(), ("id",), ("lastname",), ("-id",), ("-lastname",)])
def test_a_short_page_is_not_the_end(
    serve: Serve, connect: Connect, order: tuple[str, ...]
) -> None:
    server = serve(answering_queries(dropping))
    contacts = connect(server).model("Contacts").objects
    falling = bool(order) and order[0].startswith("-")
    assert numbers(contacts.order_by(*order)) == (VISIBLE[::-1] if falling else VISIBLE)


def test_it_is_looked_twice_whether_rows_come_behind_short_pages(
    serve: Serve, connect: Connect
) -> None:
    server = serve(answering_queries(dropping))
    contacts = connect(server).model("Contacts").objects
    numbers(contacts.order_by("lastname"))
    texts = [seen.url["query"] for seen in server.seen if seen.operation == "query"]
    # the first look finds rows from the end, the second none behind them
    assert [len(dropping(text)) for text in texts] == [67, 67, 67, 33, 0]


def test_rows_are_counted_one_by_one_where_the_server_does_not_count(
    serve: Serve, connect: Connect
) -> None:
    server = serve(answering_queries(dropping))
    assert connect(server).model("Contacts").objects.count() == len(VISIBLE)


# One record, some records


def test_get_gives_the_one_record(client: Client) -> None:
    contacts = contacts_of(client)
    some = contacts.objects.all()[42]
    found = contacts.objects.get(id=some.raw["id"])
    assert isinstance(found, contacts)
    assert found == some


def test_get_of_none_and_of_several_raises_the_errors_of_that_model(demo: Sandbox) -> None:
    with demo.client() as client:
        contacts, accounts = client.model("Contacts"), client.model("Accounts")
        with pytest.raises(contacts.DoesNotExist) as none:
            contacts.objects.get(lastname="nobody has this name")
        with pytest.raises(contacts.MultipleObjectsReturned) as several:
            contacts.objects.get()
    assert isinstance(none.value, vtql.DoesNotExist)
    assert isinstance(several.value, vtql.MultipleObjectsReturned)
    assert not isinstance(none.value, accounts.DoesNotExist)
    assert not isinstance(several.value, accounts.MultipleObjectsReturned)
    assert "nobody has this name" in str(none.value)


def test_get_asks_for_no_more_than_two_records(demo: Sandbox) -> None:
    with Sandbox() as sandbox, sandbox.client() as client:
        with pytest.raises(vtql.MultipleObjectsReturned):
            client.model("Contacts").objects.get()
        assert limits(sandbox) == [(0, 2)]
    assert demo is not sandbox


def test_first_and_last_are_the_ends_of_the_order(demo: Sandbox) -> None:
    with demo.client() as client:
        contacts = contacts_of(client).objects
        everything = list(contacts.all())
        assert (contacts.first(), contacts.last()) == (everything[0], everything[-1])
        by_name = [row.lastname for row in contacts.order_by("lastname")]
        first, last = contacts.order_by("lastname").first(), contacts.order_by("lastname").last()
        assert first is not None
        assert last is not None
        assert (first.lastname, last.lastname) == (by_name[0], by_name[-1])
        nobody = contacts.filter(lastname="nobody has this name")
        assert (nobody.first(), nobody.last()) == (None, None)


def test_exists_asks_for_one_row(client: Client, sandbox: Sandbox) -> None:
    contacts = contacts_of(client).objects
    sandbox.requests.clear()
    assert contacts.exists() is True
    assert limits(sandbox) == [(0, 1)]
    assert contacts.filter(lastname="nobody has this name").exists() is False
    assert contacts.all()[CONTACTS : CONTACTS + 5].exists() is False


def test_in_bulk_gives_the_records_that_there_are_by_id(client: Client, sandbox: Sandbox) -> None:
    contacts = contacts_of(client)
    ids = [row.raw["id"] for row in contacts.objects.all()]
    sandbox.requests.clear()
    missing = f"{contacts.module.id_prefix}x99999999"
    found = contacts.objects.in_bulk([*ids[:150], missing, ids[0]])
    assert set(found) == set(ids[:150])
    assert all(isinstance(row, contacts) and row.raw["id"] == key for key, row in found.items())
    assert contacts.objects.in_bulk([]) == {}


def test_a_field_that_did_not_come_is_told(demo: Sandbox) -> None:
    """And one that the module does not have, with the nearest."""
    record = demo.client().model("Contacts").objects.only("lastname").first()
    assert record is not None
    with pytest.raises(AttributeError, match="`email` did not come with this record"):
        record.email  # noqa: B018
    with pytest.raises(KeyError, match="`email` did not come with this record"):
        record["email"]
    with pytest.raises(AttributeError, match="the nearest name is `email`"):
        record.emial  # noqa: B018


def test_values_are_dictionaries_of_python_values(demo: Sandbox) -> None:
    with demo.client() as client:
        contacts = contacts_of(client).objects
        row = contacts.all()[3]
        assert list(contacts.values("lastname", "createdtime")[3:4]) == [
            {"lastname": row.lastname, "createdtime": row.createdtime}
        ]
        (whole,) = contacts.values()[3:4]
        assert whole == row.to_dict()


def test_values_list_gives_tuples_in_the_order_of_the_names(demo: Sandbox) -> None:
    with demo.client() as client:
        contacts = contacts_of(client).objects
        row = contacts.all()[3]
        pair = contacts.values_list("lastname", "id")[3:4]
        assert list(pair) == [(row.lastname, row.raw["id"])]
        assert list(contacts.values_list("lastname", flat=True)[3:4]) == [row.lastname]
        assert len(list(contacts.values_list("id", flat=True))) == CONTACTS
        with pytest.raises(TypeError):
            contacts.values_list("lastname", "id", flat=True)
        with pytest.raises(TypeError):
            contacts.values_list()


def test_none_is_empty_without_a_request(client: Client, sandbox: Sandbox) -> None:
    nobody = contacts_of(client).objects.none()
    sandbox.requests.clear()
    assert list(nobody) == []
    assert (nobody.first(), nobody.exists(), nobody.count()) == (None, False, 0)
    assert list(nobody.filter(lastname="x").order_by("lastname")) == []
    assert sandbox.requests == []


def test_reverse_is_the_opposite_order(demo: Sandbox) -> None:
    with demo.client() as client:
        contacts = contacts_of(client).objects
        assert numbers(contacts.reverse()) == numbers(contacts.all())[::-1]
        by_name = contacts.order_by("lastname")
        assert numbers(by_name.reverse()) == numbers(by_name)[::-1]
        assert numbers(by_name.reverse().reverse()) == numbers(by_name)


def plain(text: str) -> str:
    """A text as a server compares it: without case and accents."""
    letters = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).lower()


def test_alternatives_of_two_fields_come_from_two_queries_each_row_once(demo: Sandbox) -> None:
    with demo.client() as client:
        contacts = contacts_of(client).objects
        everything = list(contacts.all())
        a, b = vtql.Q(lastname__startswith="s"), vtql.Q(lastname__contains="m")
        c, d = vtql.Q(firstname__startswith="a"), vtql.Q(firstname__contains="e")
        both = contacts.filter((a | b) & (c | d))
        assert len(both.statements()) == 2
        expected = [
            row
            for row in everything
            if (plain(row.lastname).startswith("s") or "m" in plain(row.lastname))
            and (plain(row.firstname).startswith("a") or "e" in plain(row.firstname))
        ]
        assert any(plain(row.lastname).startswith("sm") for row in expected)  # both queries have it
        assert sorted(numbers(both)) == numbers(expected)
        assert both.count() == len(expected)


def test_an_id_of_a_module_that_a_field_does_not_refer_to_is_refused_before_it_is_asked_with() -> (
    None
):
    with Sandbox() as sandbox:
        contacts = sandbox.client().model("Contacts")
        asked = contacts.objects.filter(account_id="99x142")  # Accounts is not described yet
        for look in (lambda: list(asked), asked.count, asked.exists):
            with pytest.raises(vtql.FieldValueError, match="`account_id` of Contacts holds ids of"):
                look()
        assert [each.operation for each in sandbox.requests].count("query") == 0
        assert contacts.objects.filter(account_id="11x142").exists()
        assert (
            not contacts.objects.filter(account_id="11x0").exclude(account_id="11x142")[:0].count()
        )
        described = [each.parameters for each in sandbox.requests if each.operation == "describe"]
        assert described == [{"elementType": "Contacts"}, {"elementType": "Accounts"}]
