"""Words without quotes that may be meant as fields: a server compares two columns there."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import islice, pairwise, takewhile

from vtql.diagnostics import Diagnostic
from vtql.recovery.construct import NO_NAMES
from vtql.recovery.pieces import Piece
from vtql.recovery.reading import Reading

SHORT = 3
"""Letters of a name that is an alias and no module."""

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


def leave_others(reading: Reading, pieces: Sequence[Piece]) -> None:
    """Take no name off that is neither the module's nor its alias: the field is of another module."""
    if not any(each.slug == "qualified-name" and each.edits for each in reading.found):
        return
    own = _names_of_module(pieces)
    for place, found in enumerate(reading.found):
        said = reading.text[found.span.start : found.span.end]
        qualifier, *more = said.split(".")
        if (
            found.slug == "qualified-name"
            and found.edits
            and (len(more) > 1 or _bare(qualifier) not in own)
        ):
            reading.found[place] = replace(
                found,
                help="a query has one module; a field of another one is read by a query of its own",
                edits=(),
            )
            reading.exact = False


def leave_second_names(reading: Reading, pieces: Sequence[Piece]) -> None:
    """Take no second name from a module that may be another module: nothing says that it is an alias."""
    for place, found in enumerate(reading.found):
        if found.slug != "alias" or not found.edits or "module" not in found.message:
            continue
        alias = reading.text[found.span.start : found.span.end]
        if len(alias) <= SHORT or alias.lower().startswith("as "):
            continue
        if not any(
            _bare(piece.text) == _bare(alias) and following.kind == "DOT"
            for piece, following in pairwise(pieces)
        ):
            reading.found[place] = replace(
                found,
                help="the module alone; another module is asked for in a query of its own",
                edits=(),
            )
            reading.exact = False


def _names_of_module(pieces: Sequence[Piece]) -> set[str]:
    """The name of the module behind FROM, and its alias."""
    words = [piece.word for piece in pieces]
    if "from" not in words:
        return set()
    at = words.index("from") + 1
    named = [piece for piece in pieces[at : at + 3] if piece.word != "as"]
    behind = takewhile(lambda piece: piece.word not in NO_NAMES, named)
    return {_bare(piece.text) for piece in islice(behind, 2)}


def _bare(name: str) -> str:
    return name.strip(' \t\r\n"`[]')


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
