"""A text of any number of queries, with comments: each of them read, or what keeps it from being one."""

from __future__ import annotations

from itertools import islice

from vtql.ast import Select
from vtql.diagnostics import Diagnostic, paint
from vtql.errors import QuerySyntaxError
from vtql.parser.lalr import Stop
from vtql.parser.node_builders import plain_machine
from vtql.recovery.pieces import read_pieces
from vtql.recovery.recover import recover_statement
from vtql.recovery.sending import not_sendable, without_ends_inside
from vtql.recovery.split import NO_STATEMENT, Statement, statements
from vtql.source import Source

SHOWN = 20
"""Findings that the text of an exception shows."""


def read_statement(statement: Statement) -> Select | Stop:
    """The tree of a statement, comments in it passed over."""
    if not statement.pieces or statement.findings:
        return Stop(0)
    made: Select | Stop = read_pieces(plain_machine(), statement.pieces)
    return made


def judged(text: str, statement: Statement) -> tuple[Select | None, tuple[Diagnostic, ...]]:
    """The tree of a statement, or what keeps it from having one.

    One that is only comments has neither, but for what is wrong with the comments.
    """
    made = read_statement(statement)
    if isinstance(made, Select):
        return made, ()
    if not statement.pieces:
        return None, statement.findings
    return None, recover_statement(text, statement).findings


def faults_of_a_query(text: str) -> tuple[Diagnostic, ...]:
    """What keeps a text from being one query."""
    found: list[Statement] = []
    wrong: list[Diagnostic] = []
    for statement in statements(text):
        found.append(statement)
        wrong += judged(text, statement)[1]
        if len(wrong) > SHOWN:
            break
    if not any(statement.pieces for statement in found):
        wrong += recover_statement(text, NO_STATEMENT).findings
    wrong = without_ends_inside(wrong, found)
    wrong += islice(not_sendable(found), SHOWN)
    return tuple(sorted(wrong, key=lambda each: each.span))


def syntax_error(source: Source, found: tuple[Diagnostic, ...]) -> QuerySyntaxError:
    """The exception that shows findings in their source, the first `SHOWN` of them."""
    painted = [paint(source, each) for each in found[:SHOWN]]
    if len(found) > SHOWN:
        painted.append(f"and {len(found) - SHOWN} more")
    return QuerySyntaxError("\n\n".join(painted), found)
