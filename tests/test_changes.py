"""Changes of a module: each once, none forgotten, and going on where it was."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fake_cloud import Cloud
from stub_servers import Connect, Seen, Serve, asked, json_answer

from vtql.catalog.catalog import Catalog
from vtql.client import Client
from vtql.client.changes import Change, Changes
from vtql.client.checkpoint import Position
from vtql.errors import ArgumentError, BrokenAnswer, TransportError
from vtql.sandbox import Sandbox

BEGIN = datetime(2024, 5, 1, 12, 0, 0, tzinfo=UTC)
KINDS = {"name": "string", "modifiedtime": "datetime"}
CATALOG = Catalog.from_describes(
    [
        {
            "name": "Things",
            "idPrefix": "5",
            "fields": [{"name": n, "type": {"name": t}} for n, t in KINDS.items()],
        },
        {
            "name": "Plain",
            "idPrefix": "6",
            "fields": [{"name": "name", "type": {"name": "string"}}],
        },
    ]
)


class Crm:
    """A sandbox whose records can be changed, with a clock that is turned by hand."""

    def __init__(self, profile: str = "8.4") -> None:
        self.now = BEGIN
        self.rows: dict[int, tuple[str, datetime]] = {}
        self.profile = profile
        self.start()

    def start(self) -> None:
        rows = [
            {"id": f"5x{n}", "name": name, "modifiedtime": f"{when:%Y-%m-%d %H:%M:%S}"}
            for n, (name, when) in self.rows.items()
        ]
        self.sandbox = Sandbox(self.profile, CATALOG, {"Things": rows}, clock=self.seconds)
        self.client: Client = self.sandbox.client()

    def seconds(self) -> float:
        return self.now.timestamp()

    def change(self, number: int, name: str, seconds: float = 0) -> None:
        self.now += timedelta(seconds=seconds)
        self.rows[number] = (name, self.now)

    def changes(self, *arguments: Any, **options: Any) -> Changes:
        self.start()
        return self.client.changes("Things", *arguments, **options)


def names(changes: Iterator[Change] | Changes) -> list[str]:
    return [each.record["name"] if each.record else f"-{each.id}" for each in changes]


def test_changes_come_in_the_order_of_time_each_once(tmp_path: Path) -> None:
    crm, state = Crm(), tmp_path / "state.json"
    for number in range(250):  # seconds with many, pages that end within one
        crm.change(number + 1, f"a{number}", seconds=number % 90 == 0)
    crm.now += timedelta(seconds=10)
    assert names(crm.changes(state=state)) == [f"a{number}" for number in range(250)]
    assert names(crm.changes(state=state)) == []
    crm.change(7, "again", seconds=1)
    crm.now += timedelta(seconds=10)
    assert names(crm.changes(state=state)) == ["again"]


def test_a_second_that_is_not_over_is_read_later(tmp_path: Path) -> None:
    crm, state = Crm(), tmp_path / "state.json"
    crm.change(1, "early")
    crm.change(2, "late", seconds=6)
    assert names(crm.changes(state=state)) == ["early"]
    crm.change(1, "same second")
    crm.now += timedelta(seconds=10)
    assert sorted(names(crm.changes(state=state))) == ["late", "same second"]


@pytest.mark.parametrize("seed", range(5))
def test_whoever_breaks_off_goes_on_with_the_one_he_had(tmp_path: Path, seed: int) -> None:
    chance, crm, state = random.Random(seed), Crm(), tmp_path / "state.json"
    for number in range(330):
        crm.change(number + 1, f"a{number}", seconds=chance.random() < 0.02)
    crm.now += timedelta(seconds=10)
    taken: list[str] = []
    for _ in range(50):
        stop, changes = chance.randrange(1, 40), crm.changes(state=state)
        for count, change in enumerate(changes):
            assert change.record
            if count == stop:
                break  # this one is not taken, and comes again
            taken.append(change.record["name"])
        else:
            break
    assert taken == [f"a{number}" for number in range(330)]


def test_a_failure_keeps_what_was_not_taken(tmp_path: Path) -> None:
    crm, state = Crm(), tmp_path / "state.json"
    for number in range(300):
        crm.change(number + 1, f"a{number}", seconds=1)
    crm.now += timedelta(seconds=10)
    changes, taken = iter(crm.changes(state=state)), list[Change]()
    taken += [next(changes) for _ in range(150)]
    crm.sandbox.fail_next("query", status=500, times=99)
    with pytest.raises(TransportError):
        taken += changes
    assert names(iter(taken)) + names(crm.changes(state=state)) == [f"a{n}" for n in range(300)]


def test_since_is_a_moment_a_text_or_a_position() -> None:
    crm = Crm()
    for number in range(4):
        crm.change(number + 1, f"a{number}", seconds=1)
    crm.now += timedelta(seconds=10)
    second = BEGIN + timedelta(seconds=2)
    text = f"{second:%Y-%m-%d %H:%M:%S}"
    for since in (second, text, Position(text)):
        assert names(crm.changes(since)) == ["a2", "a3"]
    assert names(crm.changes(Position(text, "5x1"))) == ["a1", "a2", "a3"]
    assert names(crm.changes()) == ["a0", "a1", "a2", "a3"]


def test_records_that_are_gone_come_last() -> None:
    crm = Crm()
    crm.change(1, "a")
    crm.now += timedelta(seconds=10)
    found = list(crm.changes(known=["5x1", "5x2", "5x3"]))
    assert [(each.id, each.deleted) for each in found] == [
        ("5x1", False), ("5x2", True), ("5x3", True),
    ]  # fmt: skip


def test_what_cannot_tell_changes_is_refused(tmp_path: Path) -> None:
    crm = Crm()
    with pytest.raises(ArgumentError, match="no `modifiedtime`"):
        crm.client.changes("Plain")
    with pytest.raises(ArgumentError, match="at least a second"):
        crm.client.changes("Things", lag=0)
    state = tmp_path / "state.json"
    state.write_text("[]", encoding="utf-8")
    with pytest.raises(ArgumentError, match="not the state"):
        crm.client.changes("Things", state=state)


# What `sync` tells

OWNED = Catalog.from_describes(
    [
        {
            "name": "Things",
            "idPrefix": "5",
            "fields": [
                {"name": n, "type": {"name": t}}
                for n, t in (KINDS | {"assigned_user_id": "owner"}).items()
            ],
        }
    ]
)
ADMIN = "19x1"


def owned(profile: str, times: list[int]) -> Sandbox:
    """A sandbox with a record for each second after the beginning, one of them of somebody else."""
    rows = [
        {
            "id": f"5x{number}",
            "name": f"a{number}",
            "modifiedtime": f"{BEGIN + timedelta(seconds=seconds):%Y-%m-%d %H:%M:%S}",
            "assigned_user_id": ADMIN,
        }
        for number, seconds in enumerate(times, 1)
    ]
    return Sandbox(profile, OWNED, {"Things": rows}, clock=(BEGIN + timedelta(hours=1)).timestamp)


def taken(changes: Changes) -> list[str]:
    return [text for each in changes for text in taken_one(each)]


def taken_one(change: Change) -> list[str]:
    return [f"-{change.id}" if change.deleted else change.id]


@pytest.mark.parametrize("profile", ["documented", "5.4", "7"])
def test_a_record_of_the_users_own_that_is_deleted_is_told_once(
    tmp_path: Path, profile: str
) -> None:
    state = tmp_path / "state.json"
    with owned(profile, [0] * 130) as sandbox:
        client = sandbox.client()

        def run() -> list[str]:
            return taken(client.changes("Things", state=state))

        assert len(run()) == 130
        assert "sync" not in asked(sandbox)  # nothing was taken before that could be gone
        client.delete("5x3")
        assert run() == ["-5x3"]  # this second is not over, so `sync` will tell of it again
        sandbox.clock.advance(60)
        client.delete("5x4")
        sandbox.clock.advance(60)
        assert run() == ["-5x4"]
        assert run() == []
        for number in range(10, 125):
            client.delete(f"5x{number}")
            sandbox.clock.advance(1)
        told: list[str] = []
        for count, each in enumerate(client.changes("Things", state=state)):
            if count == 60:
                break  # this one is not taken
            told.append(f"-{each.id}")
        assert told + run() == [f"-5x{number}" for number in range(10, 125)]
        found = taken(client.changes("Things", state=state, known=["5x1", "5x3", "9x9"]))
        assert found == ["-5x3", "-9x9"]


@pytest.mark.parametrize("profile", ["8.0", "8.4"])
def test_where_sync_does_not_work_it_is_not_asked(profile: str) -> None:
    with owned(profile, [0, 1]) as sandbox:
        client = sandbox.client()
        first = client.changes("Things")
        assert taken(first) == ["5x1", "5x2"]
        sandbox.clock.advance(60)
        client.delete("5x1")
        sandbox.clock.advance(60)
        assert taken(client.changes("Things", first.position)) == []
        assert taken(client.changes("Things", first.position, known=["5x1"])) == ["-5x1"]
        assert "sync" not in asked(sandbox)


def test_a_sync_that_turns_out_not_to_work_keeps_no_change_back() -> None:
    """As on a server of version 7 that runs on PHP 8."""
    with owned("7", [0, 1]) as sandbox:
        client = sandbox.client(retries=0)
        first = client.changes("Things")
        assert taken(first) == ["5x1", "5x2"]
        sandbox.clock.advance(60)
        client.revise("5x1", {"name": "other"})
        sandbox.clock.advance(60)
        sandbox.fail_next("sync", status=500, times=9)
        assert taken(client.changes("Things", first.position)) == ["5x1"]


def lag_to(seconds: float) -> float:
    """The lag with which changes are read up to so many seconds after the beginning."""
    return time.time() - 60 - (BEGIN + timedelta(seconds=seconds)).timestamp()


@pytest.mark.parametrize("seed", range(4))
def test_an_administrator_of_the_cloud_gets_everything_by_sync(
    serve: Serve, connect: Connect, tmp_path: Path, seed: int
) -> None:
    """Each once, whoever breaks off where; a second with many is taken as a whole or gone on in."""
    chance, state = random.Random(seed), tmp_path / "state.json"
    times = sorted(chance.choice((1, 2, 3, 50, 51, 52, 53)) for _ in range(400))
    with owned("cloud", times) as sandbox:
        cloud = Cloud(sandbox)
        client = connect(serve(cloud), service="rest")
        told: list[str] = []
        for seconds in (30, 4000, 4000, 4000, 4000, 4000):  # once in the middle of a page
            stop = chance.randrange(20, 120) if seconds == 4000 else 1000
            changes = client.changes("Things", state=state, lag=lag_to(seconds), fields=["name"])
            for count, each in enumerate(changes):
                if count == stop:
                    break
                assert each.deleted or {*(each.record or ())} == {"id", "name", "modifiedtime"}
                told += taken_one(each)
            if seconds < 100:
                assert len(told) == sum(each <= seconds for each in times)
                client.delete("5x2")  # an hour later, by the clock of the sandbox
        assert sorted(told) == sorted({*told}), "each once"
        told += taken(client.changes("Things", state=state, lag=lag_to(4000)))
        assert sorted(told) == sorted([f"5x{n + 1}" for n in range(400)] + ["-5x2"])
        assert taken(client.changes("Things", state=state, lag=lag_to(4001))) == []
        assert "query" not in cloud.asked


def test_who_is_no_administrator_of_the_cloud_gets_records_by_queries(
    serve: Serve, connect: Connect
) -> None:
    with owned("cloud", [0, 10, 20]) as sandbox:
        cloud = Cloud(sandbox, admin=False)
        client = connect(serve(cloud), service="rest")
        first = client.changes("Things", lag=lag_to(15))
        assert taken(first) == ["5x1", "5x2"]
        client.delete("5x1")
        assert taken(client.changes("Things", first.position)) == ["5x3", "-5x1"]
        assert "query" in cloud.asked


@pytest.mark.parametrize(
    "answer",
    [
        {"updated": [], "deleted": [], "more": True, "lastModifiedTime": 1},
        {"updated": [{"id": "5x1"}], "deleted": [], "more": False, "lastModifiedTime": 1},
        {"updated": [], "deleted": [5], "more": False, "lastModifiedTime": 1},
        {"updated": {}, "deleted": [], "more": False, "lastModifiedTime": 1},
        {"updated": [], "deleted": [], "more": False, "lastModifiedTime": None},
        {},
    ],
)
def test_a_sync_without_sense_or_end_is_told(
    serve: Serve, connect: Connect, answer: dict[str, Any]
) -> None:
    described = {"name": "Things", "idPrefix": "5",
                 "fields": [{"name": "modifiedtime", "type": {"name": "datetime"}}]}  # fmt: skip

    def answering(seen: Seen) -> Any:
        return json_answer(
            described if seen.target.endswith("Things") and "describe" in seen.target else answer
        )

    client = connect(serve(answering), service="rest")
    with pytest.raises(BrokenAnswer, match="sync: "):
        list(client.changes("Things"))
