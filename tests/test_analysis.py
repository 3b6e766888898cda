"""What `analyze` says of a request and of a file, and for which servers."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

import vtql
from vtql.profiles import PROFILES
from vtql.sandbox import demo


def found(text: str, profile: str | None = None) -> list[tuple[str, str]]:
    analysis = vtql.analyze(text, profile=profile)
    return [(each.slug, each.severity.value) for each in analysis.diagnostics]


def test_a_missing_semicolon_is_an_error_where_a_server_demands_it() -> None:
    text = "SELECT id FROM Contacts LIMIT 10"
    demanding = {name for name in PROFILES if found(text, name)}
    assert demanding == {"5.4", "7", "8.0", "8.4"}
    assert found(text) == [("missing-semicolon", "error")]
    assert vtql.analyze(text).fixed() == f"{text};"
    assert vtql.analyze(text, profile="cloud").select == vtql.parse(f"{text};")


def test_what_only_some_servers_answer_wrongly_is_a_warning_that_names_them() -> None:
    text = "SELECT count(*) FROM Contacts;"
    assert found(text) == [("count-unanswered", "warning")]
    assert "Vtiger CRM 8.4" in vtql.analyze(text).diagnostics[0].message
    assert found(text, "8.4") == [("count-unanswered", "error")]
    assert found(text, "8.0") == []


def test_a_chain_is_two_conditions_only_where_two_readings_are_possible() -> None:
    text = "SELECT id FROM Contacts WHERE a = '1' OR b = '2' AND c = '3' LIMIT 10;"
    assert found(text) == [("mixed-connectives", "warning")]
    assert {name for name in PROFILES if found(text, name)} == set()
    fixed = vtql.analyze(text).fixed()
    assert fixed == "SELECT id FROM Contacts WHERE b = '2' AND c = '3' OR a = '1' LIMIT 10;"
    assert found(fixed) == []


def test_the_name_of_a_module_is_folded_by_one_server() -> None:
    catalog = vtql.Catalog.from_describes([{"name": "Contacts", "fields": []}])
    wrong = {
        name
        for name in PROFILES
        if vtql.analyze("SELECT id FROM contacts LIMIT 10;", catalog, name).diagnostics
    }
    assert wrong == set(PROFILES) - {"5.4"}


def test_an_operator_that_one_server_has_weighs_less_there() -> None:
    text = "SELECT id FROM A WHERE b NOTLIKE 'x%';"
    assert found(text, "cloud") == [("not-like", "info")]
    assert found(text) == [("not-like", "error")]
    assert vtql.analyze(text).fixed() == text


def test_a_rule_that_finds_too_much_says_that_it_looks_no_further() -> None:
    catalog = vtql.Catalog.from_describes([{"name": "Contacts", "fields": []}])
    names = ", ".join(f"a{number}" for number in range(700))
    codes = [
        each.code
        for each in vtql.analyze(f"SELECT {names} FROM Contacts LIMIT 9;", catalog).diagnostics
    ]
    assert codes == ["VT102"] * 500 + ["VT099"]


def test_the_module_is_looked_for_behind_comments_too() -> None:
    text = "-- datefrom x\nSELECT datefrom, -- from here\n id FROM Contacts LIMIT 9;"
    assert vtql.analyze_script(text).diagnostics == ()
    text = "SELECT id, datefrom -- from here\n FROM Contacts LIMIT 9;"
    (hijacked,) = vtql.analyze_script(text).diagnostics
    assert text[slice(*hijacked.span)] == "from"
    assert hijacked.span.start == text.index("from")
    assert "`FROM`" in hijacked.message


def test_a_profile_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match=r"`8\.3` is not a server profile"):
        vtql.analyze("SELECT id FROM Contacts;", profile="8.3")


def test_a_semicolon_missing_between_queries_is_no_news_in_a_request() -> None:
    """It has no place there, and in a file it has."""
    text = "SELECT id FROM A LIMIT 1 SELECT id FROM B LIMIT 1;"
    assert [slug for slug, _ in found(text)] == ["several-queries"]
    with pytest.raises(vtql.QuerySyntaxError) as refused:
        vtql.parse(text)
    assert [each.slug for each in refused.value.diagnostics] == ["several-queries"]
    assert [each.slug for each in vtql.analyze_script(text).diagnostics] == ["missing-semicolon"]
    assert [slug for slug, _ in found(text[:-1])] == ["several-queries", "missing-semicolon"]


def test_a_text_with_many_findings_is_looked_at_up_to_a_limit_that_is_told() -> None:
    """A file of right queries, too: the rules find something in each."""
    text = "SELECT lastname FROM Contacts;\n" * 700
    analysis = vtql.analyze_script(text)
    *others, last = analysis.diagnostics
    assert {each.slug for each in others} == {"no-limit"}
    assert len(others) == len(analysis.selects) == 500
    assert last.slug == "too-many-findings"
    assert last.span.start == 500 * len("SELECT lastname FROM Contacts;\n")


def test_a_request_has_one_query_and_no_comment() -> None:
    """What a file may have, a server refuses, so that the text of a request may not."""
    text = "SELECT id FROM A LIMIT 10; -- all\nSELECT lastname FRM B;"
    slugs = [slug for slug, _ in found(text)]
    assert slugs == ["comment", "several-queries", "unexpected-token"]
    assert vtql.analyze(text).select is None
    script = vtql.analyze_script(text)
    assert [each.slug for each in script.diagnostics] == ["unexpected-token"]
    assert [select is not None for select in script.selects] == [True, False]
    assert script.select is None
    with pytest.raises(vtql.QuerySyntaxError) as refused:
        vtql.parse(text)
    assert [each.slug for each in refused.value.diagnostics] == slugs


def test_an_empty_text_is_no_query_and_an_empty_file() -> None:
    assert found(" \n") == [("incomplete-query", "error")]
    assert vtql.analyze_script("-- nothing yet\n").diagnostics == ()
    assert vtql.analyze_script("").selects == ()


def test_of_very_many_findings_the_first_are_told() -> None:
    text = "SELECT id FROM Contacts WHERE " + " AND ".join(["a == 1"] * 300) + ";"
    told = vtql.analyze(text).diagnostics
    assert len(told) == 101
    assert told[-1].slug == "too-many-findings"
    assert "200 more" in told[-1].message
    assert len(vtql.analyze_script("SELECT FRM B;" * 2000).diagnostics) < 600
    with pytest.raises(vtql.QuerySyntaxError, match=r"and \d+ more$"):
        vtql.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT id FROM A WHERE (a = '1' OR b = '2') AND c = '3';",
        "SELECT id FROM A WHERE NOT a = '1' LIMIT 10 OFFSET 20",
        'SELECT TOP 5 id FROM A WHERE a <> "x" AND b == 12.5',
        "SELECT `id`, FROM A WHERE b IN ('x', 'y' ORDER BY id ASC, b DESC;",
        "SELECT A.id FROM A WHERE b BETWEEN 1 AND 5 AND c = Brown",
    ],
)
def test_what_is_repaired_is_a_query(text: str) -> None:
    assert all(each.edits for each in vtql.analyze(text).diagnostics)
    fixed = vtql.analyze(text).fixed()
    assert isinstance(vtql.parse(fixed), vtql.Select)
    assert vtql.analyze(fixed).fixed() == fixed


def test_what_is_compiled_is_read_by_a_server_as_it_is_meant() -> None:
    """No list begins with a bare 0, and no column before FROM looks like it."""
    (listed,) = vtql.compile("SELECT id FROM A WHERE (b IN (0, 1))").statements
    assert listed == "SELECT id FROM A WHERE b IN (1, 0);"
    (named,) = vtql.compile("SELECT id, validfrom FROM A WHERE (b = 1)").statements
    assert named == "SELECT validfrom, id FROM A WHERE b = 1;"
    for text in (listed, named):
        assert found(text) == [("no-limit", "info")]


def test_the_repair_means_what_was_written() -> None:
    """The compiled query is that of `vtql.compile`, whatever else was mended on the way."""
    text = "SELECT id FROM A WHERE (a = '1' OR b == '2') AND c <> '3'"
    meant = "SELECT id FROM A WHERE (a = '1' OR b = '2') AND c != '3';"
    assert vtql.analyze(text).fixed() == vtql.compile(meant).statements[0]


@pytest.mark.parametrize(
    "read", [vtql.parse, vtql.analyze, vtql.analyze_script, vtql.format, vtql.compile]
)
@pytest.mark.parametrize("given", [None, 5, b"select id", ["select id from A;"]], ids=repr)
def test_what_is_no_text_is_refused_with_its_type(read: Callable[[Any], Any], given: Any) -> None:
    with pytest.raises(TypeError, match=f"a query is text, .* `{type(given).__name__}`"):
        read(given)


def test_a_request_of_very_many_queries_is_looked_at_up_to_a_limit_that_is_told() -> None:
    for query in ("SELECT lastname FROM Contacts LIMIT 1;\n", "SELECT lastname FROM Contacts;\n"):
        told = [each.slug for each in vtql.analyze(query * 700).diagnostics]
        assert told.count("too-many-findings") == 1
        assert "several-queries" in told


def test_nothing_is_told_of_what_stands_in_for_null() -> None:
    for condition in ("account_id = NULL", "account_id IS NOT NULL", "birthday is null"):
        text = f"SELECT lastname FROM Contacts WHERE {condition} LIMIT 1;"
        found = vtql.analyze(text, demo.catalog()).diagnostics
        assert [each.slug for each in found] == ["null-test"], condition


@pytest.mark.parametrize(
    "text",
    [
        "SELECT id FROM Contacts WHERE Accounts.phone = '1' ORDER BY id LIMIT 5;",
        "SELECT id FROM Contacts ORDER BY Accounts.phone LIMIT 5;",
        "SELECT Accounts.accountname FROM Contacts LIMIT 5;",
        "SELECT id FROM Contacts LIMIT Accounts.phone;",
        "SELECT id FROM Contacts c WHERE Accounts.phone = '1' LIMIT 5;",
        "SELECT id FROM Contacts Accounts WHERE phone = '1' LIMIT 5;",
        "SELECT contacts.id FROM Contacts LIMIT 5;",
    ],
)
def test_no_fix_drops_a_name_that_may_be_of_another_module(text: str) -> None:
    analysis = vtql.analyze(text)
    assert analysis.diagnostics
    fixed = analysis.fixed(tuple(vtql.Applicability))
    assert "Accounts" in fixed or text.startswith("SELECT contacts.id FROM")
    assert fixed.count("contacts.") == text.count("contacts.")


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("SELECT Contacts.id FROM Contacts LIMIT 5;", "SELECT id FROM Contacts LIMIT 5;"),
        ("SELECT c.id FROM Contacts c LIMIT 5;", "SELECT id FROM Contacts LIMIT 5;"),
        ("SELECT people.id FROM Contacts people LIMIT 5;", "SELECT id FROM Contacts LIMIT 5;"),
        ("SELECT id FROM Contacts AS people LIMIT 5;", "SELECT id FROM Contacts LIMIT 5;"),
    ],
)
def test_a_fix_drops_the_name_of_the_module_and_its_alias(text: str, fixed: str) -> None:
    assert vtql.analyze(text).fixed() == fixed


def test_a_repair_is_chosen_by_the_four_tokens_after_it() -> None:
    found = vtql.analyze("WHERE SELECT in FROM Contacts like lastname").diagnostics
    assert [each.code for each in found] == ["VT001", "VT001", "VT020", "VT002"]


def test_a_broken_query_crosses_few_modules() -> None:
    text = "SELECT c.id FROM A c WHERE b IS NULL OR d BETWEEN 1 AND 2;"
    vtql.analyze(text)  # what is done once, for all texts, does not count
    modules = set[str]()

    def note(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call":
            modules.add(frame.f_globals.get("__name__", ""))

    sys.setprofile(note)
    try:
        vtql.analyze(text)
    finally:
        sys.setprofile(None)
    crossed = sorted(module for module in modules if module.startswith("vtql"))
    assert len(crossed) <= 20, crossed
