"""The sandbox as a test double: what goes wrong on purpose does so in process and over HTTP alike."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
import requests

import vtql
from vtql.catalog.catalog import Catalog
from vtql.errors import ArgumentError
from vtql.sandbox import Sandbox
from vtql.sandbox.service import START

CATALOG = Catalog.from_describes(
    [
        {
            "name": "Things",
            "idPrefix": "7",
            "labelFields": "name",
            "fields": [{"name": "name", "type": {"name": "string"}}],
        }
    ]
)


@pytest.fixture
def box() -> Iterator[Sandbox]:
    with Sandbox("8.4", CATALOG, {"Things": [{"id": "7x1", "name": "Ada"}]}) as sandbox:
        yield sandbox


@pytest.fixture(params=["in process", "over HTTP"])
def http(request: pytest.FixtureRequest, box: Sandbox) -> Iterator[tuple[str, requests.Session]]:
    """An address of the web service, and a way to it."""
    if request.param == "in process":
        url, session = box.url, box.session()
    else:
        url, session = box.serve(), requests.Session()
    with session:
        yield f"{url}webservice.php", session


Way = tuple[str, requests.Session]
CHALLENGE = {"operation": "getchallenge", "username": "admin"}


def ask(way: Way, **options: float) -> requests.Response:
    url, session = way
    return session.get(url, params=CHALLENGE, timeout=options.get("timeout", 10))


def test_a_refusal_comes_to_the_requests_it_is_meant_for_and_to_no_more(
    box: Sandbox, http: Way
) -> None:
    box.fail_next("login")
    box.fail_next("GetChallenge", "ACCESS_DENIED", times=2)
    answers = [ask(http) for _ in range(3)]
    denied = {"message": "Permission to perform the operation is denied", "code": "ACCESS_DENIED"}
    assert [each.json().get("error") for each in answers] == [denied, denied, None]
    assert [each.code for each in box.requests] == ["ACCESS_DENIED", "ACCESS_DENIED", None]


def test_a_status_has_an_empty_body(box: Sandbox, http: Way) -> None:
    box.fail_next(status=500)
    answer = ask(http)
    assert (answer.status_code, answer.content) == (500, b"")
    assert answer.headers["Content-Type"] == "text/html; charset=UTF-8"


def test_an_operation_that_does_not_exist_cannot_fail(box: Sandbox) -> None:
    with pytest.raises(vtql.ArgumentError, match=r"`qury`.*`query`"):
        box.fail_next("qury")
    with pytest.raises(vtql.ArgumentError, match="`nope` is not an operation"):
        box.drop_connection("nope")


def test_a_connection_is_cut_before_or_after_the_work(box: Sandbox, http: Way) -> None:
    for when, sessions in (("before", 0), ("after", 1)):
        box.drop_connection("getchallenge", when=when)  # type: ignore[arg-type] # a literal each
        with pytest.raises(requests.ConnectionError):
            ask(http)
        assert len(box._sessions._challenges) == sessions
        assert box.requests[-1].status == 0
    assert ask(http).ok


def test_half_an_answer_is_the_first_half(box: Sandbox, http: Way) -> None:
    box.truncate_next("getchallenge")
    half, whole = ask(http).content, ask(http).content
    assert whole.startswith(half[:30])
    assert len(half) * 2 in (len(whole), len(whole) - 1)


def test_a_rate_limit_says_when_to_come_again(box: Sandbox, http: Way) -> None:
    box.rate_limit(retry_after=7)
    answer = ask(http)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    assert answer.headers["X-FloodControl-MinuteRemaining"] == "0"
    assert ask(http).ok


def test_dirt_stands_in_front_of_json_until_it_ends(box: Sandbox, http: Way) -> None:
    box.pollute_bodies()
    assert ask(http).text.startswith("<br />\n<b>Warning</b>")
    box.fail_next(status=500)
    assert ask(http).content == b""
    box.pollute_bodies("")
    assert ask(http).text.startswith('{"success"')


def test_a_slow_answer_is_waited_for_as_long_as_the_timeout(box: Sandbox, http: Way) -> None:
    box.latency = 0.4
    with pytest.raises(requests.ReadTimeout):
        ask(http, timeout=0.05)
    assert ask(http, timeout=5).ok
    assert box.latency == 0.4


def test_a_session_that_ran_out_says_so_once(box: Sandbox) -> None:
    client = box.client()
    client.list_types()
    box.expire_sessions("SESSION_EXPIRED")
    assert "Things" in client.list_types()["types"]
    codes = [each.code for each in box.requests if each.operation == "listtypes"]
    assert codes == [None, "SESSION_EXPIRED", None]


def test_a_session_that_nobody_uses_is_gone(box: Sandbox) -> None:
    client = box.client()
    for seconds in (1439, 1439, 1440):
        client.list_types()
        box.clock.advance(seconds)
    client.list_types()
    codes = [each.code for each in box.requests if each.operation == "listtypes"]
    assert codes == [None, None, None, "INVALID_SESSIONID", None]


def test_time_stands_still_until_it_is_moved(box: Sandbox) -> None:
    assert box.clock() == box.clock() == START
    assert box.clock.text() == "2026-01-05 09:00:00"
    box.clock.advance(90)
    assert box.clock.text() == "2026-01-05 09:01:30"
    with Sandbox(catalog=CATALOG, clock=lambda: 60.0) as other:
        other.clock.advance(1)
        assert other.clock() == 61


def test_of_many_requests_the_last_ones_are_kept(
    box: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vtql.sandbox.app.LOGGED_REQUESTS", 10)
    with box.session() as session:
        for _ in range(25):
            ask((f"{box.url}webservice.php", session))
    assert 5 <= len(box.requests) <= 10


# The plugin

USE = """
import pytest, requests

def test_a_client(vtiger, vtiger_sandbox):
    rows = vtiger.query("select lastname from Contacts limit 3;")
    assert len(rows) == 3
    assert [each.operation for each in vtiger_sandbox.requests] == ["getchallenge", "login", "query"]

def test_each_has_its_own(vtiger_sandbox):
    assert vtiger_sandbox.requests == []

@pytest.mark.vtiger(profile="8.4", seed=2)
def test_a_profile(vtiger):
    assert vtiger.login_facts["vtigerVersion"] == "8.4.0"

def test_a_url(vtiger_server, vtiger_sandbox):
    fields = {"operation": "getchallenge", "username": vtiger_sandbox.username}
    answer = requests.get(vtiger_server + "webservice.php", params=fields, timeout=10)
    assert answer.json()["success"]

class TestOptions:
    @pytest.fixture
    def vtiger_options(self):
        return {"profile": "7"}

    def test_of_a_project(self, vtiger):
        assert vtiger.login_facts["vtigerVersion"] == "7.5.0"

    @pytest.mark.vtiger(profile="5.4")
    def test_of_one_test(self, vtiger):
        assert vtiger.login_facts["vtigerVersion"] == "5.4.0"
"""


def test_the_fixtures_of_the_plugin(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(USE)
    loaded = [] if "vtql" in installed() else ["-p", "vtql.sandbox.plugin"]
    result = pytester.runpytest_subprocess("--strict-markers", *loaded)
    result.assert_outcomes(passed=6)


MISUSED = """
import pytest

@pytest.mark.vtiger(profile="8.5")
def test_profile(vtiger): pass

@pytest.mark.vtiger(profil="8.4")
def test_option(vtiger): pass

@pytest.mark.vtiger("8.4")
def test_position(vtiger): pass

@pytest.mark.vtiger(records={"Contacts": [{"id": "12x1", "lastname": 3}]})
def test_records(vtiger): pass

@pytest.mark.vtiger(file="no/such/folder/crm.sandbox")
def test_file(vtiger): pass
"""


def test_what_cannot_be_made_is_told_in_a_line(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(MISUSED)
    loaded = [] if "vtql" in installed() else ["-p", "vtql.sandbox.plugin"]
    result = pytester.runpytest_subprocess("--tb=line", *loaded)
    result.assert_outcomes(errors=5)
    told = "\n".join(result.outlines)
    for line in (
        "cannot be made: `8.5` is not a server profile; the nearest names are `8.0` and `8.4`",
        "cannot be made: it has no option `profil`; the nearest names are `profile` and `file`",
        "by name, not ('8.4',)",
        "cannot be made: row 0 of Contacts: `lastname` is not text or None: 3",
        "cannot be made: no/such/folder/crm.sandbox: No such file or directory",
    ):
        assert line in told, told
    assert "During handling" not in told


MISTAKES: dict[str, Callable[[Sandbox], object]] = {
    "at least 1, not 0": lambda box: box.fail_next("query", times=0),
    "from 200 to 599, not 9999": lambda box: box.fail_next("query", status=9999),
    "'before' or 'after', not 'during'": lambda box: box.fail_next(when="during"),  # type: ignore[arg-type]
    "at least 1, not -1": lambda box: box.rate_limit(-1),
    "`latency` is a number of seconds, not -1": lambda box: setattr(box, "latency", -1),
    "in front of a body is text, not 3": lambda box: box.pollute_bodies(3),  # type: ignore[arg-type]
    "by a number of seconds, not 'x'": lambda box: box.clock.advance("x"),  # type: ignore[arg-type]
    "the nearest name is `query`": lambda box: box.drop_connection("qery"),
}


@pytest.mark.parametrize("message", MISTAKES)
def test_a_switch_says_what_it_takes(box: Sandbox, message: str) -> None:
    with pytest.raises(ArgumentError, match=re.escape(message)):
        MISTAKES[message](box)


def installed() -> set[str]:
    from importlib.metadata import entry_points  # noqa: PLC0415 - what is installed

    return {each.name for each in entry_points(group="pytest11")}


def test_the_plugin_loads_nothing_heavy() -> None:
    heavy = {"sqlite3", "requests", "lark", "dateutil", "vtql.sandbox.sandbox"}
    program = f"import sys, vtql.sandbox.plugin; print(sorted({heavy!r} & set(sys.modules)))"
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"
