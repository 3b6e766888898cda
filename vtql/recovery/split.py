"""A text as statements: where one ends and the next begins, and the comments around them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from vtql.diagnostics import Diagnostic, Edit
from vtql.recovery.alike import nothing_alike
from vtql.recovery.answers import SYNTAX
from vtql.recovery.codes import syntax_finding
from vtql.recovery.pieces import LIST_GOES_ON, Piece, pieces
from vtql.source import Span

LONGEST = 210_000
"""Pieces of a statement that are read, so those of a list of 100,000 values; one with more is refused, as
a server would refuse it."""

MOST_COMMENTS = 100_000
"""Comments of a statement that are read."""

MOST_FOUND = 1000
"""Literals, blanks and comments of a statement that are told to be none."""

_ANOTHER = re.compile(
    r"[ \t\r\n]+(?:\*|count[ \t\r\n]*\(|(?:\w{1,100}[ \t\r\n]+){0,3}\w{1,100}[ \t\r\n]*(?:,|[ \t\r\n]from\b))",
    re.IGNORECASE,
)
_GOES_ON = frozenset(
    ("union", "all", "intersect", "except", "minus", "by", "as", "exists", "any", "some", "with")
)
_LINE_ENDS = re.compile(r"[ \t]*(?:[\r\n]|\Z)")


@dataclass(frozen=True, slots=True)
class Statement:
    """The pieces of a query up to its semicolon, which the last of a text may lack.

    `comments` are those that stand inside it and before it; `findings` what is wrong with blanks,
    comments and literals.
    """

    pieces: tuple[Piece, ...]
    comments: tuple[Piece, ...]
    findings: tuple[Diagnostic, ...]

    @property
    def span(self) -> Span:
        """From its first piece to its last, comments before it left out."""
        return Span(self.pieces[0].start(), self.pieces[-1].end())

    @property
    def inside(self) -> tuple[Piece, ...]:
        """The comments behind its first piece."""
        if not self.comments:
            return ()
        start = self.pieces[0].start() if self.pieces else 0
        return tuple(comment for comment in self.comments if comment.start() > start)


NO_STATEMENT = Statement((), (), ())
"""What a text has that has none."""


def statements(text: str, start: int = 0) -> Iterator[Statement]:
    """The statements of a text from `start` on, one after the other; comments behind the last are its own.

    A statement that goes on for too long, or has too much wrong with it, is the last: the text
    behind it is not looked at, and its last finding says so.
    """
    taken: list[Piece] = []
    comments: list[Piece] = []
    found: list[Diagnostic] = []
    depth, has_from = 0, False
    for piece in pieces(text, found.append, start):
        kind = piece.kind
        if kind == "COMMENT":
            comments.append(piece)
        elif kind == "BLOCK":
            comments.append(piece)
            found.append(_other_comment(text, piece))
        elif kind == "ODDBLANK":
            found.append(_odd_blank(piece))
        elif kind == "NAME":
            said = piece.text
            if not has_from:
                has_from = not depth and len(said) == 4 and said.lower() == "from"
            elif (
                not depth
                and len(said) == 6
                and taken[0].word != "from"
                and _begins(text, piece, taken[-1])
            ):
                behind = [each for each in comments if each.start() > taken[-1].start()]
                own = comments[: len(comments) - len(behind)]
                yield Statement(tuple(taken), tuple(own), tuple(found))
                taken, comments, found[:] = [], behind, []
                has_from = False
            taken.append(piece)
        elif kind == "SEMICOLON" and depth and LIST_GOES_ON.match(text, piece.end()):
            found.append(_semicolon_in_a_list(piece))
            kind = "COMMA"
            taken.append(Piece(kind, ",", piece.place))
        else:
            taken.append(piece)
            if kind == "OPEN":
                depth += 1
            elif kind == "CLOSE":
                depth = max(0, depth - 1)
            elif kind in ("LITERAL", "DOUBLE") and piece.end() - piece.start() == len("''"):
                nothing_alike(taken, found)
        beyond = len(taken) >= LONGEST or len(comments) >= MOST_COMMENTS or len(found) > MOST_FOUND
        if kind == "SEMICOLON" or beyond:
            given_up = kind != "SEMICOLON"
            if given_up:
                found.append(_given_up(piece))
            yield Statement(tuple(taken), tuple(comments), tuple(found))
            if given_up:
                return
            taken, comments, found[:] = [], [], []
            depth, has_from = 0, False
    if taken or comments or found:
        yield Statement(tuple(taken), tuple(comments), tuple(found))


def _begins(text: str, select: Piece, last: Piece) -> bool:
    """Whether a word behind a FROM is a `select` that begins another query, not the name of a field."""
    if select.word != "select" or last.kind in ("COMMA", "OPERATOR") or last.word in _GOES_ON:
        return False
    return _ANOTHER.match(text, select.end()) is not None


def _semicolon_in_a_list(piece: Piece) -> Diagnostic:
    return syntax_finding(
        "unexpected-token", Span(*piece.place),
        f"`;` ends a query, and here a list goes on; {SYNTAX}", "commas stand between values",
        (Edit(Span(*piece.place), ","),),
    )  # fmt: skip


def _given_up(piece: Piece) -> Diagnostic:
    return syntax_finding(
        "too-many-findings", Span(*piece.place),
        f"this query has more than {LONGEST:,} words and signs, more than {MOST_FOUND:,} that are none, "
        f"or more than {MOST_COMMENTS:,} comments, and what follows is not looked at",
        "a server takes a query of some 8,000 bytes",
    )  # fmt: skip


def _other_comment(text: str, piece: Piece) -> Diagnostic:
    said = piece.text.removeprefix("/*").removesuffix("*/").removeprefix("#")
    edits: tuple[Edit, ...] = ()
    if _LINE_ENDS.match(text, piece.end()) and "\n" not in said and "\r" not in said:
        edits = (Edit(Span(*piece.place), f"-- {said.strip()}"),)
    return syntax_finding(
        "comment", Span(*piece.place),
        "a server knows no comments, and neither does `vtql` know this kind of them",
        "`-- …` to the end of the line, in files; it is never sent", edits,
    )  # fmt: skip


def _odd_blank(piece: Piece) -> Diagnostic:
    code = f"U+{ord(piece.text[0]):04X}"
    return syntax_finding(
        "odd-blank", Span(*piece.place),
        f"{code} looks like a blank and is none to a server, which answers INTERNAL_SERVER_ERROR, or "
        "ACCESS_DENIED where it takes it for a part of the name of the module",
        "outside quotes only space, tab and line ends are blanks", (Edit(Span(*piece.place), " "),),
    )  # fmt: skip
