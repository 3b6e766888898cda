"""What a text may have in a file and not in a request: comments, and more than one query."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vtql.diagnostics import Diagnostic, Edit
from vtql.recovery.answers import SYNTAX, UNREADABLE
from vtql.recovery.codes import syntax_finding
from vtql.recovery.pieces import Piece
from vtql.recovery.split import Statement
from vtql.source import Span

_UNCLOSED = "unclosed-literal"


def not_sendable(found: Sequence[Statement]) -> Iterator[Diagnostic]:
    """What keeps the text of these statements from being sent as it is."""
    for statement in found:
        guessed = min(
            (each.span.start for each in statement.findings if each.slug == _UNCLOSED), default=None
        )
        for comment in statement.comments:
            if comment.kind == "COMMENT":
                yield _comment(comment, guessed)
    queries = [each for each in found if each.pieces and each.pieces[0].kind != "SEMICOLON"]
    yield from map(several_queries, queries[1:])


def without_ends_inside(
    faults: Sequence[Diagnostic], found: Sequence[Statement]
) -> list[Diagnostic]:
    """The findings, without semicolons missing between queries, which no request has more than one of."""
    last = max((each.span.start for each in found if each.pieces), default=0)
    return [each for each in faults if each.slug != "missing-semicolon" or each.span.start >= last]


def several_queries(statement: Statement) -> Diagnostic:
    """The finding that a statement is not the only one."""
    return syntax_finding(
        "several-queries", statement.span,
        f"a request takes one query, and this is another; {SYNTAX} to both",
        "a request each; in a `.vtql` file they may stand one behind the other",
    )  # fmt: skip


def _comment(comment: Piece, guessed: int | None) -> Diagnostic:
    """The finding for a comment, without a repair behind a literal whose end is guessed."""
    span = Span(*comment.place)
    certain = guessed is None or span.start <= guessed
    return syntax_finding(
        "comment", span, f"a server knows no comments; {UNREADABLE}",
        "without it; in a `.vtql` file it may stand, and is not sent",
        (Edit(span, ""),) if certain else (),
    )  # fmt: skip
