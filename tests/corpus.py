"""The reader of the corpora: Markdown files in which each case is an input and what it gives.

A case is a heading, prose if it likes, a block with the input and a block with the output:

    ## a name

    ```vtql
    SELECT * FROM Contacts;
    ```

    ```out
    …
    ```

The info string of the first block says what the input is. `--update` rewrites the second.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "corpus"
_CASE = re.compile(
    r"^## (?P<name>[^\n]+)\n(?P<prose>(?:(?!## |```)[^\n]*\n)*)"
    r"```(?P<kind>\w+)\n(?P<input>.*?)^```\n\n```out\n(?P<output>.*?)^```\n",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Case:
    """A case of a corpus file."""

    path: Path
    name: str
    kind: str
    input: str
    output: str

    def __str__(self) -> str:
        return f"{self.path.stem}: {self.name}"


def cases(folder: str) -> list[Case]:
    """All cases of the files in a folder of the corpus."""
    found = [case for path in sorted((FOLDER / folder).glob("*.md")) for case in _read(path)]
    assert found, f"no cases in {folder}"
    return found


def check(case: Case, outcome: Callable[[str], str], *, update: bool) -> None:
    """Compare what an input gives with what the corpus says, or write it down."""
    got = outcome(case.input.removesuffix("\n")).rstrip("\n") + "\n"
    if update and got != case.output:
        _rewrite(case, got)
        return
    assert got == case.output


def _read(path: Path) -> Iterator[Case]:
    text = path.read_text("utf-8")
    headings = len(re.findall(r"^## ", text, re.MULTILINE))
    found = [
        Case(path, case["name"], case["kind"], case["input"], case["output"])
        for case in _CASE.finditer(text)
    ]
    assert len(found) == headings, f"{path.name}: {headings} headings, {len(found)} whole cases"
    return iter(found)


def _rewrite(case: Case, got: str) -> None:
    text = case.path.read_text("utf-8")
    for found in _CASE.finditer(text):
        if found["name"] == case.name:
            start, end = found.span("output")
            case.path.write_text(text[:start] + got + text[end:], encoding="utf-8")
