"""Words without quotes that may be meant as fields: a server compares two columns there."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from vtql.diagnostics import Diagnostic
from vtql.syntax.recovery.pieces import Piece
from vtql.syntax.recovery.reading import Reading

_OPERATORS = frozenset(("EQ", "NE", "LT", "LE", "GT", "GE", "OPERATOR"))
_WORDS = frozenset(("like", "in", "not", "is", "between"))


def leave_fields(reading: Reading, pieces: Sequence[Piece], known: Collection[str]) -> None:
    """Put no quotes around a word that is the name of a field here, or one of those `known`."""
    if not any(each.slug == "bare-word" and each.edits for each in reading.found):
        return
    fields = {*known, *_named(pieces)}
    for place, found in enumerate(reading.found):
        word = reading.text[found.span.start : found.span.end]
        if found.slug == "bare-word" and found.edits and word in fields:
            reading.found[place] = _compared(found, word)
            reading.exact = False


def _compared(found: Diagnostic, word: str) -> Diagnostic:
    return replace(
        found,
        message=f"`{word}` stands without quotes, and is the name of a field: a server puts it into SQL "
        "as a column, which compares two fields where the column is called so",
        help=f"for a value `'{word}'`; two fields are compared in Python",
        edits=(),
    )


def _named(pieces: Sequence[Piece]) -> set[str]:
    """The words that stand as fields: before FROM, and before an operator."""
    words = [piece.word for piece in pieces]
    columns = words.index("from") if "from" in words else 0
    return {
        piece.text
        for place, piece in enumerate(pieces)
        if piece.kind == "NAME"
        and (place < columns or (place + 1 < len(pieces) and _operates(pieces[place + 1])))
    }


def _operates(piece: Piece) -> bool:
    return piece.kind in _OPERATORS or piece.word in _WORDS
