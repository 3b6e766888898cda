"""What a real server answered, held against what the sandbox answers to the same requests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import requests
from http_caller import HttpCaller
from transcripts import Player, differences, recorded_sandbox

from vtql.parser.vtiger_parser import syntax_error_message

# Why an exchange is answered otherwise, by the words its name begins with.
STATE = "what it needs was made in an exchange that was not recorded"
PATCHED = "the recorded server was patched for it; one that is not ends with HTTP 500"
OTHERWISE = {
    "8.4": {
        "getchallenge_inactive_user": "users that are not active are not in the recorded records",
        "create_owner_group": PATCHED,
        "create_owner_wrong_type": PATCHED,
        "delete_ok": STATE,
        "query_events_after": STATE,
        "retrieve_untyped_task_18x": STATE,
        "sync_patched": PATCHED,
        "extendsession_GET": "a header on caching is there",
    },
    "documented": {
        "getchallenge_inactive_user": "users that are not active are not in the recorded records",
        "query_no_semicolon": "the published page asks for none",
        "query_count": "it works there",
        "delete_ok": STATE,
        "sync_patched_now": STATE,
        "retrieve_inventory": "it works there",
        "changePassword_bad": "it works there",
        "deleteUser_bad": "it works there",
        "query_events_after": STATE,
        "retrieve_untyped_task_18x": STATE,
        "extendsession_GET": "a header on caching is there",
    },
}


@pytest.mark.parametrize("profile", list(OTHERWISE))
def test_recorded_exchanges_are_answered_as_the_server_did(shared: Path, profile: str) -> None:
    folder = shared / "recordings"
    lines = (folder / "transcripts.jsonl").read_text("utf-8").splitlines()
    found = {}
    with recorded_sandbox(folder, profile) as sandbox, sandbox.session() as http:
        player = Player(sandbox, http)
        for line in lines:
            recorded = json.loads(line)
            wrong = player.play(recorded)
            if wrong and not any(recorded["name"].startswith(each) for each in OTHERWISE[profile]):
                found[recorded["name"]] = wrong
    assert found == {}


def test_a_difference_is_seen() -> None:
    recorded = {
        "http_status": 200, "content_type": "application/json", "body": "{}",
        "response_headers": {"cache-control": "no-store, no-cache, must-revalidate"},
    }  # fmt: skip
    answers = {
        '{"success":true,"result":[{"a":"1","id":"7x1"}]}': [],
        '{"success":true,"result":[]}': ["result has 0 rows, not 1"],
        '{"success":true,"result":[{"id":"7x1"}]}': ["result[0] has no a"],
        '{"success":true,"result":{}}': ["result is {}, not [{'a': '2', 'id': '7x2'}]"],
    }
    for body, expected in answers.items():
        answer = requests.Response()
        answer.status_code, answer._content = 200, body.encode()
        answer.headers["Content-Type"] = "application/json"
        answer.headers["Cache-Control"] = "no-store, no-cache, must-revalidate"
        was = recorded | {"body": '{"success":true,"result":[{"a":"2","id":"7x2"}]}'}
        assert list(differences(was, answer)) == expected


def test_values_are_stored_as_the_server_stored_them(shared: Path) -> None:
    """Of every record that was made on the server: what came back of what was sent."""
    folder = shared / "recordings"
    wrong = []
    with recorded_sandbox(folder, "documented") as sandbox, sandbox.session() as http:
        player = Player(sandbox, http)
        for line in (folder / "create_roundtrip.jsonl").read_text("utf-8").splitlines():
            case = json.loads(line)
            if case["module"] == "Accounts":
                continue  # there are no two of a name
            sent = case["element"]
            made = player.ask("create", elementType=case["module"], element=json.dumps(sent))
            if not case["ok"]:
                wrong += [] if made == case["error"] else [f"{case['key']}: {made}"]
                continue
            for name in sent.keys() & case["result"].keys() - {"LineItems", "productid"}:
                now, was = made.get(name, "nothing"), case["result"][name]
                if (now or "") != (was or ""):
                    wrong.append(f"{case['key']}.{name}: {sent[name]!r} is {now!r}, not {was!r}")
    assert wrong == []


def test_an_invoice_is_shown_as_the_server_showed_it(shared: Path) -> None:
    """To the letter, with its lines, charges and details; of one that is made, but ids and times."""
    folder = shared / "recordings"
    own = {"id", "createdtime", "modifiedtime", "invoice_no", "quote_no"}
    exchanges = map(json.loads, (folder / "transcripts.jsonl").read_text("utf-8").splitlines())
    (recorded,) = (each for each in exchanges if each["name"] == "retrieve_invoice")
    cases = map(json.loads, (folder / "create_roundtrip.jsonl").read_text("utf-8").splitlines())
    with recorded_sandbox(folder, "documented") as sandbox, sandbox.session() as http:
        player = Player(sandbox, http)
        was = json.loads(recorded["body"])["result"]
        assert list(player.ask("retrieve", id=was["id"]).items()) == list(was.items())
        for case in cases:
            if case["module"] in ("Invoice", "Quotes"):
                sent = json.dumps(case["element"])
                made = player.ask("create", elementType=case["module"], element=sent)
                for each in (made, case["result"]):
                    each["LineItems"] = [
                        {key: line[key] for key in line.keys() - {"id", "parent_id"}}
                        for line in each["LineItems"]
                    ]
                assert {key: made[key] for key in made.keys() - own} == {
                    key: case["result"][key] for key in case["result"].keys() - own
                }


def test_every_recorded_record_is_told_by_a_query(shared: Path) -> None:
    folder = shared / "recordings"
    records = json.loads((folder / "records_8.4.json").read_text("utf-8"))
    with recorded_sandbox(folder, "8.4") as sandbox, sandbox.session() as http:
        player = Player(sandbox, http)
        for module, rows in records.items():
            found = player.ask("query", query=f"select * from {module} order by id;")
            was = sorted(rows, key=lambda row: int(row["id"].partition("x")[2]))[:100]
            assert found == was, module


@pytest.mark.parametrize("profile", ["8.4", "8.0"])
def test_update_and_revise_change_what_the_server_changed(shared: Path, profile: str) -> None:
    folder = shared / "recordings"
    wrong = []
    with recorded_sandbox(folder, profile) as sandbox, sandbox.session() as http:
        player = Player(sandbox, http)
        for line in (folder / "update_revise_matrix.jsonl").read_text("utf-8").splitlines():
            case = json.loads(line)
            if not case["version"].startswith(profile):
                continue
            base = {"lastname": "Matrix", "assigned_user_id": "19x1"}
            before = base | {case["field"]: case["before"]}
            record = player.ask("create", elementType="Contacts", element=json.dumps(before))
            sent = {"empty": "", "null": None, "zero": "0"}
            element = {"id": record["id"]} | (base if case["op"] == "update" else {})
            if case["sent"] in sent:
                element |= {case["field"]: sent[case["sent"]]}
            answer = player.ask(case["op"], element=json.dumps(element))
            query = f"select {case['field']} from Contacts where id = '{record['id']}';"
            (row,) = player.ask("query", query=query)
            error = f"{answer['code']}: {answer['message']}" if "code" in answer else None
            got = None if error else answer[case["field"]]
            now = got, None if error else row[case["field"]], error
            was = case["after_response"], case["after_query"], case["error"]
            if now != was:
                wrong.append(f"{case['op']} {case['field']} {case['sent']}: {now}, not {was}")
    assert wrong == []


@pytest.mark.parametrize("name", ["grammar", "wild"])
def test_the_messages_of_the_parser_are_the_servers(shared: Path, name: str) -> None:
    """But for a few texts after whose error the server's own reading is hard to follow."""
    lines = (shared / "conformance" / f"{name}.jsonl").read_text("utf-8").splitlines()
    cases = [case for case in map(json.loads, lines) if case["code"] == "QUERY_SYNTAX_ERROR"]
    cases = [case for case in cases if case["message"] != "columns data inappropriate"]
    right = sum(syntax_error_message(case["q"]) == case["message"] for case in cases)
    assert right >= 0.96 * len(cases)


@pytest.mark.parametrize(("profile", "column"), [("8.4", "v84"), ("8.0", "v80")])
def test_what_8_0_answers_otherwise_than_8_4(shared: Path, profile: str, column: str) -> None:
    folder = shared / "recordings"
    cases = map(json.loads, (folder / "delta_84_vs_80.jsonl").read_text("utf-8").splitlines())
    asked = [(case["user"], case["query"], case[column]) for case in cases]
    assert (
        otherwise(folder, profile, [(u, q, was["error"] or was["rows"]) for u, q, was in asked])
        == []
    )


def test_what_users_see_who_are_no_administrators(shared: Path) -> None:
    folder = shared / "recordings"
    cases = map(json.loads, (folder / "query_semantics.jsonl").read_text("utf-8").splitlines())
    asked = [
        (case["user"], case["query"], case["error"] or [{"id": id_} for id_ in case["ids"]])
        for case in cases
        if case["user"] != "admin"
    ]
    assert len(asked) > 20
    assert otherwise(folder, "8.4", asked) == []


def otherwise(folder: Path, profile: str, asked: list[tuple[str, str, Any]]) -> list[str]:
    """What is answered otherwise than it was: other records, or another refusal."""
    wrong = []
    with recorded_sandbox(folder, profile) as sandbox, sandbox.session() as http:
        askers: dict[str, HttpCaller] = {}
        for user, query, was in asked:
            if user not in askers:
                askers[user] = HttpCaller(sandbox, http)
                askers[user].log_in(user)
            now = askers[user].ask("query", query=query)
            if _ids(now) != _ids(was):
                wrong.append(f"{user}: {query}: {str(now)[:99]}, not {str(was)[:99]}")
    return wrong


def _ids(answer: Any) -> Any:
    if isinstance(answer, dict):
        return answer["code"], answer["message"]
    return sorted(str(row.get("id") or row) for row in answer)
