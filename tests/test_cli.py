"""The commands: what goes to stdout, what to stderr, and the exit status."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

import vtql
from vtql.cli import main
from vtql.sandbox import Sandbox

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
    good.write_text("SELECT * FROM Contacts LIMIT 10;\n")
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
    assert main(["compile", "-q", ""]) == 1
    assert "the query is empty" in capsys.readouterr().err
    assert main(["compile", "-q", "select a from B where c not like 'x'"]) == 1
    assert "NOT LIKE" in capsys.readouterr().err


def test_lint_and_compile_read_files_of_queries(tmp_path: Path, capsys: Capture) -> None:
    file = tmp_path / "many.vtql"
    file.write_text(
        "-- two\nSELECT a FROM B LIMIT 5;\n\nSELECT c FROM D WHERE NOT e = 'f'; -- second\n"
    )
    assert main(["lint", str(file)]) == 1
    shown = capsys.readouterr()
    assert f"{file}:4:23" in shown.out
    assert shown.err == "1 finding in 2 queries; 1 can be mended with `--fix`\n"
    assert main(["compile", str(file)]) == 0
    assert capsys.readouterr().out == "SELECT a FROM B LIMIT 5;\nSELECT c FROM D WHERE e != 'f';\n"
    assert main(["lint", "-q", "SELECT a FROM B; -- here it is sent"]) == 1
    assert "VT033" in capsys.readouterr().out
    assert main(["lint", "--profile", "cloud", "-q", "SELECT a FROM B"]) == 0


def test_compile_goes_on_behind_a_query_that_is_none(tmp_path: Path, capsys: Capture) -> None:
    file = tmp_path / "many.vtql"
    file.write_text("SELECT a FROM B WHERE GROUP BY c;\nSELECT a FROM B WHERE (c = 'd');\n")
    assert main(["compile", str(file)]) == 1
    shown = capsys.readouterr()
    assert shown.out == "SELECT a FROM B WHERE c = 'd';\n"
    assert f"{file}:1:23" in shown.err
    assert "VT024" in shown.err


def test_format_rewrites_files_and_keeps_all_in_them(tmp_path: Path, capsys: Capture) -> None:
    file, good = tmp_path / "one.vtql", tmp_path / "good.vtql"
    written = "\ufeff-- c\r\nselect a from B; -- d\r\n".encode()
    file.write_bytes(written)
    file.chmod(0o640)
    good.write_text("SELECT a FROM B;\n")
    assert main(["format", "--check", str(file), str(good)]) == 1
    assert capsys.readouterr() == ("", f"{file}: would be formatted\n")
    assert main(["format", "--diff", str(file), str(good)]) == 1
    shown = capsys.readouterr().out
    assert "-select a from B; -- d" in shown
    assert "+SELECT a FROM B; -- d" in shown
    assert file.read_bytes() == written
    assert main(["format", str(file), str(good)]) == 0
    assert capsys.readouterr() == ("", f"{file}: formatted\n")
    assert file.read_bytes() == written.replace(b"select a from", b"SELECT a FROM")
    assert file.stat().st_mode & 0o777 == 0o640
    assert main(["format", "--check", str(file), str(good)]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["good.vtql", "one.vtql"]


def test_format_of_stdin_width_and_case(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    text = b"SELECT a, b FROM C WHERE d = 'e' AND f = 'g';"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
    assert main(["format", "--line-width", "20", "--keywords", "lower", "-"]) == 0
    broken = "select a, b\nfrom C\nwhere d = 'e'\n  and f = 'g';\n"
    assert capsys.readouterr().out == broken
    assert main(["format", "--check", "-q", "SELECT a FROM B;"]) == 0


def test_format_leaves_a_file_alone_that_is_not_vtql(tmp_path: Path, capsys: Capture) -> None:
    file = tmp_path / "bad.vtql"
    file.write_text("select a from B where (c = 'd');\n")
    assert main(["format", str(file), str(tmp_path / "none.vtql")]) == 2
    shown = capsys.readouterr().err
    assert f"{file}:1:23" in shown
    assert "none.vtql: No such file or directory" in shown
    assert file.read_text() == "select a from B where (c = 'd');\n"


def test_run_takes_one_query_with_comments(capsys: Capture) -> None:
    assert main(["run", "--sandbox", "-- all\nselect groupname from Groups; -- of them"]) == 0
    assert "Sales Team" in capsys.readouterr().out
    assert main(["run", "--sandbox", "select id from Groups; select id from Users;"]) == 1
    assert "`run` takes one query, and here are 2" in capsys.readouterr().err
    assert main(["run", "--sandbox", "-- nothing"]) == 1
    assert "here are none" in capsys.readouterr().err


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


def test_rule_tells_of_one_of_all_and_of_none(capsys: Capture) -> None:
    assert main(["rule", "VT302"]) == 0
    page = capsys.readouterr().out
    assert main(["rule", "unjoined_order"]) == 0
    assert capsys.readouterr().out == page
    assert page.startswith("# unjoined-order (VT302)\n\nAn order by a field")
    assert "## Use instead\n\n    SELECT lastname, mailingcity" in page
    assert main(["rule"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert {"VT001", "VT302"} <= {line.split()[0] for line in listed}
    assert main(["rule", "VT012", "unjoined-odrer"]) == 2
    shown = capsys.readouterr()
    assert shown.out.startswith("# null-test (VT012)")
    assert shown.err.startswith("vtql: there is no rule `unjoined-odrer`; the nearest name is `unj")


def test_a_saved_catalog_tells_how_its_server_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    text = "select id from Contacts where (lastname = 'a' or email = 'b') and (phone = 'c' or title = 'd')"
    saved = str(tmp_path / "crm.json")
    with Sandbox("8.4") as sandbox:
        monkeypatch.setenv("VTQL_ACCESS_KEY", sandbox.access_key)
        server = ["--url", sandbox.serve(), "--username", sandbox.username]
        assert main(["describe", *server, "--save", saved, "Contacts"]) == 0
    assert vtql.Catalog.load(saved).precedence == "and_first"
    capsys.readouterr()
    portable = ("--precedence", "portable")
    for given, number in [((), 1), (portable, 2)]:
        assert main(["compile", "--catalog", saved, *given, "-q", text]) == 0
        assert len(capsys.readouterr().out.splitlines()) == number
        assert main(["explain", "--catalog", saved, *given, "--format", "json", "-q", text]) == 0
        (found,) = json.loads(capsys.readouterr().out)
        assert len(found["stages"][0]["statements"]) == number


def test_explain_tells_what_will_be_asked(capsys: Capture, tmp_path: Path) -> None:
    text = "select a from B where (c = 1 or d = 2) and (e = 3 or f = 4);"
    assert main(["explain", "-q", text]) == 0
    shown = capsys.readouterr()
    assert "queries       2, proven the fewest" in shown.out
    assert "why several" in shown.out
    assert shown.err == ""
    assert main(["explain", "--precedence", "and_first", "--format", "json", "-q", text]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["precedence"], found["requests"], len(found["stages"])) == ("and_first", 1, 1)
    assert len(found["stages"][0]["alternatives"]) == 4
    file = tmp_path / "some.vtql"
    file.write_text(f"-- two of them\n{text}\nselect a from B where c not like 'x';\n")
    assert main(["explain", str(file)]) == 1
    shown = capsys.readouterr()
    assert "queries       2" in shown.out
    assert "VTQL has no NOT LIKE" in shown.err
    assert main(["explain", "-q", "select"]) == 1
    assert "incomplete-query" in capsys.readouterr().err
