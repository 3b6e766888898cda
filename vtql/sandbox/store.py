"""The records in SQLite: the only door to it.

A module is a table, a field a column; both go by numbers, so that no name from outside is ever
part of a statement. Values are kept as they travel.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vtql.errors import ArgumentError
from vtql.sandbox.records import Row
from vtql.sandbox.refusals import SqlFailure
from vtql.sandbox.values import FUNCTIONS
from vtql.schema.catalog import Catalog
from vtql.schema.model import Module

NUMBER = "number"
"""The column of a record's number, the part of its id behind the x."""


@dataclass(frozen=True, slots=True)
class Table:
    """A module's table: its name, and the columns by field, with those `describe` hides."""

    name: str
    module: Module
    columns: Mapping[str, str]


class Store:
    """The tables of all modules, filled once."""

    __slots__ = ("_connection", "tables")

    def __init__(self, catalog: Catalog, rows: Mapping[str, Sequence[Row]]) -> None:
        # Threads take turns: the application answers one request at a time.
        self._connection = sqlite3.connect(":memory:", check_same_thread=False)
        for name, (count, function) in FUNCTIONS.items():
            self._connection.create_function(name, count, function, deterministic=True)
        self.tables = {
            name: self._fill(f"t{position}", catalog[name], rows[name])
            for position, name in enumerate(catalog)
        }

    def run(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of a statement.

        Raises:
            SqlFailure: it is larger than SQLite takes.
        """
        try:
            return self._connection.execute(sql, values).fetchall()
        except sqlite3.OperationalError as error:
            raise SqlFailure from error

    def record(self, module: str, number: int) -> dict[str, str | None] | None:
        """The fields of a record, or None where there is none of that number."""
        table = self.tables[module]
        columns = ", ".join(table.columns.values())
        found = self.run(f"SELECT {columns} FROM {table.name} WHERE {NUMBER} = ?", [number])  # noqa: S608 - names of ours
        return dict(zip(table.columns, found[0], strict=True)) if found else None

    def close(self) -> None:
        """Forget all records."""
        self._connection.close()

    def _fill(self, name: str, module: Module, rows: Sequence[Row]) -> Table:
        fields = dict.fromkeys(field for field in module.fields if field != "id")
        fields |= dict.fromkeys(field for row in rows for field in row)
        fields.pop("id", None)
        fields["id"] = None
        table = Table(name, module, {field: f"f{at}" for at, field in enumerate(fields)})
        columns = ", ".join(table.columns.values())
        places = ", ".join("?" for _ in table.columns)
        self._connection.execute(f"CREATE TABLE {name} ({NUMBER} INTEGER PRIMARY KEY, {columns})")
        insert = f"INSERT INTO {name} VALUES (?, {places})"  # noqa: S608 - names of ours
        for row in rows:
            values = [row.get(field) for field in table.columns]
            try:
                self._connection.execute(insert, [int(str(row["id"]).partition("x")[2]), *values])
            except UnicodeEncodeError:
                raise ArgumentError(
                    f"{row['id']} of {module.name} holds half a surrogate pair, not a character"
                ) from None
        return table
