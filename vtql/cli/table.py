"""Rows as a table for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from vtql.sanitize import columns, visible

CELL = 40  # a cell wider than this is cut, with `…` to say so


def table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Lines of text: the head, a rule, a line for each row, in columns as wide as they need."""
    cells = [[_cell(value) for value in row] for row in (head, *rows)]
    widths = [max(map(columns, column)) for column in zip(*cells, strict=True)]
    lines = ["  ".join(map(_padded, row, widths)).rstrip() for row in cells]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def _cell(value: Any) -> str:
    text = "" if value is None else visible(str(value))
    return text if len(text) <= CELL else text[: CELL - 1] + "…"


def _padded(text: str, width: int) -> str:
    return text + " " * (width - columns(text))
