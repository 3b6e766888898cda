"""`vtql run` and `vtql export`: rows to stdout and files, and going on after a break."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from vtql.cli import main
from vtql.sandbox import Sandbox

QUERY = "SELECT lastname, donotcall FROM Contacts;"


def test_run_gives_rows_in_every_format(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", QUERY, "--sandbox", "--format", "jsonl"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(lines) == 432
    assert main(["run", QUERY, "--sandbox", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == lines
    assert main(["run", QUERY, "--sandbox", "--format", "csv"]) == 0
    assert list(csv.DictReader(capsys.readouterr().out.splitlines())) == lines
    pytest.importorskip("pyarrow")
    for name in ("a.csv", "a.jsonl", "a.json", "a.parquet"):
        assert main(["run", QUERY, "--sandbox", "--output", str(tmp_path / name)]) == 0
        said = capsys.readouterr()
        assert (said.out, said.err) == ("", "432 rows\n")
        assert (tmp_path / name).stat().st_size


def test_run_of_nothing_is_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    none = "SELECT lastname FROM Contacts WHERE lastname = 'nobody of that name';"
    for kind, nothing in (("json", "[]\n"), ("csv", ""), ("jsonl", ""), ("table", "")):
        assert main(["run", none, "--sandbox", "--format", kind]) == 0
        assert capsys.readouterr().out == nothing


def test_parquet_wants_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", QUERY, "--sandbox", "--format", "parquet"]) == 2
    assert "`--output`" in capsys.readouterr().err


def export(sandbox: Sandbox, *arguments: str) -> int:
    return main(
        ["export", "Contacts", "--url", sandbox.url, "--username", sandbox.username, *arguments]
    )


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    sandbox = Sandbox()
    sandbox.url = sandbox.serve()
    monkeypatch.setenv("VTQL_ACCESS_KEY", sandbox.access_key)
    return sandbox


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize("connections", ["1", "3"])
def test_an_export_that_was_broken_off_goes_on(
    server: Sandbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    connections: str,
) -> None:
    if kind == "parquet":
        pytest.importorskip("pyarrow")
    whole, broken = tmp_path / f"whole.{kind}", tmp_path / f"broken.{kind}"
    monkeypatch.setattr("vtql.cli.export.PAGES", 100)
    with server:
        assert export(server, "--output", str(whole), "--connections", connections) == 0
        asked = [each.parameters.get("query", "") for each in server.requests]
        broken_off = iter(range(10_000))

        def stop(rows: object, *_: object) -> object:
            for row in rows:  # type: ignore[attr-defined]
                if next(broken_off) == 250:
                    raise KeyboardInterrupt
                yield row

        monkeypatch.setattr("vtql.cli.export.counted", stop)
        assert export(server, "--output", str(broken)) == 130
        part = broken.with_name(f"{broken.name}.part")
        assert not broken.exists()
        with part.open("ab") as file:
            file.write(b"half a row that was written when the power went")
        server.requests.clear()
        assert export(server, "--output", str(broken)) == 0
        first = next(e.parameters["query"] for e in server.requests if "query" in e.parameters)
        assert "id > " in first
    assert broken.read_bytes() == whole.read_bytes()
    assert len(asked) > 4
    assert sorted(each.name for each in tmp_path.iterdir() if each.is_file()) == [
        broken.name,
        whole.name,
    ]


def test_an_export_of_other_fields_does_not_go_on(
    server: Sandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.csv"
    note = {
        "module": "Contacts",
        "kind": "csv",
        "columns": ["lastname", "id"],
        "last": "12x5",
        "rows": 1,
        "size": 3,
    }
    (tmp_path / "a.csv.part").write_text("abc", encoding="utf-8")
    (tmp_path / "a.csv.part.json").write_text(json.dumps(note), encoding="utf-8")
    with server:
        assert export(server, "--output", str(file)) == 2
        assert "`--restart` begins anew" in capsys.readouterr().err
        assert export(server, "--output", str(file), "--restart", "--fields", "lastname") == 0
    assert len(file.read_text("utf-8").splitlines()) == 433


def test_an_export_to_parquet_has_the_values_that_the_rows_have(
    server: Sandbox, tmp_path: Path
) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    exported, written = tmp_path / "a.parquet", tmp_path / "b.parquet"
    with server:
        assert export(server, "--output", str(exported)) == 0
        assert server.client().model("Contacts").objects.to_parquet(written) == 432
    assert parquet.read_table(exported).equals(parquet.read_table(written))
    assert sorted(each.name for each in tmp_path.iterdir()) == [exported.name, written.name]


def test_an_export_names_its_file_by_itself(
    server: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with server:
        assert export(server, "--fields", "lastname") == 0
        assert export(server, "--format", "jsonl") == 0
    assert sorted(each.name for each in tmp_path.iterdir()) == ["Contacts.csv", "Contacts.jsonl"]


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_an_export_does_not_go_on_in_another_format(
    server: Sandbox, tmp_path: Path, kind: str
) -> None:
    note = {"module": "Contacts", "kind": "other", "columns": ["lastname", "id"]}
    (tmp_path / "a.part").write_text("", encoding="utf-8")
    (tmp_path / "a.part.json").write_text(json.dumps(note), encoding="utf-8")
    given = ("--output", str(tmp_path / "a"), "--fields", "lastname", "--format", kind)
    with server:
        assert export(server, *given) == 2
        assert export(server, *given, "--restart") == 0


def test_an_export_in_an_unknown_format_asks_nothing(server: Sandbox, tmp_path: Path) -> None:
    with server:
        assert export(server, "--output", str(tmp_path / "a.xls")) == 2
        assert server.requests == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no file that is always full")
@pytest.mark.parametrize("kind", ["csv", "jsonl", "table", "parquet"])
def test_a_disk_that_is_full_is_told_with_the_file(
    kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    query = "SELECT * FROM Contacts;"
    assert main(["run", query, "--sandbox", "--format", kind, "--output", "/dev/full"]) == 2
    assert capsys.readouterr().err.splitlines()[-1] == "vtql: /dev/full: No space left on device"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--fields", ""), "`--fields` names no field"),
        (("--fields", " , "), "`--fields` names no field"),
        (("--output", "nowhere/a.csv"), "there is no folder `nowhere` to write a.csv into"),
    ],
)
def test_what_cannot_be_exported_is_told_before_anything_is_asked(
    server: Sandbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    server.requests.clear()
    assert export(server, *arguments) == 2
    assert said in capsys.readouterr().err
    assert (server.requests, list(tmp_path.iterdir())) == ([], [])
