"""What is sent again after a failure, and what never is."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st
from listening import (
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
from vtql.client import Client
from vtql.client.retries import LONGEST_PAUSE, Patience, may_repeat, retry_after
from vtql.errors import (
    AnswerTimeout,
    BrokenAnswer,
    ConnectionLost,
    RateLimited,
    ServerFailed,
    TransportError,
    Unreachable,
)
from vtql.protocol import OPERATIONS, success

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


def test_pauses_double_differ_and_end() -> None:
    pauses = list(Patience(12).pauses())
    assert len(pauses) == 12
    for number, pause in enumerate(pauses):
        longest = min(0.1 * 2**number, LONGEST_PAUSE)
        assert longest / 2 <= pause <= longest
    assert pauses != list(Patience(12).pauses())
    assert list(Patience(0).pauses()) == []


@pytest.mark.parametrize("name", [name for name, row in OPERATIONS.items() if row.writes])
@pytest.mark.parametrize("kind", [kind for _, kind in FAILURES.values()])
def test_a_write_is_repeated_only_if_it_was_not_received(
    name: str, kind: type[TransportError]
) -> None:
    operation = OPERATIONS[name]
    assert not may_repeat(operation, kind("lost", received=True))
    assert may_repeat(operation, Unreachable("no connection", received=False))
    assert not may_repeat(operation, AnswerTimeout("late"))
