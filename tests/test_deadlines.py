"""An answer that keeps coming and never ends, over real sockets."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
import requests
from stub_servers import JSON, KEY, USERNAME, Connect, Seen, Serve, always, dripping, written

import vtql
from vtql.errors import ArgumentError, DeadlinePassed

ANSWER = written((200, JSON, b'{"success":true,"result":{"token":"t"}}' + b" " * 500))
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
EVERY, DEADLINE, LATE = 0.05, 0.5, 3.0
"""Seconds between bytes, far below the timeout; when the answer should have ended; when at the latest
it has."""
HEADLESS = ANSWER.index(b"\r\n\r\n") + 4


def forever(begin: bytes, part: bytes) -> Iterator[bytes]:
    """A beginning at once, then the same again and again, slowly."""
    yield begin
    while True:
        time.sleep(EVERY)
        yield part


@pytest.mark.parametrize(
    ("begin", "part"),
    [
        (b"HTTP/1.1 200 ", b"O"),
        (ANSWER[:40], b"X-Slow: 1\r\n"),
        (ANSWER[:HEADLESS], b" "),
        (ANSWER[:HEADLESS] + b'{"succ', b" "),
        (CHUNKED, b"1\r\n \r\n"),
    ],
    ids=["status", "headers", "body", "in the middle of the body", "chunks"],
)
def test_an_answer_that_never_ends_is_waited_for_until_the_deadline(
    begin: bytes, part: bytes
) -> None:
    asked: list[str] = []

    def answering(seen: Seen) -> Iterator[bytes]:
        asked.append(seen.operation)
        return forever(begin, part)

    with (
        dripping(answering) as url,
        vtql.connect(url, USERNAME, KEY, timeout=(5, 2), deadline=DEADLINE, retries=3) as client,
    ):
        began = time.monotonic()
        with pytest.raises(DeadlinePassed, match="kept coming and had not ended") as caught:
            client.get_challenge()
        took = time.monotonic() - began
    assert DEADLINE <= took < LATE
    assert caught.value.received
    assert asked == ["getchallenge"]


@pytest.mark.parametrize("begin", [ANSWER[:HEADLESS], CHUNKED], ids=["body", "chunks"])
def test_so_it_is_over_a_session_that_was_given(begin: bytes) -> None:
    part = b" " if begin is not CHUNKED else b"1\r\n \r\n"
    with (
        dripping(lambda _: forever(begin, part)) as url,
        requests.Session() as http,
        vtql.connect(url, USERNAME, KEY, session=http, timeout=2, deadline=DEADLINE) as client,
    ):
        began = time.monotonic()
        with pytest.raises(DeadlinePassed):
            client.get_challenge()
        assert time.monotonic() - began < LATE


def test_a_last_wait_ends_at_the_deadline() -> None:
    def answering(_: Seen) -> Iterator[bytes]:
        yield ANSWER[:HEADLESS]
        time.sleep(LATE)

    with (
        dripping(answering) as url,
        vtql.connect(url, USERNAME, KEY, timeout=60, deadline=DEADLINE) as client,
    ):
        began = time.monotonic()
        with pytest.raises(DeadlinePassed):
            client.get_challenge()
        assert time.monotonic() - began < LATE


def test_the_deadline_is_five_waits_if_nothing_is_said() -> None:
    with (
        dripping(lambda _: forever(ANSWER[:HEADLESS], b" ")) as url,
        vtql.connect(url, USERNAME, KEY, timeout=(5, 0.2)) as client,
    ):
        began = time.monotonic()
        with pytest.raises(DeadlinePassed):
            client.get_challenge()
        assert 1 <= time.monotonic() - began < LATE


def test_each_answer_has_its_own_deadline(serve: Serve, connect: Connect) -> None:
    server = serve(always(200, JSON, b'{"success":true,"result":[]}'))
    client = connect(server, deadline=DEADLINE)
    for _ in range(3):
        client.query("q;")
        time.sleep(DEADLINE / 2)


def test_own_hooks_of_a_session_that_was_given_are_called(serve: Serve, connect: Connect) -> None:
    seen: list[int] = []
    http = requests.Session()
    http.hooks["response"] = [lambda answer, **_: seen.append(answer.status_code)]
    connect(serve(always(200, JSON, b'{"success":true,"result":[]}')), session=http).query("q;")
    assert seen == [200, 200, 200]


@pytest.mark.parametrize("deadline", [0, -1, "5", True, float("nan"), (1, 2)])
def test_a_deadline_is_a_number_of_seconds(deadline: object) -> None:
    with pytest.raises(ArgumentError, match="`deadline` is a number of seconds"):
        vtql.connect("http://127.0.0.1", USERNAME, KEY, deadline=deadline)  # type: ignore[arg-type]


@pytest.mark.parametrize("begin", [b"HTTP/1.1 200 ", ANSWER[:HEADLESS]], ids=["status", "body"])
def test_a_read_over_several_logins_gives_up_at_the_deadline_too(begin: bytes) -> None:
    def answering(seen: Seen) -> Iterator[bytes]:
        if "operation=query" in seen.target:
            return forever(begin, b" ")
        session = b'{"success":true,"result":{"token":"t","sessionName":"s","userId":"19x1"}}'
        return iter([written((200, JSON, session))])

    with (
        dripping(answering) as url,
        vtql.connect(
            url, USERNAME, KEY, timeout=(5, 2), deadline=DEADLINE, connections=2
        ) as client,
    ):
        began = time.monotonic()
        with pytest.raises(DeadlinePassed, match="kept coming and had not ended"):
            client.fetch("SELECT id FROM Contacts;")
        assert time.monotonic() - began < LATE
