"""The client over real sockets, against servers that misbehave; and against the sandbox."""

from __future__ import annotations

import json
import pickle
import re
import socket
import socketserver
import threading
import time
import traceback
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

import vtql
from vtql.ast import Comparison, Count
from vtql.client import Client
from vtql.client.secrets import Secret
from vtql.client.session import Login
from vtql.errors import ArgumentError, ServiceError, TransportError, VtqlError
from vtql.models.model import Model
from vtql.protocol import LOG_IN_AGAIN, failure, login_digest, success
from vtql.sandbox import Sandbox

USERNAME = "admin"
KEY = "Xk7access9KEY"
TOKEN = "5f3c0token"
SESSION = "b81d5session4e"
DIGEST = login_digest(TOKEN, KEY)
SECRETS = (KEY, DIGEST, SESSION)

HTML = {"Content-Type": "text/html; charset=UTF-8"}
JSON = {"Content-Type": "application/json"}

NASTY = "SELECT * FROM Contacts WHERE lastname = 'O''a&b=c#d+e%f%41 \"g\" żółć 漢 😀?;' ;"
CONTACTS = 432
"""The contacts of the demo."""


# Small servers


@dataclass(frozen=True, slots=True)
class Seen:
    """A request as it came over the socket."""

    method: str
    target: str
    content_type: str
    body: str

    @property
    def url(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body, keep_blank_values=True))

    @property
    def operation(self) -> str:
        return self.url.get("operation") or self.form.get("operation", "")


Answer: TypeAlias = tuple[int, Mapping[str, str], bytes]
Answering: TypeAlias = Callable[[Seen], Answer]


class Listening(ThreadingHTTPServer):
    """A server on a free port whose answers a function gives; `seen` is what came."""

    def __init__(self, answering: Answering) -> None:
        self.answering = answering
        self.seen: list[Seen] = []
        super().__init__(("127.0.0.1", 0), Handler)

    def server_bind(self) -> None:
        socketserver.TCPServer.server_bind(self)  # HTTPServer would ask the name service
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is what some tests are about."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/crm"

    @property
    def operations(self) -> list[str]:
        return [seen.operation for seen in self.seen]


class Handler(BaseHTTPRequestHandler):
    server: Listening

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        kind = self.headers.get("Content-Type") or ""
        seen = Seen(self.command, self.path, kind, body)
        self.server.seen.append(seen)
        status, headers, content = self.server.answering(seen)
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = answer  # noqa: N815 - the names that http.server looks for

    def log_message(self, *_: Any) -> None:
        """What came stands in `seen`."""


Serve: TypeAlias = Callable[[Answering], Listening]
Connect: TypeAlias = Callable[..., Client]


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy on the way, and no server in the environment."""
    for name in ("VTQL_URL", "VTQL_USERNAME", "VTQL_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts servers, and stops them at the end."""
    started: list[tuple[Listening, threading.Thread]] = []

    def start(answering: Answering) -> Listening:
        server = Listening(answering)
        thread = threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        thread.start()
        started.append((server, thread))
        return server

    yield start
    for server, thread in started:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Connects clients, and closes them at the end."""
    made: list[Client] = []

    def start(server: Listening | str, **options: Any) -> Client:
        url = server if isinstance(server, str) else server.url
        made.append(vtql.connect(url, USERNAME, KEY, **options))
        return made[-1]

    yield start
    for client in made:
        client.close()


def json_answer(result: Any) -> Answer:
    return 200, JSON, success(result)


def json_refusal(code: str | int, message: str = "no") -> Answer:
    return 200, JSON, failure(code, message)


def after_login(answering: Answering, session: str = SESSION) -> Answering:
    """A server where logging in works, and the function answers everything else."""

    def answer(seen: Seen) -> Answer:
        match seen.operation:
            case "getchallenge":
                return json_answer({"token": TOKEN, "serverTime": 1, "expireTime": 301})
            case "login":
                return json_answer({"sessionName": session, "userId": "19x1"})
            case _:
                return answering(seen)

    return answer


def always(status: int, headers: Mapping[str, str], body: bytes) -> Answering:
    return after_login(lambda _: (status, headers, body))


def shown(error: BaseException) -> str:
    """All that a person sees of an error: the traceback with every error that it came from."""
    return "".join(traceback.format_exception(error))


def lost(call: Callable[[], object]) -> str:
    """The message of the TransportError that a call ends with; no secret is in its traceback."""
    with pytest.raises(TransportError) as caught:
        call()
    everything = shown(caught.value)
    assert [secret for secret in SECRETS if secret in everything] == []
    return str(caught.value)


def refused(call: Callable[[], object]) -> ServiceError:
    """The ServiceError that a call ends with; no secret is in its traceback."""
    with pytest.raises(ServiceError) as caught:
        call()
    everything = shown(caught.value)
    assert [secret for secret in SECRETS if secret in everything] == []
    return caught.value


def asked(sandbox: Sandbox) -> list[str]:
    return [each.operation for each in sandbox.requests]


def queries(sandbox: Sandbox) -> list[str]:
    return [each.parameters["query"] for each in sandbox.requests if each.operation == "query"]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox of this test alone, so that it can look at the requests."""
    with Sandbox() as made:
        yield made


@pytest.fixture(params=["in process", "over HTTP"])
def client(request: pytest.FixtureRequest, sandbox: Sandbox) -> Iterator[Client]:
    """A client of the sandbox, either way."""
    if request.param == "in process":
        made = sandbox.client()
    else:
        made = vtql.connect(sandbox.serve(), sandbox.username, sandbox.access_key)
    with made:
        yield made


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
        Sandbox() as sandbox,
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


# What the service refuses


@pytest.mark.parametrize("code", ["ACCESS_DENIED", "SOMETHING_NEW", 0, 35])
def test_a_refusal_carries_code_message_and_operation(
    serve: Serve, connect: Connect, code: str | int
) -> None:
    server = serve(after_login(lambda _: json_refusal(code, "Permission to żółć is denied")))
    error = refused(lambda: connect(server).describe("Contacts"))
    assert (error.code, error.message, error.operation) == (
        code,
        "Permission to żółć is denied",
        "describe",
    )
    assert str(error) == f"describe: {code}: Permission to żółć is denied"
    assert isinstance(error, VtqlError)


@pytest.mark.parametrize("code", [None, [], ["ACCESS_DENIED"], {"a": 1}, 1.5, True])
def test_a_code_of_another_kind_is_a_refusal_all_the_same(
    serve: Serve, connect: Connect, code: Any
) -> None:
    server = serve(after_login(lambda _: json_refusal(code, "why")))
    assert refused(lambda: connect(server).query("q;")).message == "why"


@pytest.mark.parametrize("status", [200, 400, 401, 403, 500])
def test_a_refusal_counts_whatever_the_http_status(
    serve: Serve, connect: Connect, status: int
) -> None:
    server = serve(always(status, JSON, failure("ACCESS_DENIED", "no")))
    assert refused(connect(server).list_types).code == "ACCESS_DENIED"


@pytest.mark.parametrize("error", [None, "text", [], 5])
def test_a_refusal_without_an_error_is_lost(serve: Serve, connect: Connect, error: Any) -> None:
    body = json.dumps({"success": False, "error": error}).encode()
    server = serve(always(200, JSON, body))
    assert "neither a result nor an error" in lost(connect(server).list_types)


# What comes instead of an answer


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        (200, b"", "listtypes: the answer is empty (HTTP 200)"),
        (200, b" \r\n\t", "listtypes: the answer is empty (HTTP 200)"),
        (200, b"\xef\xbb\xbf", "listtypes: the answer is empty (HTTP 200)"),
        (500, b"", "listtypes: the answer is empty (HTTP 500)"),
        (404, b"<html><title> Not\n Found </title></html>", "“Not Found”"),
        (200, b"<!DOCTYPE html><TITLE lang=en>Log in</TITLE>", "“Log in”"),
        (200, b"<html><body>no title</body></html>", "web page, not the web service (HTTP 200)"),
        (502, b"Bad gateway", "'Bad gateway' (HTTP 502)"),
        (200, b'{"success":true,"result":{"types":["Cont', "cut off or broken"),
        (200, b'{"success":true', "cut off or broken"),
        (200, b'{"success":', "cut off or broken"),
        (200, b'{"success":true,"result":' + b"[" * 100_000, "cut off or broken"),
        (200, b'{"success":true,"result":' + b"[" * 5_000 + b"]" * 5_000 + b"}", "listtypes: "),
        (200, b'{"success":true,"result":' + b"1" * 5_000 + b"}", "cut off or broken"),
        (200, b"[]", "is not that of a Vtiger web service"),
        (200, b"null", "is not that of a Vtiger web service"),
        (200, b"42", "is not that of a Vtiger web service"),
        (200, b'"success"', "is not that of a Vtiger web service"),
        (200, b'{"message":"hello"}', "is not that of a Vtiger web service"),
        (200, b"\xff\xfe\x00", "is not that of a Vtiger web service"),
        (414, b"<html><title>414 Request-URI Too Long</title></html>", "longer than the server"),
        (414, b"", "longer than the server"),
        (413, b"too much", "longer than the server"),
    ],
)
def test_what_is_no_answer_is_lost_and_the_message_says_what_came(
    serve: Serve, connect: Connect, status: int, body: bytes, says: str
) -> None:
    message = lost(connect(serve(always(status, {}, body))).list_types)
    assert says in message
    assert message.startswith("listtypes: ")


@pytest.mark.parametrize("step", ["getchallenge", "login"])
@pytest.mark.parametrize("body", [b"", b"<title>Down</title>", b"[]", b'{"success":tr'])
def test_what_is_no_answer_to_a_step_of_the_login_is_lost(
    serve: Serve, connect: Connect, step: str, body: bytes
) -> None:
    working = after_login(lambda _: json_answer([]))
    server = serve(lambda seen: (200, {}, body) if seen.operation == step else working(seen))
    assert lost(connect(server).list_types).startswith(f"{step}: ")


WHOLE = '{"success":true,"result":[{"id":"12x1","lastname":"Żółć"}]}'.encode()


@pytest.mark.parametrize(
    ("body", "lastname"),
    [
        (WHOLE, "Żółć"),
        (b"\xef\xbb\xbf" + WHOLE, "Żółć"),
        (b"\r\n\n  " + WHOLE + b"\n", "Żółć"),
        (WHOLE + b"<html><title>Fatal</title></html>", "Żółć"),
        (WHOLE + b'{"success":false,"error":{"code":"X","message":"y"}}', "Żółć"),
        (b"<br />\n<b>Warning</b>: foreach() in {x} on line <b>3</b><br />\n" + WHOLE, "Żółć"),
        (b'PHP Notice: {"success": oops} in a.php\n' + WHOLE, "Żółć"),
        (
            b'{"success": true, "result": [{"id": "12x1", "lastname": "a\tb\nc\x01"}]}',
            "a\tb\nc\x01",
        ),
        (b'{"success":true,"result":[{"id":"12x1","lastname":"M\xfcller"}]}', "M\ufffdller"),
        (b'{"result":[{"id":"12x1","lastname":"x"}],"success":true}', "x"),
    ],
)
def test_what_php_adds_to_an_answer_does_not_hide_it(
    serve: Serve, connect: Connect, body: bytes, lastname: str
) -> None:
    server = serve(always(200, HTML, body))
    assert connect(server).query("q;") == [{"id": "12x1", "lastname": lastname}]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_and_says_where_it_leads(
    serve: Serve, connect: Connect, status: int
) -> None:
    other = serve(after_login(lambda _: json_answer([])))
    to = f"http://someone:hidden@127.0.0.1:{other.server_port}/new/webservice.php"
    server = serve(
        after_login(lambda seen: (status, {"Location": f"{to}?{urlsplit(seen.target).query}"}, b""))
    )
    message = lost(lambda: connect(server).query("q;"))
    assert f"redirects to `http://127.0.0.1:{other.server_port}/new/webservice.php`" in message
    assert "hidden" not in message
    assert other.seen == []


@pytest.mark.parametrize("location", ["/elsewhere", "http://[broken", "", "//other.example"])
def test_a_redirect_to_anything_is_lost(serve: Serve, connect: Connect, location: str) -> None:
    server = serve(always(302, {"Location": location}, b""))
    assert "redirects to" in lost(connect(server).list_types)


def test_a_redirect_to_nowhere_is_lost(serve: Serve, connect: Connect) -> None:
    server = serve(always(302, {}, b""))
    assert "redirects to" in lost(connect(server).list_types)


def test_a_refused_connection_is_lost(connect: Connect) -> None:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))  # taken, but nobody listens
        client = connect(f"http://127.0.0.1:{free.getsockname()[1]}")
        assert "getchallenge: no connection to 127.0.0.1" in lost(client.list_types)


def test_a_server_that_goes_away_after_the_login_is_lost(serve: Serve, connect: Connect) -> None:
    server = serve(after_login(lambda _: json_answer([])))
    client = connect(server)
    client.query("q;")
    server.shutdown()
    server.server_close()
    assert "query: no connection to 127.0.0.1" in lost(lambda: client.query("q;"))


@pytest.mark.parametrize("host", ["nowhere.invalid", "a..b", "x" * 70 + ".invalid"])
def test_an_unknown_host_is_lost(connect: Connect, host: str) -> None:
    message = lost(connect(f"http://{host}").list_types)
    assert message.startswith("getchallenge: ")
    assert host in message


def test_an_answer_that_takes_too_long_is_lost(serve: Serve, connect: Connect) -> None:
    over = threading.Event()

    def slow(_: Seen) -> Answer:
        over.wait(2)
        return json_answer([])

    client = connect(serve(after_login(slow)), timeout=0.1)
    client.login_facts  # noqa: B018 - only what comes after the login is slow
    began = time.monotonic()
    message = lost(lambda: client.query("q;"))
    took = time.monotonic() - began
    over.set()
    assert "query: 127.0.0.1 took longer than the timeout to answer" in message
    assert took < 1.5


@pytest.mark.parametrize(
    "headers", [{"Content-Length": "1000"}, {"Content-Encoding": "gzip"}], ids=["length", "gzip"]
)
def test_an_answer_that_breaks_off_is_lost(
    serve: Serve, connect: Connect, headers: dict[str, str]
) -> None:
    server = serve(always(200, headers, WHOLE))
    assert "broke off or cannot be unpacked" in lost(connect(server).list_types)


def test_a_server_that_does_not_speak_http_is_lost(connect: Connect) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:

        def hang_up() -> None:
            with listening.accept()[0] as caller:
                caller.recv(65536)
                caller.sendall(b"220 mail.example.com ESMTP\r\n")

        thread = threading.Thread(target=hang_up, daemon=True)
        thread.start()
        client = connect(f"http://127.0.0.1:{listening.getsockname()[1]}", timeout=5)
        assert lost(client.list_types).startswith("getchallenge: ")
        thread.join(5)


# Answers of the wrong shape

SHAPES: tuple[Any, ...] = (None, 42, "text", True)


@pytest.mark.parametrize("result", [*SHAPES, {}, {"id": "12x1"}])
def test_rows_that_are_no_list_are_lost(serve: Serve, connect: Connect, result: Any) -> None:
    server = serve(after_login(lambda _: json_answer(result)))
    assert "query: the answer is not a list" in lost(lambda: connect(server).query("q;"))


@pytest.mark.parametrize("result", [*SHAPES, [], [1]])
def test_descriptions_that_are_no_record_are_lost(
    serve: Serve, connect: Connect, result: Any
) -> None:
    client = connect(serve(after_login(lambda _: json_answer(result))))
    assert "describe: the answer is not a record" in lost(lambda: client.describe("Contacts"))
    assert "describe: the answer is not a record" in lost(lambda: client.model("Contacts"))
    assert "listtypes: the answer is not a record" in lost(client.list_types)
    assert "retrieve: the answer is not a record" in lost(lambda: client.retrieve("12x1"))


@pytest.mark.parametrize("result", [{}, {"types": None}, {"types": 5}, {"types": [5]}])
def test_types_that_are_no_names_are_lost(serve: Serve, connect: Connect, result: Any) -> None:
    client = connect(serve(after_login(lambda _: json_answer(result))))
    assert "listtypes" in lost(client.catalog)


@pytest.mark.parametrize("result", [{}, {"name": "Contacts"}, {"name": "Contacts", "fields": 5}])
def test_a_description_without_fields_is_an_error_of_the_package(
    serve: Serve, connect: Connect, result: Any
) -> None:
    client = connect(serve(after_login(lambda _: json_answer(result))))
    with pytest.raises(VtqlError):
        client.model("Contacts")


DESCRIBED = {
    "name": "Contacts",
    "label": "Contacts",
    "idPrefix": "12",
    "isEntity": True,
    "labelFields": "lastname",
    "fields": [
        {"name": "lastname", "type": {"name": "string"}},
        {"name": "id", "type": {"name": "autogenerated"}},
    ],
}


def answering_queries(rows: Callable[[str], Any]) -> Answering:
    """A server that describes Contacts, and answers queries by a function of their text."""

    def answer(seen: Seen) -> Answer:
        if seen.operation == "describe":
            return json_answer(DESCRIBED)
        return json_answer(rows(seen.url["query"]))

    return after_login(answer)


@pytest.mark.parametrize(
    "rows",
    [
        [None],
        [5],
        ["12x1"],
        [{}],
        [{"lastname": "a"}],
        [{"id": None}, {"id": None}],
        [{"id": "nonsense"}, {"id": "12x"}],
        [{"id": 5}, {"id": 6}],
    ],
)
def test_rows_that_are_no_records_are_lost(serve: Serve, connect: Connect, rows: Any) -> None:
    pages = iter([rows] * 5)  # then empty pages, so that a client that goes on comes to an end
    server = serve(answering_queries(lambda _: next(pages, [])))
    contacts = connect(server).model("Contacts").objects
    assert "query" in lost(lambda: list(contacts.all()))


@pytest.mark.parametrize("count", ["many", None, "", [], {}])
def test_a_count_that_is_no_number_is_lost(serve: Serve, connect: Connect, count: Any) -> None:
    server = serve(answering_queries(lambda _: [{"count": count}]))
    contacts = connect(server).model("Contacts").objects
    assert "query" in lost(contacts.count)


def test_a_server_that_gives_the_same_page_again_is_lost(serve: Serve, connect: Connect) -> None:
    pages = iter([[{"id": "12x1"}, {"id": "12x2"}]] * 5)
    server = serve(answering_queries(lambda _: next(pages, [])))
    contacts = connect(server).model("Contacts").objects
    assert "came again" in lost(lambda: list(contacts.all()))


# Secrets


def test_no_secret_is_in_what_a_client_shows_of_itself(serve: Serve, connect: Connect) -> None:
    client = connect(serve(after_login(lambda _: json_answer([]))))
    client.query("q;")
    everything = f"{client!r} {client} {client.login_facts} {vars(type(client))}"
    assert [secret for secret in SECRETS if secret in everything] == []
    assert "127.0.0.1" in repr(client)


def test_a_secret_shows_itself_nowhere() -> None:
    secret = Secret(KEY)
    assert secret.reveal() == KEY
    shows = (repr(secret), str(secret), f"{secret}", "%s" % secret, repr(Login(secret, {})))  # noqa: UP031 - a log record does so
    assert [text for text in shows if KEY in text] == []
    with pytest.raises(TypeError):
        pickle.dumps(secret)


@pytest.mark.parametrize(
    "page",
    [
        "Cannot GET {target}",
        "<title>No {target}</title>",
        "{form}",
        '{{"success":true,"result":"{target}"}}',
    ],
)
@pytest.mark.parametrize("step", ["login", "listtypes"])
def test_a_page_that_repeats_the_request_gives_no_secret_away(
    serve: Serve, connect: Connect, step: str, page: str
) -> None:
    working = after_login(lambda _: json_answer([]))

    def answering(seen: Seen) -> Answer:
        if seen.operation != step:
            return working(seen)
        said = page.format(target=f"{seen.target} {seen.body}", form=seen.body or seen.target)
        return 200, {}, said.encode()

    lost(connect(serve(answering)).list_types)


@pytest.mark.parametrize("page", ["{}", "<title>{}</title>"])
def test_a_message_that_is_cut_off_shows_no_beginning_of_a_secret(
    serve: Serve, connect: Connect, page: str
) -> None:
    padding = iter(range(60))

    def answering(seen: Seen) -> Answer:
        return 200, {}, page.format("." * next(padding) + seen.target).encode()

    client = connect(serve(after_login(answering)))
    for _ in range(60):
        assert SESSION[:6] not in lost(client.list_types)


def test_the_access_key_and_its_digest_are_in_no_url(serve: Serve, connect: Connect) -> None:
    server = serve(after_login(lambda _: json_answer([])))
    client = connect(server)
    client.query("q;")
    client.logout()
    sent = " ".join(seen.target for seen in server.seen)
    assert (KEY in sent, DIGEST in sent, TOKEN in sent) == (False, False, False)
    assert KEY not in " ".join(seen.body for seen in server.seen)


def test_a_password_in_the_address_is_not_shown(connect: Connect) -> None:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        client = connect(f"http://someone:hidden@127.0.0.1:{free.getsockname()[1]}")
        with pytest.raises(TransportError) as caught:
            client.list_types()
    assert "hidden" not in shown(caught.value) + repr(client)


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
    assert asked(sandbox) == ["query"]


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
    assert limits(sandbox) == [(5, 100), (105, 100), (205, 45)]
    assert len(queries(sandbox)) == 3


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
        assert len(queries(sandbox)) == (7 if profile == "8.4" else 1)
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


# Pages of a server that takes out rows after LIMIT

HIDDEN_FROM = 250


def dropping(text: str) -> list[dict[str, str]]:
    """Contacts 1 to 250; of each page, those that three divides are taken out after LIMIT."""
    select = vtql.parse(text)
    if isinstance(select.columns, Count):
        return []
    found = list(range(1, HIDDEN_FROM + 1))
    if select.where is not None:
        (condition,) = select.where.conditions
        assert isinstance(condition, Comparison)
        assert condition.operator.value == ">"
        last = int(getattr(condition.value, "value", "").partition("x")[2])
        found = [number for number in found if number > last]
    if select.order is not None and select.order.direction is not None:
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


def test_an_empty_page_is_the_end(serve: Serve, connect: Connect) -> None:
    server = serve(answering_queries(dropping))
    contacts = connect(server).model("Contacts").objects
    numbers(contacts.order_by("lastname"))
    texts = [seen.url["query"] for seen in server.seen if seen.operation == "query"]
    assert [len(dropping(text)) for text in texts] == [67, 67, 33, 0]


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


def test_a_log_at_its_most_talkative_shows_no_session(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with Sandbox() as sandbox, caplog.at_level("DEBUG"):
        url = sandbox.serve()
        with vtql.connect(url, sandbox.username, sandbox.access_key) as client:
            client.query("SELECT groupname FROM Groups;")
    assert "operation=query" in caplog.text
    assert "sessionName=…" in caplog.text
    assert not re.search(r"sessionName=\w", caplog.text)
    assert sandbox.access_key not in caplog.text
