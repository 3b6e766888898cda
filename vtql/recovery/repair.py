"""What no table knows, mended with the grammar: one piece more, one fewer, or another.

The pieces go through the tables of the extended grammar. Where one has no place, every small repair
is tried for how far the text goes on behind it: something inserted, the piece taken for what is
wanted there, the piece left out. The repair that carries furthest wins, the earlier one of two
that carry as far. A run of pieces that are left out is one finding, and after `MOST` repairs a
statement is given up, for then nobody can tell what it was meant to be.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from vtql.parser.lalr import END, tables
from vtql.recovery import tell
from vtql.recovery.constructs.conditions import NO_BRACKETS
from vtql.recovery.expected import Stack, begin, expected, is_a_name, taken
from vtql.recovery.pieces import Piece
from vtql.recovery.reading import Reading

MOST = 20
FAR = 4
"""Pieces that a repair is tried on."""

ANYTHING = ("LITERAL", "NAME", "NUMBER")
TEXTS = {"LITERAL": "'…'", "NAME": "…", "NUMBER": "0", "FROM": "FROM", "WHERE": "WHERE", "COMMA": ",", "AND": "AND",
         "EQ": "=", "CLOSE": ")", "OPEN": "(", "SELECT": "SELECT", "STAR": "*", "BY": "BY"}  # fmt: skip
"""What stands for a terminal that was missing."""

INSERTIONS = (
    ("COMMA",), ("FROM",), ("WHERE",), ("STAR",), ("AND",), ("EQ",), ("CLOSE",), ("BY",), ("NAME",), ("LITERAL",),
    ("EQ", "LITERAL"), ("FROM", "NAME"), ("SELECT",), ("NAME", "EQ"), ("OPEN",), ("NUMBER",),
    ("STAR", "FROM"), ("SELECT", "STAR"), ("STAR", "FROM", "NAME"),
    ("NAME", "EQ", "LITERAL"), ("SELECT", "STAR", "FROM", "NAME"), ("CLOSE", "CLOSE"),
    ("AND", "LITERAL"),
)  # fmt: skip
ENDINGS = (
    (), ("LITERAL",), ("NAME",), ("NUMBER",), ("EQ", "LITERAL"), ("NAME", "EQ", "LITERAL"),
    ("FROM", "NAME"), ("STAR", "FROM", "NAME"), ("BY", "NAME"), ("OPEN", "LITERAL", "CLOSE"),
    ("CLOSE", "FROM", "NAME"), ("STAR", "CLOSE", "FROM", "NAME"), ("AND", "LITERAL"),
)  # fmt: skip
"""What ends a query that ends too early; brackets that are open are closed behind it."""


COMPLETIONS = (("LITERAL",), ("EQ", "LITERAL"), ("NAME", "EQ", "LITERAL"), ("NUMBER",), ("NAME",),
               ("OPEN", "LITERAL", "CLOSE"), ("AND", "LITERAL"), ("CLOSE",), ("LITERAL", "CLOSE"))  # fmt: skip
"""What may have stood where pieces were left out, before a word that begins something else."""

RESUMING = frozenset(("and", "or", "where", "order", "orderby", "limit", "from"))
EXTENDED_WORDS = frozenset(("not", "between", "is", "empty", "offset"))


@dataclass(frozen=True, slots=True)
class Repair:
    """A way past a piece: what to put before it, what to take it for, or None to leave it out."""

    inserted: tuple[str, ...] = ()
    piece: Piece | None = None


def repair(reading: Reading) -> list[Piece] | None:
    """The pieces of a statement as the extended grammar takes them; None where it was given up."""
    pieces = [piece for piece in reading.pieces if piece.kind != "SEMICOLON"]
    stack, made = begin(), list[Piece]()
    repairs, at = 0, 0
    own = reading.text[pieces[0].start() : pieces[-1].end()] if pieces else ""
    while at < len(pieces):
        shifted = _shifted(stack, pieces[at])
        if shifted is not None:
            kind, stack = shifted
            made.append(_as(pieces[at], kind))
            at += 1
            continue
        repairs += 1
        if repairs > MOST:
            return None
        last, said = made[-1] if made else None, expected(stack)
        inserted: tuple[str, ...]
        chosen = _best(stack, pieces, at)
        if chosen.piece is None:
            stop, inserted = _behind_what_is_lost(stack, pieces, at)
            lost = pieces[at:stop]
            if all(piece.kind == "CLOSE" for piece in lost):
                mixed = _mixed(pieces)
                reading.found.append(tell.unopened(lost, certain=not mixed))
                reading.exact &= not mixed
            else:
                reading.found.append(tell.unexpected(reading.text, lost, last, said, own))
                reading.exact = False
            at = stop
        else:
            inserted = chosen.inserted
            if inserted:
                in_a_list = taken(stack, "AND") is None and taken(stack, "CLOSE") is not None
                finding, exact = tell.missing(
                    inserted, pieces[at], last, said, own, in_a_list=in_a_list
                )
            else:
                finding, exact = tell.taken_for(pieces[at], chosen.piece, last, said, own)
                reading.extended |= chosen.piece.word in EXTENDED_WORDS
            reading.found.append(finding)
            reading.exact &= exact
            pieces[at] = chosen.piece
        place = last.end() if last else pieces[0].start()
        for kind in inserted:
            made.append(_inserted(kind, place))
            after = taken(stack, kind)
            assert after is not None
            stack = after
    return _ended(reading, stack, made)


def _ended(reading: Reading, stack: Stack, made: list[Piece]) -> list[Piece] | None:
    """The pieces with what the end of the text lacks; told, if nothing that stands there is."""
    if taken(stack, END) is not None:
        return made
    last = made[-1] if made else None
    end = last.end() if last else 0
    closed = _closed(stack)
    if closed is not None and _unclosed(reading):
        reading.exact &= not _mixed(made) and "not" not in reading.keys().present
        return made + [_inserted("CLOSE", end)] * closed
    if all(each.span.end <= end for each in reading.found):
        reading.found.append(tell.cut_short(reading.text, last, expected(stack)))
    reading.exact = False
    for ending in ENDINGS:
        after: Stack | None = stack
        for kind in ending:
            after = taken(after, kind) if after else None
        closing: list[str] = []
        while after and taken(after, END) is None:
            after = taken(after, "CLOSE")
            closing.append("CLOSE")
        if after:
            return made + [_inserted(kind, end) for kind in (*ending, *closing)]
    return None


def _mixed(pieces: Sequence[Piece]) -> bool:
    """Whether it matters where brackets stand: conditions are joined by AND and by OR."""
    return {"and", "or"} <= {piece.word for piece in pieces}


def _closed(stack: Stack) -> int | None:
    """How many closing brackets end the query; None where more than those is missing."""
    count, after = 0, taken(stack, "CLOSE")
    while after is not None:
        count += 1
        if taken(after, END) is not None:
            return count
        after = taken(after, "CLOSE")
    return None


def _unclosed(reading: Reading) -> bool:
    """Make the finding that tells of the last bracket around conditions say that it is not closed."""
    for number in range(len(reading.found) - 1, -1, -1):
        found = reading.found[number]
        if found.slug == "brackets" and found.message.startswith(NO_BRACKETS):
            told = replace(
                found,
                message=f"{NO_BRACKETS}, and this one is not closed{found.message[len(NO_BRACKETS) :]}",
            )
            reading.found[number] = told
            return True
    return False


def _best(stack: Stack, pieces: Sequence[Piece], at: int) -> Repair:
    following = pieces[at + 1 : at + FAR]
    best, far = Repair(), _reach(stack, pieces[at + 1 : at + 1 + FAR]) - 1
    for candidate in _candidates(stack, pieces[at]):
        assert candidate.piece is not None
        reach = _reach(stack, [candidate.piece, *following], candidate.inserted)
        if reach > max(far, candidate.inserted == ("WHERE",)):
            best, far = candidate, reach
    return best


def _candidates(stack: Stack, piece: Piece) -> Iterator[Repair]:
    for meant in tell.meant(stack, piece):
        yield Repair((), meant)
    for inserted in INSERTIONS:
        yield Repair(inserted, piece)


def _reach(stack: Stack, pieces: Sequence[Piece], inserted: Sequence[str] = ()) -> int:
    """How many of the pieces have a place, one after the other; the end counts as one more."""
    for kind in inserted:
        after = taken(stack, kind)
        if after is None or is_a_name(after, kind):
            return 0
        stack = after
    for count, piece in enumerate(pieces):
        shifted = _shifted(stack, piece)
        if shifted is None:
            return count
        _, stack = shifted
    return len(pieces) + (len(pieces) < FAR and taken(stack, END) is not None)


def _behind_what_is_lost(
    stack: Stack, pieces: Sequence[Piece], at: int
) -> tuple[int, tuple[str, ...]]:
    """The first position behind `at` from which the text goes on, and what it takes to get there."""
    while (at := at + 1) < len(pieces):
        if _shifted(stack, pieces[at]) is not None:
            return at, ()
        if pieces[at].word in RESUMING or pieces[at].kind == "CLOSE":
            for completion in COMPLETIONS:
                if _reach(stack, pieces[at : at + 2], completion) == len(pieces[at : at + 2]):
                    return at, completion
    return at, ()


def _kinds_of(piece: Piece) -> tuple[str, ...]:
    """The terminals that a piece can be."""
    if piece.kind in ("ANY", "HOLE"):
        return ANYTHING
    if piece.kind == "NAME":
        return (tables("extended").keywords.get(piece.text.lower(), "NAME"),)
    return ("SIGNED",) if piece.kind == "DECIMAL" else (piece.kind,)


def _shifted(stack: Stack, piece: Piece) -> tuple[str, Stack] | None:
    """The terminal that a piece is at its place, and the stack behind it; None without a place."""
    for kind in _kinds_of(piece):
        after = taken(stack, kind)
        if after is not None:
            return kind, after
    return None


def _as(piece: Piece, kind: str) -> Piece:
    if piece.kind in ("ANY", "HOLE"):
        return Piece(kind, TEXTS[kind], piece.place)
    return replace(piece, kind="SIGNED") if piece.kind == "DECIMAL" else piece


def _inserted(kind: str, place: int) -> Piece:
    return Piece(kind, TEXTS[kind], (place, place))
