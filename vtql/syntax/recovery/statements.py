"""A text as statements: where one ends and the next begins, and the comments around them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from vtql.diagnostics import Diagnostic, Edit
from vtql.source import Span
from vtql.syntax.recovery.codes import syntax_finding
from vtql.syntax.recovery.pieces import Piece, pieces


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
        start = self.pieces[0].start() if self.pieces else 0
        return tuple(comment for comment in self.comments if comment.start() > start)


def statements(text: str) -> Iterator[Statement]:
    """The statements of a text, one after the other; comments behind the last are its own."""
    taken: list[Piece] = []
    comments: list[Piece] = []
    found: list[Diagnostic] = []
    for piece in pieces(text, 0, found.append):
        match piece.kind:
            case "COMMENT":
                comments.append(piece)
            case "BLOCK":
                comments.append(piece)
                found.append(_other_comment(text, piece))
            case "ODDBLANK":
                found.append(_odd_blank(piece))
            case _:
                taken.append(piece)
        if piece.kind == "SEMICOLON":
            yield Statement(tuple(taken), tuple(comments), tuple(found))
            taken, comments, found[:] = [], [], []
    if taken or comments or found:
        yield Statement(tuple(taken), tuple(comments), tuple(found))


def _other_comment(text: str, piece: Piece) -> Diagnostic:
    said = text[piece.start() : piece.end()].removeprefix("/*").removesuffix("*/").removeprefix("#")
    edits: tuple[Edit, ...] = ()
    behind = text[piece.end() :].lstrip(" \t")[:1]
    if behind in ("", "\r", "\n") and "\n" not in said and "\r" not in said:
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
        f"{code} looks like a blank and is none to a server, which answers INTERNAL_SERVER_ERROR",
        "outside quotes only space, tab and line ends are blanks", (Edit(Span(*piece.place), " "),),
    )  # fmt: skip
