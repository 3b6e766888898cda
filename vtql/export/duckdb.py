"""Rows as a table of DuckDB. The door to duckdb."""

from __future__ import annotations

from typing import Any

from vtql.errors import ArgumentError
from vtql.export.arrow import to_arrow
from vtql.export.stream import Stream, missing
from vtql.sanitize import without_halves

_VIEW = "vtql_rows"


def to_duckdb(stream: Stream, table: str, connection: Any = None) -> Any:
    """Make a table of the rows, streamed; the connection, a new one in memory if none is given.

    Raises:
        ArgumentError: duckdb or pyarrow is not installed, or the table has no name.
    """
    try:
        import duckdb  # noqa: PLC0415 - an extra
    except ImportError:
        raise missing("duckdb") from None
    if not table or "\0" in table or without_halves(table) != table:
        raise ArgumentError("a table needs a name, of text without NUL")
    database = duckdb.connect() if connection is None else connection
    quoted = '"' + table.replace('"', '""') + '"'
    database.register(_VIEW, to_arrow(stream))
    try:
        database.execute(f"CREATE TABLE {quoted} AS SELECT * FROM {_VIEW}")  # noqa: S608 - quoted above
    finally:
        database.unregister(_VIEW)
    return database
