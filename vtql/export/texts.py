"""Rows as CSV, and as a JSON object a line.

In CSV None is an empty cell, a truth `true` or `false`, a list of choices is joined as the service
joins it. Half a surrogate pair is U+FFFD. In JSON a decimal is a text, for a JSON number would lose digits. Moments are ISO 8601. A value
that the type of its field cannot read is written as the text that came, and counted in a warning.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO

from vtql.catalog.model import Field
from vtql.catalog.server_tables import UnreadText, warn_unread
from vtql.catalog.types import MULTI
from vtql.export.csv_lines import csv_writer
from vtql.export.stream import Stream, Values, opened
from vtql.sanitize import without_halves

AS_TEXT = "their text is given as it came"
"""What becomes of values that cannot be read."""


def to_csv(
    stream: Stream, target: str | Path | TextIO, *, head: bool = True, csv_safe: bool = False
) -> int:
    """Write rows as CSV, in the order of the fields; how many there were.

    Args:
        stream: the rows.
        target: a path, or a file that is open.
        head: whether the first line has the names of the fields.
        csv_safe: whether cells that a spreadsheet would run begin with `'`.
    """
    row_count = 0
    with opened(target) as file:
        write = csv_writer(file, safe=csv_safe)
        if head:
            write(map(without_halves, stream.fields))
        for row in stream.rows:
            write([cell(row.get(name)) for name in stream.fields])
            row_count += 1
    warn_unread(stream.unread, AS_TEXT)
    return row_count


def to_jsonl(stream: Stream, target: str | Path | TextIO) -> int:
    """Write rows as JSON objects, a line each; how many there were."""
    row_count = 0
    with opened(target) as file:
        for row in stream.rows:
            file.write(line({name: row.get(name) for name in stream.fields}))
            row_count += 1
    warn_unread(stream.unread, AS_TEXT)
    return row_count


def line(row: dict[str, Any]) -> str:
    """A row as a line of JSON."""
    text = json.dumps(row, ensure_ascii=False, default=_plain, separators=(",", ":"))
    return without_halves(text) + "\n"


def read_line(text: str | bytes, fields: Mapping[str, Field]) -> Values:
    """The row that `line` wrote."""
    read = json.loads(text)
    return {name: _read(field, read[without_halves(name)]) for name, field in fields.items()}


def _read(field: Field, value: Any) -> Any:
    try:
        decoded_value = _READ.get(field.type.python, _same)(value)
    except (ValueError, ArithmeticError, TypeError):
        return UnreadText(value)
    return (
        UnreadText(decoded_value)
        if isinstance(decoded_value, str) and field.type.python != "str"
        else decoded_value
    )


def cell(value: Any) -> str:
    """A value as the text of a cell."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case tuple():
            return without_halves(MULTI.join(map(str, value)))
        case Decimal() | datetime() | date() | time():
            return _plain(value)
        case _:
            return without_halves(str(value))


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value)


def _same(value: Any) -> Any:
    return value


def _unless_none(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else read(value)


_READ: dict[str, Callable[[Any], Any]] = {
    "Decimal": _unless_none(Decimal),
    "date": _unless_none(date.fromisoformat),
    "datetime": _unless_none(datetime.fromisoformat),
    "time": _unless_none(time.fromisoformat),
    "tuple[str, ...]": _unless_none(
        lambda value: value if isinstance(value, str) else tuple(value)
    ),
}
"""The way back from JSON, by the Python type of a field; the others are in JSON as they are."""
