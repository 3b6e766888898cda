"""A text that is no VTQL: all that is wrong with it, and what it says in the extended language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace

from vtql.ast import Select
from vtql.diagnostics import Diagnostic, Edit, repaired
from vtql.parser.node_builders import plain_machine
from vtql.recovery.answers import answer_to_all, as_answered
from vtql.recovery.certain import certain, guessed, told_once
from vtql.recovery.clauses import arrange
from vtql.recovery.codes import syntax_finding
from vtql.recovery.constructs import CONSTRUCTS
from vtql.recovery.ends import (
    OTHER_STATEMENTS,
    no_query,
    no_semicolon,
    other_end,
    other_statement,
)
from vtql.recovery.fields import leave_fields, leave_others, leave_second_names
from vtql.recovery.glued import glued
from vtql.recovery.heads import first_words, no_query_at_all, wrapped
from vtql.recovery.holes import holes_in_place
from vtql.recovery.pieces import Piece, read_pieces
from vtql.recovery.reading import Reading
from vtql.recovery.repair import repair
from vtql.recovery.split import Statement, statements
from vtql.source import Span

OTHER_ENDS = (".", ":")
"""Signs that end a query in place of its semicolon."""

LOOKED_AT = 50_000
"""Pieces of a statement that are looked at; a server's URL ends long before."""

MOST = 100
"""Findings of one statement that are told."""

COMPILED = ("missing-semicolon", "empty-literal")
"""What is found in literals and at the end, and is no fault in the extended language."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """A statement that is no VTQL.

    `pieces` is the nearest text in the extended language, None where there is none near. `exact`
    says that it means what was written, `extended` that it takes compiling to be VTQL; `plain` is its
    tree where only the semicolon is missing; `foreign` are the findings that keep it from being of
    the extended language.
    """

    findings: tuple[Diagnostic, ...]
    foreign: tuple[Diagnostic, ...]
    pieces: tuple[Piece, ...] | None
    exact: bool
    extended: bool
    plain: Select | None = None


def recover_statement(text: str, statement: Statement, fields: Collection[str] = ()) -> Recovered:
    """What a statement is that the grammar does not take, and those of its repairs that are sure.

    `fields` are names that the module is known to have.
    """
    recovered = _answered(_recover(text, statement, fields), text, statement)
    edits = [edit for found in recovered.findings for edit in found.edits]
    if {found.slug for found in recovered.findings} <= {"missing-semicolon"}:
        return recovered
    is_looked_at = len(statement.pieces) <= LOOKED_AT
    if not edits or (is_looked_at and _hold(text, statement, recovered, edits)):
        return recovered
    findings, foreign = (
        tuple(replace(each, edits=()) for each in found)
        for found in (recovered.findings, recovered.foreign)
    )
    return replace(recovered, findings=findings, foreign=foreign)


def _answered(recovered: Recovered, text: str, statement: Statement) -> Recovered:
    """The same, with what a server answers to this statement, which it may read no further than its head."""
    if not statement.pieces:
        return recovered
    answer = answer_to_all(text[statement.pieces[0].start() : statement.pieces[-1].end()])
    findings, foreign = (
        tuple(replace(each, message=as_answered(each.message, answer)) for each in found)
        for found in (recovered.findings, recovered.foreign)
    )
    return replace(recovered, findings=findings, foreign=foreign)


def _hold(text: str, statement: Statement, recovered: Recovered, edits: list[Edit]) -> bool:
    """Whether the statement after its repairs is one statement, has nothing more wrong with it, and
    says the same where it is known what it says."""
    if not statement.pieces or statement.pieces[0].kind == "SEMICOLON":
        return True
    start, end = statement.pieces[0].start(), statement.pieces[-1].end()
    own = (
        Edit(Span(each.span.start - start, each.span.end - start), each.text)
        for each in edits
        if each.span.start >= start
    )
    fixed = repaired(text[start:end], own)
    again = list(statements(fixed))
    if len(again) != 1:
        return False
    after = _recover(fixed, again[0])
    told = Counter(each.code for each in after.findings)
    if told - Counter(each.code for each in recovered.findings if not each.edits):
        return False
    return not recovered.exact or _said(after.pieces) == _said(recovered.pieces)


def _said(pieces: tuple[Piece, ...] | None) -> list[str]:
    return [piece.text if piece.kind == "LITERAL" else piece.text.lower() for piece in pieces or ()]


def _recover(text: str, statement: Statement, fields: Collection[str] = ()) -> Recovered:
    reading = Reading(text, list(statement.pieces), list(statement.findings))
    if not statement.pieces or statement.pieces[0].kind == "SEMICOLON":
        return _recovered(reading, [no_query(text, statement)], None)
    verb = statement.pieces[0].word
    if verb in OTHER_STATEMENTS:
        own = text[statement.pieces[0].start() : statement.pieces[-1].end()]
        return _recovered(reading, [other_statement(statement.pieces[0], own)], None)
    whole = wrapped(text, statement.pieces) or no_query_at_all(text, statement.pieces)
    if whole is not None:
        return _recovered(Reading(text, [], []), [whole], None)
    given_up = any(each.slug == "too-many-findings" for each in statement.findings)
    ends = given_up or statement.pieces[-1].kind == "SEMICOLON"
    more = [] if ends else [no_semicolon(statement)]
    last = statement.pieces[-1]
    if last.text in OTHER_ENDS and len(statement.pieces) > 1:
        reading.pieces, more = reading.pieces[:-1], [other_end(last)]
    if not statement.findings:
        plain = _plain([*reading.pieces, *([] if ends else [_semicolon(reading.pieces)])])
        if plain is not None:
            return replace(_recovered(reading, more, reading.pieces), plain=plain)
    if len(reading.pieces) > LOOKED_AT or given_up:
        return _beginning_of(reading, more, given_up=given_up)
    reading.pieces = glued(text, reading.pieces)
    first_words(reading)
    for apply, row in CONSTRUCTS:
        apply(row, reading)
    arrange(reading)
    holes_in_place(reading)
    made = repair(reading)
    leave_fields(reading, statement.pieces, fields)
    leave_others(reading, statement.pieces)
    leave_second_names(reading, statement.pieces)
    keys = reading.keys()
    begun = "from" in keys.present or keys.all[:1] == ["select"]
    if not begun or any(each.slug == "incomplete-query" for each in reading.found):
        more = []  # where the end or all of it is missing, its semicolon is no news
    return _recovered(reading, more, made)


def _beginning_of(reading: Reading, more: list[Diagnostic], *, given_up: bool) -> Recovered:
    """What the beginning of a very long statement has that is no VTQL; nothing of it is repaired.

    What reaches to the place where looking ends is not told: nobody has seen how it goes on.
    """
    if not given_up:
        more = [*more, _too_long(reading.pieces[LOOKED_AT])]
    reading.pieces = glued(reading.text, reading.pieces[:LOOKED_AT])
    end = reading.pieces[-1].end()
    before = set(reading.found)
    for apply, row in CONSTRUCTS:
        apply(row, reading)
    reading.found = [
        each if each in before else replace(each, edits=())
        for each in reading.found
        if each in before or each.span.end < end
    ]
    return _recovered(reading, more, None)


def _plain(pieces: list[Piece]) -> Select | None:
    made = read_pieces(plain_machine(), pieces)
    return made if isinstance(made, Select) else None


def _semicolon(pieces: list[Piece]) -> Piece:
    end = pieces[-1].end()
    return Piece("SEMICOLON", ";", (end, end))


def _recovered(reading: Reading, more: list[Diagnostic], made: list[Piece] | None) -> Recovered:
    found = sorted({*reading.found, *more}, key=lambda each: (each.span, each.code))
    found = told_once(found)
    found = certain(found, known=made is not None and reading.exact)
    findings = _the_first(found, reading.untold)
    foreign = _the_first(
        [each for each in found if each not in reading.compiled and each.slug not in COMPILED],
        reading.untold,
    )
    if made is None:
        return Recovered(findings, foreign, None, exact=False, extended=reading.extended)
    pieces = tuple(piece for piece in made if piece.kind != "SEMICOLON")
    exact = reading.exact and not guessed(found)
    return Recovered(findings, foreign, (*pieces, _semicolon(made)), exact, reading.extended)


def _the_first(findings: list[Diagnostic], untold: int) -> tuple[Diagnostic, ...]:
    """The findings of a statement, `MOST` of them: who reads more?"""
    more = len(findings) - MOST + untold
    if len(findings) <= MOST:
        return tuple(findings)
    told = syntax_finding(
        "too-many-findings", findings[MOST].span,
        f"this query has {more} more findings from here on", "those before first",
    )  # fmt: skip
    return (*findings[:MOST], told)


def _too_long(piece: Piece) -> Diagnostic:
    return syntax_finding(
        "too-many-findings", Span(*piece.place),
        f"this query goes on, and only its first {LOOKED_AT} words and signs are looked at",
        "a server takes a query of some 8,000 bytes",
    )  # fmt: skip
