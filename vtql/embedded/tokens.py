"""The tokens of a query that has marks for its holes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from vtql.embedded.walks import GRAMMAR
from vtql.parser.lalr import JUNK, tables
from vtql.source import Span

SIGNS = {">=": "GE", "<=": "LE", "!=": "NE", ")": "CLOSE", ",": "COMMA", "=": "EQ", ">": "GT",
          "<": "LT", "(": "OPEN", ";": "SEMICOLON", "*": "STAR"}  # fmt: skip


class Token(NamedTuple):
    """A token: its kind, empty where holes have a say in it, and the number of its first hole."""

    kind: str
    span: Span
    hole: int


def tokens_of(text: str, mark: str) -> Iterator[Token]:
    holes = 0
    for found in _scanner(mark).finditer(text):
        kind, spelled = found.lastgroup or "", found.group()
        if kind == "BLANK":
            continue
        inside = spelled.count(mark)
        if kind == "WORD" and inside:
            kind = ""
        elif kind == "WORD":
            kind = kind_of(spelled)
        elif kind == "SIGN":
            kind = SIGNS[spelled]
        yield Token(kind, Span(*found.span()), holes)
        holes += inside


@cache
def _scanner(mark: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?P<BLANK>[ \t\r\n]+)|(?P<LITERAL>'(?:[^']|'')*+')|(?P<WORD>[\w{mark}]+)"
        rf"|(?P<SIGNED>[+-][0-9{mark}]+)|(?P<SIGN>[<>!]=|[<>=(),;*])|(?P<JUNK>[\s\S])"
    )


_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NUMBER = re.compile(r"[0-9]+")
_ID = re.compile(r"[0-9]+x[0-9]+")


def kind_of(word: str) -> str:
    if _NAME.fullmatch(word):
        return tables(GRAMMAR).keywords.get(word.lower(), "NAME")
    if _NUMBER.fullmatch(word):
        return "NUMBER"
    return "ID" if _ID.fullmatch(word) else JUNK


def kinds_with_holes(parts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The kinds of one token that a word can be, each with what stands in its holes then."""
    if _NAME.fullmatch("x".join(parts)):
        yield "NAME", "x"
    if _NUMBER.fullmatch("1".join(parts)):
        yield "NUMBER", "1"
    if _ID.fullmatch("1".join(parts)):
        yield "ID", "1"
