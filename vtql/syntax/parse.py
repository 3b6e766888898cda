"""Text to tree: the front door of the language."""

from __future__ import annotations

from functools import cache

from vtql.ast import Select
from vtql.diagnostics import Diagnostic, paint
from vtql.errors import QuerySyntaxError
from vtql.source import Source
from vtql.syntax.drive import Machine, Stop, drive, machine
from vtql.syntax.recovery.pieces import read_pieces
from vtql.syntax.recovery.recover import recover_statement
from vtql.syntax.recovery.sending import not_sendable
from vtql.syntax.recovery.statements import Statement, statements
from vtql.syntax.reduce import REDUCERS

SHOWN = 20
"""Findings that the text of an exception shows."""


def parse(text: str) -> Select:
    """The tree of a query.

    Raises:
        QuerySyntaxError: the text is not VTQL; the exception's text shows where and why, for each
            of its errors.
    """
    made = read(text)
    if isinstance(made, Stop):
        raise syntax_error(Source(text), _findings(text))
    return made


def _findings(text: str) -> tuple[Diagnostic, ...]:
    """What keeps a text from being one query."""
    found = list(statements(text))
    if not any(statement.pieces for statement in found):
        found.append(Statement((), (), ()))
    wrong = [
        finding
        for statement in found
        if statement.findings or not isinstance(read_statement(text, statement), Select)
        for finding in recover_statement(text, statement).findings
    ]
    wrong += not_sendable(found)
    return tuple(sorted(wrong, key=lambda each: each.span))


def read(text: str, start: int = 0, end: int | None = None) -> Select | Stop:
    """The tree of a text, or of its characters `start` to `end`; or where reading stopped."""
    made: Select | Stop = drive(plain_machine(), text, start, end)
    return made


def read_statement(text: str, statement: Statement) -> Select | Stop:
    """The tree of a statement of a text, comments in it passed over."""
    if not statement.pieces:
        return Stop(0)
    if statement.inside:
        made: Select | Stop = read_pieces(plain_machine(), statement.pieces)
        return made
    return read(text, *statement.span)


@cache
def plain_machine() -> Machine:
    """The parser of the language that a server is sent."""
    return machine("vtql", REDUCERS)


def syntax_error(source: Source, found: tuple[Diagnostic, ...]) -> QuerySyntaxError:
    """The exception that shows findings in their source, the first `SHOWN` of them."""
    painted = [paint(source, each) for each in found[:SHOWN]]
    if len(found) > SHOWN:
        painted.append(f"and {len(found) - SHOWN} more")
    return QuerySyntaxError("\n\n".join(painted), found)
