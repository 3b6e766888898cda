"""The page of the language: its pictures are those of the grammar, and its queries parse."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from diagrams import FOLDER, TABLE, grammar, pictures, svg

import vtql
from vtql.extended.compile import DEEPEST, MOST_BRACKETS
from vtql.profiles import PROFILES
from vtql.recovery.lexer import MAX_COMMENTS, MAX_DIAGNOSTICS, MAX_TOKENS
from vtql.rules.runner import MAX_FINDINGS, MAX_FINDINGS_OF_RULE

PAGE = FOLDER.parent / "language.md"
TEXT = PAGE.read_text("utf-8")
EXTENDED = "The extended language"
IMAGE = re.compile(r"^!\[(?P<shown>[^\]]*)\]\(diagrams/(?P<file>[^)]+)\)$", re.MULTILINE)


def sections() -> dict[str, str]:
    """The page by its headings of the second level."""
    _, *parts = re.split(r"^## ", TEXT, flags=re.MULTILINE)
    return {heading: text for heading, _, text in (part.partition("\n") for part in parts)}


def examples() -> list[tuple[str, str]]:
    """Each query of the page, behind the heading it stands under."""
    return [
        (heading, query)
        for heading, text in sections().items()
        for query in re.findall(r"^```vtql\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    ]


def files() -> dict[str, tuple[str, str]]:
    """Each picture by the name of its file."""
    return {f"{TABLE[name][symbol].label}.svg": (name, symbol) for name, symbol in pictures()}


@pytest.mark.parametrize(("file", "drawn"), files().items(), ids=str)
def test_pictures_are_current(file: str, drawn: tuple[str, str], update: bool) -> None:
    current = svg(*drawn).encode()
    if update:
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / file).write_bytes(current)
    assert (FOLDER / file).read_bytes() == current


def test_no_picture_is_left_over() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(files())


def test_every_picture_is_on_the_page_and_told_in_words() -> None:
    shown = IMAGE.findall(TEXT)
    assert sorted(file for _, file in shown) == sorted(files())
    assert [file for words, file in shown if len(words.split()) < 4] == []


@pytest.mark.parametrize("name", TABLE)
def test_the_table_has_every_rule_and_none_that_is_gone(name: str) -> None:
    made, rows = grammar(name), TABLE[name]
    assert set(made.rules) - set(rows) == set(), "a row in diagrams.py says what becomes of a rule"
    shown = {symbol for symbol, row in rows.items() if row.how != "hidden"}
    assert shown - set(made.rules) - set(made.terminals) == set()


@pytest.mark.parametrize("file", files())
def test_pictures_need_nothing_else(file: str) -> None:
    root = ElementTree.fromstring((FOLDER / file).read_text("utf-8"))
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags <= {"svg", "title", "style", "g", "path", "rect", "text"}
    assert root[0].tag.endswith("title")
    assert root[0].text
    assert not re.search(r"@import|url\(|href", (FOLDER / file).read_text("utf-8"))


@pytest.mark.parametrize(("heading", "query"), examples())
def test_queries_are_of_their_language(heading: str, query: str) -> None:
    if heading == EXTENDED:
        assert vtql.compile(query).statements
    else:
        assert vtql.write(vtql.parse(query))


def test_the_page_knows_the_profiles() -> None:
    table = sections()["The servers"]
    assert re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE) == list(PROFILES)


def test_the_limits_of_long_texts_are_those_of_the_code() -> None:
    limits = re.findall(r"^\| .+ \| ([\d,]+) \|$", sections()["Long texts"], re.MULTILINE)
    real = [MAX_TOKENS, MAX_DIAGNOSTICS, MAX_COMMENTS, MAX_FINDINGS_OF_RULE, MOST_BRACKETS, DEEPEST]
    assert limits == [f"{limit:,}" for limit in real]
    assert MAX_FINDINGS_OF_RULE == MAX_FINDINGS
