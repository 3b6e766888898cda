"""The rules applied to a tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from vtql.ast import Select
from vtql.diagnostics import Diagnostic, Edit
from vtql.profiles import Profile
from vtql.rules.rule import Query, Rule
from vtql.source import Source, Span

if TYPE_CHECKING:
    from vtql.catalog.catalog import Catalog

MOST = 500
"""Findings of one rule that are told of one query; who has more has another problem than these."""

MOST_OF_A_TEXT = 500
"""Findings that are told of one text, likewise."""


class Aim(NamedTuple):
    """What is looked at, and what for."""

    source: Source
    catalog: Catalog | None
    servers: tuple[Profile, ...]


def ruled(
    aim: Aim, select: Select, rules: Iterable[Rule], comments: tuple[Span, ...] = ()
) -> Iterator[Diagnostic]:
    """What the rules find in a query that has comments at these places: of each rule, the first `MOST` findings."""
    known = aim.catalog is not None and select.module.text in aim.catalog
    module = aim.catalog[select.module.text] if aim.catalog is not None and known else None
    query = Query(aim.source.text, select, aim.catalog, module, aim.servers, comments)
    for rule in rules:
        if not rule.when(query):
            continue
        for number, found in enumerate(rule.check(query)):
            if number == MOST:
                yield _more(rule, found.span)
                break
            edits = found.edits
            if edits and comments and _touch(edits, comments):
                edits = ()
            yield Diagnostic(
                rule.code, rule.slug, found.severity or rule.severity,
                found.message, found.span, found.help, edits, found.applicability,
            )  # fmt: skip


def too_many(span: Span) -> Diagnostic:
    """The finding that a text has so many others that the query in this place is not looked at."""
    from vtql.recovery.syntax_codes import syntax_diagnostic  # noqa: PLC0415 - hardly anybody needs it

    return syntax_diagnostic(
        "too-many-findings", Span(span.start, span.start),
        f"there are {MOST_OF_A_TEXT} findings before this place, and what follows is not looked at",
        "those before first",
    )  # fmt: skip


def _more(rule: Rule, span: Span) -> Diagnostic:
    from vtql.recovery.syntax_codes import syntax_diagnostic  # noqa: PLC0415 - hardly anybody needs it

    return syntax_diagnostic(
        "too-many-findings", Span(span.start, span.start),
        f"there are {MOST} findings of {rule.code} in this query before this place, and it looks no "
        "further",
        "those before first",
    )  # fmt: skip


def _touch(edits: Iterable[Edit], comments: Iterable[Span]) -> bool:
    """Whether an edit would take a comment away."""
    return any(
        comment.start < edit.span.end and edit.span.start < comment.end
        for comment in comments
        for edit in edits
    )
