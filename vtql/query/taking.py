"""Taking the rows of a query set elsewhere: files, and tables of other libraries."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO, TypeVar

from vtql.catalog.server_tables import warn_unread
from vtql.export import arrow, duckdb, pandas, polars, texts
from vtql.export.stream import Stream, decoded
from vtql.query.building import Building
from vtql.query.refused import refusal
from vtql.query.rows import rows

R = TypeVar("R", covariant=True)


class Taking(Building[R]):
    """Outputs of a query set. All but data frames are streamed: a few pages are in memory.

    The columns are those of `only` or `values` and `id`, else all fields of the module; the values
    are Python's. A value that the type of its field cannot read ends none of them: files of text and
    dictionaries have its text, typed tables NULL, and an `UnreadValue` warning at the end counts them.
    """

    __slots__ = ()

    def stream(self) -> Stream:
        """The fields of the columns and the rows, for an output of one's own.

        A value that its field's type cannot read is a `str`, as it came; `unread` of the stream counts
        them by field.
        """
        state = self._state
        names = state.columns
        known = state.module.fields
        if names is None:  # what a query would give is another thing, or nothing
            names = tuple(name for name in known if refusal(state.module, name) is None)
        wanted = {name: known[name] for name in dict.fromkeys((*names, "id"))}
        unread: dict[str, int] = {}
        return Stream(wanted, decoded(wanted, rows(state), unread), unread)

    def to_dicts(self) -> Iterator[dict[str, Any]]:
        """The rows as dictionaries."""
        stream = self.stream()
        yield from map(dict, stream.rows)
        warn_unread(stream.unread, texts.AS_TEXT)

    def to_csv(self, target: str | Path | TextIO, *, csv_safe: bool = False) -> int:
        """Write the rows as CSV with a head; how many there were.

        Args:
            target: a path, or a file that is open.
            csv_safe: put `'` in front of cells that a spreadsheet would run: those that begin with
                `=`, `+`, `-` or `@`, a tab or a line end. Numbers such as `-5` stay.
        """
        return texts.to_csv(self.stream(), target, csv_safe=csv_safe)

    def to_jsonl(self, target: str | Path | TextIO) -> int:
        """Write the rows as JSON objects, a line each; how many there were."""
        return texts.to_jsonl(self.stream(), target)

    def to_arrow(self) -> Any:
        """The rows as a `pyarrow.RecordBatchReader`; needs `vtql[arrow]`."""
        return arrow.to_arrow(self.stream())

    def to_parquet(self, target: str | Path) -> int:
        """Write the rows as Parquet; how many there were. Needs `vtql[arrow]`."""
        return arrow.to_parquet(self.stream(), target)

    def to_pandas(self) -> Any:
        """The rows as a `pandas.DataFrame`; needs `vtql[pandas]`."""
        return pandas.to_pandas(self.stream())

    def to_polars(self) -> Any:
        """The rows as a `polars.DataFrame`; needs `vtql[polars]`."""
        return polars.to_polars(self.stream())

    def to_duckdb(self, table: str, connection: Any = None) -> Any:
        """Make a DuckDB table of the rows; the connection. Needs `vtql[duckdb]`."""
        return duckdb.to_duckdb(self.stream(), table, connection)
