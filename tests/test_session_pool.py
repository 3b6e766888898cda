"""Requests of many threads over a few logins, over real sockets."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from queue import Empty, SimpleQueue
from typing import Any

import pytest
import requests
from stub_servers import (
    Answer,
    Connect,
    Seen,
    Serve,
    after_login,
    answering_queries,
    json_answer,
    json_refusal,
)

from vtql.errors import ServiceError


class Counting:
    """A server that echoes queries, and counts what is under way, over which sessions."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.now = self.most = 0
        self.logins = 0
        self.sessions: set[str] = set()

    def __call__(self, seen: Seen) -> Answer:
        if seen.operation != "query":
            with self.lock:
                self.logins += seen.operation == "login"
                found = {"token": "t", "sessionName": f"session-{self.logins}"}
            return json_answer(found)
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
            self.sessions.add(seen.url["sessionName"])
        time.sleep(0.005)
        with self.lock:
            self.now -= 1
        return json_answer([{"id": "12x1", "text": seen.url["query"]}])


@pytest.fixture(params=["own session", "session given"])
def given(request: pytest.FixtureRequest) -> Iterator[requests.Session | None]:
    if request.param == "own session":
        yield None
    else:
        with requests.Session() as http:
            yield http


def test_each_gets_its_own_answer_and_no_more_are_under_way_than_logins(
    serve: Serve, connect: Connect, given: requests.Session | None
) -> None:
    server = Counting()
    fetch = connect(serve(server), connections=3, session=given).fetch
    texts = [f"SELECT {number} FROM Contacts;" for number in range(200)]
    with ThreadPoolExecutor(12) as pool:
        found = list(pool.map(fetch, texts))
    assert [rows[0]["text"] for rows in found] == texts
    assert server.most <= 3
    assert len(server.sessions) == server.logins == 3


def test_who_asks_one_after_another_uses_one_login(serve: Serve, connect: Connect) -> None:
    server = Counting()
    fetch = connect(serve(server), connections=8).fetch
    began = time.monotonic()
    for number in range(20):
        fetch(f"SELECT {number} FROM Contacts;")
    assert server.logins == 1
    assert time.monotonic() - began < 5  # no answer is held back for want of a next request


def test_a_login_that_is_refused_is_told_to_each_who_asks(serve: Serve, connect: Connect) -> None:
    refusing = after_login(lambda _: json_answer([]))
    server = serve(
        lambda seen: (
            json_refusal("INVALID_USER_CREDENTIALS")
            if seen.operation == "login"
            else refusing(seen)
        )
    )
    fetch = connect(server, connections=2).fetch
    for _ in range(2):
        with pytest.raises(ServiceError, match="login: INVALID_USER_CREDENTIALS"):
            fetch("SELECT id FROM Contacts;")
    assert "query" not in server.operations


def test_a_read_that_is_left_logs_nothing_of_what_was_not_sent(
    serve: Serve, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    def rows(text: str) -> list[dict[str, str]]:
        time.sleep(0.01)
        at = int(text.split("12x")[1].split("'", maxsplit=1)[0]) if "12x" in text else 0
        numbers = range(100_000, 99_900, -1) if "DESC" in text else range(at + 1, at + 101)
        return [{"id": f"12x{number}"} for number in numbers]

    client = connect(serve(answering_queries(rows)), connections=3)
    with caplog.at_level(logging.INFO, "vtql.client"):
        found = iter(client.model("Contacts").objects.only("id"))
        assert len(list(islice(found, 450))) == 450
        del found
        time.sleep(0.2)
    assert [each.getMessage() for each in caplog.records if each.levelno > logging.INFO] == []


def test_threads_end_when_there_is_nothing_to_send(serve: Serve, connect: Connect) -> None:
    fetch = connect(serve(Counting()), connections=4).fetch
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(fetch, ["SELECT id FROM Contacts;"] * 40))
    until = time.monotonic() + 5
    while any(each.name.startswith("vtql-") for each in threading.enumerate()):
        assert time.monotonic() < until
        time.sleep(0.05)
    assert fetch("SELECT id FROM Contacts;")


class Emptied(SimpleQueue[Any]):
    """A queue whose only item another thread takes between a look at it and taking it."""

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        if not block or timeout is not None:
            raise Empty
        raise AssertionError("waits for what nobody can put")

    def get_nowait(self) -> Any:
        raise Empty

    def empty(self) -> bool:
        return False


def test_a_thread_whose_request_another_one_took_ends(serve: Serve, connect: Connect) -> None:
    client = connect(serve(Counting()), connections=2)
    pool = client._spread._pool if client._spread else None
    assert pool is not None
    pool._jobs = Emptied()
    assert pool._next(client._session) is None
    assert pool._lock.acquire(blocking=False)
    pool._lock.release()
