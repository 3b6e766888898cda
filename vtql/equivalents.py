"""What a statement in the extended language is in plain VTQL: the repair of its findings."""

from __future__ import annotations

from dataclasses import replace

from vtql.ast import Select
from vtql.diagnostics import Diagnostic, Edit
from vtql.errors import VtqlError
from vtql.extended.compile import compile_query
from vtql.extended.parse import ExtendedQuery, extended_parser, flattened
from vtql.recovery.lexer import parse_tokens
from vtql.recovery.recover import Recovered
from vtql.recovery.split import Statement
from vtql.rules.aim import Aim
from vtql.sanitize import visible

SHOWN_WHOLE = 300
"""Characters of a compiled query that a message quotes; a repair has it in any case."""


def in_plain(
    aim: Aim, statement: Statement, recovered: Recovered, findings: list[Diagnostic]
) -> tuple[list[Diagnostic], Select | None]:
    """The findings of a statement, with the compiled query as their repair where it says the same,
    and the nearest plain query; None for a statement that is not in the extended language."""
    made = parse_tokens(extended_parser(), recovered.tokens or ())
    if not isinstance(made, ExtendedQuery):
        return findings, None
    return _with_fix(aim, statement, recovered, made, findings), flattened(made)


def _with_equivalent(diagnostic: Diagnostic, query: str) -> Diagnostic:
    """The finding with the query that says the same, which replaces an example."""
    help_ = (
        "`vtql compile` does that for any condition"
        if diagnostic.slug == "brackets"
        else diagnostic.help
    )
    return replace(diagnostic, equivalent=query, help=help_)


def _with_fix(
    aim: Aim,
    statement: Statement,
    recovered: Recovered,
    made: ExtendedQuery,
    findings: list[Diagnostic],
) -> list[Diagnostic]:
    """The findings, each with the compiled query as its repair where that is what they take."""
    span = statement.span
    if not findings or not recovered.exact or not recovered.extended:
        return findings
    try:
        (query,) = compile_query(made, aim.catalog).statements
    except (VtqlError, ValueError):
        return findings
    first, *others = findings
    if not statement.inside:  # a comment would go with what is replaced
        first, *others = (replace(each, edits=(Edit(span, query),)) for each in findings)
    if len(query) <= SHOWN_WHOLE:
        first = _with_equivalent(first, visible(query))
    return [first, *others]
