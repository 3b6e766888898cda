"""Rows as a command gives them: as a table, or in a format, to stdout or a file."""

from __future__ import annotations

import json
import warnings
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from vtql.cli.terminal import complain, give, give_json, show
from vtql.errors import ArgumentError, UnreadValue, VtqlError
from vtql.export.stream import opened
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


FORMATS = ("table", "json", "csv", "jsonl", "parquet")

CSV_SAFE = "csv-safe"
"""CSV without cells that a spreadsheet runs, which is no format of its own to those who ask."""

Rows = Iterator[Mapping[str, Any]]


class Target(Protocol):
    """What rows are written to: a file, or stdout."""

    def write(self, text: str, /) -> object:
        """Write more text."""


class _Stdout(NamedTuple):
    """stdout by one of the ways to write there."""

    way: Callable[[str, str], None]

    def write(self, text: str, /) -> object:
        self.way(text, "")
        return len(text)


_TO_STDOUT = {"table": show, "csv": give, CSV_SAFE: give, "json": give_json, "jsonl": give_json}


def add_format(parser: ArgumentParser) -> None:
    """Options for the format of rows, and a file for them."""
    parser.add_argument(
        "--format", choices=FORMATS, help="of the rows; default table, or the file's"
    )
    parser.add_argument("--output", metavar="FILE", help="where they go; stdout, if left out")
    add_csv_safe(parser)


def add_csv_safe(parser: ArgumentParser) -> None:
    """An option for CSV that spreadsheets may open."""
    parser.add_argument(
        "--csv-safe", action="store_true",
        help="put ' in front of cells that a spreadsheet would run: those that begin with =, +, - or @",
    )  # fmt: skip


def csv_of(options: Namespace, kind: str) -> str:
    """The format asked for, or in the place of CSV the safe kind of it.

    Raises:
        ArgumentError: `--csv-safe` for another format.
    """
    if not options.csv_safe:
        return kind
    if kind != "csv":
        raise ArgumentError(f"`--csv-safe` is about CSV, and what is asked for is {kind}")
    return CSV_SAFE


def format_of(options: Namespace) -> str:
    """The format asked for, or that of the file's name.

    Raises:
        ArgumentError: Parquet without a file, or `--csv-safe` for another format than CSV.
    """
    ending = Path(options.output).suffix[1:] if options.output else ""
    form = str(options.format or (ending if ending in FORMATS else "table"))
    if form == "parquet" and not options.output:
        raise ArgumentError("Parquet is not for a terminal: name a file with `--output`")
    return csv_of(options, form)


@contextmanager
def target(options: Namespace, kind: str) -> Iterator[Target]:
    """Where the rows go. What goes wrong with a file says which one it is."""
    if not options.output:
        yield _Stdout(_TO_STDOUT[kind])
        return
    with errors_named(options.output), opened(options.output) as file:
        yield file


@contextmanager
def errors_named(path: str | Path) -> Iterator[None]:
    """Have what goes wrong with a file, such as that the disk is full, say which one it is."""
    try:
        yield
    except OSError as error:
        if isinstance(error, VtqlError):
            raise
        if error.filename is None and error.strerror is None:  # as pyarrow's
            raise OSError(error.errno, str(error), str(path)) from None
        error.filename = error.filename or str(path)
        raise


@contextmanager
def unread_on_stderr() -> Iterator[None]:
    """Have the count of values that could not be read printed as a line of the command."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", UnreadValue)
        warnings.showwarning = _as_one_line
        yield


def _as_one_line(message: Warning | str, *_: Any, **__: Any) -> None:
    complain(str(message))


def write_rows(rows: Rows, kind: str, file: Target) -> int:
    """Write raw rows in a format of text; how many there were. Only a table is held in memory."""
    return _WRITERS[kind](rows, file)


def _json(rows: Rows, file: Target) -> int:
    row_count = 0
    for row in rows:
        file.write("[\n" if not row_count else ",\n")
        text = json.dumps(row, ensure_ascii=False, indent=2)
        file.write("  " + text.replace("\n", "\n  "))
        row_count += 1
    file.write("\n]\n" if row_count else "[]\n")
    return row_count


def _jsonl(rows: Rows, file: Target) -> int:
    from vtql.export.texts import line  # noqa: PLC0415 - other formats need it not

    row_count = 0
    for row in rows:
        file.write(line(dict(row)))
        row_count += 1
    return row_count


def _csv(rows: Rows, file: Target, *, safe: bool = False) -> int:
    from vtql.export.csv_lines import csv_writer  # noqa: PLC0415 - other formats need it not

    write, row_count, head = csv_writer(file, safe=safe), 0, list[str]()
    for row in rows:
        if not row_count:
            head = list(row)
            write(head)
        write("" if row.get(name) is None else str(row[name]) for name in head)
        row_count += 1
    return row_count


def _table(rows: Rows, file: Target) -> int:

    all_rows = list(rows)
    if all_rows:
        head = list(all_rows[0])
        file.write(table(head, [[row.get(name) for name in head] for row in all_rows]) + "\n")
    return len(all_rows)


_WRITERS: Mapping[str, Callable[[Rows, Target], int]] = {
    "table": _table,
    "json": _json,
    "jsonl": _jsonl,
    "csv": _csv,
    CSV_SAFE: partial(_csv, safe=True),
}
