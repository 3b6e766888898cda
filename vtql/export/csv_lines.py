"""Cells as lines of CSV, as they are or so that no spreadsheet runs them.

A spreadsheet that opens a CSV file takes a cell that begins with `=`, `+`, `-` or `@` for a formula,
and a formula can read other cells, ask the network and start programs. Who fills in a form of a CRM
decides what its exports hold. The safe form puts `'` in front of such a cell, which a spreadsheet
shows as text; a program that reads the file has to take it away.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable
from typing import Protocol

_NUMBER = re.compile(r"[-+]?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?", re.ASCII)
"""What is a number and nothing else runs nothing, and stays what it is."""

_RUNS = re.compile(r"""[\s\x00-\x20"'\ufeff\u200b]*[=+\-@＝＋－−＠]|[\t\r\n]""")
"""What makes a spreadsheet look for a formula: a sign, also a wide one, behind what spreadsheets pass
over, or a character at which some cut cells."""

_QUOTED = re.compile(r"""[,;"\t\r\n]|^\s|\s$""")
"""What a cell has that is written in quotes: a separator of any country, too, which would begin a
cell of its own behind it."""


class Target(Protocol):
    """What lines are written to."""

    def write(self, text: str, /) -> object:
        """Write more text."""


def csv_writer(target: Target, *, safe: bool = False) -> Callable[[Iterable[str]], object]:
    """A function that writes the texts of cells as a line of CSV.

    Args:
        target: what the lines are written to.
        safe: whether cells that a spreadsheet would run begin with `'`.
    """
    if not safe:
        return csv.writer(target, lineterminator="\n").writerow

    def write(cells: Iterable[str]) -> object:
        line = [_quoted(safe_cell(cell)) for cell in cells]
        return target.write((",".join(line) if line != [""] else '""') + "\n")

    return write


def safe_cell(cell: str) -> str:
    """A cell with `'` in front where a spreadsheet would run it; a number such as `-5` stays."""
    return f"'{cell}" if _RUNS.match(cell) and not _NUMBER.fullmatch(cell) else cell


def _quoted(cell: str) -> str:
    if not _QUOTED.search(cell):
        return cell
    doubled = cell.replace('"', '""')
    return f'"{doubled}"'
