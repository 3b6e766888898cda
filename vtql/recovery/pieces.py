"""Any text as pieces: a scanner that knows more than the language, so that nothing stops it.

A piece looks to the parser like a token of its scanner (see `vtql.parser.lalr`), whatever it was
in the text: where a piece is mended, `text` is what should have stood there and `place` what did.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from vtql.diagnostics import Diagnostic
from vtql.parser.lalr import Machine, Stop, drive_tokens
from vtql.parser.literals import read_literal, too_long_to_write
from vtql.recovery.quotes import literal_at, long_literal, unclosed, unopened_at
from vtql.recovery.scanner import OFTEN, whole

_RUN = re.compile(r"^={3,}$")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,20}://[^\s'\"`,;()<>]+")
_LIST = re.compile(r"[ \t\r\n]*\(")
_KINDS = {"ESCAPED": "DOUBLE"}
_PLAIN = frozenset(("LITERAL", "NUMBER", "ID", "DATE", "DECIMAL", "STAR", "DOT"))
"""What is a piece as it stands."""

_BEFORE_VALUES = frozenset(
    ("EQ", "NE", "LT", "LE", "GT", "GE", "NAME", "OPEN", "COMMA", "CLOSE", "SEMICOLON")
)
"""Behind what a value may come, whether its first quote is there or not; or a list ends."""

LIST_GOES_ON = re.compile(r"[ \t]*(?:'[^'\r\n]{0,200}'|\w{1,200})[ \t]*[;,)]")
"""What stands behind a semicolon that was meant as a comma."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A token of any language: its kind, its text, and the characters of the source it stands for."""

    kind: str
    text: str
    place: tuple[int, int]

    @property
    def lastindex(self) -> str:
        """What a match has the number of its group for: what kind of token it is."""
        return self.kind

    @property
    def word(self) -> str:
        """A word in lower case; of anything else, nothing."""
        return self.text.lower() if self.kind == "NAME" else ""

    def __getitem__(self, _group: object) -> str:
        return self.text

    def span(self, _group: object = None) -> tuple[int, int]:
        """The characters it stands for."""
        return self.place

    def start(self, _group: object = None) -> int:
        """The first of them."""
        return self.place[0]

    def end(self, _group: object = None) -> int:
        """The offset behind the last."""
        return self.place[1]


def pieces(text: str, found: Callable[[Diagnostic], object], start: int = 0) -> Iterator[Piece]:
    """The pieces of a text from `start` on, comments and odd blanks among them.

    What is wrong with a literal is told to `found`.
    """
    at, end = start, len(text)
    listed = False
    often = OFTEN.match
    while at < end:
        if text[at] == " ":
            at += 1
            continue
        token = often(text, at) or whole().match(text, at)
        assert token is not None
        kind = token.lastgroup or ""
        if kind in _PLAIN:
            start, at = at, token.end()
            yield Piece(kind, token.group(), (start, at))
            continue
        if kind == "QUOTE" or (kind == "JUNK" and token["one"] == '"'):
            literal = literal_at(text, at, end) if kind == "QUOTE" else unclosed(text, at, end)
            if literal.finding is not None:
                found(literal.finding)
            yield Piece("LITERAL", literal.spelled, (at, literal.end))
            at = literal.end
            continue
        start, at = at, token.end()
        if kind == "BLANK":
            continue
        said = token.group()
        if kind == "NAME" and text.startswith("://", at) and (url := _URL.match(text, start)):
            at = url.end()
            yield Piece("URL", url.group(), (start, at))
            continue
        if kind == "DOUBLE" and too_long_to_write(read_literal(said)):
            found(long_literal(*token.span()))
            yield Piece("LITERAL", "'…'", token.span())
        elif kind == "OPERATOR":
            yield Piece(kind, _RUN.sub("==", "".join(said.split())), token.span())
        else:
            yield Piece(_KINDS.get(kind, kind), said, token.span())
        if kind not in _BEFORE_VALUES:
            continue
        if kind == "NAME":
            word = said.lower()
            if word == "in":
                listed = _LIST.match(text, at) is not None
            if word != "like":
                continue
        elif kind == "CLOSE":
            listed = False
        elif kind == "SEMICOLON":  # the next statement is read as if it stood alone
            listed = listed and LIST_GOES_ON.match(text, at) is not None
            continue
        elif not listed and kind in ("OPEN", "COMMA"):
            continue
        value = unopened_at(text, at, end)
        if value is not None:
            found(value.finding)
            yield Piece("LITERAL", value.spelled, (value.start, value.end))
            at = value.end


def read_pieces(reader: Machine, found: Sequence[Piece]) -> Any:
    """What a machine makes of pieces; a `Stop` where they are not of its language."""
    strange = next((piece for piece in found if piece.kind not in reader.names), None)
    if strange is not None:
        return Stop(strange.start())
    return drive_tokens(reader, reader.names, found, found[-1].end())
