"""LIKE with an empty literal: the empty text, which LIKE keeps apart from the blank that `=` takes for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from vtql.diagnostics import Diagnostic, Edit
from vtql.parser.vtiger_parser import SYNTAX, UNREADABLE
from vtql.recovery.lexer import LIST_CONTINUES, Token, tokens
from vtql.recovery.syntax_codes import syntax_diagnostic
from vtql.source import Span


def replace_empty_pattern(tokens: list[Token], diagnostics: list[Diagnostic]) -> None:
    """Where the last piece is an empty literal behind LIKE, go on with `= ' '`, and tell that.

    `found` ends with what was found in a literal in single quotes. Behind NOT LIKE it stays to be
    compiled, and nothing is to be put in its place alone.
    """
    literal = tokens[-1]
    at = len(tokens) - (3 if len(tokens) > 2 and tokens[-2].kind == "OPEN" else 2)
    if at < 0 or tokens[at].word != "like":
        return
    if literal.kind == "LITERAL":
        diagnostics.pop()
    negated = at > 0 and tokens[at - 1].word == "not"
    edits = (Edit(Span(*tokens[at].place), "="), Edit(Span(*literal.place), "' '"))
    diagnostics.append(syntax_diagnostic(
        "empty-literal", Span(*literal.place),
        "LIKE has an empty literal",
        "`= ' '` finds the empty text: LIKE tells it from a blank, `=` does not",
        () if negated else edits, effect=UNREADABLE
    ))  # fmt: skip
    tokens[-1] = Token("LITERAL", "' '", literal.place)
    if not negated:
        tokens[at] = Token("EQ", "=", tokens[at].place)


MAX_TOKENS = 210_000
"""Pieces of a statement that are read, so those of a list of 100,000 values; one with more is refused, as
a server would refuse it."""

MAX_COMMENTS = 100_000
"""Comments of a statement that are read."""

MAX_DIAGNOSTICS = 1000
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

    tokens: tuple[Token, ...]
    comments: tuple[Token, ...]
    findings: tuple[Diagnostic, ...]

    @property
    def span(self) -> Span:
        """From its first piece to its last, comments before it left out."""
        return Span(self.tokens[0].start(), self.tokens[-1].end())

    @property
    def inside(self) -> tuple[Token, ...]:
        """The comments behind its first piece."""
        if not self.comments:
            return ()
        start = self.tokens[0].start() if self.tokens else 0
        return tuple(comment for comment in self.comments if comment.start() > start)


EMPTY_STATEMENT = Statement((), (), ())
"""What a text has that has none."""


def statements(text: str, start: int = 0) -> Iterator[Statement]:
    """The statements of a text from `start` on, one after the other; comments behind the last are its own.

    A statement that goes on for too long, or has too much wrong with it, is the last: the text
    behind it is not looked at, and its last finding says so.
    """
    taken: list[Token] = []
    comments: list[Token] = []
    diagnostics: list[Diagnostic] = []
    depth, has_from = 0, False
    for piece in tokens(text, diagnostics.append, start):
        kind = piece.kind
        if kind == "COMMENT":
            comments.append(piece)
        elif kind == "BLOCK":
            comments.append(piece)
            diagnostics.append(_other_comment(text, piece))
        elif kind == "ODDBLANK":
            diagnostics.append(_odd_blank(piece))
        elif kind == "NAME":
            spelling = piece.text
            if not has_from:
                has_from = not depth and len(spelling) == 4 and spelling.lower() == "from"
            elif (
                not depth
                and len(spelling) == 6
                and taken[0].word != "from"
                and _begins_query(text, piece, taken[-1])
            ):
                following = [comment for comment in comments if comment.start() > taken[-1].start()]
                own = comments[: len(comments) - len(following)]
                yield Statement(tuple(taken), tuple(own), tuple(diagnostics))
                taken, comments, diagnostics[:] = [], following, []
                has_from = False
            taken.append(piece)
        elif kind == "SEMICOLON" and depth and LIST_CONTINUES.match(text, piece.end()):
            diagnostics.append(_semicolon_in_a_list(piece))
            kind = "COMMA"
            taken.append(Token(kind, ",", piece.place))
        else:
            taken.append(piece)
            if kind == "OPEN":
                depth += 1
            elif kind == "CLOSE":
                depth = max(0, depth - 1)
            elif kind in ("LITERAL", "DOUBLE") and piece.end() - piece.start() == len("''"):
                replace_empty_pattern(taken, diagnostics)
        beyond = (
            len(taken) >= MAX_TOKENS
            or len(comments) >= MAX_COMMENTS
            or len(diagnostics) > MAX_DIAGNOSTICS
        )
        if kind == "SEMICOLON" or beyond:
            given_up = kind != "SEMICOLON"
            if given_up:
                diagnostics.append(_given_up(piece))
            yield Statement(tuple(taken), tuple(comments), tuple(diagnostics))
            if given_up:
                return
            taken, comments, diagnostics[:] = [], [], []
            depth, has_from = 0, False
    if taken or comments or diagnostics:
        yield Statement(tuple(taken), tuple(comments), tuple(diagnostics))


def _begins_query(text: str, select: Token, last: Token) -> bool:
    """Whether a word behind a FROM is a `select` that begins another query, not the name of a field."""
    if select.word != "select" or last.kind in ("COMMA", "OPERATOR") or last.word in _GOES_ON:
        return False
    return _ANOTHER.match(text, select.end()) is not None


def _semicolon_in_a_list(piece: Token) -> Diagnostic:
    return syntax_diagnostic(
        "unexpected-token", Span(*piece.place),
        "`;` ends a query, and here a list goes on", "commas stand between values",
        (Edit(Span(*piece.place), ","),), effect=SYNTAX
    )  # fmt: skip


def _given_up(piece: Token) -> Diagnostic:
    return syntax_diagnostic(
        "too-many-findings", Span(*piece.place),
        f"this query has more than {MAX_TOKENS:,} words and signs, more than {MAX_DIAGNOSTICS:,} that are none, "
        f"or more than {MAX_COMMENTS:,} comments, and what follows is not looked at",
        "a server takes a query of some 8,000 bytes",
    )  # fmt: skip


def _other_comment(text: str, piece: Token) -> Diagnostic:
    content = piece.text.removeprefix("/*").removesuffix("*/").removeprefix("#")
    edits: tuple[Edit, ...] = ()
    if _LINE_ENDS.match(text, piece.end()) and "\n" not in content and "\r" not in content:
        edits = (Edit(Span(*piece.place), f"-- {content.strip()}"),)
    return syntax_diagnostic(
        "comment", Span(*piece.place),
        "a server knows no comments, and neither does `vtql` know this kind of them",
        "`-- …` to the end of the line, in files; it is never sent", edits,
    )  # fmt: skip


def _odd_blank(piece: Token) -> Diagnostic:
    code = f"U+{ord(piece.text[0]):04X}"
    return syntax_diagnostic(
        "odd-blank", Span(*piece.place),
        f"{code} looks like a blank and is none",
        "outside quotes only space, tab and line ends are blanks", (Edit(Span(*piece.place), " "),),
        f"{UNREADABLE}, or ACCESS_DENIED where it takes it for a part of the name of the module",
    )  # fmt: skip
