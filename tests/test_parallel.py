"""Reading over several logins: every row once and in order, whatever happens on the way."""

from __future__ import annotations

import itertools
import random
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from stub_servers import (
    HANG_UP,
    HTML,
    JSON,
    KEY,
    RESET,
    USERNAME,
    Seen,
    answering_queries,
    json_answer,
    json_refusal,
    raw,
    written,
)

import vtql
from vtql.ast import Direction
from vtql.catalog.catalog import Catalog
from vtql.client.id_ranges import AHEAD, LONGEST, SPARE, IdRanges
from vtql.client.parallel import ParallelRead
from vtql.errors import BrokenAnswer, ServiceError, TransportError
from vtql.protocol import PAGE, failure, success
from vtql.query.id_paging import Pages
from vtql.sandbox import Sandbox

_BEHIND = re.compile(r"id > '12x(\d+)'")
_LIMIT = re.compile(r"LIMIT (?:(\d+), )?(\d+)")


def window(
    ids: Sequence[int], behind: int, offset: int, size: int, direction: Direction
) -> list[dict[str, Any]]:
    """What a server with records of these ids gives; a negative one is of a record it hides."""
    found = sorted((each for each in ids if abs(each) > behind), key=abs)
    if direction is Direction.DESC:
        found.reverse()
    return [{"id": f"12x{each}"} for each in found[offset : offset + size] if each > 0]


def answer_to(text: str, ids: Sequence[int]) -> list[dict[str, Any]]:
    """The same for a query."""
    found = _LIMIT.search(text)
    offset, size = (int(found[1] or 0), int(found[2])) if found else (0, PAGE)
    behind = int(found[1]) if (found := _BEHIND.search(text)) else 0
    direction = Direction.DESC if " DESC" in text else Direction.ASC
    return window(ids, behind, offset, min(size, PAGE), direction)


# The pager by itself

Page = Callable[[str | None, int, int], list[dict[str, Any]]]


def page_of(ids: Sequence[int]) -> Page:
    def page(last: str | None, size: int, offset: int) -> list[dict[str, Any]]:
        return window(ids, number(last), offset, size, Direction.ASC)

    return page


def asking(ids: Sequence[int], page: Page | None = None) -> Pages:
    def last_ids(last: str | None) -> list[str]:
        return [row["id"] for row in window(ids, number(last), 0, PAGE, Direction.DESC)]

    return Pages(page or page_of(ids), last_ids)


def number(record_id: str | None) -> int:
    return int(record_id.partition("x")[2]) if record_id else 0


def read(
    ids: Sequence[int], connections: int, page: Page | None = None
) -> Iterator[dict[str, Any]]:
    top = max((each for each in ids if each > 0), default=0)
    return reading_of(asking(ids, page), top, connections)


def reading_of(pages: Pages, top: int, connections: int) -> Iterator[dict[str, Any]]:
    return ParallelRead(pages, threading.Event(), "12", IdRanges(0, top, 100.0, connections)).rows(
        connections
    )


def numbers(rows: Iterator[dict[str, Any]]) -> list[int]:
    return [int(row["id"].partition("x")[2]) for row in rows]


@st.composite
def id_lists(draw: st.DrawFn) -> list[int]:
    """Ids in clusters and gaps, as records of several modules that share one counter have them."""
    found, at = list[int](), 0
    for gap, length, step in draw(
        st.lists(st.tuples(st.integers(1, 100_000), st.integers(0, 900), st.integers(1, 40)))
    ):
        at += gap
        found += range(at, at + length * step, step)
        at += length * step
    return found


@settings(max_examples=60)
@given(id_lists(), st.integers(1, 8))
@example([], 8)
@example([1], 8)
@example(list(range(1, 3001)), 8)
def test_every_id_comes_once_and_in_order(ids: list[int], connections: int) -> None:
    assert numbers(read(ids, connections)) == ids


@settings(max_examples=60)
@given(id_lists(), st.sets(st.integers(0, 5000)), st.integers(1, 8))
@example(list(range(1, 1001)), set(range(300, 700)), 4)  # four windows, one after the other
@example(list(range(1, 1001)), set(range(700)), 4)
def test_rows_that_a_server_hides_hide_no_others(
    ids: list[int], hidden: set[int], connections: int
) -> None:
    """As far as one login finds them, too: not if the last hundred are hidden."""
    seen = [-each if place in hidden else each for place, each in enumerate(ids)]
    if seen and seen[-1] < 0:
        seen.append(abs(seen[-1]) + 1)
    assert numbers(read(seen, connections)) == [each for each in seen if each > 0]


@pytest.mark.parametrize("top", [1, 250, 500, 501, 10**9])
@pytest.mark.parametrize("connections", [1, 4])
def test_a_read_ends_with_the_record_that_was_the_last_one_at_first(
    top: int, connections: int
) -> None:
    """Records are stored and deleted while others are read."""
    ids = range(1, 501)
    assert numbers(reading_of(asking(ids), top, connections)) == list(range(1, min(top, 500) + 1))


def counting(ids: Sequence[int]) -> tuple[Page, Iterator[int]]:
    asked = itertools.count()

    def page(last: str | None, size: int, offset: int) -> list[dict[str, Any]]:
        next(asked)
        behind = number(last) + offset  # the ids are 1, 2, 3 …
        return [{"id": f"12x{number}"} for number in ids[behind : behind + size]]

    return page, asked


def test_a_slow_taker_slows_the_reading() -> None:
    ids = range(1, 200_001)
    page, asked = counting(ids)
    rows = read(ids, 4, page)
    taken = [next(rows) for _ in range(10)]
    time.sleep(0.3)
    assert len(taken) == 10
    assert next(asked) <= 4 * AHEAD + LONGEST + SPARE + 1
    rows.close()  # type: ignore[attr-defined]


def test_who_stops_taking_stops_the_reading() -> None:
    ids = range(1, 50_001)
    page, asked = counting(ids)
    for row in read(ids, 4, page):
        if row["id"] == "12x500":
            break
    time.sleep(0.05)
    before = next(asked)
    time.sleep(0.2)
    assert next(asked) == before + 1


def test_an_error_stops_the_reading_behind_the_rows_before_it() -> None:
    ids = range(1, 50_001)
    plain = page_of(ids)
    broken = threading.Event()

    def page(last: str | None, size: int, offset: int) -> list[dict[str, Any]]:
        if number(last) >= 5_000:
            broken.set()
            raise ServiceError("ACCESS_DENIED", "no", "query")
        return plain(last, size, offset)

    taken: list[dict[str, Any]] = []
    with pytest.raises(ServiceError):
        taken += read(ids, 4, page)
    assert broken.is_set()
    assert numbers(iter(taken)) == list(ids[: len(taken)])
    assert len(taken) <= 5_100


def test_a_server_that_does_not_order_is_told() -> None:
    with pytest.raises(BrokenAnswer, match="not come in the order of their ids"):
        list(read([1, 2], 2, lambda *_: [{"id": "12x2"}, {"id": "12x1"}]))


def test_threads_end_with_the_reading() -> None:
    list(read(list(range(1, 2_000)), 8))
    rows = read(list(range(1, 200_000)), 8)
    next(rows)
    rows.close()  # type: ignore[attr-defined]
    until(lambda: not reading())


# Over real sockets


class Server:
    """A server with records of some ids, that counts its logins and what is under way, and fails."""

    def __init__(self, ids: list[int], seed: int = 0, failures: float = 0.0) -> None:
        self.ids = sorted(ids)
        self.chance = random.Random(seed)
        self.failures = failures
        self.sessions: set[str] = set()
        self.known: set[str] = set()
        self.lock = threading.Lock()
        self.under_way = self.most_under_way = 0
        self.made = itertools.count()
        self.token = ""
        self.down = self.refuses = False
        self.failed = 0

    def __call__(self, seen: Seen) -> bytes:
        with self.lock:
            self.under_way += 1
            self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            return self.answer(seen)
        finally:
            with self.lock:
                self.under_way -= 1

    def answer(self, seen: Seen) -> bytes:
        with self.lock:
            match seen.operation:
                case "getchallenge":
                    self.token = f"token{next(self.made)}"
                    return written(json_answer({"token": self.token}))
                case "login":
                    name = f"session{next(self.made)}"
                    self.known.add(name)
                    return written(json_answer({"sessionName": name, "vtigerVersion": "8.4.0"}))
                case "describe":
                    return written(answering_queries(list)(seen))
            if seen.url["sessionName"] not in self.known:
                return written(json_refusal("INVALID_SESSIONID"))
            self.sessions.add(seen.url["sessionName"])
            if self.down:
                self.failed += 1
                if self.refuses:
                    self.refuses = False
                    return written(json_refusal("ACCESS_DENIED"))
                return written((500, HTML, b""))
            fault = self.chance.random() < self.failures
        body = success(answer_to(seen.url["query"], self.ids))
        return self.fault(body, seen) if fault else written((200, JSON, body))

    def fault(self, body: bytes, seen: Seen) -> bytes:
        """One of everything that can come instead of an answer, or around it."""
        with self.lock:
            which = self.chance.randrange(11)
        match which:
            case 0:
                return RESET
            case 1:
                return HANG_UP
            case 2:
                return written((200, JSON, body[: len(body) // 2]))
            case 3:
                return written((200, JSON, body), **{"Content-Length": str(len(body) + 9)})
            case 4:
                return written((500, HTML, b""))
            case 5:
                return written((200, HTML, b""))
            case 6:
                return written((429, JSON, failure("TOO_MANY", "no")), **{"Retry-After": "0"})
            case 7:
                return written((502, HTML, b"<title>Bad gateway</title>"))
            case 8:
                return written((200, HTML, b"\xef\xbb\xbf" + body))
            case 9:
                warning = b"<br />\n<b>Warning</b>: Undefined array key in <b>a.php</b>\n"
                return written((200, HTML, warning + body + b"<br />"))
            case _:
                with self.lock:
                    self.known.discard(seen.url["sessionName"])
                return written(json_refusal("INVALID_SESSIONID"))


def ids_of(url: str, connections: int) -> list[int]:
    with vtql.connect(url, USERNAME, KEY, connections=connections, retries=8) as client:
        contacts = client.model("Contacts").objects.only("id")
        return [int(row.raw["id"].partition("x")[2]) for row in contacts]


@pytest.mark.parametrize("seed", [1, 2])
def test_no_failure_loses_or_repeats_a_row(seed: int) -> None:
    chance = random.Random(seed)
    ids = sorted(chance.sample(range(1, 200_000), 20_000))
    server = Server(ids, seed, failures=0.1)
    with raw(server) as listening:
        assert ids_of(listening.url, 8) == ids
    assert server.most_under_way <= 8
    assert len(server.sessions) >= 8


def test_no_more_logins_are_made_than_connections() -> None:
    server = Server(list(range(1, 10_001)))
    with raw(server) as listening:
        assert len(ids_of(listening.url, 4)) == 10_000
        assert listening.operations.count("login") <= 4
    assert server.most_under_way <= 4


def test_a_short_slice_is_read_over_one_login() -> None:
    server = Server(list(range(1, 10_001)))
    with (
        raw(server) as listening,
        vtql.connect(listening.url, USERNAME, KEY, connections=8) as client,
    ):
        contacts = client.model("Contacts").objects
        assert len(list(contacts[:250])) == 250
        assert len(list(contacts[:1000])) == 1000


def test_a_failure_that_stays_is_told() -> None:
    server = Server(list(range(1, 5_001)))
    with (
        raw(server) as listening,
        vtql.connect(listening.url, USERNAME, KEY, connections=4, retries=1) as client,
    ):
        rows = iter(client.model("Contacts").objects.only("id"))
        taken = [next(rows) for _ in range(150)]
        server.down = True
        with pytest.raises(TransportError):
            taken += rows
        assert [row.raw["id"] for row in taken] == [f"12x{n + 1}" for n in range(len(taken))]


@pytest.mark.parametrize("how", ["stopped", "failed"])
def test_a_read_that_is_over_asks_nothing_again(how: str) -> None:
    """Of a server that has failed for a while, none of the tries that would have come yet."""
    server = Server(list(range(1, 50_001)))
    with (
        raw(server) as listening,
        vtql.connect(listening.url, USERNAME, KEY, connections=8, retries=10) as client,
    ):
        rows = iter(client.model("Contacts").objects.only("id"))
        taken = list(itertools.islice(rows, 150))
        server.down = True
        until(lambda: server.failed >= 4)
        if how == "failed":
            server.refuses = True
            with pytest.raises(ServiceError):
                taken += rows
        else:
            del rows  # as leaving a loop does
        until(lambda: not reading())
        asked = len(listening.seen)
        time.sleep(0.5)
        assert len(listening.seen) == asked


def test_a_thread_that_was_told_to_wait_does_not_wait_for_nobody() -> None:
    limited = written((429, JSON, failure("TOO_MANY", "no")), **{"Retry-After": "60"})
    server = Server(list(range(1, 50_001)))
    with (
        raw(lambda seen: limited if server.down else server(seen)) as listening,
        vtql.connect(listening.url, USERNAME, KEY, connections=4) as client,
    ):
        rows = iter(client.model("Contacts").objects.only("id"))
        assert len(list(itertools.islice(rows, 101))) == 101
        server.down = True
        before = len(listening.seen)
        until(lambda: len(listening.seen) > before)
        del rows
        until(lambda: not reading())


def reading() -> bool:
    return any(each.name.startswith("vtql-") for each in threading.enumerate())


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize("connections", [0, -1])
def test_a_number_of_connections_that_cannot_be_is_told(connections: int) -> None:
    with pytest.raises(vtql.ArgumentError, match="at least 1"):
        vtql.connect("http://nowhere.invalid", USERNAME, KEY, connections=connections)


@pytest.mark.parametrize(
    "timeout", [0, -1, (10, 0), (0.0, 5), "5", None, float("nan"), True, (1, 2, 3)]
)
def test_a_timeout_that_cannot_be_is_told(timeout: Any) -> None:
    with pytest.raises(vtql.ArgumentError, match="greater than 0"):
        vtql.connect("http://nowhere.invalid", USERNAME, KEY, timeout=timeout)


# Against the sandbox

THINGS = Catalog.from_describes(
    [
        {
            "name": "Things",
            "idPrefix": "5",
            "fields": [{"name": "name", "type": {"name": "string"}}],
        }
    ]
)


FAULTS: Mapping[str, Callable[[Sandbox, random.Random], None]] = {
    "cut before": lambda box, _: box.drop_connection("query"),
    "cut after": lambda box, _: box.drop_connection("query", when="after"),
    "HTTP 500, empty": lambda box, _: box.fail_next("query", status=500),
    "HTTP 503, twice": lambda box, _: box.fail_next("query", status=503, times=2),
    "HTTP 429": lambda box, _: box.rate_limit(retry_after=0),
    "half an answer": lambda box, _: box.truncate_next("query"),
    "sessions that are gone": lambda box, _: box.expire_sessions(),
    "sessions that expire": lambda box, _: box.expire_sessions("SESSION_EXPIRED"),
    "sessions left idle": lambda box, _: box.expire_sessions("SESSION_LEFT_IDLE"),
    "PHP warnings": lambda box, chance: box.pollute_bodies(*chance.choice(((), ("",)))),
    "PHP warnings, and half an answer": lambda box, _: cut_in_the_dirt(box),
    "a mark of bytes": lambda box, chance: box.pollute_bodies(chance.choice(("\ufeff", ""))),
    "slowness": lambda box, chance: setattr(box, "latency", chance.choice((0.0, 0.02))),
    "answers too late": lambda box, _: too_slow(box),
}
"""What goes wrong at a random point of a read. Some of it lasts until the next such point."""


def too_slow(box: Sandbox) -> None:
    """Slower than the client's timeout, for a moment."""
    box.latency = 0.35
    threading.Timer(0.1, setattr, (box, "latency", 0.0)).start()


def cut_in_the_dirt(box: Sandbox) -> None:
    """So much dirt that nothing of the answer is in the half that comes."""
    box.pollute_bodies(
        "<br />\n<b>Warning</b>:  Undefined array key in <b>a.php</b> on line " + "1" * 20_000
    )
    box.truncate_next("query")


def quiet(box: Sandbox) -> None:
    """End what lasts."""
    box.latency = 0
    box.pollute_bodies("")


APART = 16
"""Queries that are answered between two faults: two for each of eight logins."""


def answered(box: Sandbox) -> int:
    """The queries that were answered with rows."""
    return sum(
        each.operation == "query" and each.status == 200 and each.code is None
        for each in list(box.requests)
    )


@pytest.fixture(scope="module")
def things() -> Iterator[tuple[Sandbox, list[int]]]:
    ids = sorted(random.Random(1).sample(range(1, 100_000), 20_000))
    records = {"Things": [{"id": f"5x{each}", "name": f"n{each}"} for each in ids]}
    with Sandbox("8.4", THINGS, records) as sandbox:
        yield sandbox, ids


@pytest.mark.parametrize("fault", [*FAULTS, "any of them"])
def test_a_sandbox_that_fails_at_random_points_loses_no_row(
    things: tuple[Sandbox, list[int]], fault: str
) -> None:
    """One fault at a time, and the next when each login has gone on: that is what a client stands."""
    sandbox, ids = things
    chance, met, taken = random.Random(fault), 0, list[int]()
    before = answered(sandbox)
    ways = [*FAULTS.values()] if fault == "any of them" else [FAULTS[fault]]
    with vtql.connect(
        sandbox.serve(),
        sandbox.username,
        sandbox.access_key,
        connections=8,
        retries=6,
        timeout=(10, 0.3),
    ) as client:
        try:
            for row in client.model("Things").objects.only("name"):
                taken.append(int(row.raw["id"].partition("x")[2]))
                if chance.random() < 0.05 and answered(sandbox) >= before + APART:
                    quiet(sandbox)
                    chance.choice(ways)(sandbox, chance)
                    before = answered(sandbox)
                    met += 1
        finally:
            quiet(sandbox)
    assert taken == ids
    assert met >= 4
