"""The first word of a query, mistyped: told before anything that depends on where the columns begin."""

from __future__ import annotations

from dataclasses import replace

from vtql.diagnostics import Edit
from vtql.source import Span
from vtql.spelling import nearest
from vtql.syntax.recovery.answers import answer_to_start
from vtql.syntax.recovery.codes import syntax_finding
from vtql.syntax.recovery.reading import Reading


def first_word(reading: Reading) -> None:
    """Take the first word for SELECT where it is nearly that, and columns follow it."""
    first = reading.pieces[0]
    following = reading.keys().all[1:2]
    if first.kind != "NAME" or first.word == "select" or following in ([], ["from"], ["COMMA"]):
        return
    if not nearest(first.text, ["SELECT"]):
        return
    own = reading.text[first.start() : reading.pieces[-1].end()]
    reading.found.append(
        syntax_finding(
            "unexpected-token",
            Span(*first.place),
            f"`{first.text}` has no place at the start of a query; {answer_to_start(own)}",
            "`SELECT` may be meant",
            (Edit(Span(*first.place), "SELECT"),),
        )
    )
    reading.pieces = [replace(first, text="SELECT"), *reading.pieces[1:]]
