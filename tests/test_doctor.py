"""`vtql doctor` against servers of every kind."""

from __future__ import annotations

import json
import re
import time

import pytest
from listening import Answer, Connect, Seen, Serve, after_login, json_answer, json_refusal

from vtql.cli import main
from vtql.client.doctor import LOOKS, Finding, examine
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
    assert "and/or       conditions are read from left to right" in said
    assert main(["doctor", "--sandbox", "--format", "json"]) == 0
    assert [each["title"] for each in json.loads(capsys.readouterr().out)] == ["login", *LOOKS]
