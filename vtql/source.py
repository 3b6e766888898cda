"""Where things stand in a text: offsets, and the lines and columns they mean to a reader."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

MARK = "\ufeff"
"""The byte order mark that a file may begin with, which is no part of its first line."""

_LINE_END = re.compile(r"\r\n|\r|\n")


def must_be_text(text: object) -> None:
    """Make sure that what is to be read is text.

    Raises:
        TypeError: it is not.
    """
    if not isinstance(text, str):
        bytes_ = (
            " (bytes are, once they are decoded: `text.decode()`)"
            if isinstance(text, bytes)
            else ""
        )
        raise TypeError(
            f"a query is text, a `str`, and this is of type `{type(text).__name__}`{bytes_}"
        )


class Span(NamedTuple):
    """The half-open range of characters `start` to `end` of a text, counted from 0."""

    start: int
    end: int


@dataclass(frozen=True)
class Source:
    """A text and the name under which a message speaks of it (a file's path, `<stdin>`)."""

    text: str
    name: str = "<query>"

    @cached_property
    def _starts(self) -> tuple[int, ...]:
        first = len(MARK) if self.text.startswith(MARK) else 0
        return (first, *(match.end() for match in _LINE_END.finditer(self.text)))

    def position(self, offset: int) -> tuple[int, int]:
        """The line and column, both counted from 1 and in characters, of an offset."""
        line = max(1, bisect_right(self._starts, min(offset, len(self.text))))
        return line, max(1, offset - self._starts[line - 1] + 1)

    def offset(self, line: int, column: int) -> int:
        """The offset of a line, counted from 1, and a column, counted from 0."""
        return self._starts[max(0, min(line, len(self._starts)) - 1)] + max(0, column)

    def line(self, number: int) -> str:
        """The text of a line, counted from 1, without its line end."""
        start = self._starts[number - 1]
        if number == len(self._starts):
            return self.text[start:]
        end = self._starts[number]
        return self.text[start : end - (2 if self.text.startswith("\r\n", end - 2) else 1)]
