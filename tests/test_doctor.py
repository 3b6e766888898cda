"""`vtql doctor` against servers of every kind."""

from __future__ import annotations

import itertools
import json
import re
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from stub_servers import Answer, Connect, Seen, Serve, after_login, json_answer, json_refusal

from vtql.cli import main
from vtql.client.doctor import LOOKS, Finding, Speed, examine, measured
from vtql.profiles import PROFILES
from vtql.protocol import OPERATIONS
from vtql.sandbox import Sandbox


def found(sandbox: Sandbox) -> dict[str, Finding]:
    with sandbox.client() as client:
        return {each.title: each for each in examine(client)}


@pytest.mark.parametrize("profile", [name for name in PROFILES if name != "cloud"])
def test_a_server_is_as_its_profile_has_it(profile: str) -> None:
    with Sandbox(profile, clock=time.time) as sandbox:
        findings = found(sandbox)
        assert list(findings) == ["login", *LOOKS]
        assert findings["and/or"].grade == "good"
        assert findings["clock"].grade == "good"
        assert "100 rows a request" in findings["page"].fact
        counts = PROFILES[profile].counts
        assert findings["count(*)"].grade == ("good" if counts else "note")
        hides = PROFILES[profile].hides_sql_errors
        assert findings["failing SQL"].grade == ("note" if hides else "good")
        assert {each.operation for each in sandbox.requests}.isdisjoint(
            name for name, row in OPERATIONS.items() if row.writes
        )


def test_a_server_that_reads_otherwise_is_a_problem() -> None:
    with Sandbox("documented") as sandbox, sandbox.client(profile="8.4") as client:
        findings = {each.title: each for each in examine(client)}
    assert findings["and/or"].grade == "problem"
    assert "left to right" in findings["and/or"].fact


def test_a_clock_that_is_off_is_told() -> None:
    with Sandbox("8.4", clock=lambda: 1_000_000_000) as sandbox:
        clock = found(sandbox)["clock"]
    assert re.fullmatch(r"[\d,]+ s \(\d+ days\) behind this machine's", clock.fact)
    assert "`today`" in clock.meaning


def test_a_look_that_fails_keeps_no_other_from_being_made(serve: Serve, connect: Connect) -> None:
    def answering(seen: Seen) -> Answer:
        if seen.operation == "listtypes":
            return json_answer({"types": ["Contacts"]})
        return json_refusal("ACCESS_DENIED", "no")

    findings = list(examine(connect(serve(after_login(answering)))))
    assert [each.title for each in findings] == ["login", *LOOKS]
    assert {each.title for each in findings if each.grade != "problem"} == {
        "login", "clock", "permissions", "latency",
    }  # fmt: skip


def test_the_command_tells_what_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--sandbox"]) == 0
    said = capsys.readouterr().out
    assert "and/or       conditions are read `and` before `or`" in said
    assert main(["doctor", "--sandbox", "--format", "json"]) == 0
    assert [each["title"] for each in json.loads(capsys.readouterr().out)] == ["login", *LOOKS]


@pytest.mark.parametrize(
    ("seconds", "best"),
    [
        ({1: 1.0, 2: 0.54, 4: 0.60}, 2),
        ({1: 1.0, 2: 0.52, 4: 0.27}, 4),
        ({1: 1.0, 2: 0.95, 4: 0.90}, 1),
        ({1: 1.0, 2: 0.90, 4: 0.70}, 4),
        ({1: 1.0, 2: 1.20, 4: 1.50}, 1),
        ({1: 0.01, 2: 0.01, 4: 0.01}, 1),
    ],
)
def test_logins_pay_off_while_a_read_gets_faster_by_a_fifth(
    seconds: dict[int, float], best: int
) -> None:
    assert Speed(seconds).best == best


@pytest.mark.parametrize("processors", [1, 2, 4, 8])
def test_a_server_serves_as_many_logins_as_it_has_processors(processors: int) -> None:
    now, lock = 0.0, threading.Lock()

    def fetch_over(logins: int) -> Callable[[str], list[Any]]:
        def fetch(_: str) -> list[Any]:
            nonlocal now
            with lock:
                now += 1 / min(logins, processors)
            return []

        return fetch

    assert measured(fetch_over, "q;", lambda: now).best == min(processors, 4)


def test_the_doctor_reads_over_one_two_and_four_logins(serve: Serve, connect: Connect) -> None:
    sessions: list[str] = []
    names = itertools.count(1)
    full = [{"id": f"12x{number}"} for number in range(1, 101)]

    def answering(seen: Seen) -> Answer:
        match seen.operation:
            case "getchallenge":
                return json_answer({"token": "t", "serverTime": 1, "expireTime": 301})
            case "login":
                return json_answer({"sessionName": f"s{next(names)}", "vtigerVersion": "8.4.0"})
            case "listtypes":
                return json_answer({"types": ["Contacts"]})
            case "query" if "SELECT *" in seen.url["query"]:
                sessions.append(seen.url["sessionName"])
        return json_answer(full)

    client = connect(serve(answering))
    look = LOOKS["connections"](client)
    assert look.fact.startswith("8 pages of 100 rows of Contacts took ")
    assert [part.split(" over ")[1] for part in look.fact.split(", ")] == ["1", "2", "4"]
    assert 2 <= len(set(sessions)) <= 5  # one is the client's own; a page may find no login free
    assert len(sessions) >= 3 * 8


def test_an_empty_server_is_not_measured() -> None:
    with Sandbox(records={}) as sandbox:
        look = found(sandbox)["connections"]
    assert look.grade == "problem"
    assert "has a record" in look.fact
