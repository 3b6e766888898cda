"""What a statement begins and ends with, where that is no query's: another verb, nothing, no semicolon."""

from __future__ import annotations

from collections.abc import Mapping

from vtql.diagnostics import Diagnostic, Edit
from vtql.recovery.answers import UNREADABLE, answer_to_start
from vtql.recovery.codes import syntax_finding
from vtql.recovery.pieces import Piece
from vtql.recovery.split import Statement
from vtql.source import Span

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


def no_query(text: str, statement: Statement) -> Diagnostic:
    """The finding that a statement is empty."""
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


def no_semicolon(statement: Statement) -> Diagnostic:
    """The finding that its semicolon is missing."""
    end = statement.pieces[-1].end()
    return syntax_finding(
        "missing-semicolon", Span(end - 1, end), "the query does not end with `;`",
        "every open-source server answers QUERY_SYNTAX_ERROR without it, which the published page "
        "does not mention; it is the last character", (Edit(Span(end, end), ";"),),
    )  # fmt: skip


def other_end(last: Piece) -> Diagnostic:
    """The finding that a query ends with another sign than its semicolon."""
    return syntax_finding(
        "unreadable-text", Span(*last.place), f"`{last.text}` ends no query; {UNREADABLE}",
        "`;` ends a query", (Edit(Span(*last.place), ";"),),
    )  # fmt: skip


def other_statement(first: Piece, text: str) -> Diagnostic:
    """The finding that a statement, whose text this is, begins with another word than SELECT."""
    return syntax_finding(
        "other-statement", Span(*first.place),
        f"VTQL only reads: a query begins with SELECT, and this with `{first.text}`; "
        f"{answer_to_start(text)}",
        OTHER_STATEMENTS[first.word],
    )  # fmt: skip
