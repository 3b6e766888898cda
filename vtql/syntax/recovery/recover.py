"""A text that is no VTQL: all that is wrong with it, and what it says in the extended language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from vtql.ast import Select
from vtql.diagnostics import Diagnostic, Edit, repaired
from vtql.source import Span
from vtql.syntax.recovery.answers import answer_to_start
from vtql.syntax.recovery.clauses import arrange
from vtql.syntax.recovery.codes import syntax_finding
from vtql.syntax.recovery.constructs import CONSTRUCTS
from vtql.syntax.recovery.fields import leave_fields, leave_others
from vtql.syntax.recovery.glued import glued
from vtql.syntax.recovery.heads import first_words, wrapped
from vtql.syntax.recovery.holes import holes_in_place
from vtql.syntax.recovery.pieces import Piece, read_pieces
from vtql.syntax.recovery.reading import Reading
from vtql.syntax.recovery.repair import repair
from vtql.syntax.recovery.statements import Statement, statements
from vtql.syntax.reduce import plain_machine

LOOKED_AT = 100_000
"""Pieces of a statement that are looked at; a server's URL ends long before."""

MOST = 100
"""Findings of one statement that are told."""

INSERTED = ("missing-token", "missing-from")
"""What tells of something to put in."""

WHOLE = (
    "arithmetic",
    "join",
    "set-operation",
    "subquery",
    "group-by",
    "having",
    "function",
    "other-condition",
)
"""What tells of something that goes with all that stands in it."""

UNNAMED = ("unexpected-token", "unreadable-text")
"""What tells no more of a place than that it has none there: no news where its name is told."""

OTHER_MODULES = ("join", "subquery", "set-operation")
OF_A_MODULE = ("alias", "qualified-name")

BY_ITSELF = ("unclosed-literal", "empty-literal", "escaped-quote", "long-literal", "undoubled-quote",
                "comment", "odd-blank", "missing-semicolon", "incomplete-query")  # fmt: skip
GUESSED = ("unclosed-literal", "long-literal", "undoubled-quote")
"""What tells of a literal that goes on as something else than it is."""

COMPILED = ("missing-semicolon", "empty-literal")
"""What is found in literals and at the end, and is no fault in the extended language."""

_CHANGES = "which modules and fields there are is settled in the CRM, not by its web service"
_ALONE = "a query stands alone, and nothing is kept from one to the next"

OTHER_STATEMENTS: Mapping[str, str] = {
    "insert": "records are made by the operation `create`",
    "update": "records are changed by the operations `revise` and `update`",
    "delete": "records are deleted by the operation `delete`, each by its id",
    "replace": "records are changed by the operations `revise` and `update`",
    "merge": "records are made by the operation `create` and changed by `revise`",
    "truncate": "records are deleted by the operation `delete`, each by its id",
    "show": "the operation `listtypes` names the modules: `vtql describe`",
    "describe": "the operation `describe` tells the fields: `vtql describe Contacts`",
    "desc": "the operation `describe` tells the fields: `vtql describe Contacts`",
    "explain": "`vtql compile` shows which queries a condition takes",
    "with": "VTQL has no WITH: a query each, and the ids of one in the next",
    "values": "a query reads `SELECT * FROM Contacts;`",
    "create": _CHANGES, "alter": _CHANGES, "drop": _CHANGES,
    "set": _ALONE, "use": _ALONE, "call": _ALONE, "begin": _ALONE, "commit": _ALONE,
    "rollback": _ALONE, "grant": _ALONE, "lock": _ALONE, "declare": _ALONE, "exec": _ALONE,
}  # fmt: skip
"""The words that begin statements of SQL, and what is there for them."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """A statement that is no VTQL.

    `pieces` is the nearest text in the extended language, None where there is none near. `exact`
    says that it means what was written, `extended` that it takes compiling to be VTQL; `foreign`
    are the findings that keep it from being of the extended language.
    """

    findings: tuple[Diagnostic, ...]
    foreign: tuple[Diagnostic, ...]
    pieces: tuple[Piece, ...] | None
    exact: bool
    extended: bool


def recover_statement(text: str, statement: Statement, fields: Collection[str] = ()) -> Recovered:
    """What a statement is that the grammar does not take, and those of its repairs that are sure.

    `fields` are names that the module is known to have.
    """
    recovered = _recover(text, statement, fields)
    edits = [edit for found in recovered.findings for edit in found.edits]
    if not edits or _hold(text, statement, recovered, edits):
        return recovered
    findings, foreign = (
        tuple(replace(each, edits=()) for each in found)
        for found in (recovered.findings, recovered.foreign)
    )
    return replace(recovered, findings=findings, foreign=foreign)


def _hold(text: str, statement: Statement, recovered: Recovered, edits: list[Edit]) -> bool:
    """Whether the statement after its repairs is one statement, has nothing more wrong with it, and
    says the same where it is known what it says."""
    if len(edits) > MOST or not statement.pieces or statement.pieces[0].kind == "SEMICOLON":
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
    reading = Reading(text, glued(text, statement.pieces), list(statement.findings))
    if not statement.pieces or statement.pieces[0].kind == "SEMICOLON":
        return _recovered(reading, [_no_query(text, statement)], None)
    verb = statement.pieces[0].word
    if verb in OTHER_STATEMENTS:
        own = text[statement.pieces[0].start() : statement.pieces[-1].end()]
        return _recovered(reading, [_other_statement(statement.pieces[0], own)], None)
    whole = wrapped(text, statement.pieces)
    if whole is not None:
        return _recovered(Reading(text, [], []), [whole], None)
    given_up = any(each.slug == "too-many-findings" for each in statement.findings)
    ends = given_up or statement.pieces[-1].kind == "SEMICOLON"
    more = [] if ends else [_no_semicolon(statement)]
    if not statement.findings and _is_plain(
        [*reading.pieces, *([] if ends else [_semicolon(reading.pieces)])]
    ):
        return _recovered(reading, more, reading.pieces)
    if len(reading.pieces) > LOOKED_AT or given_up:
        return _beginning_of(reading, more, given_up=given_up)
    first_words(reading)
    for apply, row in CONSTRUCTS:
        apply(row, reading)
    arrange(reading)
    holes_in_place(reading)
    made = repair(reading)
    leave_fields(reading, statement.pieces, fields)
    leave_others(reading, statement.pieces)
    keys = reading.keys()
    begun = "from" in keys.present or keys.all[0] == "select"
    if not begun or any(each.slug == "incomplete-query" for each in reading.found):
        more = []  # where the end or all of it is missing, its semicolon is no news
    return _recovered(reading, more, made)


def _beginning_of(reading: Reading, more: list[Diagnostic], *, given_up: bool) -> Recovered:
    """What the beginning of a very long statement has that is no VTQL; nothing of it is repaired.

    What reaches to the place where looking ends is not told: nobody has seen how it goes on.
    """
    if not given_up:
        more = [*more, _too_long(reading.pieces[LOOKED_AT])]
    reading.pieces = reading.pieces[:LOOKED_AT]
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


def _is_plain(pieces: list[Piece]) -> bool:
    return isinstance(read_pieces(plain_machine(), pieces), Select)


def _semicolon(pieces: list[Piece]) -> Piece:
    end = pieces[-1].end()
    return Piece("SEMICOLON", ";", (end, end))


def _recovered(reading: Reading, more: list[Diagnostic], made: list[Piece] | None) -> Recovered:
    found = sorted({*reading.found, *more}, key=lambda each: (each.span, each.code))
    if made is None or not reading.exact:  # nobody knows what else was meant, so nothing is put in
        found = [replace(each, edits=()) if each.slug in INSERTED else each for each in found]
    found = _beside_others(_before_a_guess(_outermost(found)))
    findings = _the_first(found, reading.untold)
    foreign = _the_first(
        [each for each in found if each not in reading.compiled and each.slug not in COMPILED],
        reading.untold,
    )
    if made is None:
        return Recovered(findings, foreign, None, exact=False, extended=reading.extended)
    pieces = tuple(piece for piece in made if piece.kind != "SEMICOLON")
    exact = reading.exact and not any(each.slug in GUESSED and not each.edits for each in found)
    return Recovered(findings, foreign, (*pieces, _semicolon(made)), exact, reading.extended)


def _outermost(found: list[Diagnostic]) -> list[Diagnostic]:
    """The findings without those inside of what goes as a whole; those of literals and ends stay."""
    kept: list[Diagnostic] = []
    reached = -1
    named = {each.span for each in found if each.slug not in UNNAMED}
    for each in sorted(found, key=lambda each: (each.span.start, -each.span.end)):
        if each.slug in UNNAMED and each.span in named:
            continue
        if each.slug in BY_ITSELF or each.span.end > reached:
            kept.append(each)
        if each.slug in WHOLE:
            reached = max(reached, each.span.end)
    return sorted(kept, key=lambda each: (each.span, each.code))


def _before_a_guess(found: list[Diagnostic]) -> list[Diagnostic]:
    """The findings, without repairs behind a literal of which nobody knows where it ends."""
    guesses = [each.span.start for each in found if each.slug in GUESSED and not each.edits]
    start = min(guesses, default=None)
    if start is None:
        return found
    return [each if each.span.start < start else replace(each, edits=()) for each in found]


def _beside_others(found: list[Diagnostic]) -> list[Diagnostic]:
    """The findings, with no name of a module taken off where other modules stand that it tells apart."""
    if not any(each.slug in OTHER_MODULES for each in found):
        return found
    return [replace(each, edits=()) if each.slug in OF_A_MODULE else each for each in found]


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


def _no_query(text: str, statement: Statement) -> Diagnostic:
    if not statement.pieces:
        end = len(text.rstrip(" \t\r\n"))
        return syntax_finding(
            "incomplete-query", Span(max(0, end - 1), end), "the query is empty",
            "a query reads `SELECT * FROM Contacts;`",
        )  # fmt: skip
    (semicolon, *_) = statement.pieces
    return syntax_finding(
        "incomplete-query", Span(*semicolon.place), "no query stands before this `;`", "",
        (Edit(Span(*semicolon.place), ""),),
    )  # fmt: skip


def _no_semicolon(statement: Statement) -> Diagnostic:
    end = statement.pieces[-1].end()
    return syntax_finding(
        "missing-semicolon", Span(end - 1, end), "the query does not end with `;`",
        "every open-source server answers QUERY_SYNTAX_ERROR without it, which the published page "
        "does not mention; it is the last character", (Edit(Span(end, end), ";"),),
    )  # fmt: skip


def _other_statement(first: Piece, text: str) -> Diagnostic:
    return syntax_finding(
        "other-statement", Span(*first.place),
        f"VTQL only reads: a query begins with SELECT, and this with `{first.text}`; "
        f"{answer_to_start(text)}",
        OTHER_STATEMENTS[first.word],
    )  # fmt: skip
