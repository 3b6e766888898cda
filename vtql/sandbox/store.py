"""The records in SQLite: the only door to it.

A module is a table, a field a column; both go by numbers, so that no name from outside is ever
part of a statement. Values are kept as they travel. In a file, every statement is a transaction
that is on the disk when it returns: a process that is killed takes nothing with it.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from vtql.catalog.catalog import Catalog
from vtql.catalog.model import Module
from vtql.errors import ArgumentError
from vtql.fork import renew_after_fork
from vtql.sandbox.files import brought_back, copied, never_closed, opened
from vtql.sandbox.lists import all_lists, lists_of, make_side_tables, put_lists, remove_lists
from vtql.sandbox.refusals import SqlFailure
from vtql.sandbox.side_tables import Lists
from vtql.sandbox.stored import decimals
from vtql.sandbox.table import NUMBER, Given, Row, Table, Value, split, table_of
from vtql.sandbox.values import FUNCTIONS

MANY = 2_000
"""Records from which on what a query compares is indexed, when it is first compared."""


class Store:
    """The tables of all modules.

    Raises:
        ArgumentError: a record holds what no text can, or the file is another program's.
        OSError: the file cannot be opened or written.
    """

    __slots__ = ("__weakref__", "_connection", "_indexed", "_scales", "_sizes", "path", "tables")

    def __init__(
        self, catalog: Catalog, rows: Mapping[str, Sequence[Given]], path: Path | None = None
    ) -> None:
        self.path = path
        # Threads take turns: the application answers one request at a time.
        self._connection = opened(path)
        self._scales: dict[tuple[str, str], int | None] = {}
        self._indexed: set[str] = set()
        self._sizes: dict[str, int] = {}
        for name, (count, function) in FUNCTIONS.items():
            self._connection.create_function(name, count, function, deterministic=True)
        renew_after_fork(self, lambda store: never_closed(store._connection))  # noqa: SLF001 - its own
        try:
            self.tables = self._tables(catalog, rows)
        except BaseException:
            self._connection.close()
            raise

    def run(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of a statement.

        Raises:
            SqlFailure: it is larger than SQLite takes.
        """
        try:
            return self._connection.execute(sql, values).fetchall()
        except (sqlite3.OperationalError, OverflowError) as error:
            raise SqlFailure from error

    def record(self, module: str, number: int) -> dict[str, str | None] | None:
        """The fields of a record, or None where there is none of that number."""
        return next(self._records(module, f"{NUMBER} = ?", [number]), None)

    def all(self, module: str) -> Iterator[dict[str, str | None]]:
        """Every record of a module, by number."""
        return self._records(module, "1", [])

    def with_lists(self, module: str) -> Iterator[dict[str, Value]]:
        """Every record of a module, by number, with a list where a field has several values."""
        lists = all_lists(self.run, self.tables[module])
        for record in self.all(module):
            yield {**record, **lists.get(_number(record), {})}

    def lists(self, module: str, number: int) -> dict[str, list[str | None]]:
        """The fields of a record that have several values."""
        return lists_of(self.run, self.tables[module], number)

    def matching(self, module: str, field: str, value: str) -> Iterator[dict[str, str | None]]:
        """The records of a module with just that value in a field, by number."""
        column = self.tables[module].columns.get(field)
        if column is None:
            return iter(())
        self.index(module, column)
        return self._records(module, f"{column} = ?", [value])

    def alike(self, module: str, field: str, value: str | None) -> bool:
        """Whether a record of a module has a value in a field, as the database compares texts."""
        table = self.tables[module]
        self.index(module, f"as_text({table.columns[field]})")
        sql = (
            f"SELECT 1 FROM {table.name} WHERE as_text({table.columns[field]}) = as_text(?) LIMIT 1"  # noqa: S608 - names of ours
        )
        return bool(self.run(sql, [value]))

    def put(self, module: str, number: int, row: Row, lists: Lists | None = None) -> None:
        """Keep a record, a new one or in place of the one of that number.

        `lists` are the fields with several values. Where it has none of a table, the rows that the
        record has there stay as long as the record's own value is that of the last.
        """
        table = self.tables[module]
        places = ", ".join("?" for _ in table.columns)
        values = [row.get(field) for field in table.columns]
        self.run(
            f"INSERT OR REPLACE INTO {table.name} VALUES (?, {places})",  # noqa: S608 - names of ours
            [number, *values],
        )
        put_lists(self.run, table, number, row, lists or {})
        self._sizes.pop(module, None)

    def remove(self, module: str, number: int, at: str, owner: str | None) -> None:
        """Delete a record, and note when it went."""
        name = self.tables[module].name
        remove_lists(self.run, self.tables[module], number)
        self.run("INSERT INTO gone VALUES (?, ?, ?, ?)", [module, number, at, owner])
        self.run(f"DELETE FROM {name} WHERE {NUMBER} = ?", [number])  # noqa: S608 - a name of ours

    def forget_references(self, module: str, id_: str) -> None:
        """Have no field that may refer to a module refer to a record of it any more."""
        for table in self.tables.values():
            for reference in table.module.fields.values():
                if module in reference.refers_to and reference.name in table.columns:
                    column = table.columns[reference.name]
                    self.index(table.module.name, column)
                    self.run(f"UPDATE {table.name} SET {column} = NULL WHERE {column} = ?", [id_])  # noqa: S608 - names of ours

    def give(self, owner: str, heir: str) -> None:
        """Have all records of an owner belong to another."""
        for table in self.tables.values():
            column = table.columns.get("assigned_user_id")
            if column:
                self.run(f"UPDATE {table.name} SET {column} = ? WHERE {column} = ?", [heir, owner])  # noqa: S608 - names of ours

    def existing(self, module: str, numbers: Sequence[int]) -> set[int]:
        """Those of some numbers that are records of a module."""
        places = ", ".join("?" for _ in numbers)
        sql = f"SELECT {NUMBER} FROM {self.tables[module].name} WHERE {NUMBER} IN ({places})"  # noqa: S608 - names of ours
        return {number for (number,) in self.run(sql, list(numbers))}

    def last_number(self, module: str) -> int:
        """The greatest number of a module's records, 0 where it has none."""
        ((last,),) = self.run(f"SELECT max({NUMBER}) FROM {self.tables[module].name}")  # noqa: S608 - names of ours
        return int(last or 0)

    def count(self, module: str) -> int:
        """How many records a module has."""
        ((found,),) = self.run(f"SELECT count(*) FROM {self.tables[module].name}")  # noqa: S608 - a name of ours
        return int(found)

    def scale(self, module: str, field: str) -> int | None:
        """The decimals that a column shows, learnt from its first value; None where it has none."""
        key = module, field
        if key not in self._scales:
            column = self.tables[module].columns.get(field)
            sql = f"SELECT {column} FROM {self.tables[module].name} WHERE {column} IS NOT NULL LIMIT 1"  # noqa: S608 - names of ours
            found = self.run(sql) if column else []
            known = decimals(found[0][0]) if found else None
            if known is None:
                return None
            self._scales[key] = known
        return self._scales[key]

    def index(self, module: str, expression: str) -> None:
        """Have what a query compares in an index, where a module has many records."""
        if expression == NUMBER or f"{module} {expression}" in self._indexed:
            return
        table = self.tables[module].name
        if module not in self._sizes:
            self._sizes[module] = self.count(module)
        if self._sizes[module] < MANY:
            return
        name = f"{table}_" + "_".join(re.findall(r"\w+", expression))
        self.run(f"CREATE INDEX IF NOT EXISTS {name} ON {table} ({expression})")
        self._indexed.add(f"{module} {expression}")

    def save(self, path: Path) -> None:
        """Copy all of it to a file, in place of what was there; see `files.copied`.

        Raises:
            OSError: the file cannot be written.
        """
        copied(self._connection, path)

    def restore(self, path: Path) -> None:
        """Be as a snapshot is; see `files.brought_back`."""
        brought_back(self._connection, path)
        for table in self.tables.values():
            make_side_tables(self.run, table)
        self._scales.clear()
        self._indexed.clear()
        self._sizes.clear()

    def close(self) -> None:
        """Let go of the records; those of a file stay there. It may be called again.

        No other thread may be using them: SQLite would end the interpreter.
        """
        self._connection.close()

    def _records(
        self, module: str, condition: str, values: Sequence[Any]
    ) -> Iterator[dict[str, str | None]]:
        table = self.tables[module]
        columns = ", ".join(table.columns.values())
        sql = f"SELECT {columns} FROM {table.name} WHERE {condition} ORDER BY {NUMBER}"  # noqa: S608 - names of ours
        for found in self.run(sql, values):
            yield dict(zip(table.columns, found, strict=True))

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """All of it or nothing."""
        self._connection.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def _tables(self, catalog: Catalog, rows: Mapping[str, Sequence[Given]]) -> dict[str, Table]:
        """The tables that the file has, else new ones with the rows."""
        kept = self._kept()
        if kept:
            tables = {name: self._known(name, catalog[name], kept) for name in catalog}
            for table in tables.values():
                make_side_tables(self.run, table)
            return tables
        with self._whole():
            tables = {
                name: self._fill(
                    position, catalog[name], rows.get(name, ()), catalog.describe(name)
                )
                for position, name in enumerate(catalog)
            }
            for name, table in tables.items():
                make_side_tables(self.run, table)
                for row in rows.get(name, ()):
                    single, lists = split(row)
                    if lists:
                        put_lists(self.run, table, _number(row), single, lists)
        return tables

    def _kept(self) -> dict[str, tuple[int, list[str]]]:
        rows = self.run("SELECT module, position, fields FROM columns")
        return {module: (position, json.loads(fields)) for module, position, fields in rows}

    def _known(self, name: str, module: Module, kept: Mapping[str, tuple[int, list[str]]]) -> Table:
        position, fields = kept[name]
        return table_of(f"t{position}", module, fields)

    def _fill(
        self, position: int, module: Module, rows: Sequence[Given], described: Mapping[str, Any]
    ) -> Table:
        name = f"t{position}"
        fields = dict.fromkeys(field for field in module.fields if field != "id")
        fields |= dict.fromkeys(field for row in rows for field in row)
        fields.pop("id", None)
        fields["id"] = None
        table = table_of(name, module, fields)
        columns = ", ".join(table.columns.values())
        places = ", ".join("?" for _ in table.columns)
        self._connection.execute(f"CREATE TABLE {name} ({NUMBER} INTEGER PRIMARY KEY, {columns})")
        self._connection.execute(
            "INSERT INTO columns VALUES (?, ?, ?, ?)",
            [module.name, position, json.dumps(list(fields)), json.dumps(described)],
        )
        insert = f"INSERT INTO {name} VALUES (?, {places})"  # noqa: S608 - names of ours
        for row in rows:
            _check_characters(module.name, row)
            single, _ = split(row)
            values = [single.get(field) for field in table.columns]
            self._connection.execute(insert, [_number(row), *values])
        return table


def _number(row: Mapping[str, Any]) -> int:
    return int(str(row["id"]).partition("x")[2])


def _check_characters(module: str, row: Given) -> None:
    for name, value in row.items():
        for text in (value,) if value is None or isinstance(value, str) else value:
            if text and not text.isascii() and not _is_text(text):
                raise ArgumentError(
                    f"`{name}` of {row['id']} of {module} holds half a surrogate pair, "
                    "not a character"
                )


def _is_text(value: str) -> bool:
    return not any(0xD800 <= ord(each) < 0xE000 for each in value)
