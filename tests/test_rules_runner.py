"""How rules are run: their preconditions, the fixes that comments are in the way of, the settings."""

from __future__ import annotations

import pytest

from vtql.analysis import analyze, analyze_script
from vtql.ast import Select
from vtql.diagnostics import Severity
from vtql.lint.runner import apply_settings
from vtql.lint.settings import Settings
from vtql.profiles import profiles
from vtql.rules import runner
from vtql.rules.context import Query, Rule
from vtql.rules.runner import Target, run_rules
from vtql.source import Source
from vtql.statements import parse

TEXT = "SELECT id FROM Contacts LIMIT 10;"


def target_and_tree(text: str) -> tuple[Target, Select]:
    return Target(Source(text), None, profiles(None)), parse(text)


def test_a_rule_is_asked_only_where_its_precondition_holds() -> None:
    loaded = Rule("VT999", "no-such-rule", Severity.INFO, lambda _query: True)
    with pytest.raises(ModuleNotFoundError):
        list(run_rules(*target_and_tree(TEXT), [loaded]))
    skipped = loaded._replace(precondition=lambda _query: False)
    assert list(run_rules(*target_and_tree(TEXT), [skipped])) == []


def test_a_rule_is_asked_once_and_of_the_query() -> None:
    queries: list[Query] = []
    rule = Rule("VT999", "no-such-rule", Severity.INFO, queries.append)
    assert list(run_rules(*target_and_tree(TEXT), [rule])) == []
    assert [query.text for query in queries] == [TEXT]


@pytest.mark.parametrize(("text", "fixable"), [
    ("SELECT id FROM Contacts WHERE lastname IN ('a') LIMIT 10;", True),
    ("SELECT id -- why\n FROM Contacts WHERE lastname IN ('a') LIMIT 10;", True),
    ("SELECT id FROM Contacts WHERE lastname IN ('a') -- why\n LIMIT 10;", True),
    ("SELECT id FROM Contacts WHERE lastname IN ('a')-- why\n LIMIT 10;", True),
    ("SELECT id FROM Contacts WHERE lastname--why\n IN ('a') LIMIT 10;", False),
    ("SELECT id FROM Contacts WHERE lastname IN (--why\n'a') LIMIT 10;", False),
    ("SELECT id FROM Contacts -- why\n WHERE lastname IN (--why\n'a') LIMIT 10;", False),
    ("SELECT id -- why\n FROM Contacts WHERE lastname IN ('a') LIMIT 10 -- why\n;", True),
])  # fmt: skip
def test_a_fix_leaves_comments_in_their_place(text: str, *, fixable: bool) -> None:
    (diagnostic,) = (
        diagnostic
        for diagnostic in analyze_script(text).diagnostics
        if diagnostic.slug == "in-of-one"
    )
    assert bool(diagnostic.edits) is fixable


def test_findings_of_one_rule_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "MAX_FINDINGS_OF_RULE", 2)
    for count, slugs in ((2, 2 * ["duplicate-column"]), (3, [*2 * ["duplicate-column"], "too-many-findings"])):  # fmt: skip
        text = f"SELECT id{count * ', id'} FROM Contacts LIMIT 10;"
        assert [diagnostic.slug for diagnostic in analyze(text).diagnostics] == slugs


def test_settings_leave_out_findings_and_change_their_severity() -> None:
    analysis = analyze("SELECT id, id FROM Contacts;")
    assert {diagnostic.code for diagnostic in analysis.diagnostics} == {"VT310", "VT404"}
    settings = Settings(off=frozenset({"VT404"}), levels={"VT310": Severity.ERROR})
    result = apply_settings(analysis, (), settings, catalogued=False)
    assert [(each.code, each.severity) for each in result.diagnostics] == [
        ("VT310", Severity.ERROR)
    ]
