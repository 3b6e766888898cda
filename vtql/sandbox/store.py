"""The records in SQLite.

A module is a table and a field a column; both are named by numbers, so that no name from outside is
ever part of a statement. Values are stored as they are sent. Relations, converted leads, attachments
and the applications of the sync server are in tables of their own.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vtql.catalog.catalog import Catalog
from vtql.catalog.model import Module
from vtql.errors import ArgumentError
from vtql.fork import renew_after_fork
from vtql.sandbox.coerce import decimal_places
from vtql.sandbox.database import keep_open, load_snapshot, open_database, save_snapshot
from vtql.sandbox.errors import SqlFailure
from vtql.sandbox.mysql_values import FUNCTIONS
from vtql.sandbox.schema import (
    NUMBER_COLUMN,
    PLACE_COLUMN,
    RECORD_COLUMN,
    Given,
    Lists,
    Row,
    SideTable,
    Table,
    Value,
    make_table,
    row_number,
    side_tables,
    split_lists,
)

Run = Callable[[str, Sequence[Any]], list[tuple[Any, ...]]]


def create_side_tables(run: Run, table: Table) -> None:
    """Create the missing side tables of a module."""
    for side in side_tables(table):
        columns = ", ".join(table.columns[field] for field in side.fields)
        run(
            f"CREATE TABLE IF NOT EXISTS {side.name} ({RECORD_COLUMN} INTEGER, {PLACE_COLUMN} INTEGER, {columns}, "
            f"PRIMARY KEY ({RECORD_COLUMN}, {PLACE_COLUMN}))",
            [],
        )


def read_lists(run: Run, table: Table, number: int) -> dict[str, list[str | None]]:
    """The fields of a record with several values."""
    return {
        field: list(values)
        for side in side_tables(table)
        for field, values in _side_rows(run, table, side, number).items()
    }


def read_all_lists(run: Run, table: Table) -> dict[int, dict[str, list[str | None]]]:
    """The lists of all records of a module, by the record's number."""
    lists_by_number: dict[int, dict[str, list[str | None]]] = {}
    for side in side_tables(table):
        columns = ", ".join(table.columns[field] for field in side.fields)
        sql = f"SELECT {RECORD_COLUMN}, {columns} FROM {side.name} ORDER BY {RECORD_COLUMN}, {PLACE_COLUMN}"  # noqa: S608 - names of ours
        for number, *values in run(sql, []):
            lists = lists_by_number.setdefault(number, {})
            for name, value in zip(side.fields, values, strict=True):
                lists.setdefault(name, []).append(value)
    return lists_by_number


def put_lists(
    run: Run, table: Table, number: int, row: Mapping[str, str | None], lists: Lists
) -> None:
    """Store the lists of a record, whose single values are those of `row`.

    Where there is no list for a side table, the rows that the record has there stay as long as
    its single value is that of the last of them.
    """
    for side in side_tables(table):
        current = _side_rows(run, table, side, number)
        sizes = {len(lists[field]) for field in side.fields if field in lists}
        if not sizes and all(row.get(field) == values[-1] for field, values in current.items()):
            continue
        _remove_side_rows(run, side, number)
        count = max(sizes, default=0)
        columns = [lists.get(field, [row.get(field)] * count) for field in side.fields]
        for place, values in enumerate(zip(*columns, strict=True) if count else ()):
            places = ", ".join("?" for _ in values)
            run(
                f"INSERT INTO {side.name} VALUES (?, ?, {places})",  # noqa: S608 - names of ours
                [number, place, *values],
            )


def remove_lists(run: Run, table: Table, number: int) -> None:
    """Delete the lists of a record."""
    for side in side_tables(table):
        _remove_side_rows(run, side, number)


def _remove_side_rows(run: Run, side: SideTable, number: int) -> None:
    run(f"DELETE FROM {side.name} WHERE {RECORD_COLUMN} = ?", [number])  # noqa: S608 - a name of ours


def _side_rows(
    run: Run, table: Table, side: SideTable, number: int
) -> dict[str, tuple[str | None, ...]]:
    columns = ", ".join(table.columns[field] for field in side.fields)
    rows = run(
        f"SELECT {columns} FROM {side.name} WHERE {RECORD_COLUMN} = ? ORDER BY {PLACE_COLUMN}",  # noqa: S608 - names of ours
        [number],
    )
    return dict(zip(side.fields, zip(*rows, strict=True), strict=True)) if rows else {}


INDEX_THRESHOLD = 2_000
"""Number of records from which on compared expressions are indexed, when first used."""


class Store:
    """The tables of all modules.

    Raises:
        ArgumentError: a record holds half a surrogate pair, or the file is another program's.
        OSError: the file cannot be opened or written.
    """

    __slots__ = ("__weakref__", "_connection", "_indexed", "_scales", "_sizes", "path", "tables")

    def __init__(
        self, catalog: Catalog, rows: Mapping[str, Sequence[Given]], path: Path | None = None
    ) -> None:
        self.path = path
        # The application executes one request at a time, in any thread.
        self._connection = open_database(path)
        self._scales: dict[tuple[str, str], int | None] = {}
        self._indexed: set[str] = set()
        self._sizes: dict[str, int] = {}
        for name, (count, function) in FUNCTIONS.items():
            self._connection.create_function(name, count, function, deterministic=True)
        renew_after_fork(self, lambda store: keep_open(store._connection))  # noqa: SLF001 - its own
        try:
            self.tables = self._open_tables(catalog, rows)
        except BaseException:
            self._connection.close()
            raise

    def run(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Execute a statement and return its rows.

        Raises:
            SqlFailure: it exceeds a limit of SQLite.
        """
        try:
            return self._connection.execute(sql, values).fetchall()
        except (sqlite3.OperationalError, OverflowError) as error:
            raise SqlFailure from error

    def record(self, module: str, number: int) -> dict[str, str | None] | None:
        """The fields of a record, or None where there is none of that number."""
        return next(self._records(module, f"{NUMBER_COLUMN} = ?", [number]), None)

    def all(self, module: str) -> Iterator[dict[str, str | None]]:
        """Every record of a module, by number."""
        return self._records(module, "1", [])

    def with_lists(self, module: str) -> Iterator[dict[str, Value]]:
        """Every record of a module, by number, with a list where a field has several values."""
        lists = read_all_lists(self.run, self.tables[module])
        for record in self.all(module):
            yield {**record, **lists.get(row_number(record), {})}

    def lists(self, module: str, number: int) -> dict[str, list[str | None]]:
        """The fields of a record with several values."""
        return read_lists(self.run, self.tables[module], number)

    def matching(self, module: str, field: str, value: str) -> Iterator[dict[str, str | None]]:
        """The records of a module with exactly that value in a field, by number."""
        column = self.tables[module].columns.get(field)
        if column is None:
            return iter(())
        self.index(module, column)
        return self._records(module, f"{column} = ?", [value])

    def has_equal_text(self, module: str, field: str, value: str | None) -> bool:
        """Whether a record has a value in a field, compared with the collation of the database."""
        table = self.tables[module]
        self.index(module, f"as_text({table.columns[field]})")
        sql = (
            f"SELECT 1 FROM {table.name} WHERE as_text({table.columns[field]}) = as_text(?) LIMIT 1"  # noqa: S608 - names of ours
        )
        return bool(self.run(sql, [value]))

    def put(self, module: str, number: int, row: Row, lists: Lists | None = None) -> None:
        """Store a record, replacing the one of that number.

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
        """Delete a record, and log the time of the deletion."""
        name = self.tables[module].name
        remove_lists(self.run, self.tables[module], number)
        self.run("INSERT INTO gone VALUES (?, ?, ?, ?)", [module, number, at, owner])
        self.run(f"DELETE FROM {name} WHERE {NUMBER_COLUMN} = ?", [number])  # noqa: S608 - a name of ours

    def forget_references(self, module: str, id_: str) -> None:
        """Clear all references to a record of a module."""
        for table in self.tables.values():
            for reference in table.module.fields.values():
                if module in reference.refers_to and reference.name in table.columns:
                    column = table.columns[reference.name]
                    self.index(table.module.name, column)
                    self.run(f"UPDATE {table.name} SET {column} = NULL WHERE {column} = ?", [id_])  # noqa: S608 - names of ours

    def reassign(self, owner: str, heir: str) -> None:
        """Give all records of an owner to another."""
        for table in self.tables.values():
            column = table.columns.get("assigned_user_id")
            if column:
                self.run(f"UPDATE {table.name} SET {column} = ? WHERE {column} = ?", [heir, owner])  # noqa: S608 - names of ours

    def existing(self, module: str, numbers: Sequence[int]) -> set[int]:
        """Those of some numbers that are records of a module."""
        places = ", ".join("?" for _ in numbers)
        sql = f"SELECT {NUMBER_COLUMN} FROM {self.tables[module].name} WHERE {NUMBER_COLUMN} IN ({places})"  # noqa: S608 - names of ours
        return {number for (number,) in self.run(sql, list(numbers))}

    def last_number(self, module: str) -> int:
        """The greatest number of a module's records, 0 where it has none."""
        ((last,),) = self.run(f"SELECT max({NUMBER_COLUMN}) FROM {self.tables[module].name}")  # noqa: S608 - names of ours
        return int(last or 0)

    def count(self, module: str) -> int:
        """How many records a module has."""
        ((count,),) = self.run(f"SELECT count(*) FROM {self.tables[module].name}")  # noqa: S608 - a name of ours
        return int(count)

    def scale(self, module: str, field: str) -> int | None:
        """The decimal places of a column, taken from its first value; None if it has no values."""
        key = module, field
        if key not in self._scales:
            column = self.tables[module].columns.get(field)
            sql = f"SELECT {column} FROM {self.tables[module].name} WHERE {column} IS NOT NULL LIMIT 1"  # noqa: S608 - names of ours
            rows = self.run(sql) if column else []
            places = decimal_places(rows[0][0]) if rows else None
            if places is None:
                return None
            self._scales[key] = places
        return self._scales[key]

    def index(self, module: str, expression: str) -> None:
        """Index an expression that a query compares, if the module has many records."""
        if expression == NUMBER_COLUMN or f"{module} {expression}" in self._indexed:
            return
        table = self.tables[module].name
        if module not in self._sizes:
            self._sizes[module] = self.count(module)
        if self._sizes[module] < INDEX_THRESHOLD:
            return
        name = f"{table}_" + "_".join(re.findall(r"\w+", expression))
        self.run(f"CREATE INDEX IF NOT EXISTS {name} ON {table} ({expression})")
        self._indexed.add(f"{module} {expression}")

    def save(self, path: Path) -> None:
        """Save a snapshot to a file; see `save_snapshot`.

        Raises:
            OSError: the file cannot be written.
        """
        save_snapshot(self._connection, path)

    def restore(self, path: Path) -> None:
        """Replace all records by those of a snapshot; see `load_snapshot`."""
        load_snapshot(self._connection, path)
        for table in self.tables.values():
            create_side_tables(self.run, table)
        self._scales.clear()
        self._indexed.clear()
        self._sizes.clear()

    def close(self) -> None:
        """Close the database; it may be called again.

        No other thread may be using it: SQLite would end the interpreter.
        """
        self._connection.close()

    def _records(
        self, module: str, condition: str, values: Sequence[Any]
    ) -> Iterator[dict[str, str | None]]:
        table = self.tables[module]
        columns = ", ".join(table.columns.values())
        sql = f"SELECT {columns} FROM {table.name} WHERE {condition} ORDER BY {NUMBER_COLUMN}"  # noqa: S608 - names of ours
        for row in self.run(sql, values):
            yield dict(zip(table.columns, row, strict=True))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """A transaction, rolled back on an exception."""
        self._connection.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def _open_tables(
        self, catalog: Catalog, rows: Mapping[str, Sequence[Given]]
    ) -> dict[str, Table]:
        """The tables of an existing file, else new ones with the rows."""
        columns = self._stored_columns()
        if columns:
            tables = {name: self._existing_table(name, catalog[name], columns) for name in catalog}
            for table in tables.values():
                create_side_tables(self.run, table)
            return tables
        with self._transaction():
            tables = {
                name: self._create_table(
                    position, catalog[name], rows.get(name, ()), catalog.describe(name)
                )
                for position, name in enumerate(catalog)
            }
            for name, table in tables.items():
                create_side_tables(self.run, table)
                for row in rows.get(name, ()):
                    single, lists = split_lists(row)
                    if lists:
                        put_lists(self.run, table, row_number(row), single, lists)
        return tables

    def _stored_columns(self) -> dict[str, tuple[int, list[str]]]:
        rows = self.run("SELECT module, position, fields FROM columns")
        return {module: (position, json.loads(fields)) for module, position, fields in rows}

    def _existing_table(
        self, name: str, module: Module, columns: Mapping[str, tuple[int, list[str]]]
    ) -> Table:
        position, fields = columns[name]
        return make_table(f"t{position}", module, fields)

    def _create_table(
        self, position: int, module: Module, rows: Sequence[Given], described: Mapping[str, Any]
    ) -> Table:
        name = f"t{position}"
        fields = dict.fromkeys(field for field in module.fields if field != "id")
        fields |= dict.fromkeys(field for row in rows for field in row)
        fields.pop("id", None)
        fields["id"] = None
        table = make_table(name, module, fields)
        columns = ", ".join(table.columns.values())
        places = ", ".join("?" for _ in table.columns)
        self._connection.execute(
            f"CREATE TABLE {name} ({NUMBER_COLUMN} INTEGER PRIMARY KEY, {columns})"
        )
        self._connection.execute(
            "INSERT INTO columns VALUES (?, ?, ?, ?)",
            [module.name, position, json.dumps(list(fields)), json.dumps(described)],
        )
        insert = f"INSERT INTO {name} VALUES (?, {places})"  # noqa: S608 - names of ours
        for row in rows:
            _check_characters(module.name, row)
            single, _ = split_lists(row)
            values = [single.get(field) for field in table.columns]
            self._connection.execute(insert, [row_number(row), *values])
        return table


def _check_characters(module: str, row: Given) -> None:
    for name, value in row.items():
        for text in (value,) if value is None or isinstance(value, str) else value:
            if text and not text.isascii() and not _is_text(text):
                raise ArgumentError(
                    f"`{name}` of {row['id']} of {module} holds half a surrogate pair, "
                    "not a character"
                )


def _is_text(value: str) -> bool:
    return not any(0xD800 <= ord(character) < 0xE000 for character in value)


def deleted_records(store: Store, module: str, after: str) -> list[tuple[int, str, str | None]]:
    """The records deleted after a time: number, time of deletion and owner."""
    sql = "SELECT number, at, owner FROM gone WHERE module = ? AND at > ? ORDER BY at, number"
    return [(number, at, owner) for number, at, owner in store.run(sql, [module, after])]


def link(store: Store, label: str, source: str, target: str) -> None:
    """Relate two records under the label of a relation."""
    store.run("INSERT OR IGNORE INTO links VALUES (?, ?, ?)", [label, source, target])


def unlink(store: Store, first: str, second: str) -> None:
    """Remove all relations between two records."""
    for source, target in ((first, second), (second, first)):
        store.run("DELETE FROM links WHERE source = ? AND target = ?", [source, target])


def linked_ids(store: Store, label: str, source: str) -> list[str]:
    """The ids of the records related to a record under the label of a relation."""
    sql = "SELECT target FROM links WHERE label = ? AND source = ? ORDER BY rowid"
    return [target for (target,) in store.run(sql, [label, source])]


def mark_converted(store: Store, number: int) -> None:
    """Mark a lead as converted."""
    store.run("INSERT INTO converted VALUES (?)", [number])


def is_converted(store: Store, number: int) -> bool:
    """Whether a lead was converted."""
    return bool(store.run("SELECT 1 FROM converted WHERE number = ?", [number]))


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a record: its own number, the record's number, name, media type and content."""

    number: int
    record: int
    name: str
    type: str
    content: bytes = field(repr=False)


def attach(store: Store, attachment: Attachment) -> None:
    """Attach a file to a record, replacing the previous one."""
    detach(store, attachment.record)
    store.run(
        "INSERT INTO attached VALUES (?, ?, ?, ?, ?)",
        [
            attachment.number,
            attachment.record,
            attachment.name,
            attachment.type,
            attachment.content,
        ],
    )


def detach(store: Store, record: int) -> None:
    """Remove the files of a record."""
    store.run("DELETE FROM attached WHERE record = ?", [record])


def attachment(store: Store, number: int) -> Attachment | None:
    """The file of a number."""
    rows = store.run("SELECT * FROM attached WHERE number = ?", [number])
    return Attachment(*rows[0]) if rows else None


def attachment_numbers(store: Store, record: int) -> list[int]:
    """The numbers of the files of a record."""
    sql = "SELECT number FROM attached WHERE record = ? ORDER BY number"
    return [number for (number,) in store.run(sql, [record])]


def has_attachments(store: Store) -> bool:
    """Whether any record has a file."""
    return bool(store.run("SELECT 1 FROM attached LIMIT 1"))


@dataclass(frozen=True, slots=True)
class SyncApplication:
    """An application of the sync server: its key, its name, and whose records it syncs."""

    key: str
    name: str
    type: str


@dataclass(frozen=True, slots=True)
class MappedRecord:
    """A record known to an application: its id there, its id here, and its last change here."""

    client: str
    server: str
    changed: str


def register_application(store: Store, application: SyncApplication) -> None:
    """Register an application."""
    values = [application.key, application.name, application.type]
    store.run("INSERT INTO apps VALUES (?, ?, ?)", values)


def deregister_application(store: Store, name: str, key: str) -> None:
    """Remove an application and its mapped records."""
    application = find_application(store, key)
    if application is not None and application.name == name:
        store.run("DELETE FROM apps WHERE key = ?", [key])
        store.run("DELETE FROM mapped WHERE key = ?", [key])


def find_application(store: Store, key: str) -> SyncApplication | None:
    """The application of a key."""
    rows = store.run("SELECT key, name, type FROM apps WHERE key = ?", [key])
    return SyncApplication(*rows[0]) if rows else None


def mapped_records(store: Store, key: str) -> list[MappedRecord]:
    """The records that an application has mapped."""
    sql = "SELECT client, server, changed FROM mapped WHERE key = ?"
    return [MappedRecord(*row) for row in store.run(sql, [key])]


def map_record(store: Store, key: str, mapping: MappedRecord) -> None:
    """Map a record of an application to its current state here."""
    sql = "INSERT OR REPLACE INTO mapped VALUES (?, ?, ?, ?)"
    store.run(sql, [key, mapping.client, mapping.server, mapping.changed])


def unmap_record(store: Store, key: str, client: str) -> None:
    """Remove the mapping of a record of an application."""
    store.run("DELETE FROM mapped WHERE key = ? AND client = ?", [key, client])
