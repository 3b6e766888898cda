"""Changes of a module: each once, none forgotten, and going on where it was."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from vtql.client import Client
from vtql.client.changes import Change, Changes, Position
from vtql.errors import ArgumentError, TransportError
from vtql.sandbox import Sandbox
from vtql.schema.catalog import Catalog

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
