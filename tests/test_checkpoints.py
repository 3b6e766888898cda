"""Checkpoints of exports and of changes: whose they are, and what becomes of a damaged one."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import vtql
from vtql.cli import main
from vtql.client.checkpoint import owner_of
from vtql.errors import CheckpointError
from vtql.files import locked_file
from vtql.sandbox import Sandbox

Interrupt = Callable[..., None]


@pytest.fixture
def two_servers(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Sandbox, Sandbox]]:
    """Two servers with other records under the same ids, over sockets."""
    with Sandbox(seed=1) as one, Sandbox(seed=2) as other:
        for each in (one, other):
            each.url = each.serve()
        monkeypatch.setenv("VTQL_ACCESS_KEY", one.access_key)
        yield one, other


def export(sandbox: Sandbox, file: Path, *arguments: str, module: str = "Contacts") -> int:
    given = ("--url", sandbox.url, "--username", "admin", "--output", str(file))
    return main(["export", module, *given, *arguments])


@pytest.fixture
def interrupt(monkeypatch: pytest.MonkeyPatch) -> Interrupt:
    """Runs an export that is interrupted after 250 rows, of which 200 are in its checkpoint."""

    def run(sandbox: Sandbox, file: Path, *arguments: str) -> None:
        with monkeypatch.context() as patch:
            patch.setattr("vtql.cli.export.PAGES", 100)
            patch.setattr("vtql.cli.export.counted", _stopped)
            assert export(sandbox, file, *arguments) == 130
        stored = json.loads(Path(f"{file}.part.json").read_bytes())
        assert (stored["rows"], file.exists()) == (200, False)

    return run


def _stopped(rows: Iterator[Any], *_: object) -> Iterator[Any]:
    for number, row in enumerate(rows):
        if number == 250:
            raise KeyboardInterrupt
        yield row


def contents(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in folder.iterdir() if each.is_file()}


def rows_of(file: Path) -> int:
    with file.open(encoding="utf-8", newline="") as lines:
        return sum(1 for _ in csv.DictReader(lines))


def asked(sandbox: Sandbox) -> list[str]:
    """The queries for rows that a sandbox was sent."""
    return [each.parameters["query"] for each in sandbox.requests if "query" in each.parameters]


@pytest.mark.parametrize(
    ("arguments", "difference"),
    [
        ((), "its `server` is"),
        (("--username", "sam"), "its `user` is 'admin', and this one's is 'sam'"),
        (("--fields", "lastname"), "`columns` has `salutationtype`"),
        (("--format", "csv"), "its `format` is 'jsonl', and this one's is 'csv'"),
    ],
)
def test_an_export_does_not_resume_on_anothers_rows(
    two_servers: tuple[Sandbox, Sandbox],
    interrupt: Interrupt,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    difference: str,
) -> None:
    one, other = two_servers
    file = tmp_path / "rows.jsonl"
    interrupt(one, file)
    before = contents(tmp_path)
    server = one if arguments else other
    server.requests.clear()
    capsys.readouterr()
    assert export(server, file, *arguments) == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert difference in said
    assert "`--restart` begins anew" in said
    assert asked(server) == []
    assert contents(tmp_path) == before
    assert export(one, file) == 0
    whole = tmp_path / "whole.jsonl"
    assert export(one, whole) == 0
    assert file.read_bytes() == whole.read_bytes()


def test_a_restart_is_of_the_server_that_is_named(
    two_servers: tuple[Sandbox, Sandbox], interrupt: Interrupt, tmp_path: Path
) -> None:
    one, other = two_servers
    file, whole = tmp_path / "a.csv", tmp_path / "b.csv"
    interrupt(one, file)
    assert export(other, file, "--restart") == 0
    assert export(other, whole) == 0
    assert file.read_bytes() == whole.read_bytes()
    assert sorted(contents(tmp_path)) == ["a.csv", "b.csv"]


def test_another_module_does_not_resume(
    two_servers: tuple[Sandbox, Sandbox],
    interrupt: Interrupt,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "a.csv"
    interrupt(two_servers[0], file)
    assert export(two_servers[0], file, module="Leads") == 2
    assert "its `module` is 'Contacts', and this one's is 'Leads'" in capsys.readouterr().err


def without(key: str, values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != key}


DAMAGE: dict[str, Callable[[dict[str, Any]], object]] = {
    "deep JSON": lambda _: b"[" * 100_000,
    "a deep value": lambda v: json.dumps(v).replace('"rows": 200', '"rows": ' + "[" * 50_000),
    "not UTF-8": lambda v: json.dumps(v).encode() + b"\xff",
    "UTF-16": lambda v: json.dumps(v).encode("utf-16"),
    "NUL": lambda v: json.dumps(v).encode() + b"\0",
    "nothing": lambda _: b"",
    "cut off": lambda v: json.dumps(v)[:-20],
    "a list": lambda _: [],
    "a text": lambda _: "a",
    "null": lambda _: None,
    "another file": lambda _: {"name": "a"},
    "another version": lambda v: v | {"version": 2},
    "another kind": lambda v: v | {"checkpoint": "changes"},
    "rows of a fraction": lambda v: v | {"rows": 200.0},
    "rows of a half": lambda v: v | {"rows": 199.5},
    "rows below zero": lambda v: v | {"rows": -1},
    "rows as text": lambda v: v | {"rows": "200"},
    "rows as truth": lambda v: v | {"rows": True},
    "size of null": lambda v: v | {"size": None},
    "size of a list": lambda v: v | {"size": [1]},
    "a huge size": lambda v: v | {"size": 10**30},
    "a size of many digits": lambda v: json.dumps(v).replace('"size": ', '"size": ' + "9" * 5000),
    "an infinite size": lambda v: json.dumps(v).replace('"size": ', '"size": 1e999, "a": '),
    "no number": lambda v: json.dumps(v | {"size": float("nan")}),
    "no id": lambda v: v | {"last": "x"},
    "an id of many digits": lambda v: v | {"last": "12x" + "1" * 5000},
    "an id that is a number": lambda v: v | {"last": 12},
    "no last id": lambda v: v | {"last": None},
    "another id": lambda v: v | {"last": "12x999"},
    "other rows": lambda v: v | {"rows": 199},
    "columns that are text": lambda v: v | {"columns": "lastname"},
    "a server that is a number": lambda v: v | {"server": 5},
    "another digest": lambda v: v | {"digest": "0" * 64},
    **{f"no {key}": partial(without, key)
       for key in ("server", "user", "module", "query", "columns", "last", "rows", "size", "checksum")},
}  # fmt: skip


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sandbox, Path]]:
    """A server, and a folder with an export of it that was interrupted."""
    folder = tmp_path_factory.mktemp("interrupted")
    with Sandbox() as sandbox, pytest.MonkeyPatch.context() as patch:
        sandbox.url = sandbox.serve()
        patch.setenv("VTQL_ACCESS_KEY", sandbox.access_key)
        patch.setattr("vtql.cli.export.PAGES", 100)
        patch.setattr("vtql.cli.export.counted", _stopped)
        assert export(sandbox, folder / "a.csv") == 130
        patch.undo()
        yield sandbox, folder


@pytest.fixture
def copied(
    interrupted: tuple[Sandbox, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Sandbox, Path]:
    sandbox, folder = interrupted
    monkeypatch.setenv("VTQL_ACCESS_KEY", sandbox.access_key)
    for name, content in contents(folder).items():
        (tmp_path / name).write_bytes(content)
    sandbox.requests.clear()
    return sandbox, tmp_path / "a.csv"


def refused(sandbox: Sandbox, file: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """The line in which an export is refused, which changes nothing and asks for no rows."""
    before = contents(file.parent)
    capsys.readouterr()
    assert export(sandbox, file) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n"), len(said.err) < 600) == ("", 1, True)
    assert said.err.startswith(f"vtql: {file}.part")
    assert "`--restart` begins anew" in said.err
    assert (contents(file.parent), asked(sandbox)) == (before, [])
    return said.err


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_checkpoint_is_refused_in_a_line(
    copied: tuple[Sandbox, Path], capsys: pytest.CaptureFixture[str], damage: str
) -> None:
    sandbox, file = copied
    checkpoint = Path(f"{file}.part.json")
    damaged = DAMAGE[damage](json.loads(checkpoint.read_bytes()))
    text = damaged if isinstance(damaged, str | bytes) else json.dumps(damaged)
    checkpoint.write_bytes(text if isinstance(text, bytes) else text.encode())
    refused(sandbox, file, capsys)


@pytest.mark.parametrize("byte", range(0, 900, 23))
def test_no_changed_byte_of_a_checkpoint_goes_unnoticed(
    copied: tuple[Sandbox, Path], capsys: pytest.CaptureFixture[str], byte: int
) -> None:
    sandbox, file = copied
    checkpoint = Path(f"{file}.part.json")
    content = bytearray(checkpoint.read_bytes())
    content[byte % len(content)] ^= 1
    checkpoint.write_bytes(content)
    refused(sandbox, file, capsys)


PARTS: dict[str, Callable[[bytes], bytes]] = {
    "shorter": lambda content: content[:20_000],
    "another file": lambda content: b"x" * len(content),
    "one byte": lambda content: content[:777] + b"~" + content[778:],
}


@pytest.mark.parametrize("kind", PARTS)
def test_rows_that_are_not_as_the_checkpoint_says_are_refused(
    copied: tuple[Sandbox, Path], capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    sandbox, file = copied
    part = Path(f"{file}.part")
    part.write_bytes(PARTS[kind](part.read_bytes()))
    refused(sandbox, file, capsys)


def test_rows_without_a_checkpoint_are_not_overwritten(
    copied: tuple[Sandbox, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox, file = copied
    Path(f"{file}.part.json").unlink()
    refused(sandbox, file, capsys)
    assert export(sandbox, file, "--restart") == 0
    assert rows_of(file) == 432


def test_a_checkpoint_without_its_rows_begins_anew(copied: tuple[Sandbox, Path]) -> None:
    sandbox, file = copied
    Path(f"{file}.part").unlink()
    assert export(sandbox, file) == 0
    assert rows_of(file) == 432
    assert sorted(contents(file.parent)) == ["a.csv"]


@pytest.mark.parametrize("end", [".part", ".part.json"])
def test_a_link_under_the_name_of_an_unfinished_file_is_not_followed(
    interrupted: tuple[Sandbox, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    end: str,
) -> None:
    sandbox = interrupted[0]
    monkeypatch.setenv("VTQL_ACCESS_KEY", sandbox.access_key)
    file, victim = tmp_path / "a.csv", tmp_path / "victim"
    for content in (b"mine", None):  # a link that leads nowhere would make its target
        if content is not None:
            victim.write_bytes(content)
        Path(f"{file}{end}").symlink_to(victim)
        assert export(sandbox, file) == 2
        assert "a symbolic link, which is not followed" in capsys.readouterr().err
        assert not file.exists()
        assert export(sandbox, file, "--restart") == 0
        assert rows_of(file) == 432
        assert (victim.read_bytes() if victim.exists() else None) == content
        victim.unlink(missing_ok=True)
        file.unlink()
        assert contents(tmp_path) == {}


def test_two_exports_to_one_file_at_a_time_are_refused(
    copied: tuple[Sandbox, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox, file = copied
    for arguments in ((), ("--restart",)):
        with locked_file(f"{file}.part"):
            before = contents(file.parent)
            assert export(sandbox, file, *arguments) == 2
            assert f"vtql: {file}.part is in use" in capsys.readouterr().err
            assert contents(file.parent) == before
    assert export(sandbox, file) == 0


def test_a_file_that_may_not_be_replaced_is_told_before_anything_is_asked(
    copied: tuple[Sandbox, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox, _ = copied
    read_only, folder = tmp_path / "r.csv", tmp_path / "f.csv"
    read_only.write_text("mine", encoding="utf-8")
    read_only.chmod(0o444)
    folder.mkdir()
    for path, why in ((read_only, "read-only"), (folder, "Is a directory")):
        assert export(sandbox, path) == 2
        assert why in capsys.readouterr().err
    assert (
        main(["export", "Contacts", "--sandbox", "--format", "csv", "--output", "/dev/null"]) == 2
    )
    assert read_only.read_text("utf-8") == "mine"
    assert asked(sandbox) == []
    assert not Path("/dev/null").is_file()


def test_an_export_keeps_the_permissions_of_the_file_that_it_replaces(
    copied: tuple[Sandbox, Path],
) -> None:
    sandbox, file = copied
    file.write_text("old", encoding="utf-8")
    file.chmod(0o640)
    assert export(sandbox, file) == 0
    assert file.stat().st_mode & 0o777 == 0o640


# Changes


def test_changes_do_not_resume_on_anothers_records(
    two_servers: tuple[Sandbox, Sandbox], tmp_path: Path
) -> None:
    one, other = two_servers
    state = tmp_path / "state.json"
    with one.client() as client:
        one.clock.advance(10)
        assert sum(1 for _ in client.changes("Contacts", state=state)) == 432
        before = state.read_bytes()
        with pytest.raises(
            CheckpointError, match="its `module` is 'Contacts', and this one's is 'L"
        ):
            client.changes("Leads", state=state)
    for url, user, difference in (
        (other.url, "admin", "its `server` is"),
        (one.url, "sam", "its `user` is 'admin', and this one's is 'sam'"),
    ):
        with (
            vtql.connect(url, user, one.access_key, catalog=one.catalog) as client,
            pytest.raises(CheckpointError, match=difference),
        ):
            client.changes("Contacts", state=state, since="2024-01-01 00:00:00")
    assert state.read_bytes() == before
    with one.client() as client:
        assert list(client.changes("Contacts", state=state)) == []


@pytest.fixture(scope="module")
def position(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sandbox, bytes]]:
    """A server, and the checkpoint of its changes."""
    state = tmp_path_factory.mktemp("changes") / "state.json"
    with Sandbox("7") as sandbox, sandbox.client() as client:
        sandbox.clock.advance(10)
        assert list(client.changes("Contacts", state=state))
        yield sandbox, state.read_bytes()


CHANGED: dict[str, Callable[[dict[str, Any]], object]] = {
    **{name: damage for name, damage in DAMAGE.items() if name.split()[-1] in (
        "JSON", "UTF-8", "UTF-16", "nothing", "list", "text", "null", "file", "version", "server",
        "user", "module", "checksum", "NUL") or name == "cut off"},
    "a second that is a number": lambda v: v | {"second": 5},
    "a second that is none": lambda v: v | {"second": "2024-02-30 00:00:00"},
    "another second": lambda v: v | {"second": "2030-01-01 00:00:00"},
    "an id that is none": lambda v: v | {"id": "x"},
    "a sweep that is none": lambda v: v | {"swept": "yesterday"},
    "gone that is a text": lambda v: v | {"deleted": "12x1"},
    "gone of numbers": lambda v: v | {"deleted": [1]},
    "no second": partial(without, "second"),
    "no id": partial(without, "id"),
    "a checkpoint of an export": lambda v: v | {"checkpoint": "export"},
    "an infinite number": lambda v: json.dumps(v).replace('"version": 1', '"version": 1e999'),
}  # fmt: skip


@pytest.mark.parametrize("damage", CHANGED)
def test_a_damaged_checkpoint_of_changes_is_refused(
    position: tuple[Sandbox, bytes], tmp_path: Path, damage: str
) -> None:
    sandbox, content = position
    state = tmp_path / "state.json"
    damaged = CHANGED[damage](json.loads(content))
    text = damaged if isinstance(damaged, str | bytes) else json.dumps(damaged)
    state.write_bytes(text if isinstance(text, bytes) else text.encode())
    before = state.read_bytes()
    with sandbox.client() as client, pytest.raises(CheckpointError, match="not the state") as told:
        client.changes("Contacts", state=state)
    assert str(state) in str(told.value)
    assert ("\n" in str(told.value), state.read_bytes()) == (False, before)


def test_a_checkpoint_of_changes_stays_as_it_was_where_it_cannot_be_written(
    position: tuple[Sandbox, bytes], tmp_path: Path
) -> None:
    sandbox, content = position
    state, victim = tmp_path / "state.json", tmp_path / "victim"
    state.write_bytes(content)
    victim.write_text("mine", encoding="utf-8")
    Path(f"{state}.new").symlink_to(victim)
    state.chmod(0o444)
    with sandbox.client() as client:
        client.create("Contacts", {"lastname": "new", "assigned_user_id": "19x1"})
        sandbox.clock.advance(60)
        with pytest.raises(PermissionError, match="read-only"):
            list(client.changes("Contacts", state=state))
        assert state.read_bytes() == content
        state.chmod(0o644)
        assert len(list(client.changes("Contacts", state=state))) == 1
    assert victim.read_text("utf-8") == "mine"


def test_an_address_is_the_same_however_it_is_spelled() -> None:
    spelled = ("https://CRM.example.com/vt", "HTTPS://crm.example.com:443/vt")
    assert len({owner_of(each, "admin", "A")["server"] for each in spelled}) == 1
    other = (
        "https://crm.example.com:444/vt",
        "http://crm.example.com/vt",
        "https://crm.example.com",
    )
    assert len({owner_of(each, "admin", "A")["server"] for each in (*spelled, *other)}) == 4
