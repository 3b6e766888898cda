"""The sandbox through its door: requests as a client sends them, answers as a server gives them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from vtql.catalog.catalog import Catalog
from vtql.catalog.collation import as_text
from vtql.errors import ArgumentError
from vtql.parser.literals import escape_like, unwritable_reason, write_literal
from vtql.profiles import PROFILES
from vtql.protocol import OPERATIONS, login_digest
from vtql.sandbox import Sandbox
from vtql.sandbox.operations import HANDLERS


def describe(name: str, prefix: str, /, **fields: str) -> dict[str, Any]:
    """A small `describe` result: fields by name and type."""
    return {
        "name": name,
        "label": name,
        "idPrefix": prefix,
        "isEntity": True,
        "labelFields": next(iter(fields)),
        "fields": [{"name": each, "type": {"name": type_}} for each, type_ in fields.items()],
    }


CATALOG = Catalog.from_describes(
    [
        describe(
            "Things", "7", name="string", other="string", size="integer", price="currency",
            born="date", seen="datetime", at="time", done="boolean", parent="reference",
            assigned_user_id="owner",
        ),
        describe("Events", "18", subject="string", activitytype="picklist"),
        describe("Calendar", "9", subject="string", activitytype="picklist"),
        describe("Users", "19", user_name="string", status="string", user_password="password"),
    ]
)  # fmt: skip


Row = Mapping[str, str | None]


class Caller:
    """Asks a sandbox as a client would, and gives back what the envelope holds."""

    def __init__(
        self, sandbox: Sandbox, url: str = "", http: requests.Session | None = None
    ) -> None:
        self.sandbox = sandbox
        self.url = (url or sandbox.url) + "webservice.php"
        self.http = http or sandbox.session()
        self.session = ""

    def raw(self, operation: str, **parameters: str) -> Any:
        fields = {"operation": operation, **parameters}
        if self.session:
            fields["sessionName"] = self.session
        method = OPERATIONS[operation].method
        place: dict[str, Any] = {"params" if method == "GET" else "data": fields}
        with self.http.request(method, self.url, timeout=10, **place) as answer:
            assert answer.status_code == 200
            assert answer.headers["Content-Type"] == "application/json"
            return answer.json()

    def ask(self, operation: str, **parameters: str) -> Any:
        envelope = self.raw(operation, **parameters)
        if envelope["success"]:
            return envelope["result"]
        return envelope["error"]["code"], envelope["error"]["message"]

    def log_in(self, username: str = "admin") -> Any:
        token = self.ask("getchallenge", username=username)["token"]
        digest = login_digest(token, self.sandbox.access_key)
        result = self.ask("login", username=username, accessKey=digest)
        self.session = result["sessionName"]
        return result

    def query(self, text: str) -> Any:
        return self.ask("query", query=text)

    def ids(self, text: str) -> list[str]:
        return [row["id"] for row in self.query(text)]

    def names(self, condition: str) -> list[str]:
        rows = self.query(f"select name from Things where {condition} order by id;")
        return [row["name"] for row in rows]


@contextmanager
def calling(sandbox: Sandbox) -> Iterator[Caller]:
    with sandbox:
        caller = Caller(sandbox)
        with caller.http:
            caller.log_in()
            yield caller


def things(*rows: Row, profile: str = "8.4") -> Any:
    numbered: list[Row] = [{"id": f"7x{number}", **row} for number, row in enumerate(rows, 1)]
    return calling(Sandbox(profile, CATALOG, {"Things": numbered}))


@pytest.fixture(scope="module")
def demo() -> Iterator[Caller]:
    with calling(Sandbox()) as caller:
        yield caller


@pytest.fixture(scope="module")
def fuzzed() -> Iterator[Caller]:
    with things({"name": "a"}, profile="7") as caller:
        yield caller


# Logging in


def test_every_handler_is_of_an_operation_of_the_protocol() -> None:
    assert set(HANDLERS) <= set(OPERATIONS)


def test_login_tells_the_session_and_the_version() -> None:
    for name in PROFILES:
        with calling(Sandbox(name, CATALOG)) as caller:
            result = caller.log_in()
            assert result["userId"] == "19x1"
            assert result["vtigerVersion"].startswith(name)


def test_a_wrong_key_and_an_unknown_user_are_refused() -> None:
    with Sandbox(catalog=CATALOG) as sandbox:
        caller = Caller(sandbox)
        assert caller.ask("login", username="admin", accessKey="x")[0] == "INVALID_AUTH_TOKEN"
        assert caller.ask("getchallenge", username="nobody") == (
            "ACCESS_DENIED", "username does not exists",
        )  # fmt: skip
        caller.ask("getchallenge", username="admin")
        assert caller.ask("login", username="admin", accessKey="ß") == (
            "INVALID_USER_CREDENTIALS", "Invalid username or password",
        )  # fmt: skip


def test_a_challenge_lasts_five_minutes_or_until_the_next() -> None:
    now = [1_000_000.0]
    with Sandbox(catalog=CATALOG, clock=lambda: now[0]) as sandbox:
        caller = Caller(sandbox)
        first = caller.ask("getchallenge", username="ADMIN")
        assert first["expireTime"] - first["serverTime"] == 300
        digest = login_digest(first["token"], sandbox.access_key)
        now[0] += 299
        for _ in range(2):  # a token serves more than once
            assert "sessionName" in caller.ask("login", username="admin", accessKey=digest)
        now[0] += 1
        refused = caller.ask("login", username="admin", accessKey=digest)
        assert refused[0] == "INVALID_AUTH_TOKEN"
        caller.ask("getchallenge", username="admin")
        refused = caller.ask("login", username="admin", accessKey=digest)
        assert refused[0] == "INVALID_USER_CREDENTIALS"


def test_users_of_the_records_may_log_in_unless_they_are_inactive() -> None:
    with Sandbox() as sandbox:
        assert Caller(sandbox).log_in("sam")["username"] == "sam"
        caller = Caller(sandbox)
        token = caller.ask("getchallenge", username="lea")["token"]
        digest = login_digest(token, sandbox.access_key)
        refused = caller.ask("login", username="lea", accessKey=digest)
        assert refused[0] == "INVALID_USER_CREDENTIALS"


def test_without_a_session_nothing_is_told() -> None:
    with Sandbox(catalog=CATALOG) as sandbox:
        caller = Caller(sandbox)
        for name, operation in OPERATIONS.items():
            if operation.session:
                assert caller.ask(name) == ("AUTHENTICATION_REQUIRED", "Authencation required")


def test_a_session_ends_by_logout_and_by_expiry() -> None:
    gone = ("INVALID_SESSIONID", "Session Identifier provided is Invalid")
    with calling(Sandbox(catalog=CATALOG)) as caller:
        caller.sandbox.expire_sessions()
        assert caller.ask("listtypes") == gone
        caller.session = ""
        caller.log_in()
        assert caller.ask("logout") == {"message": "successfull"}
        assert caller.ask("logout") == gone
        assert caller.ask("getchallenge", username="admin") == gone


# HTTP


def test_parameters_count_only_where_the_operation_wants_them(demo: Caller) -> None:
    url, session = demo.url, demo.session
    fields = {"operation": "query", "sessionName": session, "query": "select id from Users;"}
    answer = demo.http.post(url, data=fields, timeout=10)
    assert answer.json()["error"]["message"].endswith("denied for query")
    answer = demo.http.post(url, params=fields, timeout=10)
    assert answer.json()["success"]
    answer = demo.http.post(
        url, params={"query": fields["query"]}, data={"operation": "QuErY", "sessionName": session},
        timeout=10,
    )  # fmt: skip
    assert answer.json()["success"]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"])
def test_other_methods_end_without_an_answer(demo: Caller, method: str) -> None:
    fields = {"operation": "getchallenge", "username": "admin"}
    answer = demo.http.request(method, demo.url, params=fields, timeout=10)
    assert (answer.status_code, answer.content) == (500, b"")
    assert answer.headers["Content-Type"].startswith("text/html")


def test_unknown_operations_and_json_bodies_end_without_an_answer(demo: Caller) -> None:
    body = {"operation": "getchallenge", "username": "admin"}
    answers = [
        demo.http.get(demo.url, params={"operation": "frobnicate"}, timeout=10),
        demo.http.get(demo.url, timeout=10),
        demo.http.post(demo.url, json=body, timeout=10),
        demo.http.get(demo.url, params=body | {"format": "xml"}, timeout=10),
    ]
    assert [(each.status_code, each.content) for each in answers] == [(500, b"")] * 4


def test_requests_are_noted_without_secrets() -> None:
    with calling(Sandbox(catalog=CATALOG)) as caller:
        caller.query("select nosuch from Things;")
        asked = caller.sandbox.requests
        assert [each.operation for each in asked] == ["getchallenge", "login", "query"]
        assert asked[1].parameters == {"username": "admin"}
        assert (asked[2].status, asked[2].code) == (200, "ACCESS_DENIED")
        assert asked[2].parameters == {"query": "select nosuch from Things;"}


def test_it_serves_over_a_real_socket() -> None:
    with Sandbox() as sandbox, requests.Session() as http:
        caller = Caller(sandbox, sandbox.serve(), http)
        caller.log_in()
        assert len(caller.query("select id from Contacts;")) == 100
        long = ", ".join(["'12x1'"] * 3000)
        assert caller.query(f"select id from Contacts where id in ({long});") == []


def test_the_client_meets_the_sandbox() -> None:
    with Sandbox("8.4", CATALOG, {"Things": [{"id": "7x1", "name": "Ada"}]}) as sandbox:
        client = sandbox.client()
        assert client.query("select name from Things;") == [{"name": "Ada", "id": "7x1"}]
        sandbox.expire_sessions()
        assert client.retrieve("7x1")["label"] == "Ada"
        client.close()


# Modules and records


def test_listtypes_tells_the_modules(demo: Caller) -> None:
    found = demo.ask("listtypes")
    assert found["types"] == list(demo.sandbox.catalog)
    accounts = {"isEntity": True, "label": "Organizations", "singular": "Organization"}
    assert found["information"]["Accounts"] == accounts
    assert demo.ask("listtypes", fieldTypeList='["grid"]') == {"types": [], "information": []}
    assert "Contacts" in demo.ask("listtypes", fieldTypeList='["phone"]')["types"]
    assert demo.ask("listtypes", fieldTypeList="{bad")[0] == "INTERNAL_SERVER_ERROR"


def test_describe_gives_what_the_catalog_has(demo: Caller) -> None:
    assert demo.ask("describe", elementType="Leads") == demo.sandbox.catalog.describe("Leads")
    assert demo.ask("describe", elementType="leads") == (
        "ACCESS_DENIED", "Permission to perform the operation is denied for name : leads",
    )  # fmt: skip


def test_retrieve_has_every_field_and_a_label() -> None:
    with things({"name": "Ada", "parent": None, "born": None}) as caller:
        found = caller.ask("retrieve", id="7x1")
        assert (found["name"], found["label"]) == ("Ada", "Ada")
        assert (found["parent"], found["born"]) == (None, "")


@pytest.mark.parametrize(
    ("id_", "code"),
    [
        ("7x99", "ACCESS_DENIED"),
        ("77x1", "ACCESS_DENIED"),
        ("", "ACCESS_DENIED"),
        ("nonsense", "ACCESS_DENIED"),
        ("9x1", "INVALID_ID_ATTRIBUTE"),
        ("7X1", "INVALID_ID_ATTRIBUTE"),
        ("7x", "INVALID_ID_ATTRIBUTE"),
    ],
)
def test_retrieve_refuses_ids_that_lead_nowhere(id_: str, code: str) -> None:
    with things({"name": "Ada"}) as caller:
        assert caller.ask("retrieve", id=id_)[0] == code


@pytest.mark.parametrize(
    ("records", "message"),
    [
        (["Things"], "a mapping of modules to rows"),
        ({"Thing": []}, "`Thing`.*`Things`"),
        ({"Things": "x"}, "records of Things"),
        ({"Things": [7]}, "row 0 of Things is not a mapping"),
        ({"Things": [{"name": "Ada"}]}, "row 0 of Things has no `id`"),
        ({"Things": [{"id": "8x1"}]}, "row 0 of Things: the `id` 8x1"),
        ({"Things": [{"id": "7x1"}, {"id": "7x01"}]}, "row 1 of Things has the `id`"),
        ({"Things": [{"id": "7x1", "size": 7}]}, "row 0 of Things: `size` is not text or None: 7"),
        ({"Things": [{"id": "7x1", "name": "\ud800"}]}, "7x1 of Things"),
        ({"Things": [{"id": "7x9999999999999999999999"}]}, "row 0 of Things has no `id`"),
    ],
)
def test_records_that_do_not_fit_are_named(records: Any, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        Sandbox(catalog=CATALOG, records=records)


def test_the_demo_is_the_same_for_a_seed_and_whole() -> None:
    with calling(Sandbox(seed=1)) as again, calling(Sandbox(seed=2)) as other:
        text = "select firstname, lastname from Contacts limit 50;"
        assert again.query(text) != other.query(text)
        rows: list[dict[str, Any]] = []
        for module in again.sandbox.catalog:
            while page := again.query(f"select * from {module} limit {len(rows)}, 100;"):
                rows += page
            ids = {row["id"] for row in rows}
            for row in rows:
                for field in again.sandbox.catalog[module].fields.values():
                    value = row[field.name]
                    field.decode(value)
                    assert value or not field.mandatory
                    if field.type.name in ("reference", "owner") and value and value not in ids:
                        assert isinstance(again.ask("retrieve", id=value), dict), (field, value)
            rows.clear()
        names = again.query("select lastname from Contacts where lastname like '%''%';")
        assert {"O'Brien", "D'Angelo"} <= {row["lastname"] for row in names}


# Queries: what is refused, and in which order


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("hello", "ACCESS_DENIED", "Permission to perform the operation is denied for query"),
        ("select from where;", "ACCESS_DENIED",
         "Permission to perform the operation is denied for name : where"),
        ("select x from things;", "ACCESS_DENIED",
         "Permission to perform the operation is denied for name : things"),
        ("select x from Things, Users;", "ACCESS_DENIED",
         "Permission to perform the operation is denied for name : Things,"),
        ("select datefrom from Things;", "ACCESS_DENIED",
         "Permission to perform the operation is denied for name : from"),
        ("select 'x from Things;", "INTERNAL_SERVER_ERROR",
         "Unknown Error while processing request"),
        ("select x from Things where name = '';", "INTERNAL_SERVER_ERROR",
         "Unknown Error while processing request"),
        ("select x from Things where size = 1.5;", "INTERNAL_SERVER_ERROR",
         "Unknown Error while processing request"),
        ("select x from Things where not name = 'a';", "QUERY_SYNTAX_ERROR", None),
        ("select x from Things", "QUERY_SYNTAX_ERROR", None),
        ("select nosuch from Things where nope = 'a';", "ACCESS_DENIED",
         "Permission to access '.nosuch.' attribute denied."),
        ("select ID from Things where nope = 'a';", "ACCESS_DENIED",
         "Permission to access '.ID.' attribute denied."),
        ("select * from Things where parent = 'x' and nope = 'a';", "ACCESS_DENIED",
         "Permission to access nope attribute denied."),
        ("select user_password from Users;", "ACCESS_DENIED",
         "Permission to access '.user_password.' attribute denied."),
        ("select * from Things where parent = 5;", "INVALID_ID_ATTRIBUTE",
         "Id specified is incorrect"),
        ("select * from Things where assigned_user_id = 'admin';", "INVALID_ID_ATTRIBUTE", None),
        ("select * from Things where id like '7x%';", "INVALID_ID_ATTRIBUTE", None),
    ],
)  # fmt: skip
def test_a_query_is_refused_as_the_server_refuses(
    text: str, code: str, message: str | None
) -> None:
    with things() as caller:
        found = caller.query(text)
        assert found[0] == code
        assert message in (None, found[1])


@pytest.mark.parametrize(
    "text",
    [
        "select id from Things order by nosuch;",
        "select id from Things where id = '1';",
        "select id from Things where assigned_user_id = 5;",
        "select id from Things where name = 7x1;",
    ],
)
def test_sql_that_fails_is_an_error_or_an_empty_list(text: str) -> None:
    for name, profile in PROFILES.items():
        with things({"name": "a"}, profile=name) as caller:
            failed = (
                "DATABASE_QUERY_ERROR", "Database error while performing requested operation",
            )  # fmt: skip
            assert caller.query(text) == ([] if profile.hides_sql_errors else failed)


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("name = other", ["same"]),
        ("size = born", []),
        ("name like other", ["same"]),
        ("name = null", []),
        ("name != null", []),
        ("done = true", ["same"]),
        ("size = 1e1", ["same"]),
        ("name in 'same'", ["same"]),
        ("name in 'same', 'b'", ["same", "b"]),
        ("name in ('b', other)", ["same", "b"]),
        ("order name = 'b'", ["b"]),
        ("name = Smith", None),
        ("name = select", None),
        ("name = '\\'", None),
        ("name in ('b'", None),
    ],
)
def test_what_is_no_vtql_is_answered_as_the_server_answers(
    condition: str, found: list[str] | None
) -> None:
    rows = {"name": "same", "other": "SAME", "size": "10", "done": "1"}, {"name": "b", "size": "7"}
    with things(*rows, profile="7") as caller:
        answer = caller.query(f"select name from Things where {condition};")
        if found is None:
            assert answer[0] == "DATABASE_QUERY_ERROR"
        else:
            assert [row["name"] for row in answer] == found


def test_a_server_that_folds_the_names_of_modules_is_asked_in_any_case() -> None:
    text = "SELECT name FROM {} WHERE name = 'a';"
    with things({"name": "a"}, profile="5.4") as caller:
        assert caller.query(text.format("tHINGS")) == caller.query(text.format("Things"))
        refused = caller.ask("describe", elementType="things")
        assert refused[0] == "ACCESS_DENIED"  # only a query looks its module up
    with things({"name": "a"}, profile="7") as caller:
        assert caller.query(text.format("tHINGS"))[0] == "ACCESS_DENIED"


def test_a_list_does_not_begin_with_a_bare_zero() -> None:
    with things({"name": "a", "size": "0"}) as caller:
        refused = caller.query("select name from Things where size in (0, 1);")
        assert refused == ("QUERY_SYNTAX_ERROR", "columns data inappropriate")
        assert caller.names("size in ('0', 1)") == caller.names("size in (0)") == ["a"]


def test_a_limit_that_is_no_number_limits_nothing_or_fails() -> None:
    with calling(Sandbox("documented")) as caller:
        assert len(caller.query("select id from Contacts limit abc;")) == 100
        for limit in ("'5'", "-1", "+5", "1e1", "abc, 5"):
            refused = caller.query(f"select id from Contacts limit {limit};")
            assert refused[0] == "DATABASE_QUERY_ERROR"


def test_an_order_does_not_join_its_table_on_a_server_that_was_measured() -> None:
    order = "order by mailingcity limit 3"
    with calling(Sandbox("8.4")) as caller:
        assert caller.query(f"select lastname from Contacts {order};") == []
        assert len(caller.query(f"select lastname, mailingcity from Contacts {order};")) == 3
        assert len(caller.query(f"select lastname, mailingzip from Contacts {order};")) == 3
        assert len(caller.query(f"select * from Contacts {order};")) == 3
        where = "where othercity != 'x'"
        assert len(caller.query(f"select lastname from Contacts {where} {order};")) == 3
    with calling(Sandbox("documented")) as caller:
        assert len(caller.query(f"select lastname from Contacts {order};")) == 3


@pytest.mark.parametrize(
    ("condition", "strict", "loose"),
    [
        (r"parent = '11x\5'", "INVALID_ID_ATTRIBUTE", ["a"]),
        ("parent = 'x5'", "INVALID_ID_ATTRIBUTE", ["a"]),
        ("parent like '11x%'", "INVALID_ID_ATTRIBUTE", ["a", "b"]),
        ("parent like '11x_'", "INVALID_ID_ATTRIBUTE", ["a", "b"]),
        ("parent = '11x5x9'", ["a"], ["a"]),
        ("parent = '5'", "INVALID_ID_ATTRIBUTE", "INVALID_ID_ATTRIBUTE"),
    ],
)
def test_8_0_looks_at_less_of_an_id_than_8_4(condition: str, strict: Any, loose: Any) -> None:
    rows = [{"name": "a", "parent": "11x5"}, {"name": "b"}]
    for profile, expected in (("8.4", strict), ("8.0", loose)):
        with things(*rows, profile=profile) as caller:
            answer = caller.query(f"select name from Things where {condition};")
            found = [row["name"] for row in answer] if isinstance(answer, list) else answer[0]
            assert found == expected, profile


# Queries: which records


def test_texts_are_equal_without_case_accents_and_trailing_blanks() -> None:
    same = ["alpha", "Alpha", "ALPHA", "alpha  ", "álpha"]
    rows = [{"name": name} for name in [*same, " alpha", "alphab", "straße"]]
    with things(*rows) as caller:
        assert caller.names("name = 'Alphá '") == same
        assert caller.names("name in ('ALPHA', 'x')") == same
        assert caller.names("name like 'alpha'") == ["alpha", "Alpha", "ALPHA", "álpha"]
        assert caller.names("name like 'ALPHA_'") == ["alphab"]
        assert caller.names("name = 'strasse'") == []
        assert caller.names("name = 'strase'") == ["straße"]


def test_null_is_never_found_and_a_blank_finds_the_empty_text() -> None:
    with things({"name": "a", "other": None}, {"name": "b", "other": ""}) as caller:
        assert caller.names("other = ' '") == ["b"]
        assert caller.names("other != 'x'") == ["b"]
        assert caller.names("other like '%'") == ["b"]
        assert caller.names("other like '_%'") == []
        assert caller.names("other != 'x' or name = 'a'") == ["a", "b"]


def test_numbers_are_compared_as_numbers() -> None:
    with things(
        {"name": "9", "size": "9", "price": "1.50000000"}, {"name": "10", "size": "10"},
        {"name": "0", "size": "0"}, {"name": "1e1", "size": "-5"}, {"name": "word", "size": None},
    ) as caller:  # fmt: skip
        assert caller.names("size > '9'") == ["10"]
        assert caller.names("size = '10abc'") == ["10"]
        assert caller.names("size = 'abc'") == ["0"]
        assert caller.names("size in (-5, '9')") == ["9", "1e1"]
        assert caller.names("size != 0") == ["9", "10", "1e1"]
        assert caller.names("price = '1.5'") == ["9"]
        assert caller.names("name = 10") == ["10", "1e1"]
        assert caller.names("name = 0") == ["0", "word"]
        assert [row["size"] for row in caller.query("select size from Things order by size;")] == [
            None, "-5", "0", "9", "10",
        ]  # fmt: skip


def test_moments_are_compared_as_moments() -> None:
    with things(
        {"name": "a", "born": "2024-02-29", "seen": "2024-02-29 00:00:00", "at": "09:30:00"},
        {"name": "b", "born": "0000-00-00", "seen": "2024-02-29 10:20:30", "at": "12:00:00"},
        {"name": "c"},
    ) as caller:
        assert caller.names("born = '2024/2/29'") == ["a"]
        assert caller.names("born = 20240229") == ["a"]
        assert caller.names("born = '29-02-2024'") == ["b"]
        assert caller.names("seen = '2024-02-29'") == ["a"]
        assert caller.names("seen > '2024-02-29'") == ["b"]
        assert caller.names("seen <= '2024-02-29T10:20:30'") == ["a", "b"]
        assert caller.names("seen like '2024-02-29 10%'") == ["b"]
        assert caller.names("at = '9:30'") == ["a"]
        assert caller.names("at > '9:45'") == ["b"]


@pytest.mark.parametrize(("module", "condition", "found"), [
    ("Things", "{} = '9:30'", True), ("Things", "{} = '093000'", True),
    ("Things", "{} > '9:29:59.5'", True), ("Things", "{} = ' 09:30:00 '", True),
    ("Things", "{} = '0 9:30'", True), ("Things", "{} = '9:30:61'", False),
    ("Things", "{} <= 'abc'", False), ("Things", "{} >= 'abc'", True),
    ("Events", "{} = '9:30'", False), ("Events", "{} = '09:30:00 '", True),
    ("Events", "{} > '9:30'", False), ("Events", "{} <= 2024", True),
])  # fmt: skip
def test_times_are_compared_as_times_but_those_of_a_calendar_as_texts(
    module: str, condition: str, found: bool
) -> None:
    """As MariaDB 10.11 compares them, whose columns these are."""
    name = "time_start"
    described = {"name": module, "idPrefix": "7", "isEntity": True, "labelFields": "", "fields": [
        {"name": name, "label": name, "type": {"name": "time"}},
        {"name": "id", "label": "id", "type": {"name": "autogenerated"}}]}  # fmt: skip
    catalog = Catalog.from_describes([described])
    rows = {module: [{"id": "7x1", name: "09:30:00"}]}
    with calling(Sandbox("8.4", catalog, rows)) as caller:
        text = f"select id from {module} where {condition.format(name)};"
        assert bool(caller.query(text)) is found


def test_references_are_compared_by_number_whatever_the_prefix() -> None:
    with things(
        {"name": "a", "parent": "11x4", "assigned_user_id": "20x2"},
        {"name": "b", "parent": None, "assigned_user_id": "19x1"},
    ) as caller:
        assert caller.names("parent = '99x4'") == ["a"]
        assert caller.names("parent in (11x4, 11x5)") == ["a"]
        assert caller.names("parent like ' 11x4'") == ["a"]
        assert caller.names("parent = '11x0'") == ["b"]
        assert caller.names("parent != '11x4'") == ["b"]
        assert caller.names("assigned_user_id = '19x2'") == ["a"]
        assert caller.ids("select id from Things where id > '7x1' order by id;") == ["7x2"]


def test_checkboxes_are_texts() -> None:
    with things({"name": "a", "done": "1"}, {"name": "b", "done": "0"}) as caller:
        assert caller.names("done = '1'") == caller.names("done = 1") == ["a"]
        assert caller.names("done != '1'") == ["b"]
        assert caller.names("done = 'true'") == []


def test_a_chain_is_read_as_the_profile_reads() -> None:
    rows = [{"name": f"{bits:03b}", "size": f"{bits & 1}", "other": f"{bits >> 1 & 1}",
             "price": f"{bits >> 2}"} for bits in range(8)]  # fmt: skip
    chain = "price = '1' or other = '1' and size = '1'"
    with things(*rows, profile="8.4") as caller:
        assert caller.names(chain) == ["011", "100", "101", "110", "111"]
    with things(*rows, profile="documented") as caller:
        assert caller.names(chain) == ["011", "101", "111"]
        assert caller.names("price = '1' or other = '0' and size = '0'") == ["000", "100", "110"]


@pytest.mark.parametrize("name", [name for name, each in PROFILES.items() if each.semicolon])
def test_a_query_without_its_semicolon_is_refused(name: str) -> None:
    with things({"name": "a"}, profile=name) as caller:
        assert caller.query("select name from Things")[0] == "QUERY_SYNTAX_ERROR"


@pytest.mark.parametrize("name", [name for name, each in PROFILES.items() if not each.semicolon])
def test_a_query_without_its_semicolon_is_answered_as_the_page_has_it(name: str) -> None:
    with things({"name": "a"}, profile=name) as caller:
        assert [row["name"] for row in caller.query("select name from Things")] == ["a"]
        assert caller.query("select name from Things where")[0] == "QUERY_SYNTAX_ERROR"


def test_long_chains_and_lists_are_answered() -> None:
    with things({"name": "a"}, profile="documented") as caller:
        assert caller.names(" or ".join(["name = 'a'"] * 3000)) == ["a"]
        assert caller.names(f"name in ({', '.join(['1', *['0'] * 5000])})") == ["a"]
        alternating = " or name = 'a' and ".join(["name = 'a'"] * 3000)
        refused = caller.query(f"select id from Things where {alternating};")
        assert refused[0] == "DATABASE_QUERY_ERROR"  # deeper than the database goes


def test_the_limit_is_a_hundred_and_the_offset_is_free(demo: Caller) -> None:
    every = [row["id"] for start in range(0, 500, 100)
             for row in demo.query(f"select id from Contacts limit {start}, 100;")]  # fmt: skip
    assert len(every) == 432
    assert every == sorted(every, key=lambda id_: int(id_[3:]))
    assert demo.ids("select id from Contacts;") == every[:100]
    assert demo.ids("select id from Contacts limit 500;") == every[:100]
    assert demo.ids("select id from Contacts limit 431, 500;") == every[431:]
    assert demo.query("select id from Contacts limit 0;") == []
    assert demo.query("select id from Contacts limit 999999999999999999, 5;") == []


def test_the_direction_belongs_to_the_last_field() -> None:
    rows = [{"name": name, "size": size} for name, size in ("b1", "A2", "a1", "Á3")]
    with things(*rows) as caller:
        found = caller.query("select size from Things order by name, size desc;")
        assert [row["size"] for row in found] == ["3", "2", "1", "1"]


def test_count_is_answered_where_the_profile_counts() -> None:
    for name, profile in PROFILES.items():
        with things({"name": "a"}, {"name": "b"}, profile=name) as caller:
            counted = [{"count": "2"}] if profile.counts else []
            assert caller.query("select count(*) from Things;") == counted


def test_rows_have_what_was_asked_and_the_id() -> None:
    with things({"name": "a", "hidden": "h"}) as caller:
        (row,) = caller.query("select size, name, name from Things;")
        assert list(row) == ["size", "name", "id"]
        (row,) = caller.query("select * from Things;")
        assert set(row) == {*CATALOG["Things"].fields, "hidden"}
        assert caller.query("select hidden from Things;")[0] == "ACCESS_DENIED"


def test_some_records_are_left_out_by_every_query() -> None:
    task, meeting, bare = ({"activitytype": each} for each in ("Task", "Meeting", None))
    records: dict[str, list[Row]] = {
        "Calendar": [{"id": "9x1", **task}, {"id": "9x2", **meeting}, {"id": "9x3", **bare}],
        "Events": [{"id": "18x4", **task}, {"id": "18x5", **meeting}, {"id": "18x6", **bare}],
        "Users": [
            {"id": "19x1", "user_name": "admin", "status": "Active"},
            {"id": "19x2", "user_name": "bob", "status": "Inactive"},
        ],
    }
    with calling(Sandbox("8.4", CATALOG, records)) as caller:
        every = "subject = 'x' or id > '9x0'"
        assert caller.ids(f"select id from Calendar where {every};") == ["9x1", "9x3"]
        assert caller.ids("select id from Events;") == ["18x5", "18x6"]
        assert caller.ids("select id from Users;") == ["19x1"]


# Any value, any request

SAYABLE = st.text(min_size=1, max_size=60).filter(lambda text: unwritable_reason(text) is None)


@settings(deadline=None)
@given(SAYABLE | st.text(alphabet="'\\%_ aA\n\0é", min_size=1, max_size=12), st.text(max_size=9))
def test_any_text_is_found_and_comes_back_unchanged(value: str, other: str) -> None:
    with things({"name": value}, {"name": other}) as caller:
        expected = [value, other] if as_text(other) == as_text(value) else [value]
        assert caller.names(f"name = {write_literal(value)}") == expected
        assert caller.names(f"name in ({write_literal(value)})") == expected
        assert value in caller.names(f"name like {write_literal(escape_like(value))}")
        around = f"%{escape_like(value[len(value) // 2 :])}%"
        assert value in caller.names(f"name like {write_literal(around)}")
        assert value not in caller.names(f"name != {write_literal(value)}")


@settings(deadline=None)
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "get", "BREW", ""]),
    query=st.text(alphabet=st.characters(max_codepoint=255), max_size=80)
    | st.sampled_from(["operation=query&query=select", "operation=%ff&%00", "operation=login"]),
    body=st.binary(max_size=80)
    | st.sampled_from([b"operation=login&accessKey=%ff&username=admin"]),
    kind=st.sampled_from(["application/x-www-form-urlencoded", "application/json", "", "\xff"]),
    length=st.sampled_from(["", "-1", "x", "²", "10", "99999999999999999999"]),
)
def test_any_request_has_an_answer(
    fuzzed: Caller, method: str, query: str, body: bytes, kind: str, length: str
) -> None:
    environ = {
        "REQUEST_METHOD": method, "PATH_INFO": "/webservice.php", "QUERY_STRING": query,
        "CONTENT_TYPE": kind, "CONTENT_LENGTH": length, "wsgi.input": io.BytesIO(body),
    }  # fmt: skip
    started: list[str] = []
    start: Callable[..., Any] = lambda status, _headers: started.append(status)  # noqa: E731 - it is one
    answer = b"".join(fuzzed.sandbox.app(environ, start))
    assert started[0][:3] in ("200", "500")
    assert not answer or "success" in json.loads(answer)


@settings(deadline=None)
@given(st.text(max_size=60) | st.text(alphabet="selctfromThings where=<>!'\\\"();,%*01x-\n"))
def test_any_query_has_an_answer(fuzzed: Caller, text: str) -> None:
    for query in (text, f"select * from Things where {text};", f"select {text} from Things;"):
        assert "success" in fuzzed.raw("query", query=query)
