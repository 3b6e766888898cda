"""What holds for every tree, every text and every value."""

from __future__ import annotations

import contextlib
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import vtql
from vtql.ast import (
    Bare,
    Chain,
    Columns,
    Comparison,
    Connective,
    Count,
    Direction,
    Limit,
    Link,
    Literal,
    Membership,
    Name,
    Operator,
    Order,
    Select,
    Star,
)
from vtql.profiles import PROFILES
from vtql.sandbox import Sandbox

KEYWORDS = [
    "select",
    "from",
    "where",
    "and",
    "or",
    "in",
    "like",
    "order",
    "orderby",
    "by",
    "asc",
    "desc",
    "limit",
    "count",
]
NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True).filter(
    lambda text: text.lower() not in KEYWORDS
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
names = st.builds(Name, NAMES)
values = st.one_of(
    st.builds(Literal, TEXTS), st.builds(Bare, st.from_regex(r"[+-]?[0-9]{1,9}", fullmatch=True)),
    st.builds(Bare, st.from_regex(r"[0-9]{1,3}x[0-9]{1,6}", fullmatch=True)),
)  # fmt: skip
conditions = st.one_of(
    st.builds(
        Comparison,
        names,
        st.sampled_from([each for each in Operator if each is not Operator.NOTLIKE]),
        values,
    ),
    st.builds(Membership, names, st.lists(values, min_size=1, max_size=4).map(tuple)),
)
links = st.builds(Link, st.sampled_from(Connective), conditions)
some_names = st.lists(names, min_size=1, max_size=4).map(tuple)
whole = st.integers(0, 10**18 - 1)
selects = st.builds(
    Select,
    st.one_of(st.just(Star()), st.just(Count()), st.builds(Columns, some_names)),
    names,
    st.none() | st.builds(Chain, conditions, st.lists(links, max_size=4).map(tuple)),
    st.none() | st.builds(Order, some_names, st.none() | st.sampled_from(Direction)),
    st.none() | st.builds(Limit, whole, st.none() | whole),
)


@given(
    st.lists(st.sampled_from([r"\%", r"\_", r"\\", "''", "a", r"\n"]), min_size=1, max_size=5),
    st.integers(1, 4000),
)
def test_a_literal_that_can_be_read_can_be_written(parts: list[str], times: int) -> None:
    spelled = "".join(parts) * times
    text = f"SELECT a FROM C WHERE a = '{spelled[:8000]}';"
    try:
        select = vtql.parse(text)
    except vtql.QuerySyntaxError:
        return  # a piece was cut in two at the end, and took the quote with it
    assert vtql.parse(vtql.write(select)) == select


@given(selects)
def test_what_is_written_parses_to_the_same_tree(select: Select) -> None:
    text = vtql.write(select)
    assert vtql.parse(text) == select
    assert vtql.format(text, width=len(text) * 2) == text
    for width in (20, 100):
        broken = vtql.format(text, width=width, keywords="lower")
        assert vtql.parse(broken) == select
        assert vtql.format(broken, width=width, keywords="lower") == broken


COMMENTS = st.from_regex(r"--[^\r\n]{0,8}[\r\n]", fullmatch=True)


@given(st.data(), st.lists(selects, min_size=1, max_size=3))
def test_the_formatter_keeps_comments_and_trees_and_is_stable(
    data: st.DataObject, queries: list[Select]
) -> None:
    """Comments anywhere between tokens, several queries, any blanks: all of them are still there."""
    gaps = st.lists(st.one_of(st.sampled_from([" ", "\n", "\n\n", "\t"]), COMMENTS), max_size=3)
    text = ""
    for select in queries:
        for token in re.findall(r"'(?:[^']|'')*'|[+-]?\w+|[<>!]=|[^\w\s]", vtql.write(select)):
            text += token + " " + "".join(data.draw(gaps))
    formatted = vtql.format(text)
    assert vtql.format(formatted) == formatted
    assert vtql.analyze_script(formatted).selects == tuple(queries)
    said = re.compile(r"'(?:[^']|'')*'|(--[^\r\n]*)")
    before, after = (
        sorted(found[1].rstrip() for found in said.finditer(each) if found[1])
        for each in (text, formatted)
    )
    assert before == after


PIECES = st.lists(
    st.sampled_from([*KEYWORDS, "'", "''", "\\", ";", ",", "(", ")", "*", "=", "<", ">", "!=", "5",
                     "12x3", "Contacts", "lastname", "'x'", " ", "\n", "é", "\0", "\ud800", "not"]),
    max_size=25,
)  # fmt: skip


@settings(max_examples=150)
@given(st.one_of(st.text(), PIECES.map(" ".join), PIECES.map("".join)))
@example("SELECT * FROM Contacts LIMIT " + "9" * 5000 + ";")
@example("(" * 5000)
@example("'" * 5001)
def test_any_text_is_analyzed_without_an_exception(text: str) -> None:
    catalog = vtql.Catalog.from_describes(
        [{"name": "Contacts", "fields": [{"name": "lastname", "type": {"name": "string"}}]}]
    )
    analysis = vtql.analyze(text, catalog)
    for found in analysis.diagnostics:
        assert 0 <= found.span.start <= found.span.end <= len(text)
        assert found.message
    if analysis.select is None:
        assert analysis.diagnostics
        with pytest.raises(vtql.QuerySyntaxError):
            vtql.parse(text)
    analysis.fixed()
    for profile in PROFILES:
        vtql.analyze_script(text, catalog, profile).fixed()
    with contextlib.suppress(vtql.VtqlError):
        vtql.compile(text, catalog)
    with contextlib.suppress(vtql.QuerySyntaxError):
        formatted = vtql.format(text)
        assert vtql.format(formatted) == formatted


def test_a_long_text_takes_no_longer_than_its_length() -> None:
    """Not timed: quadratic work on these would not end within a test run."""
    for text in ("'" + "a" * 1_000_000, "(" * 200_000, "'a'" * 200_000, "\\'" * 300_000):
        assert vtql.analyze(f"select * from A where b = {text}").diagnostics
    many = ", ".join(f"'{number}'" for number in range(100_000))
    told = vtql.analyze(f"select * from A where b in ({many}) limit 9;").diagnostics
    assert [found.slug for found in told] == ["long-query"]
    chain = " or ".join(f"b = '{number}'" for number in range(30_000))
    told = vtql.analyze(f"select * from A where {chain} limit 9;").diagnostics
    assert [found.slug for found in told] == ["long-query", "or-chain"]
    chain = " and ".join(f"b{number} != '1'" for number in range(30_000))
    told = vtql.analyze(f"select * from A where {chain} limit 9;").diagnostics
    assert [found.slug for found in told] == ["long-query", "dropped-nulls"]


THINGS = {
    "name": "Things",
    "idPrefix": "40",
    "fields": [{"name": "title", "label": "Title", "type": {"name": "string"}}],
}


CATALOG = vtql.Catalog.from_describes([THINGS])


@settings(max_examples=150, deadline=None)
@given(value=st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
@example("")
@example("O'Neil")
@example("\\' or 1=1 --")
@example("ends with \\")
@example("100%_\\%\\_")
@example("line\r\n\tbreak\0\x1a\b")
@example("😀 日本 e\u0301 \u202e ſ İ")
def test_any_value_survives_from_python_to_the_record(value: str) -> None:
    """Builder to VTQL, parser, sandbox, record: the same text, found by equality and by its parts."""
    records = {"Things": [{"id": "40x1", "title": value}, {"id": "40x2", "title": "\ue000\ue001"}]}
    with Sandbox(catalog=CATALOG, records=records) as sandbox, sandbox.client() as client:
        things = client.model("Things").objects
        found = things.filter(title=value)
        (parsed,) = [vtql.parse(text) for text in found.statements()]
        assert parsed.where is not None
        assert parsed.where.first == Comparison(Name("title"), Operator.EQ, Literal(value or " "))
        assert [thing.title for thing in found] == [value]
        for lookup in ("contains", "startswith", "endswith", "in"):
            wanted = [value] if lookup == "in" else value
            titles = [thing.title for thing in things.filter(**{f"title__{lookup}": wanted})]
            assert value in titles
            if value.isascii() and value.strip():
                assert titles == [value]
