"""The commands: what goes to stdout, what to stderr, and the exit status."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from vtql.cli import main

Capture = pytest.CaptureFixture[str]


def test_demo_shows_the_three_jobs(capsys: Capture) -> None:
    assert main(["demo"]) == 0
    shown = capsys.readouterr()
    assert "LIKE 'O''%'" in shown.out
    assert "432   # 6 requests" in shown.out
    assert "error[VT102] unknown-field" in shown.out
    assert "^^^^" in shown.out
    assert "AND donotcall = 0 OR" in shown.out
    assert shown.err == ""


def test_lint_exits_with_0_1_and_2(tmp_path: Path, capsys: Capture) -> None:
    good, bad, broken = tmp_path / "good.vtql", tmp_path / "bad.vtql", tmp_path / "broken.vtql"
    good.write_text("SELECT * FROM Contacts;\n")
    bad.write_text("SELECT * FROM Contacts\n")
    broken.write_bytes(b"SELECT '\xff';")
    assert main(["lint", str(good)]) == 0
    assert capsys.readouterr() == ("", "0 findings in 1 query\n")
    assert main(["lint", str(good), str(bad)]) == 1
    assert f"{bad}:1:22" in capsys.readouterr().out
    assert main(["lint", str(broken), str(tmp_path / "none.vtql"), str(bad)]) == 2
    shown = capsys.readouterr()
    assert "VT002" in shown.out
    assert f"vtql: {broken}: not UTF-8 text, at byte 8" in shown.err
    assert "none.vtql: No such file or directory" in shown.err


def test_lint_for_programs(capsys: Capture) -> None:
    assert main(["lint", "-q", "select * from A where b = '';", "--format", "json"]) == 1
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["code"], found["severity"]) == ("VT006", "error")
    assert found["start"] == {"offset": 26, "line": 1, "column": 27}
    assert found["edits"] == [{"start": 26, "end": 28, "text": "' '"}]


def test_lint_reads_stdin(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"select * from A")))
    assert main(["lint"]) == 1
    assert "<stdin>:1:15" in capsys.readouterr().out


def test_a_catalog_is_saved_and_linted_against(tmp_path: Path, capsys: Capture) -> None:
    saved = tmp_path / "crm.json"
    assert main(["describe", "--sandbox", "--save", str(saved)]) == 0
    assert "modules saved to" in capsys.readouterr().err
    query = "SELECT lastnam FROM Contacts;"
    assert main(["lint", "--catalog", str(saved), "-q", query]) == 1
    assert "`lastname`" in capsys.readouterr().out
    assert main(["describe", "--catalog", str(saved), "Contacts"]) == 0
    assert "account_id" in capsys.readouterr().out
    assert main(["describe", "--catalog", str(saved), "Contact"]) == 2
    assert "the nearest name is `Contacts`" in capsys.readouterr().err
    saved.write_text("[1]")
    assert main(["lint", "--catalog", str(saved), "-q", query]) == 2
    assert "entry 0 of the catalog is not a `describe` result" in capsys.readouterr().err


def test_format_and_compile(capsys: Capture) -> None:
    assert main(["format", "-q", "select  a from B where c='d' ;"]) == 0
    assert capsys.readouterr().out == "SELECT a FROM B WHERE c = 'd';\n"
    assert main(["format", "-q", "select"]) == 1
    assert capsys.readouterr().out == ""
    assert main(["compile", "-q", "select a from B where not (c = 1 or d in (2, 3))"]) == 0
    assert capsys.readouterr().out == "SELECT a FROM B WHERE c != 1 AND d != 2 AND d != 3;\n"
    assert main(["compile", "-q", "select a from B where c not like 'x'"]) == 1
    assert "NOT LIKE" in capsys.readouterr().err


def test_run_gives_all_rows(capsys: Capture) -> None:
    query = "select lastname from Contacts where donotcall = 0;"
    assert main(["run", "--sandbox", "--format", "json", query]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) > 100
    assert len({row["id"] for row in rows}) == len(rows)
    assert main(["run", "--sandbox", "select count(*) from Contacts;"]) == 0
    assert capsys.readouterr().out == "432\n"
    assert main(["run", "--sandbox", "select lastnam from Contacts;"]) == 1
    assert "`lastname`" in capsys.readouterr().err
    assert main(["run", "--sandbox", "select lastname from Contact;"]) == 2
    assert "`Contacts`" in capsys.readouterr().err


def test_run_needs_a_server(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    for variable in ("VTQL_URL", "VTQL_USERNAME", "VTQL_ACCESS_KEY"):
        monkeypatch.delenv(variable, raising=False)
    assert main(["run", "select * from Contacts;"]) == 2
    assert capsys.readouterr().err.startswith("vtql: `url` is missing")
    assert main(["run", "--url", "crm", "select * from Contacts;"]) == 2


def test_usage_errors_exit_with_2(capsys: Capture) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["nonsense"])
    assert stop.value.code == 2
    assert "invalid choice" in capsys.readouterr().err


def test_the_sandbox_serves_and_stops() -> None:
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "vtql", "sandbox", "--port", "0"], text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as server:  # fmt: skip
        assert server.stdout is not None
        url, username, key = (server.stdout.readline().split()[-1] for _ in range(3))
        environment = {"VTQL_URL": url, "VTQL_USERNAME": username, "VTQL_ACCESS_KEY": key}
        answer = subprocess.run(
            [sys.executable, "-m", "vtql", "run", "select groupname from Groups;"],
            env=environment | {"PYTHONPATH": ":".join(sys.path)},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        server.terminate()
    assert url.startswith("http://127.0.0.1:")
    assert "Sales Team" in answer.stdout
    assert answer.stderr == "3 rows\n"
