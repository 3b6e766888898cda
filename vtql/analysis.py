"""Everything there is to say about a text: its syntax, and what the rules find."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from vtql.ast import Select
from vtql.diagnostics import Diagnostic, Edit, repaired
from vtql.errors import VtqlError
from vtql.extended.compile import compiled
from vtql.extended.flat import flat
from vtql.extended.read import extended_machine
from vtql.extended.reduce import Extended
from vtql.profiles import Profile, profiles
from vtql.rules import RULES, Query, Rule
from vtql.rules.hijacked_module import hijacked_module
from vtql.schema.catalog import Catalog
from vtql.source import Source, Span
from vtql.syntax.parse import read, read_statement
from vtql.syntax.recovery.codes import syntax_finding
from vtql.syntax.recovery.pieces import Piece, read_pieces
from vtql.syntax.recovery.recover import Recovered, recover_statement
from vtql.syntax.recovery.sending import not_sendable
from vtql.syntax.recovery.statements import Statement, statements
from vtql.syntax.reduce import plain_machine

MOST = 500
"""Findings that are told of one text; who has more has another problem than these."""

OF_A_PART = tuple(
    rule for rule in RULES if rule.code.startswith(("VT1", "VT2")) and rule is not hijacked_module
)
"""The rules that look at one name or value of a tree, and so at queries that are half understood."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """What was found in a text, in the order of the text, and the trees of its queries.

    `selects` has an item for each query of the text, None for one that is no VTQL.
    """

    source: Source
    selects: tuple[Select | None, ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def select(self) -> Select | None:
        """The tree of the one query of the text; None where it has none, or more than one."""
        return self.selects[0] if len(self.selects) == 1 else None

    def fixed(self) -> str:
        """The text after the repairs that are certain; it still has the findings without one."""
        edits = (edit for found in self.diagnostics for edit in found.edits)
        return repaired(self.source.text, edits)


def analyze(
    text: str, catalog: Catalog | None = None, profile: str | None = None, *, name: str = "<query>"
) -> Analysis:
    """Find what is wrong with the text of a query as it is sent to a server.

    Args:
        text: the query, any text at all.
        catalog: the metadata to check names and values against; without it, syntax only.
        profile: the kind of server, a name of `vtql.profiles`; None means all of them: an error is
            what a server from Vtiger 7 on refuses, a warning what only some answer wrongly.
        name: what a message calls the text, a file's path for instance.

    Raises:
        ValueError: there is no profile of that name. No text makes it raise.
    """
    aim = _Aim(Source(text, name), catalog, profiles(profile))
    made = read(text)
    if isinstance(made, Select):
        return _analysis(aim, [made], _ruled(aim, made, RULES))
    found, selects, diagnostics = _statement_by_statement(aim)
    if not any(statement.pieces for statement in found):
        diagnostics += recover_statement(text, Statement((), (), ())).findings
        selects = [None]
    extra = list(not_sendable(found))
    return _analysis(aim, [None] if extra else selects, [*diagnostics, *extra])


def analyze_script(
    text: str, catalog: Catalog | None = None, profile: str | None = None, *, name: str = "<script>"
) -> Analysis:
    """Find what is wrong with the queries of a file: any number of them, with `-- comments`.

    Arguments and exceptions are those of `analyze`.
    """
    aim = _Aim(Source(text, name), catalog, profiles(profile))
    _, selects, diagnostics = _statement_by_statement(aim)
    return _analysis(aim, selects, diagnostics)


@dataclass(frozen=True, slots=True)
class _Aim:
    """What is looked at, and what for."""

    source: Source
    catalog: Catalog | None
    servers: tuple[Profile, ...]


def _analysis(
    aim: _Aim, selects: Iterable[Select | None], diagnostics: Iterable[Diagnostic]
) -> Analysis:
    ordered = sorted(diagnostics, key=lambda each: each.span.start)
    return Analysis(aim.source, tuple(selects), tuple(ordered))


def _statement_by_statement(
    aim: _Aim,
) -> tuple[list[Statement], list[Select | None], list[Diagnostic]]:
    found: list[Statement] = []
    selects: list[Select | None] = []
    diagnostics: list[Diagnostic] = []
    for statement in statements(aim.source.text):
        found.append(statement)
        if not statement.pieces:
            diagnostics += statement.findings
            continue
        if len(diagnostics) >= MOST:
            diagnostics.append(_too_many(statement))
            break
        select, more = _statement(aim, statement)
        selects.append(select)
        diagnostics += more
    return found, selects, diagnostics


def _statement(aim: _Aim, statement: Statement) -> tuple[Select | None, list[Diagnostic]]:
    text = aim.source.text
    made = read_statement(text, statement)
    if isinstance(made, Select):
        return made, list(_ruled(aim, made, RULES, _as_sent(text, statement)))
    recovered = recover_statement(text, statement)
    pieces = recovered.pieces or ()
    plain = read_pieces(plain_machine(), pieces) if pieces and not recovered.extended else None
    findings = [each for each in recovered.findings if not _forgiven(aim, each)]
    if isinstance(plain, Select) and not findings:
        return plain, list(_ruled(aim, plain, RULES))
    extended = read_pieces(extended_machine(), pieces) if pieces else None
    if isinstance(extended, Extended):
        findings = _with_fix(aim, statement, recovered, extended, findings)
        findings += _parts(aim, plain if isinstance(plain, Select) else flat(extended), pieces)
    return None, findings


def _parts(aim: _Aim, nearest: Select, pieces: Sequence[Piece]) -> list[Diagnostic]:
    """What the rules find in the names and values of a query that is half understood."""
    unsaid = {piece.place for piece in pieces if "…" in piece.text}
    return [
        each
        for each in _ruled(aim, nearest, OF_A_PART)
        if each.span.start < each.span.end and each.span not in unsaid
    ]


def _forgiven(aim: _Aim, found: Diagnostic) -> bool:
    """Whether no server that the query is meant for minds."""
    return found.slug == "missing-semicolon" and not any(each.semicolon for each in aim.servers)


def _with_fix(
    aim: _Aim, statement: Statement, recovered: Recovered, made: Extended,
    findings: list[Diagnostic],
) -> list[Diagnostic]:  # fmt: skip
    """The findings, each with the compiled query as its repair where that is what they take."""
    span = statement.span
    if not recovered.exact or not recovered.extended or statement.inside:
        return findings
    try:
        (query,) = compiled(made, aim.catalog).statements
    except (VtqlError, ValueError):
        return findings
    return [replace(each, edits=(Edit(span, query),)) for each in findings]


def _as_sent(text: str, statement: Statement) -> str:
    """The text with blanks for its comments, which are not sent."""
    for comment in statement.inside:
        text = text[: comment.start()] + " " * len(comment.text) + text[comment.end() :]
    return text


def _ruled(
    aim: _Aim, select: Select, rules: Iterable[Rule], text: str | None = None
) -> Iterator[Diagnostic]:
    known = aim.catalog is not None and select.module.text in aim.catalog
    module = aim.catalog[select.module.text] if aim.catalog is not None and known else None
    query = Query(text or aim.source.text, select, aim.catalog, module, aim.servers)
    for rule in rules:
        for found in rule.check(query):
            yield Diagnostic(
                rule.code, rule.slug, found.severity or rule.severity,
                found.message, found.span, found.help, found.edits,
            )  # fmt: skip


def _too_many(statement: Statement) -> Diagnostic:
    return syntax_finding(
        "too-many-findings", Span(statement.span.start, statement.span.start),
        f"there are {MOST} findings before this place, and what follows is not looked at",
        "those before first",
    )  # fmt: skip
