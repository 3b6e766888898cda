"""Rows as Arrow record batches and Parquet. The door to pyarrow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from vtql.catalog.model import Field
from vtql.catalog.server_tables import UnreadText, count_unread, warn_unread
from vtql.export.stream import Stream, Values, missing
from vtql.files import replacing
from vtql.sanitize import without_halves

DIGITS, PLACES = 38, 8
"""Of a decimal: a server keeps at most 8 places."""


def to_arrow(stream: Stream) -> Any:
    """A `pyarrow.RecordBatchReader` that reads as it is read.

    A value that its column cannot hold is NULL there; they are counted in `stream.unread`, and one warning
    at the end says how many of which fields there were.

    Raises:
        ArgumentError: pyarrow is not installed.
    """
    arrow = _arrow()
    fields = stream.fields.items()
    schema = arrow.schema([(without_halves(name), _type(field)) for name, field in fields])
    return arrow.RecordBatchReader.from_batches(schema, _batches(stream, schema))


def to_parquet(stream: Stream, target: str | Path) -> int:
    """Write rows as a Parquet file, in place of one that is there; how many there were."""
    _arrow()
    from pyarrow import parquet  # noqa: PLC0415 - an extra

    reader, row_count = to_arrow(stream), 0
    with replacing(target) as file, parquet.ParquetWriter(file, reader.schema) as writer:
        for batch in reader:
            writer.write_batch(batch)
            row_count += batch.num_rows
    return row_count


def _batches(stream: Stream, schema: Any) -> Iterator[Any]:
    for rows in stream.batches():
        columns = [
            _column(rows, name, kind, stream.unread)
            for name, kind in zip(stream.fields, schema.types, strict=True)
        ]
        yield _arrow().record_batch(columns, schema=schema)
    warn_unread(stream.unread, "they are NULL in the table")


def _column(rows: tuple[Values, ...], name: str, kind: Any, unread: dict[str, int]) -> Any:
    arrow = _arrow()
    values = [None if type(row.get(name)) is UnreadText else row.get(name) for row in rows]
    try:
        return arrow.array(values, kind)
    except UnicodeEncodeError:
        return arrow.array([_whole(value) for value in values], kind)
    except (arrow.ArrowInvalid, arrow.ArrowTypeError, OverflowError):
        return arrow.array([_held(value, name, kind, unread) for value in values], kind)


def _whole(value: Any) -> Any:
    """A text, or each of several, as UTF-8 can hold it."""
    if isinstance(value, tuple):
        return [without_halves(item) for item in value]
    return without_halves(value) if isinstance(value, str) else value


def _held(value: Any, name: str, kind: Any, unread: dict[str, int]) -> Any:
    """The value, or None where a column of this kind cannot hold it, such as a number of 60 digits."""
    arrow = _arrow()
    try:
        arrow.array([value], kind)
    except (arrow.ArrowInvalid, arrow.ArrowTypeError, OverflowError):
        count_unread(unread, name)
        return None
    return value


def _type(field: Field) -> Any:
    arrow = _arrow()
    types = {
        "int": arrow.int64(),
        "Decimal": arrow.decimal128(DIGITS, PLACES),
        "bool": arrow.bool_(),
        "date": arrow.date32(),
        "datetime": arrow.timestamp("us", tz="UTC"),
        "time": arrow.time64("us"),
        "tuple[str, ...]": arrow.list_(arrow.string()),
    }
    return types.get(field.type.python, arrow.string())


def _arrow() -> Any:
    try:
        import pyarrow as arrow  # noqa: PLC0415 - an extra
    except ImportError:
        raise missing("arrow") from None
    return arrow
