"""What a finding depends on where a query has placeholders: each dependence of a rule is needed."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from test_rules import described, example

import vtql
from vtql.embedded import analyze_python, lint_string
from vtql.embedded.placeholders import MAX_TOKENS
from vtql.rules.context import Dependence
from vtql.rules.registry import RULES

COLUMNS, MODULE, WHERE, ORDER, LIMIT, NEXT_TOKEN, CONNECTIVES = Dependence

_BEFORE_MODULE = " FROM {x} "
"""A placeholder before the name of a module, which may be another part of that name."""

PLACEHOLDERS: Mapping[tuple[str, Dependence], str] = {
    ("hijacked-module", COLUMNS): "SELECT id {x}, validfrom FROM Contracts LIMIT 10;",
    ("zero-first", MODULE): "SELECT lastname FROM {x} WHERE donotcall IN (0, 1) LIMIT 10;",
    ("unjoined-order", COLUMNS):
        "SELECT lastname {x} FROM Contacts ORDER BY mailingcity LIMIT 10;",
    ("unjoined-order", MODULE):
        "SELECT lastname FROM {x} Contacts WHERE lastname = 'a' ORDER BY mailingcity LIMIT 10;",
    ("unjoined-order", WHERE):
        "SELECT lastname FROM Contacts {x} ORDER BY mailingcity LIMIT 10;",
    ("unjoined-order", ORDER):
        "SELECT lastname FROM Contacts ORDER BY mailingcity {x} LIMIT 10;",
    ("dropped-nulls", WHERE):
        "SELECT lastname FROM Contacts WHERE title != 'Director' {x} LIMIT 10;",
    ("never-true", WHERE):
        "SELECT lastname FROM Contacts {x} WHERE leadsource = 'Partner' AND leadsource = 'Employee' "
        "LIMIT 10;",
    ("always-true", WHERE):
        "SELECT lastname FROM Leads {x} WHERE leadsource != 'Partner' OR leadsource != 'Employee' "
        "LIMIT 10;",
    ("duplicate-condition", WHERE):
        "SELECT lastname FROM Contacts {x} WHERE email = 'a@b.c' OR email = 'a@b.c' LIMIT 10;",
    ("or-chain", WHERE):
        "SELECT lastname FROM Contacts {x} WHERE mailingcity = 'Sofia' OR mailingcity = 'Varna' "
        "LIMIT 10;",
    ("filtered-out", WHERE):
        "SELECT subject FROM Events WHERE activitytype = 'Task' {x} LIMIT 10;",
    ("count-unanswered", COLUMNS): "SELECT count(*) {x} FROM Contacts;",
    ("capped-limit", LIMIT): "SELECT lastname FROM Contacts ORDER BY id LIMIT 500 {x};",
    ("unordered-paging", COLUMNS):
        "SELECT lastname {x} FROM Contacts ORDER BY lastname LIMIT 100, 100;",
    ("unordered-paging", ORDER):
        "SELECT lastname FROM Contacts ORDER BY lastname {x} LIMIT 100, 100;",
    ("unordered-paging", LIMIT):
        "SELECT lastname FROM Contacts ORDER BY lastname LIMIT 100, 100 {x};",
    ("no-limit", COLUMNS): "SELECT lastname {x} FROM Contacts WHERE mailingcity = 'Sofia';",
    ("no-limit", WHERE): "SELECT lastname FROM Contacts {x} WHERE mailingcity = 'Sofia';",
    ("no-limit", LIMIT): "SELECT lastname FROM Contacts ORDER BY lastname, mailing{x} ASC;",
    ("zero-limit", LIMIT): "SELECT lastname FROM Contacts LIMIT 0 {x};",
    ("limited-count", COLUMNS): "SELECT count(*) {x} FROM Groups ORDER BY groupname LIMIT 10;",
    ("implicit-filter", WHERE): "SELECT lastname FROM Leads {x} BY lastname LIMIT 100;",
    ("missing-blank", NEXT_TOKEN): "SELECT lastname,{x} FROM Contacts LIMIT 10;",
}  # fmt: skip
"""A query in which a finding of a rule depends on the placeholder, by what it depends on.

Where a finding depends on the module, it is the example of the rule with a placeholder before that.
"""

ROWS = [
    pytest.param(rule, dependence, id=f"{rule.slug}-{dependence.name}")
    for rule in RULES
    for dependence in rule.depends_on
    if dependence is not CONNECTIVES
]

__all__ = ["described"]


def slugs(query: str, catalog: vtql.Catalog) -> list[str]:
    body = query.replace("\\", "\\\\").replace('"', '\\"')
    analysis = analyze_python(f'# vtql\nvtql.query(f"{body}")\n', catalog, name="a.py")
    return [diagnostic.slug for diagnostic in analysis.diagnostics]


@pytest.mark.parametrize(("rule", "dependence"), ROWS)
def test_a_finding_depends_on_what_a_placeholder_may_hold(
    rule: vtql.rules.context.Rule, dependence: Dependence, described: vtql.Catalog,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    query = PLACEHOLDERS.get((rule.slug, dependence))
    if query is None:
        assert dependence is MODULE
        query = example(rule, "Example").replace(" FROM ", _BEFORE_MODULE)
    assert rule.slug not in slugs(query, described)
    without = tuple(each for each in rule.depends_on if each is not dependence)
    monkeypatch.setitem(lint_string.DEPENDENCES, rule.slug, without)
    assert rule.slug in slugs(query, described)


def test_every_query_is_of_a_dependence() -> None:
    rows = {(rule.slug, dependence) for rule in RULES for dependence in rule.depends_on}
    assert set(PLACEHOLDERS) <= rows


def test_mixed_connectives_do_not_depend_on_values(
    described: vtql.Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = "SELECT id FROM Leads WHERE city = '{x}' OR city = '{y}' AND state = 'c' LIMIT 1;"
    slug = "mixed-connectives"
    assert slug in slugs(query, described)
    assert slug not in slugs(query.replace("'{x}'", "'a' {x}"), described)
    monkeypatch.setitem(lint_string.DEPENDENCES, slug, ())
    assert slug not in slugs(query, described)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT id, validfrom FROM Contracts WHERE id = '50x1' AND (id = '50x2' OR id = '50x3');",
        "SELECT DISTINCT id, validfrom FROM Contracts;",
        "SELECT id, validfrom FROM Contracts WHERE id = ;",
    ],
)
def test_a_half_understood_query_has_no_finding_that_depends_on_its_columns(query: str) -> None:
    slugs = [diagnostic.slug for diagnostic in vtql.analyze(query).diagnostics]
    assert slugs
    assert "hijacked-module" not in slugs


def test_a_string_with_a_placeholder_and_too_many_tokens_is_skipped(
    described: vtql.Catalog,
) -> None:
    columns = "nope, " * (MAX_TOKENS // 2)
    assert slugs(f"SELECT {columns}{{x}} FROM Contacts LIMIT 1;", described) == []
