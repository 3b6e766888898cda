"""What is sent again after a failure, and what never is."""

from __future__ import annotations

import itertools
import re
import socketserver
import threading
import time
from collections.abc import Callable
from email.utils import formatdate
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stub_servers import (
    CONTACTS,
    HANG_UP,
    HTML,
    JSON,
    KEY,
    RESET,
    USERNAME,
    Answer,
    Raw,
    Seen,
    after_login,
    json_answer,
    lost,
    raw,
    written,
)

import vtql
from vtql.cli.server_options import shown_waits
from vtql.client import Client
from vtql.client.logging import WAIT, log_wait
from vtql.client.retry import RetryPolicy, is_outage, may_repeat, policy_of, retry_after
from vtql.errors import (
    AnswerTimeout,
    ArgumentError,
    BrokenAnswer,
    ConnectionLost,
    RateLimited,
    ServerDown,
    ServerFailed,
    TransportError,
    Unreachable,
)
from vtql.protocol import OPERATIONS, success
from vtql.sandbox import Sandbox

WHOLE = success([{"id": "12x1"}])
CUT = written((200, JSON, WHOLE[:-9]))

FAILURES: dict[str, tuple[bytes, type[TransportError]]] = {
    "a connection that is reset": (RESET, ConnectionLost),
    "a connection that is closed": (HANG_UP, ConnectionLost),
    "half an answer": (written((200, JSON, WHOLE), **{"Content-Length": "999"}), ConnectionLost),
    "JSON that is cut off": (CUT, BrokenAnswer),
    "HTTP 500 with nothing": (written((500, HTML, b"")), ServerFailed),
    "HTTP 502 with a page": (written((502, HTML, b"<title>Bad gateway</title>")), ServerFailed),
    "HTTP 503": (written((503, HTML, b"busy")), ServerFailed),
    "an empty answer": (written((200, JSON, b"")), ServerFailed),
    "HTTP 429": (written((429, JSON, b"")), RateLimited),
    "HTTP 429 with a pause": (written((429, JSON, b""), **{"Retry-After": "0"}), RateLimited),
}


def failing(failure: bytes, times: int) -> Callable[[Seen], bytes]:
    """A server where logging in works, and the first requests after it fail."""
    left = itertools.count(times, -1)

    working = after_login(lambda _: (200, JSON, WHOLE))

    def answering(seen: Seen) -> bytes:
        fails = seen.operation not in ("getchallenge", "login") and next(left) > 0
        return failure if fails else written(working(seen))

    return answering


def client_of(server: Raw, retries: int = 4) -> Client:
    return vtql.connect(server.url, USERNAME, KEY, retries=retries, timeout=5)


@pytest.mark.parametrize("name", FAILURES)
def test_a_read_is_sent_again_until_it_comes(name: str) -> None:
    with raw(failing(FAILURES[name][0], 2)) as server, client_of(server) as client:
        assert client.query("q;") == [{"id": "12x1"}]
        assert server.operations == ["getchallenge", "login"] + ["query"] * 3


@pytest.mark.parametrize("name", FAILURES)
def test_a_read_is_not_sent_again_for_ever(name: str) -> None:
    failure, kind = FAILURES[name]
    with raw(failing(failure, 99)) as server, client_of(server, retries=1) as client:
        with pytest.raises(kind):
            client.query("q;")
        assert server.operations.count("query") == 2


def test_an_answer_that_is_too_late_is_asked_for_again() -> None:
    late = iter((True, False))

    def slow(_: Seen) -> Answer:
        if next(late):
            time.sleep(0.5)
        return json_answer([])

    working = after_login(slow)
    with raw(lambda seen: written(working(seen))) as server:
        client = vtql.connect(server.url, USERNAME, KEY, retries=1, timeout=0.2)
        assert client.query("q;") == []
        client.close()


@pytest.mark.parametrize(
    "answer",
    [
        (200, HTML, b"<title>Log in</title>"),
        (404, HTML, b"<title>Not found</title>"),
        (302, {"Location": "https://elsewhere.example/"}, b""),
        (414, HTML, b""),
    ],
)
def test_what_will_be_the_same_is_not_asked_for_again(answer: Answer) -> None:
    with raw(failing(written(answer), 99)) as server, client_of(server) as client:
        lost(lambda: client.query("q;"))
        assert server.operations.count("query") == 1


@pytest.mark.parametrize("step", ["getchallenge", "login"])
def test_a_step_of_the_login_is_sent_again_too(step: str) -> None:
    working = failing(b"", 0)
    left = itertools.count(1, -1)

    def answering(seen: Seen) -> bytes:
        return HANG_UP if seen.operation == step and next(left) > 0 else working(seen)

    with raw(answering) as server, client_of(server) as client:
        assert client.query("q;") == [{"id": "12x1"}]


@pytest.mark.parametrize("status", [429, 503])
def test_the_server_says_how_long_to_wait(status: int) -> None:
    limited = written((status, JSON, b""), **{"Retry-After": "1"})
    with raw(failing(limited, 1)) as server, client_of(server) as client:
        began = time.monotonic()
        client.query("q;")
        assert time.monotonic() - began >= 1


@pytest.mark.parametrize(("status", "kind"), [(429, RateLimited), (503, ServerFailed)])
def test_a_wait_of_hours_is_told_instead(status: int, kind: type[TransportError]) -> None:
    limited = written((status, JSON, b""), **{"Retry-After": "7200"})
    with raw(failing(limited, 1)) as server, client_of(server) as client:
        with pytest.raises(kind, match="asks to come again in 7200 s") as caught:
            client.query("q;")
        assert caught.value.retry_after == 7200


def test_retry_after_is_a_number_or_a_date_or_nothing() -> None:
    assert retry_after({"Retry-After": "3"}) == 3
    later = retry_after({"Retry-After": formatdate(time.time() + 60, usegmt=True)})
    assert later is not None
    assert 50 < later <= 61
    assert retry_after({}) is None


@given(st.text())
def test_any_retry_after_is_a_number_or_nothing(value: str) -> None:
    seconds = retry_after({"Retry-After": value})
    assert seconds is None or seconds >= 0


DOWN = ServerDown("no connection", received=False)


def waits(policy: RetryPolicy, error: TransportError, jitter: float) -> list[float]:
    """The delays of a policy where every attempt fails at once."""
    found: list[float] = []
    while (
        seconds := policy.delay(
            error, len(found), sum(found), lambda low, high: low + jitter * (high - low)
        )
    ) is not None:
        found.append(seconds)
    return found


def test_delays_double_differ_and_end() -> None:
    policy = RetryPolicy(12)
    delays = list(policy.delays())
    assert len(delays) == 12
    for number, delay in enumerate(delays):
        longest = min(0.1 * 2**number, policy.longest_delay)
        assert longest / 2 <= delay <= longest
    assert delays != list(policy.delays())
    assert list(RetryPolicy(0).delays()) == []


@pytest.mark.parametrize("jitter", [0.0, 0.5, 1.0])
def test_by_default_a_server_that_is_down_is_asked_for_more_than_ten_seconds(jitter: float) -> None:
    delays = waits(RetryPolicy(), DOWN, jitter)
    assert 20 <= sum(delays) <= 22
    assert max(delays) <= 2  # so that its return is noticed soon


@pytest.mark.parametrize(
    ("error", "outage"),
    [
        (DOWN, True),
        (ConnectionLost("reset"), True),
        (Unreachable("unknown host", received=False), False),
        (AnswerTimeout("late"), False),
        (BrokenAnswer("cut off"), False),
        (ServerFailed("500"), False),
    ],
)
def test_only_a_server_that_is_down_is_waited_for(error: TransportError, *, outage: bool) -> None:
    assert is_outage(error) is outage
    assert (len(waits(RetryPolicy(), error, 0.5)) > 4) is outage
    assert len(waits(RetryPolicy(outage=0), error, 0.5)) == 4


@pytest.mark.parametrize(
    ("status", "outage"), [(500, False), (502, True), (503, True), (504, True)]
)
def test_a_proxy_says_that_the_server_behind_it_is_down(status: int, *, outage: bool) -> None:
    with (
        raw(failing(written((status, HTML, b"")), 99)) as server,
        client_of(server, 0) as client,
        pytest.raises(ServerFailed) as caught,
    ):
        client.query("q;")
    assert caught.value.status == status
    assert is_outage(caught.value) is outage


def test_a_number_of_retries_is_exact() -> None:
    assert len(waits(policy_of(3), DOWN, 0.5)) == 3
    assert waits(policy_of(0), DOWN, 0.5) == []


@pytest.mark.parametrize("wrong", [{"retries": -1}, {"outage": -1}, {"first_delay": float("nan")}])
def test_a_policy_of_other_than_numbers_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ArgumentError, match=next(iter(wrong))):
        RetryPolicy(**wrong)


def test_a_number_of_retries_that_is_none_is_refused() -> None:
    with pytest.raises(ArgumentError, match="`retries` is a number"):
        vtql.connect("http://127.0.0.1", USERNAME, KEY, retries="4")  # type: ignore[arg-type]


SCALED = RetryPolicy(retries=1, outage=5, first_delay=0.01, outage_delay=0.05)


class Served(socketserver.ThreadingMixIn, WSGIServer):
    """An application on a port, over connections that are closed after each answer."""

    daemon_threads = True

    def server_bind(self) -> None:
        socketserver.TCPServer.server_bind(self)  # WSGIServer would ask the name service
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]
        self.setup_environ()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up."""


class Silent(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Nothing is printed."""


def served(app: Any, port: int = 0) -> Served:
    server = Served(("127.0.0.1", port), Silent)
    server.set_app(app)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    return server


def restarts(app: Any, at: int, away: float) -> tuple[str, Callable[[], None]]:
    """An application that is served until it has been asked for so many queries, then not for a
    while, and then again at the same address; the address, and what ends it for good."""
    asked, servers, threads = itertools.count(1), list[Served](), list[threading.Thread]()

    def restart() -> None:
        close()
        time.sleep(away)
        servers.append(served(counting, servers[0].server_port))

    def close() -> None:
        servers[-1].shutdown()
        servers[-1].server_close()

    def stop() -> None:
        for thread in threads:
            thread.join()
        close()

    def counting(environ: dict[str, Any], start_response: Any) -> Any:
        if "operation=query" in environ["QUERY_STRING"] and next(asked) == at:
            threads.append(threading.Thread(target=restart, daemon=True))
            threads[-1].start()
        return app(environ, start_response)

    servers.append(served(counting))
    return f"http://127.0.0.1:{servers[0].server_port}", stop


@pytest.mark.parametrize("connections", [1, 8])
def test_a_read_survives_a_restart(connections: int, caplog: pytest.LogCaptureFixture) -> None:
    with Sandbox() as sandbox:
        url, stop = restarts(sandbox.app, at=2, away=0.6)
        with vtql.connect(
            url, sandbox.username, sandbox.access_key, connections=connections, retries=SCALED
        ) as client:
            ids = [each.id for each in client.model("Contacts").objects.only("id")]
        stop()
        assert len(ids) == len(set(ids)) == CONTACTS
        lines = [record for record in caplog.records if hasattr(record, WAIT)]
        assert {record.name for record in lines} == {"vtql.client"}
        assert [line for line in lines if "ServerDown" in line.getMessage()]
        for line in lines:
            text = line.getMessage()
            assert re.fullmatch(
                r"\w+( Contacts)?: sent again in \d+\.\d s: (ServerDown|ConnectionLost)", text
            )
            assert sandbox.access_key not in text


def test_a_restart_that_takes_longer_than_the_policy_ends_the_read() -> None:
    with Sandbox() as sandbox:
        url, stop = restarts(sandbox.app, at=2, away=0.6)
        short = RetryPolicy(retries=1, outage=0.1, first_delay=0.01, outage_delay=0.05)
        with (
            vtql.connect(url, sandbox.username, sandbox.access_key, retries=short) as client,
            pytest.raises((ServerDown, ConnectionLost)),
        ):
            list(client.model("Contacts").objects.only("id"))
        stop()


def test_a_command_shows_the_waits_that_a_person_notices(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with shown_waits():
        log_wait("query Contacts", 1.4, DOWN)
        log_wait("query Contacts", 0.1, DOWN)
    log_wait("query Contacts", 1.4, DOWN)
    assert capsys.readouterr().err == "vtql: query Contacts: sent again in 1.4 s: ServerDown\n"


def test_a_wait_for_a_limit_is_logged_too(caplog: pytest.LogCaptureFixture) -> None:
    limited = written((429, JSON, b""), **{"Retry-After": "1"})
    with raw(failing(limited, 1)) as server, client_of(server) as client:
        client.query("q;")
    lines = [record.getMessage() for record in caplog.records if hasattr(record, WAIT)]
    assert lines[0] == (
        "query: sent again in 1.0 s: RateLimited (HTTP 429), as long as the server asks"
    )


@pytest.mark.parametrize("name", [name for name, row in OPERATIONS.items() if row.writes])
@pytest.mark.parametrize("kind", [kind for _, kind in FAILURES.values()])
def test_a_write_is_repeated_only_if_it_was_not_received(
    name: str, kind: type[TransportError]
) -> None:
    operation = OPERATIONS[name]
    assert not may_repeat(operation, kind("lost", received=True))
    assert may_repeat(operation, Unreachable("no connection", received=False))
    assert not may_repeat(operation, AnswerTimeout("late"))


@pytest.mark.parametrize(("seconds", "repeated"), [(120, True), (121, False), (1200, False)])
def test_a_longer_wait_than_two_minutes_is_left_to_the_caller(
    seconds: int, *, repeated: bool
) -> None:
    error = RateLimited("HTTP 429")
    error.retry_after = float(seconds)
    assert may_repeat(OPERATIONS["query"], error) is repeated


def test_a_client_does_not_wait_longer_than_two_minutes() -> None:
    limited = written((429, JSON, b""), **{"Retry-After": "121"})
    with (
        raw(failing(limited, 99)) as server,
        client_of(server) as client,
        pytest.raises(RateLimited) as caught,
    ):
        client.query("q;")
    assert caught.value.retry_after == 121
