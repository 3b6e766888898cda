"""The README and the docs: every example in them runs, and prints what they say."""

from __future__ import annotations

import doctest
import re
import shlex
from pathlib import Path

import pytest

from vtql.cli import main

PROJECT = Path(__file__).parents[1]
PAGES = [PROJECT / "README.md", *sorted((PROJECT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_python_examples_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # what an example writes does not stay
    flags = doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL
    result = doctest.testfile(str(page), module_relative=False, optionflags=flags)
    assert result.failed == 0


def commands() -> list[tuple[str, str]]:
    """Each command line of a `console` block and what it prints."""
    found = []
    for page in PAGES:
        for block in re.findall(r"```console\n(.*?)```", page.read_text("utf-8"), re.DOTALL):
            for shown in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                line, _, output = shown.partition("\n")
                found.append((line, output))
    return found


@pytest.mark.parametrize(("line", "output"), commands())
def test_commands_print_what_is_shown(
    line: str, output: str, capsys: pytest.CaptureFixture[str]
) -> None:
    program, *arguments = shlex.split(line)
    assert program == "vtql"
    main(arguments)
    assert capsys.readouterr().out == output


def test_the_two_commands_stand_as_single_lines() -> None:
    text = (PROJECT / "README.md").read_text("utf-8")
    lines = re.findall(r"^python3 -m venv .*$", text, re.MULTILINE)
    assert [line.rpartition("/")[2] for line in lines] == ["vtql demo", "pytest"]


def test_links_lead_somewhere() -> None:
    dead = [
        f"{page.name}: {target}"
        for page in PAGES
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert dead == []
