"""The grammar files and what is made of them: the tables are current, the one language is in the other."""

from __future__ import annotations

from pathlib import Path

import pytest
from corpus import Case, cases
from lark import Lark

import vtql
from vtql.extended.parse import parse_extended
from vtql.parser import grammar
from vtql.parser.lalr import Stop, tables

MADE = Path(grammar.__file__).parent / "generated"
FILES = sorted(path.stem for path in (Path(__file__).parents[1] / "grammar").glob("*.lark"))


def test_each_grammar_has_its_tables() -> None:
    assert sorted(path.stem for path in MADE.glob("*.py") if path.stem != "__init__") == FILES


@pytest.mark.parametrize("name", FILES)
def test_the_tables_are_current(name: str, update: bool) -> None:
    made = grammar.make(name)
    if update:
        (MADE / f"{name}.py").write_text(grammar.module_text(name, made), encoding="utf-8")
    assert (MADE / f"{name}.py").read_text("utf-8") == grammar.module_text(name, made)
    if not update:
        assert tables(name) == made


def test_what_is_there_for_speed_says_nothing_new() -> None:
    """Without `PLAIN` and `LITERALS` the tokens are more and the language is the same."""
    text = grammar.grammar_text("vtql").partition("// FOR SPEED ALONE")[0]
    lines = [line for line in text.splitlines() if "LITERALS" not in line and "PLAIN" not in line]
    plain = Lark("\n".join(lines), parser="lalr", lexer="basic")
    for case in cases("syntax"):
        if case.path.stem == "queries":
            assert plain.parse(case.input)
            assert vtql.parse(case.input)


@pytest.mark.parametrize("case", [c for c in cases("syntax") if c.path.stem == "queries"], ids=str)
def test_the_extended_language_has_every_query(case: Case) -> None:
    assert not isinstance(parse_extended(case.input), Stop)
