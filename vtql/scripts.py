"""What is found in each statement of a text that is not simply one query."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice, pairwise

from vtql.ast import Select
from vtql.catalog.families import Family
from vtql.diagnostics import Applicability, Diagnostic, Severity
from vtql.parser.node_builders import plain_machine
from vtql.recovery.filters import request_diagnostics, without_inner_semicolons
from vtql.recovery.lexer import Token, parse_tokens
from vtql.recovery.recover import parse_statement, recover_statement
from vtql.recovery.split import EMPTY_STATEMENT, Statement, statements
from vtql.rules import RULES
from vtql.rules.aim import MOST_OF_A_TEXT, Aim, ruled, too_many
from vtql.rules.rule import Dependence
from vtql.source import Span

OF_A_PART = tuple(
    rule
    for rule in RULES
    if rule.code.startswith(("VT1", "VT2")) and set(rule.depends_on) <= {Dependence.MODULE}
)
"""The rules that look at one name or value of a tree, and so at queries that are half understood."""


def of_a_request(aim: Aim) -> tuple[list[Select | None], list[Diagnostic]]:
    """The tree and the findings of a text that is sent as it is, and that the grammar does not take."""
    found: list[Statement] = []
    every = statements(aim.source.text)
    selects, diagnostics = of_statements(aim, _kept(islice(every, MOST_OF_A_TEXT + 1), found))
    told = diagnostics[-1:] and diagnostics[-1].slug == "too-many-findings"
    if len(found) > MOST_OF_A_TEXT and not told:
        diagnostics += [too_many(each.span) for each in islice(every, 1) if each.tokens]
    if not any(statement.tokens for statement in found):
        diagnostics += recover_statement(aim.source.text, EMPTY_STATEMENT).findings
        selects = [None]
    diagnostics = [*without_inner_semicolons(diagnostics, found), *request_diagnostics(found)]
    broken = any(each.code.startswith("VT0") for each in diagnostics)
    return [None] if broken else selects, diagnostics


def _kept(each: Iterable[Statement], found: list[Statement]) -> Iterator[Statement]:
    """The same, noted down in `found` as they pass."""
    for statement in each:
        found.append(statement)
        yield statement


def of_statements(
    aim: Aim, found: Iterable[Statement]
) -> tuple[list[Select | None], list[Diagnostic]]:
    """The trees and the findings of statements, one after the other."""
    selects: list[Select | None] = []
    diagnostics: list[Diagnostic] = []
    for statement in found:
        if not statement.tokens:
            diagnostics += statement.findings
            continue
        if len(diagnostics) >= MOST_OF_A_TEXT:
            diagnostics.append(too_many(statement.span))
            break
        select, more = of_a_statement(aim, statement)
        selects.append(select)
        diagnostics += more
    return selects, diagnostics


def of_a_statement(aim: Aim, statement: Statement) -> tuple[Select | None, list[Diagnostic]]:
    """The tree and the findings of a statement that has pieces."""
    text = aim.source.text
    made = parse_statement(statement)
    if isinstance(made, Select):
        comments = tuple(Span(*comment.place) for comment in statement.inside)
        return made, list(ruled(aim, made, RULES, comments))
    recovered = recover_statement(text, statement, _fields(aim, statement))
    pieces = recovered.tokens or ()
    plain = recovered.plain
    if plain is None and pieces and not recovered.extended:
        plain = parse_tokens(plain_machine(), pieces)
    findings = [_weighed(aim, each) for each in recovered.findings if not _forgiven(aim, each)]
    if isinstance(plain, Select) and not findings:
        return plain, list(ruled(aim, plain, RULES))
    if recovered.plain is not None:  # all but its semicolon is there
        comments = tuple(Span(*comment.place) for comment in statement.inside)
        return None, [*findings, *ruled(aim, recovered.plain, RULES, comments)]
    if isinstance(plain, Select):
        return None, findings + _parts(aim, plain, pieces)
    if pieces:
        from vtql.equivalents import in_plain  # noqa: PLC0415 - most errors are not of that kind

        findings, nearest = in_plain(aim, statement, recovered, findings)
        findings += _parts(aim, nearest, pieces) if nearest else ()
    return None, findings


def _fields(aim: Aim, statement: Statement) -> Collection[str]:
    """The names of the fields of the module behind FROM, as far as they are known."""
    if aim.catalog is not None:
        for last, piece in pairwise(statement.tokens):
            if last.kind == "NAME" and last.word == "from" and piece.text in aim.catalog:
                return aim.catalog[piece.text].fields
    return ()


def _parts(aim: Aim, nearest: Select, pieces: Sequence[Token]) -> list[Diagnostic]:
    """What the rules find in the names and values of a query that is half understood."""
    unsaid = {piece.place for piece in pieces if "…" in piece.text}
    return [
        each
        for each in ruled(aim, nearest, OF_A_PART)
        if each.span.start < each.span.end and each.span not in unsaid
    ]


def _forgiven(aim: Aim, found: Diagnostic) -> bool:
    """Whether no server that the query is meant for minds."""
    return found.slug == "missing-semicolon" and not any(each.semicolon for each in aim.servers)


def _weighed(aim: Aim, found: Diagnostic) -> Diagnostic:
    """The finding as the servers and the metadata have it.

    It is an info where all servers that the query is meant for know what it is about. `true` and `false`
    are the texts '1' and '0' for a checkbox only: any other field is compared with a number.
    """
    word = aim.source.text[found.span.start : found.span.end].lower()
    if word == "notlike" and found.slug == "not-like" and all(each.notlike for each in aim.servers):
        return replace(found, severity=Severity.INFO, edits=())
    if found.slug == "bare-word" and word in ("true", "false") and not _of_a_checkbox(aim, found):
        return replace(found, applicability=Applicability.UNSAFE)
    return found


_COMPARED = re.compile(r"(\w+)\s*[=!<>]+\s*\Z")
_OF_MODULE = re.compile(r"\bfrom\s+(\w+)", re.IGNORECASE)


def _of_a_checkbox(aim: Aim, found: Diagnostic) -> bool:
    """Whether the field before a value is known to be a checkbox that is kept as '1' and '0'."""
    before = aim.source.text[: found.span.start].rpartition(";")[2]
    name, module = _COMPARED.search(before), _OF_MODULE.search(before)
    if aim.catalog is None or name is None or module is None or module[1] not in aim.catalog:
        return False
    field = aim.catalog[module[1]].fields.get(name[1])
    return field is not None and field.type.family is Family.TRUTH and field.type.encode("1") == "1"
