"""Compile a statement in the extended language to plain VTQL, as the fix of its findings."""

from __future__ import annotations

from dataclasses import replace

from vtql.ast import Select
from vtql.diagnostics import Diagnostic, Edit
from vtql.errors import VtqlError
from vtql.extended.compile import compile_query
from vtql.extended.parse import ExtendedQuery, extended_parser, flattened
from vtql.recovery.lexer import Statement, parse_tokens
from vtql.recovery.recover import Recovered
from vtql.rules.runner import Target
from vtql.sanitize import visible

MAX_EQUIVALENT_LENGTH = 300
"""Length up to which a message quotes a compiled query; the fix has it in any case."""


def with_equivalents(
    target: Target, statement: Statement, recovered: Recovered, findings: list[Diagnostic]
) -> tuple[list[Diagnostic], Select | None]:
    """The findings of a statement with the equivalent query as their fix, and the nearest plain query;
    None for a statement that is not in the extended language."""
    query = parse_tokens(extended_parser(), recovered.tokens or ())
    if not isinstance(query, ExtendedQuery):
        return findings, None
    return _with_fix(target, statement, recovered, query, findings), flattened(query)


def _with_equivalent(diagnostic: Diagnostic, query: str) -> Diagnostic:
    """The finding with its equivalent query."""
    help_ = (
        "`vtql compile` does that for any condition"
        if diagnostic.slug == "brackets"
        else diagnostic.help
    )
    return replace(diagnostic, equivalent=query, help=help_)


def _with_fix(
    target: Target,
    statement: Statement,
    recovered: Recovered,
    extended_query: ExtendedQuery,
    findings: list[Diagnostic],
) -> list[Diagnostic]:
    """The findings, each with the compiled query as its fix where it is equivalent."""
    span = statement.span
    if not findings or not recovered.exact or not recovered.extended:
        return findings
    try:
        (query,) = compile_query(extended_query, target.catalog).statements
    except (VtqlError, ValueError):
        return findings
    first, *others = findings
    if not statement.inside:  # a comment would go with what is replaced
        first, *others = (replace(finding, edits=(Edit(span, query),)) for finding in findings)
    if len(query) <= MAX_EQUIVALENT_LENGTH:
        first = _with_equivalent(first, visible(query))
    return [first, *others]
