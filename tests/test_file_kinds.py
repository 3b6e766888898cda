"""Files of a kind that no command knows are refused in a line, never parsed and never written."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from vtql.cli import main
from vtql.cli.file_kinds import KINDS
from vtql.lint.languages import LANGUAGES

Capture = pytest.CaptureFixture[str]

BROKEN = "SELECT id FROM Contacts LIMIT 5"
FIXED = f"{BROKEN};"
CALL = f'client.query("{BROKEN}")\n'
UNKNOWN = (
    ".cs",
    ".go",
    ".rb",
    ".java",
    ".yaml",
    ".svelte",
    ".ipynb",
    ".json",
    ".md",
    ".http",
    ".x",
)
COMMANDS = (["lint"], ["lint", "--fix"], ["lint", "--diff"], ["format"], ["format", "--check"],
            ["compile"], ["explain"])  # fmt: skip


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def stdin(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    def give(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    return give


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("suffix", UNKNOWN)
def test_a_file_of_an_unknown_kind_is_refused(
    command: list[str], suffix: str, capsys: Capture
) -> None:
    path = Path(f"a{suffix}")
    path.write_bytes(b"\xff\0 " + BROKEN.encode())
    content, written = path.read_bytes(), path.stat().st_mtime_ns
    assert main([*command, path.name]) == 2
    answer = capsys.readouterr()
    (line,) = (line for line in answer.err.splitlines() if line.startswith("vtql: "))
    assert f"{path.name}: no language is known for `{suffix}`; known are .vtql, " in line
    assert (".py, " in line) == (command[0] == "lint")
    assert "Contacts" not in answer.out
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (content, written)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_the_other_files_are_still_read(command: list[str], capsys: Capture) -> None:
    Path("a.cs").write_text(BROKEN)
    Path("b.vtql").write_text(FIXED)
    assert main([*command, "a.cs", "b.vtql"]) == 2
    answer = capsys.readouterr()
    assert [line[:12] for line in answer.err.splitlines() if line.startswith("vtql: ")] == [
        "vtql: a.cs: "
    ]
    if command in (["compile"], ["explain"]):
        assert "SELECT id FROM Contacts" in answer.out


def test_a_name_without_a_suffix_needs_as(capsys: Capture) -> None:
    Path("queries").write_text(BROKEN)
    assert main(["lint", "--fix", "queries"]) == 2
    assert "no language is known for a name without a suffix" in capsys.readouterr().err
    assert Path("queries").read_text() == BROKEN
    assert main(["lint", "--fix", "--as", "vtql", "queries"]) == 0
    assert Path("queries").read_text() == FIXED


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_sql_file_is_read_only_where_a_comment_says_that_it_is_vtql(
    command: list[str], capsys: Capture
) -> None:
    Path("a.sql").write_text(f"-- of the vtql team\n{FIXED}\n")
    assert main([*command, "a.sql"]) == 2
    assert "`.sql` is read only with a comment `-- vtql`" in capsys.readouterr().err
    for marker in ("-- vtql", "  --VTQL: ignore-file VT404"):
        Path("b.sql").write_text(f"{marker}\n{FIXED}\n")
        assert main([*command, "b.sql"]) in (0, 1)
        assert main([*command, "--as", "vtql", "a.sql"]) in (0, 1)


def test_a_named_language_is_that_of_named_files_and_stdin(
    capsys: Capture, stdin: Callable[[str], None]
) -> None:
    Path("src").mkdir()
    for name in ("script", "src/a.py", "page.x"):
        Path(name).write_text(CALL)
    assert main(["lint", "--fix", "--as", "python", "script", "src"]) == 0
    assert main(["lint", "--fix", "--as", "javascript", "page.x"]) == 0
    for name in ("script", "src/a.py", "page.x"):
        assert Path(name).read_text() == CALL.replace(BROKEN, FIXED)
    assert main(["lint", "--as", "vtql", "src"]) == 0  # a folder's files are what their suffix says
    stdin(CALL)
    assert main(["lint", "--as", "python"]) == 1
    assert "1 query" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["format"], ["compile"], ["explain"]], ids=" ".join)
def test_what_reads_only_vtql_refuses_programs(command: list[str], capsys: Capture) -> None:
    Path("a.py").write_text(CALL)
    assert main([*command, "a.py"]) == 2
    assert "`.py` is python, which this command does not read" in capsys.readouterr().err
    assert Path("a.py").read_text() == CALL
    with pytest.raises(SystemExit):
        main([*command, "--as", "python", "a.py"])


def test_stdin_is_vtql_unless_its_name_says_otherwise(
    capsys: Capture, stdin: Callable[[str], None]
) -> None:
    stdin(BROKEN)
    assert main(["lint", "--fix"]) == 0
    assert capsys.readouterr().out == f"{FIXED}\n"
    for command in (["lint"], ["lint", "--fix"]):
        stdin(BROKEN)
        assert main([*command, "--stdin-filename", "a.cs"]) == 2
        answer = capsys.readouterr()
        assert "a.cs: no language is known for `.cs`" in answer.err
        assert not answer.out


def test_what_is_no_file_keeps_its_own_message(capsys: Capture) -> None:
    assert main(["lint", "none.cs"]) == 2
    assert "none.cs: No such file or directory" in capsys.readouterr().err


def test_languages_have_the_suffixes_that_the_linter_knows() -> None:
    assert list(KINDS.values()) == [language.suffixes for language in LANGUAGES]
