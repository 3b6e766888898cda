"""Logging in, staying logged in, and where the credentials come from; over real sockets."""

from __future__ import annotations

import io
import itertools
import os
import re
import stat
import subprocess
import sys
import threading
import time
from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from stub_servers import (
    CONTACTS,
    DIGEST,
    KEY,
    SESSION,
    TOKEN,
    USERNAME,
    Answer,
    Connect,
    Seen,
    Serve,
    after_login,
    answering_queries,
    asked,
    json_answer,
    json_refusal,
    lost,
    refused,
    shown,
)

import vtql
from vtql.cli import main, parser
from vtql.client import Client, accounts
from vtql.client.accounts import Account
from vtql.client.secrets import Secret
from vtql.client.session import Session
from vtql.errors import ArgumentError, VtqlError
from vtql.protocol import LOG_IN_AGAIN, login_digest
from vtql.sandbox import Sandbox

# Logging in


def test_login_answers_the_challenge_with_the_md5_of_token_and_key(
    serve: Serve, connect: Connect
) -> None:
    server = serve(after_login(lambda _: json_answer([])))
    assert connect(server).query("q;") == []
    challenge, login, query = server.seen
    assert (challenge.method, challenge.url) == (
        "GET",
        {"operation": "getchallenge", "username": USERNAME},
    )
    assert (login.method, login.form) == (
        "POST",
        {"operation": "login", "username": USERNAME, "accessKey": DIGEST},
    )
    assert query.url == {"operation": "query", "query": "q;", "sessionName": SESSION}


def test_nothing_is_sent_before_something_is_asked(serve: Serve, connect: Connect) -> None:
    server = serve(after_login(lambda _: json_answer([])))
    repr(connect(server))
    assert server.seen == []


@pytest.mark.parametrize(
    "answer",
    [
        {"sessionName": SESSION},
        {"sessionId": SESSION},
        {"sessionName": None, "sessionId": SESSION},
        {"sessionName": "", "sessionId": SESSION},
        {"sessionName": SESSION, "sessionId": "another"},
    ],
)
def test_the_session_is_read_as_session_name_or_session_id(
    serve: Serve, connect: Connect, answer: dict[str, Any]
) -> None:
    working = after_login(lambda _: json_answer([]))
    server = serve(lambda seen: json_answer(answer) if seen.operation == "login" else working(seen))
    client = connect(server)
    client.query("q;")
    assert server.seen[-1].url["sessionName"] == SESSION
    assert client.login_facts == {}


def test_one_login_serves_many_requests(client: Client, sandbox: Sandbox) -> None:
    client.list_types()
    client.describe("Contacts")
    client.query("SELECT id FROM Contacts;")
    assert asked(sandbox) == ["getchallenge", "login", "listtypes", "describe", "query"]


def test_a_wrong_key_is_refused_by_name(sandbox: Sandbox) -> None:
    session = sandbox.session()
    with vtql.connect(sandbox.url, sandbox.username, "wrong", session=session) as client:
        error = refused(client.list_types)
    assert (error.code, error.operation) == ("INVALID_USER_CREDENTIALS", "login")


@pytest.mark.parametrize("challenge", [None, [], "token", {}, {"token": None}, {"token": 5}])
def test_a_challenge_without_a_token_is_lost(
    serve: Serve, connect: Connect, challenge: Any
) -> None:
    server = serve(lambda _: json_answer(challenge))
    assert "getchallenge: the answer has no token" in lost(connect(server).list_types)
    assert server.operations == ["getchallenge"]


@pytest.mark.parametrize("login", [None, [], "session", {}, {"sessionName": 5}, {"userId": "19x1"}])
def test_a_login_without_a_session_is_lost(serve: Serve, connect: Connect, login: Any) -> None:
    working = after_login(lambda _: json_answer([]))
    server = serve(lambda seen: json_answer(login) if seen.operation == "login" else working(seen))
    assert "login: the answer names no session" in lost(connect(server).list_types)
    assert server.operations == ["getchallenge", "login"]


def test_two_threads_that_need_a_login_make_one(serve: Serve, connect: Connect) -> None:
    both = threading.Barrier(2)

    def answering(seen: Seen) -> Answer:
        if seen.operation == "getchallenge":  # leave a second thread the time to ask as well
            both_or_a_moment(both)
        return working(seen)

    working = after_login(lambda _: json_answer([]))
    server = serve(answering)
    client = connect(server)
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(client.query, ("a;", "b;"))) == [[], []]
    assert sorted(server.operations) == ["getchallenge", "login", "query", "query"]


class Door:
    """A server that keeps the last challenge of its user, for one login or for any number."""

    def __init__(self, *, once: bool) -> None:
        self.once = once
        self.lock = threading.Lock()
        self.made = itertools.count()
        self.kept = ""
        self.refused = 0

    def __call__(self, seen: Seen) -> Answer:
        with self.lock:
            match seen.operation:
                case "getchallenge":
                    self.kept = f"challenge{next(self.made)}"
                    return json_answer({"token": self.kept})
                case "login" if seen.form["accessKey"] != login_digest(self.kept, KEY):
                    self.refused += 1
                    return json_refusal("INVALID_USER_CREDENTIALS")
                case "login":
                    self.kept = "" if self.once else self.kept
                    return json_answer({"sessionName": f"session{next(self.made)}"})
                case _:
                    return json_answer([{"id": "12x1"}])


def logged_in(sessions: list[Session]) -> set[Secret]:
    """The sessions that so many have at the same time."""
    with ThreadPoolExecutor(len(sessions)) as pool:
        return {login.session for login in pool.map(lambda each: each._current(), sessions)}


@pytest.mark.parametrize("once", [False, True], ids=["for any number", "for one login"])
def test_many_logins_at_a_time_come_to_one_session_each(
    serve: Serve, connect: Connect, once: bool
) -> None:
    door = Door(once=once)
    server = serve(door)
    first = connect(server)._session
    sessions = [first, *(first.another() for _ in range(7))]
    assert len(logged_in(sessions)) == 8
    if once:
        assert server.operations.count("getchallenge") <= 1 + 8
    else:
        assert (server.operations.count("getchallenge"), door.refused) == (1, 0)


def test_a_challenge_that_was_replaced_is_asked_for_anew(serve: Serve, connect: Connect) -> None:
    door = Door(once=False)
    client = connect(serve(door))
    further = [client._session.another() for _ in range(3)]
    client.query("q;")
    door.kept = "of another process"
    assert len(logged_in(further)) == 3
    client.get_challenge()  # replaces it, too, and so no login uses the one before
    door.refused = 0
    assert len(logged_in([client._session.another()])) == 1
    assert door.refused == 0


def both_or_a_moment(barrier: threading.Barrier, seconds: float = 0.2) -> None:
    try:
        barrier.wait(seconds)
    except threading.BrokenBarrierError:
        return


# A session that is gone


def test_a_session_that_is_gone_is_renewed_once_and_the_request_sent_again(
    client: Client, sandbox: Sandbox
) -> None:
    text = "SELECT id FROM Contacts LIMIT 3;"
    before = client.query(text)
    sandbox.expire_sessions()
    sandbox.requests.clear()
    assert client.query(text) == before
    assert [(each.operation, each.code) for each in sandbox.requests] == [
        ("query", "INVALID_SESSIONID"),
        ("getchallenge", None),
        ("login", None),
        ("query", None),
    ]
    assert client.query(text) == before
    assert asked(sandbox)[4:] == ["query"]


def test_a_session_that_ends_between_two_pages_loses_no_row(
    client: Client, sandbox: Sandbox
) -> None:
    rows = iter(client.model("Contacts").objects.all())
    ids = [next(rows).raw["id"] for _ in range(100)]
    sandbox.expire_sessions()
    ids += [row.raw["id"] for row in rows]
    assert len(ids) == len(set(ids)) == CONTACTS


@pytest.mark.parametrize("code", sorted(LOG_IN_AGAIN))
def test_a_session_is_never_renewed_twice_for_one_request(
    serve: Serve, connect: Connect, code: str
) -> None:
    server = serve(after_login(lambda _: json_refusal(code, "again")))
    error = refused(lambda: connect(server).query("q;"))
    assert (error.code, error.message, error.operation) == (code, "again", "query")
    assert server.operations == ["getchallenge", "login", "query"] * 2


@pytest.mark.parametrize("code", ["ACCESS_DENIED", "QUERY_SYNTAX_ERROR", 0, 35, ""])
def test_another_refusal_is_not_sent_again(serve: Serve, connect: Connect, code: str | int) -> None:
    server = serve(after_login(lambda _: json_refusal(code)))
    assert refused(lambda: connect(server).query("q;")).code == code
    assert server.operations == ["getchallenge", "login", "query"]


def test_a_login_that_is_refused_is_not_tried_again(serve: Serve, connect: Connect) -> None:
    working = after_login(lambda _: json_answer([]))
    server = serve(
        lambda seen: (
            json_refusal("INVALID_SESSIONID") if seen.operation == "login" else working(seen)
        )
    )
    assert refused(lambda: connect(server).query("q;")).operation == "login"
    assert server.operations == ["getchallenge", "login"]


def test_two_threads_that_find_the_session_gone_renew_it_once(
    serve: Serve, connect: Connect
) -> None:
    both = threading.Barrier(2)
    names = iter(("first", "second", "third"))

    def answering(seen: Seen) -> Answer:
        match seen.operation:
            case "getchallenge":
                return json_answer({"token": TOKEN})
            case "login":
                return json_answer({"sessionName": next(names)})
            case "query" if seen.url["sessionName"] == "first":
                both.wait(5)  # both are told that the first session is gone
                return json_refusal("INVALID_SESSIONID")
            case _:
                return json_answer([])

    server = serve(answering)
    client = connect(server)
    assert client.login_facts == {}
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(client.query, ("a;", "b;"))) == [[], []]
    assert server.operations.count("login") == 2
    assert [seen.url["sessionName"] for seen in server.seen[-2:]] == ["second", "second"]


def test_logout_ends_the_session_and_a_second_one_is_harmless(
    client: Client, sandbox: Sandbox
) -> None:
    client.list_types()
    sandbox.requests.clear()
    client.logout()
    client.logout()
    assert asked(sandbox) == ["logout"]
    client.list_types()
    assert asked(sandbox) == ["logout", "getchallenge", "login", "listtypes"]


def test_logout_before_a_login_asks_nothing(client: Client, sandbox: Sandbox) -> None:
    client.logout()
    assert sandbox.requests == []


def test_logout_of_a_session_that_is_gone_is_harmless(client: Client, sandbox: Sandbox) -> None:
    client.list_types()
    sandbox.expire_sessions()
    sandbox.requests.clear()
    client.logout()
    assert asked(sandbox) == ["logout"]


def test_the_old_session_name_is_of_no_use_after_logout(serve: Serve, connect: Connect) -> None:
    ended: list[str] = []

    def answering(seen: Seen) -> Answer:
        ended.append(seen.form["sessionName"])
        return json_answer({"message": "successfull"})

    client = connect(serve(after_login(answering)))
    assert client.login_facts == {"userId": "19x1"}
    client.logout()
    assert ended == [SESSION]


# Where a client comes from


@pytest.mark.parametrize(
    ("name", "variable"),
    [("url", "VTQL_URL"), ("username", "VTQL_USERNAME"), ("access_key", "VTQL_ACCESS_KEY")],
)
@pytest.mark.parametrize("empty", [None, ""])
def test_what_is_missing_is_named_with_its_variable(
    name: str, variable: str, empty: str | None
) -> None:
    given: dict[str, Any] = {"url": "http://h", "username": USERNAME, "access_key": KEY}
    with pytest.raises(ArgumentError) as caught:
        vtql.connect(**{**given, name: empty})
    assert f"`{name}`" in str(caught.value)
    assert variable in str(caught.value)
    assert KEY not in shown(caught.value)


def test_the_environment_fills_in_what_is_left_out(
    monkeypatch: pytest.MonkeyPatch, serve: Serve
) -> None:
    server = serve(after_login(lambda _: json_answer([])))
    monkeypatch.setenv("VTQL_URL", server.url)
    monkeypatch.setenv("VTQL_USERNAME", "from the environment")
    monkeypatch.setenv("VTQL_ACCESS_KEY", KEY)
    with vtql.connect() as client:
        client.query("q;")
    assert server.seen[1].form["username"] == "from the environment"
    assert server.seen[1].form["accessKey"] == DIGEST
    with vtql.connect(username="given") as client:
        client.query("q;")
    assert server.seen[-2].form["username"] == "given"


@pytest.mark.parametrize(
    "url",
    [
        "crm.example.com",
        "ftp://crm.example.com",
        "http://",
        "http:///webservice.php",
        "file:///etc/passwd",
        "http://[::1",
        "http://someone:hidden@",
        "   ",
    ],
)
def test_what_is_no_address_of_a_server_is_refused_at_once(url: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        vtql.connect(url, USERNAME, KEY)
    assert "https://crm.example.com" in str(caught.value)
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize("url", ["http://127.0.0.1:port", "http://127.0.0.1:99999"])
def test_a_port_that_is_none_is_an_error_of_the_package(connect: Connect, url: str) -> None:
    with pytest.raises(VtqlError):
        connect(url).list_types()


# Logins of one user, at the same time


def test_a_challenge_that_another_login_replaced_is_asked_for_again(
    serve: Serve, connect: Connect
) -> None:
    tokens = (f"token{number}" for number in itertools.count())
    kept = [""]
    others = iter((True, True, False))  # twice another process asks between our two requests

    def answering(seen: Seen) -> Answer:
        match seen.operation:
            case "getchallenge":
                kept[0] = next(tokens)
                return json_answer({"token": kept[0]})
            case "login":
                if next(others):
                    kept[0] = next(tokens)
                right = login_digest(kept[0], KEY) == seen.form["accessKey"]
                if right:
                    return json_answer({"sessionName": SESSION})
                return json_refusal("INVALID_USER_CREDENTIALS")
            case _:
                return json_answer([])

    server = serve(answering)
    assert connect(server, retries=3).query("q;") == []
    assert server.operations == ["getchallenge", "login"] * 3 + ["query"]


def test_a_challenge_that_is_lost_every_time_is_told_in_the_end(
    serve: Serve, connect: Connect
) -> None:
    working = after_login(lambda _: json_answer([]))
    server = serve(
        lambda seen: (
            json_refusal("INVALID_AUTH_TOKEN") if seen.operation == "login" else working(seen)
        )
    )
    assert refused(lambda: connect(server, retries=2).query("q;")).code == "INVALID_AUTH_TOKEN"
    assert server.operations == ["getchallenge", "login"] * 3


def test_clients_of_one_user_log_in_one_after_another(serve: Serve, connect: Connect) -> None:
    """Each login sees the challenge that it asked for: no two overlap."""
    tokens = (f"token{number}" for number in itertools.count())
    kept = [""]
    wrong: list[str] = []

    def answering(seen: Seen) -> Answer:
        match seen.operation:
            case "getchallenge":
                kept[0] = next(tokens)
                token = kept[0]
                time.sleep(0.01)  # leave others the time to ask
                return json_answer({"token": token})
            case "login":
                if login_digest(kept[0], KEY) != seen.form["accessKey"]:
                    wrong.append(seen.form["accessKey"])
                    return json_refusal("INVALID_USER_CREDENTIALS")
                return json_answer({"sessionName": SESSION})
            case _:
                return json_answer([])

    server = serve(answering)
    clients = [connect(server) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda each: each.query("q;"), clients)) == [[]] * 8
    assert wrong == []


LOG_IN = """
import os, sys, vtql
with vtql.connect() as client:
    print(len(client.query("SELECT id FROM Contacts;")))
"""


def test_processes_that_log_in_as_one_user_all_come_in(sandbox: Sandbox) -> None:
    environment = {
        **os.environ,
        "VTQL_URL": sandbox.serve(),
        "VTQL_USERNAME": sandbox.username,
        "VTQL_ACCESS_KEY": sandbox.access_key,
    }
    started = [
        subprocess.Popen(
            [sys.executable, "-c", LOG_IN], env=environment, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    assert [process.communicate(timeout=60)[0] for process in started] == ["100\n"] * 4


def test_ten_threads_and_a_session_that_ends_make_one_login(serve: Serve, connect: Connect) -> None:
    names = (f"session{number}" for number in itertools.count())
    alive = [""]
    all_there = threading.Barrier(10)

    def answering(seen: Seen) -> Answer:
        match seen.operation:
            case "getchallenge":
                return json_answer({"token": TOKEN})
            case "login":
                alive[0] = next(names)
                return json_answer({"sessionName": alive[0]})
            case _ if seen.url["sessionName"] != alive[0]:
                all_there.wait(5)
                return json_refusal("INVALID_SESSIONID")
            case _:
                return json_answer([])

    server = serve(answering)
    client = connect(server)
    client.query("q;")
    alive[0] = "forgotten"
    with ThreadPoolExecutor(10) as pool:
        assert list(pool.map(client.query, ["q;"] * 10)) == [[]] * 10
    assert server.operations.count("login") == 2


@pytest.mark.parametrize("code", ["INVALID_SESSIONID", "SESSION_EXPIRED", "SESSION_LEFT_IDLE"])
def test_ten_threads_on_the_sandbox_make_one_login(sandbox: Sandbox, code: str) -> None:
    with (
        vtql.connect(sandbox.serve(), sandbox.username, sandbox.access_key, retries=0) as client,
        ThreadPoolExecutor(10) as pool,
    ):
        client.list_types()
        sandbox.latency = 0.02
        for _ in range(3):
            sandbox.expire_sessions(code)
            text = "SELECT id FROM Contacts LIMIT 7;"
            assert [len(rows) for rows in pool.map(client.query, [text] * 10)] == [7] * 10
    assert asked(sandbox).count("login") == 1 + 3


# Accounts that are kept


def kept_account(sandbox: Sandbox, name: str = "default") -> Path:
    url = sandbox.serve()
    return accounts.save(name, Account(url, sandbox.username, Secret(sandbox.access_key)))


def test_an_account_that_is_kept_fills_in_what_is_left_out(sandbox: Sandbox) -> None:
    kept_account(sandbox)
    with vtql.connect() as client:
        assert client.query("SELECT groupname FROM Groups LIMIT 1;")


def test_an_account_is_named_by_argument_or_environment(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept_account(sandbox, "acme")
    monkeypatch.setenv("VTQL_URL", "http://nowhere.invalid")
    with vtql.connect(account="acme") as client:
        assert client.login_facts["userId"]
    monkeypatch.setenv("VTQL_ACCOUNT", "acme")
    with vtql.connect() as client:
        assert client.login_facts["userId"]


def test_the_environment_goes_before_the_default_account(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept_account(sandbox)
    monkeypatch.setenv("VTQL_URL", "http://elsewhere.invalid")
    monkeypatch.setenv("VTQL_USERNAME", "somebody")
    monkeypatch.setenv("VTQL_ACCESS_KEY", KEY)
    with vtql.connect() as client:
        assert repr(client) == "<Client of somebody at http://elsewhere.invalid>"


def test_the_key_of_an_account_goes_nowhere_else(sandbox: Sandbox) -> None:
    kept_account(sandbox)
    with pytest.raises(ArgumentError, match="is missing"):
        vtql.connect("http://other.invalid")
    with pytest.raises(ArgumentError, match="is missing"):
        vtql.connect(username="other")


def test_an_account_that_is_not_kept_is_told_with_the_nearest_name(sandbox: Sandbox) -> None:
    kept_account(sandbox, "acme")
    with pytest.raises(ArgumentError, match="no account `acm` is kept; the nearest name is `acme`"):
        vtql.connect(account="acm")


@pytest.mark.skipif(os.name != "posix", reason="modes are of POSIX")
def test_the_file_of_accounts_is_for_its_owner_alone(sandbox: Sandbox) -> None:
    path = kept_account(sandbox)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [each.name for each in path.parent.iterdir()] == ["accounts.json"]
    path.chmod(0o640)
    with pytest.raises(ArgumentError, match="chmod 600"):
        vtql.connect()
    path.chmod(0o600)
    assert accounts.forget("default")
    assert not accounts.forget("default")
    assert sandbox.access_key not in path.read_text("utf-8")


@pytest.mark.parametrize("content", ["", "[]", '{"default": 5}', '{"default": {"access_key": "Xk7'])
def test_a_file_that_is_not_one_of_accounts_is_told_and_kept(content: str) -> None:
    path = accounts.accounts_file()
    path.parent.mkdir(parents=True)
    path.write_text(content, encoding="utf-8")
    path.chmod(0o600)
    with pytest.raises(ArgumentError, match="is not a file of accounts") as caught:
        vtql.connect()
    assert "Xk7" not in shown(caught.value)
    assert path.read_text("utf-8") == content


def test_a_key_can_lie_in_the_keyring(sandbox: Sandbox) -> None:
    keyring = pytest.importorskip("keyring")
    keys: dict[tuple[str, str], str] = {}

    class Ring(pytest.importorskip("keyring.backend").KeyringBackend):  # type: ignore[misc]
        priority = 1.0

        def get_password(self, service: str, username: str) -> str | None:
            return keys.get((service, username))

        def set_password(self, service: str, username: str, password: str) -> None:
            keys[service, username] = password

        def delete_password(self, service: str, username: str) -> None:
            del keys[service, username]

    before = keyring.get_keyring()
    keyring.set_keyring(Ring())
    try:
        account = Account(sandbox.serve(), sandbox.username, Secret(sandbox.access_key))
        path = accounts.save("acme", account, in_keyring=True)
        assert sandbox.access_key not in path.read_text("utf-8")
        assert keys == {("vtql", "acme"): sandbox.access_key}
        with vtql.connect(account="acme") as client:
            assert client.login_facts["userId"]
        assert accounts.forget("acme")
        assert keys == {}
    finally:
        keyring.set_keyring(before)


def shut(_: object, __: str, ___: str, password: str) -> None:
    raise OSError(f"cannot write {password}")


@pytest.mark.parametrize("kind", ["fail", "null", "one that raises what it likes"])
def test_a_keyring_that_does_not_work_is_told_without_the_key(sandbox: Sandbox, kind: str) -> None:
    keyring = pytest.importorskip("keyring")
    before, null = keyring.get_keyring(), pytest.importorskip("keyring.backends.null").Keyring
    rings = {"fail": pytest.importorskip("keyring.backends.fail").Keyring, "null": null}
    ring = rings.get(kind) or type("Shut", (null,), {"set_password": shut})
    keyring.set_keyring(ring())
    try:
        account = Account(sandbox.url, sandbox.username, Secret(KEY))
        with pytest.raises(ArgumentError, match="without `--keyring`") as caught:
            accounts.save("acme", account, in_keyring=True)
        assert KEY not in shown(caught.value)
        assert accounts.names() == []
    finally:
        keyring.set_keyring(before)


# The commands


def test_login_keeps_an_account_and_logout_forgets_it(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{sandbox.access_key}\n"))
    url = sandbox.serve()
    assert main(["login", "acme", "--url", url, "--username", sandbox.username]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert "the account `acme` is kept in" in said.err
    assert sandbox.access_key not in said.err
    assert main(["run", "SELECT groupname FROM Groups LIMIT 1;", "--account", "acme"]) == 0
    assert main(["logout", "acme"]) == 0
    assert main(["logout", "acme"]) == 2
    assert main(["run", "SELECT groupname FROM Groups;", "--account", "acme"]) == 2
    assert "no account `acme` is kept" in capsys.readouterr().err


def test_a_key_that_the_server_refuses_is_not_kept(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{KEY}\n"))
    assert main(["login", "--url", sandbox.serve(), "--username", sandbox.username]) == 2
    said = capsys.readouterr().err
    assert "INVALID_USER_CREDENTIALS" in said
    assert KEY not in said
    assert accounts.names() == []


def test_login_without_a_key_asks_nothing_of_the_server(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert main(["login", "--url", sandbox.serve(), "--username", "admin"]) == 2
    assert "no access key came" in capsys.readouterr().err
    assert sandbox.requests == []


def test_login_asks_for_a_key_only_where_it_could_send_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    left = io.StringIO(f"{KEY}\n")
    monkeypatch.setattr("sys.stdin", left)
    assert main(["login", "--url", "ftp://crm.example.com", "--username", "admin"]) == 2
    assert "`ftp://crm.example.com` is not the address of a Vtiger" in capsys.readouterr().err
    assert left.readline() == f"{KEY}\n"


def test_no_command_takes_a_key_as_an_argument() -> None:
    said = "".join(each.format_help() for each in parsers(parser()))
    assert "login" in said
    assert not re.search(r"--[a-z-]*(key|secret|password)\b", said)


def parsers(top: ArgumentParser) -> Iterator[ArgumentParser]:
    yield top
    for action in top._actions:
        if isinstance(action, _SubParsersAction):
            yield from action.choices.values()


@pytest.mark.parametrize("failure", [json_refusal("ACCESS_DENIED"), (500, {}, b"")])
def test_a_session_that_cannot_be_ended_spoils_nothing(
    serve: Serve,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    failure: Answer,
) -> None:
    working = answering_queries(lambda _: [{"count": "7"}])
    server = serve(lambda seen: failure if seen.operation == "logout" else working(seen))
    for name, value in (("URL", server.url), ("USERNAME", USERNAME), ("ACCESS_KEY", KEY)):
        monkeypatch.setenv(f"VTQL_{name}", value)
    assert main(["run", "SELECT count(*) FROM Contacts;"]) == 0
    assert capsys.readouterr().out == "7\n"
    assert "logout" in server.operations
