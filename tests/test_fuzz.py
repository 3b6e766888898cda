"""Any text at all, without the search: the corpora's inputs, what a search found, bytes, big texts."""

from __future__ import annotations

from contextlib import suppress

import pytest
from fuzz.texts import check, seeds, texts_of
from hypothesis import given, settings
from hypothesis import strategies as st

import vtql
from vtql.extended.compile import MOST_BRACKETS

FOUND = [
    "\0\0",
    "SELECT id F FROM Contacts ======================================WH*М;",
    "SELECT id FROM Contacts LIMIT 5 $ORDER BY lastname WHERE mailingcity = 'x' + z",
    "select a from Contacts limit `0 offset where a t 5;",
    "select a from Contacts where b in ('x', 'y'; a from Accounts( Contacts') or c in ('b' d",
]
"""Texts for which something did not hold once."""


@pytest.mark.parametrize("text", [*dict.fromkeys([*seeds(), *FOUND])])
def test_it_holds_for_every_input_of_the_corpora(text: str) -> None:
    check(text)


@settings(max_examples=60)
@given(st.binary(max_size=60))
def test_it_holds_for_any_bytes(data: bytes) -> None:
    for text in texts_of(data):
        check(text)


A = "SELECT * FROM A WHERE "
VALUES = ", ".join(f"'{number}'" for number in range(100_000))
BIG = {
    "a megabyte in a literal that is not closed": f"{A}b = '" + "a" * 1_000_000,
    "a list of 100,000": f"{A}b IN ({VALUES});",
    "a list of 100,000 without its semicolon": f"{A}b IN ({VALUES})",
    "NOT IN a list of 100,000": f"{A}b NOT IN ({VALUES});",
    "50,000 brackets inside each other": f"{A}{'(' * 50_000}b = 1{')' * 50_000};",
    "50,000 brackets that are not closed": f"{A}{'(' * 50_000}b = 1;",
    "50,000 conditions in brackets": f"{A}{'(' * 50_000}b = 1{' AND c = 2)' * 50_000};",
    "50,000 times NOT": f"{A}{'NOT ' * 50_000}b = 1;",
    "60,000 conditions": f"{A}{' OR '.join(f'b{number} = 1' for number in range(60_000))};",
    "60,000 statements with an error": "SELECT a FRM B; " * 60_000,
    "a megabyte of semicolons": ";" * 1_000_000,
    "a megabyte of dots": "a." * 500_000,
    "a megabyte of backslashes": f"{A}b = " + "'\\'" * 300_000,
    "a megabyte of other blanks": "\N{NO-BREAK SPACE}" * 1_000_000,
    "a megabyte of other comments": "/* x */" * 150_000,
    "a megabyte of CASE": "case when " * 100_000,
}


def test_of_a_text_that_is_not_looked_at_to_its_end_only_what_is_seen_is_told() -> None:
    text = BIG["NOT IN a list of 100,000"]
    analysis = vtql.analyze(text)
    assert [found.slug for found in analysis.diagnostics] == ["not-in", "too-many-findings"]
    assert analysis.fixed() == text


def test_only_brackets_around_conditions_are_too_many() -> None:
    values = ", ".join(f"'{number} (Ltd' " for number in range(MOST_BRACKETS + 1))
    (query,) = vtql.compile(f"{A}b IN ({values}); -- {'(' * MOST_BRACKETS}").selects
    assert vtql.write(query).count("(Ltd") == MOST_BRACKETS + 1
    with pytest.raises(vtql.NotExpressible, match="60,000 brackets"):
        vtql.compile(f"{A}{'(b = 1) OR ' * (MOST_BRACKETS + 1)}b = 2;")


@pytest.mark.parametrize("text", BIG.values(), ids=BIG)
def test_a_big_text_comes_to_an_end(text: str) -> None:
    """Not timed: what takes more than linear time on these would not end within a test run."""
    analysis = vtql.analyze(text)
    assert analysis.select is not None or analysis.diagnostics
    for work in (vtql.format, vtql.compile):
        with suppress(vtql.VtqlError):
            assert work(text)
