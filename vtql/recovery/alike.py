"""LIKE with an empty literal: the empty text, which LIKE keeps apart from the blank that `=` takes for it."""

from __future__ import annotations

from vtql.diagnostics import Diagnostic, Edit
from vtql.recovery.answers import UNREADABLE
from vtql.recovery.codes import syntax_finding
from vtql.recovery.pieces import Piece
from vtql.source import Span


def nothing_alike(taken: list[Piece], found: list[Diagnostic]) -> None:
    """Where the last piece is an empty literal behind LIKE, go on with `= ' '`, and tell that.

    `found` ends with what was found in a literal in single quotes. Behind NOT LIKE it stays to be
    compiled, and nothing is to be put in its place alone.
    """
    literal = taken[-1]
    at = len(taken) - (3 if len(taken) > 2 and taken[-2].kind == "OPEN" else 2)
    if at < 0 or taken[at].word != "like":
        return
    if literal.kind == "LITERAL":
        found.pop()
    negated = at > 0 and taken[at - 1].word == "not"
    edits = (Edit(Span(*taken[at].place), "="), Edit(Span(*literal.place), "' '"))
    found.append(syntax_finding(
        "empty-literal", Span(*literal.place),
        f"LIKE has an empty literal; {UNREADABLE}",
        "`= ' '` finds the empty text: LIKE tells it from a blank, `=` does not",
        () if negated else edits,
    ))  # fmt: skip
    taken[-1] = Piece("LITERAL", "' '", literal.place)
    if not negated:
        taken[at] = Piece("EQ", "=", taken[at].place)
