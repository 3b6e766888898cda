"""Where the parts of a Python program stand, and what it takes to read them."""

from __future__ import annotations

import ast
from typing import NamedTuple

from vtql.embedded.python_uses import Scope, Uses
from vtql.source import Source, Span


class Places:
    """Where the nodes of a program stand: `ast` counts columns in bytes of UTF-8."""

    def __init__(self, source: Source, shift: int) -> None:
        self.source, self.shift = source, shift
        self.wide: dict[int, list[int]] = {}

    def span(self, node: ast.expr) -> Span:
        """Where a node stands."""
        return Span(
            self._offset(node.lineno, node.col_offset),
            self._offset(node.end_lineno or node.lineno, node.end_col_offset or 0),
        )

    def _offset(self, line: int, column: int) -> int:
        start = self.source.offset(line, 0) + (self.shift if line == 1 else 0)
        characters = self.wide.get(line)
        if characters is None:
            text = self.source.line(line)[self.shift if line == 1 else 0 :]
            characters = self.wide[line] = [] if text.isascii() else _characters(text)
        if not characters:
            return min(start + column, len(self.source.text))
        return start + characters[min(column, len(characters) - 1)]


def _characters(line: str) -> list[int]:
    """For each byte of a line the number of its character."""
    counted = [
        number
        for number, character in enumerate(line)
        for _ in range(len(character.encode("utf-8", "surrogatepass")))
    ]
    return [*counted, len(line)]


class Reader(NamedTuple):
    """What it takes to read the expressions of a scope."""

    places: Places
    uses: Uses
    scope: Scope
