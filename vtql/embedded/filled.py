"""A text with its holes filled, and the way back to the one with marks."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

from vtql.embedded.tokens import Token
from vtql.source import Span


class Glue(Enum):
    """How what fills a hole stands to the token it is in."""

    NONE = "it is between tokens"
    PART = "it is a part of it"
    WORD = "it stands instead of it"


class Fill(NamedTuple):
    """What fills a hole, and its role: see `Filled`."""

    text: str
    role: str
    glue: Glue = Glue.NONE


class Filled(NamedTuple):
    """A text with its holes filled.

    `unsure` are the spans that depend on a hole. For each hole, `places` say where it was, and
    `roles` what it is there: a part of a `literal` or `word`, a `value`, `name`, `number` or
    `clause`. `segments` say, for each stretch, where it begins here and in the text with marks, and
    how many characters it has there.
    """

    text: str
    unsure: tuple[Span, ...]
    places: tuple[int, ...]
    roles: tuple[str, ...]
    segments: tuple[tuple[int, int, int], ...]

    def touches(self, span: Span) -> bool:
        """Whether a span of this text depends on a hole."""
        end = max(span.end, span.start + 1)
        following = bisect_right(self.unsure, span.start, key=lambda hole: hole.end)
        return following < len(self.unsure) and self.unsure[following].start < end

    def back(self, span: Span) -> Span:
        """A span of this text in the one with marks."""
        if span.start >= span.end:
            at = self._back(span.start)
            return Span(at, at)
        return Span(self._back(span.start), self._back(span.end - 1) + 1)

    def _back(self, at: int) -> int:
        here, there, size = self.segments[bisect_right(self.segments, (at, len(self.text) + 1)) - 1]
        return there + min(at - here, size)


def written(text: str, mark: str, tokens: Sequence[Token], fills: Sequence[Fill]) -> Filled:
    """The text with what stands in its holes."""
    writing = _Writing(text, mark, fills)
    at = 0
    for token in tokens:
        start, end = token.span
        if mark in text[start:end]:
            writing.keep(at, start)
            writing.token(start, end)
            at = end
    writing.keep(at, len(text))
    return Filled(
        "".join(writing.done), tuple(writing.unsure), tuple(writing.places),
        tuple(fill.role for fill in fills), tuple(writing.segments),
    )  # fmt: skip


class _Writing:
    """A text while its holes are filled."""

    def __init__(self, text: str, mark: str, fills: Sequence[Fill]) -> None:
        self.text, self.mark, self.fills = text, mark, fills
        self.done: list[str] = []
        self.segments: list[tuple[int, int, int]] = []
        self.unsure: list[Span] = []
        self.places: list[int] = []
        self.size = 0

    def keep(self, start: int, end: int) -> None:
        """Write some of the text as it is."""
        self._add(self.text[start:end], start, end - start)

    def token(self, start: int, end: int) -> None:
        """Write a token that has holes."""
        first, began = self.fills[len(self.places)], self.size
        if first.glue is Glue.WORD:
            self.places += [self.size] * self.text.count(self.mark, start, end)
            self._add(first.text, start, end - start)
            self.unsure.append(Span(began, self.size))
            return
        glued, at = False, start
        while (hole := self.text.find(self.mark, at, end)) >= 0:
            fill = self.fills[len(self.places)]
            self.keep(at, hole)
            self.places.append(self.size)
            if fill.glue is Glue.NONE:
                filler = self._apart(fill.text, hole)
                self.unsure.append(Span(self.size, self.size + len(filler)))
                self._add(filler, hole, 1)
            else:
                glued = True
                self._add(fill.text, hole, 1)
            at = hole + 1
        self.keep(at, end)
        if glued:
            self.unsure.append(Span(began, self.size))

    def _apart(self, filler: str, hole: int) -> str:
        """What fills a hole, with blanks where it would become one with what stands beside it."""
        if not filler:
            return filler
        before, behind = self.text[hole - 1 : hole], self.text[hole + 1 : hole + 2]
        return f"{' ' * _sticks(before)}{filler}{' ' * _sticks(behind)}"

    def _add(self, piece: str, start: int, length: int) -> None:
        if piece:
            self.segments.append((self.size, start, length))
            self.done.append(piece)
            self.size += len(piece)


def _sticks(character: str) -> bool:
    """Whether a word beside this character would become one with it."""
    return bool(character) and character not in " \t\r\n(),;=<>"
