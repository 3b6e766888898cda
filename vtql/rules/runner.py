"""Apply lint rules to a query."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from vtql.ast import Select
from vtql.diagnostics import Diagnostic, Edit
from vtql.profiles import Profile
from vtql.rules.context import Query, Rule
from vtql.source import Source, Span

if TYPE_CHECKING:
    from vtql.catalog.catalog import Catalog

MAX_FINDINGS_OF_RULE = 500
"""Findings of one rule that are reported for one query."""

MAX_FINDINGS = 500
"""Findings that are reported for one text."""


class Target(NamedTuple):
    """A text with the catalog and the server profiles that it is checked against."""

    source: Source
    catalog: Catalog | None
    servers: tuple[Profile, ...]


def run_rules(
    target: Target, select: Select, rules: Iterable[Rule], comments: tuple[Span, ...] = ()
) -> Iterator[Diagnostic]:
    """The findings of rules in a query; at most `MAX_FINDINGS_OF_RULE` of each. `comments` are their spans."""
    in_catalog = target.catalog is not None and select.module.text in target.catalog
    module = (
        target.catalog[select.module.text] if target.catalog is not None and in_catalog else None
    )
    query = Query(target.source.text, select, target.catalog, module, target.servers, comments)
    for rule in rules:
        if not rule.precondition(query):
            continue
        for number, finding in enumerate(rule.check(query)):
            if number == MAX_FINDINGS_OF_RULE:
                yield _too_many_of_rule(rule, finding.span)
                break
            if comments and _remove_comment(finding.edits, comments):
                finding = finding._replace(edits=())  # noqa: PLW2901
            yield finding.diagnostic(rule.code, rule.slug, rule.severity)


def too_many_findings(span: Span) -> Diagnostic:
    """The finding that analysis stops before the query at this span, because of too many findings."""
    from vtql.recovery.syntax_codes import syntax_diagnostic  # noqa: PLC0415 - rarely needed

    return syntax_diagnostic(
        "too-many-findings", Span(span.start, span.start),
        f"there are {MAX_FINDINGS} findings before this place, and what follows is not looked at",
        "those before first",
    )  # fmt: skip


def _too_many_of_rule(rule: Rule, span: Span) -> Diagnostic:
    from vtql.recovery.syntax_codes import syntax_diagnostic  # noqa: PLC0415 - rarely needed

    return syntax_diagnostic(
        "too-many-findings", Span(span.start, span.start),
        f"there are {MAX_FINDINGS_OF_RULE} findings of {rule.code} in this query before this place, and it looks no "
        "further",
        "those before first",
    )  # fmt: skip


def _remove_comment(edits: Iterable[Edit], comments: Iterable[Span]) -> bool:
    """Whether an edit would remove a comment."""
    return any(
        comment.start < edit.span.end and edit.span.start < comment.end
        for comment in comments
        for edit in edits
    )
