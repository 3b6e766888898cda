"""The lists of records in the side tables of the store.

Each function has first what runs a statement.
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
    side_tables,
    split_lists,
)

Run = Callable[[str, Sequence[Any]], list[tuple[Any, ...]]]


def create_side_tables(run: Run, table: Table) -> None:
    """Make the side tables of a module, where they are not there."""
    for side in side_tables(table):
        columns = ", ".join(table.columns[field] for field in side.fields)
        run(
            f"CREATE TABLE IF NOT EXISTS {side.name} ({RECORD_COLUMN} INTEGER, {PLACE_COLUMN} INTEGER, {columns}, "
            f"PRIMARY KEY ({RECORD_COLUMN}, {PLACE_COLUMN}))",
            [],
        )


def read_lists(run: Run, table: Table, number: int) -> dict[str, list[str | None]]:
    """The fields of a record that have several values."""
    return {
        field: list(values)
        for side in side_tables(table)
        for field, values in _side_rows(run, table, side, number).items()
    }


def read_all_lists(run: Run, table: Table) -> dict[int, dict[str, list[str | None]]]:
    """The lists of all records of a module, by the record's number."""
    found: dict[int, dict[str, list[str | None]]] = {}
    for side in side_tables(table):
        columns = ", ".join(table.columns[field] for field in side.fields)
        sql = f"SELECT {RECORD_COLUMN}, {columns} FROM {side.name} ORDER BY {RECORD_COLUMN}, {PLACE_COLUMN}"  # noqa: S608 - names of ours
        for number, *values in run(sql, []):
            lists = found.setdefault(number, {})
            for name, value in zip(side.fields, values, strict=True):
                lists.setdefault(name, []).append(value)
    return found


def put_lists(
    run: Run, table: Table, number: int, row: Mapping[str, str | None], lists: Lists
) -> None:
    """Keep the lists of a record, whose single values are those of `row`.

    Where there is no list for a side table, the rows that the record has there stay as long as
    its single value is that of the last of them.
    """
    for side in side_tables(table):
        known = _side_rows(run, table, side, number)
        sizes = {len(lists[field]) for field in side.fields if field in lists}
        if not sizes and all(row.get(field) == each[-1] for field, each in known.items()):
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
    """Forget the lists of a record."""
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
        self._connection = open_database(path)
        self._scales: dict[tuple[str, str], int | None] = {}
        self._indexed: set[str] = set()
        self._sizes: dict[str, int] = {}
        for name, (count, function) in FUNCTIONS.items():
            self._connection.create_function(name, count, function, deterministic=True)
        renew_after_fork(self, lambda store: keep_open(store._connection))  # noqa: SLF001 - its own
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
        return next(self._records(module, f"{NUMBER_COLUMN} = ?", [number]), None)

    def all(self, module: str) -> Iterator[dict[str, str | None]]:
        """Every record of a module, by number."""
        return self._records(module, "1", [])

    def with_lists(self, module: str) -> Iterator[dict[str, Value]]:
        """Every record of a module, by number, with a list where a field has several values."""
        lists = read_all_lists(self.run, self.tables[module])
        for record in self.all(module):
            yield {**record, **lists.get(_number(record), {})}

    def lists(self, module: str, number: int) -> dict[str, list[str | None]]:
        """The fields of a record that have several values."""
        return read_lists(self.run, self.tables[module], number)

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
        self.run(f"DELETE FROM {name} WHERE {NUMBER_COLUMN} = ?", [number])  # noqa: S608 - a name of ours

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
        sql = f"SELECT {NUMBER_COLUMN} FROM {self.tables[module].name} WHERE {NUMBER_COLUMN} IN ({places})"  # noqa: S608 - names of ours
        return {number for (number,) in self.run(sql, list(numbers))}

    def last_number(self, module: str) -> int:
        """The greatest number of a module's records, 0 where it has none."""
        ((last,),) = self.run(f"SELECT max({NUMBER_COLUMN}) FROM {self.tables[module].name}")  # noqa: S608 - names of ours
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
            known = decimal_places(found[0][0]) if found else None
            if known is None:
                return None
            self._scales[key] = known
        return self._scales[key]

    def index(self, module: str, expression: str) -> None:
        """Have what a query compares in an index, where a module has many records."""
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
        """Copy all of it to a file, in place of what was there; see `files.copied`.

        Raises:
            OSError: the file cannot be written.
        """
        save_snapshot(self._connection, path)

    def restore(self, path: Path) -> None:
        """Be as a snapshot is; see `files.brought_back`."""
        load_snapshot(self._connection, path)
        for table in self.tables.values():
            create_side_tables(self.run, table)
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
        sql = f"SELECT {columns} FROM {table.name} WHERE {condition} ORDER BY {NUMBER_COLUMN}"  # noqa: S608 - names of ours
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
                create_side_tables(self.run, table)
            return tables
        with self._whole():
            tables = {
                name: self._fill(
                    position, catalog[name], rows.get(name, ()), catalog.describe(name)
                )
                for position, name in enumerate(catalog)
            }
            for name, table in tables.items():
                create_side_tables(self.run, table)
                for row in rows.get(name, ()):
                    single, lists = split_lists(row)
                    if lists:
                        put_lists(self.run, table, _number(row), single, lists)
        return tables

    def _kept(self) -> dict[str, tuple[int, list[str]]]:
        rows = self.run("SELECT module, position, fields FROM columns")
        return {module: (position, json.loads(fields)) for module, position, fields in rows}

    def _known(self, name: str, module: Module, kept: Mapping[str, tuple[int, list[str]]]) -> Table:
        position, fields = kept[name]
        return make_table(f"t{position}", module, fields)

    def _fill(
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


def deleted_records(store: Store, module: str, after: str) -> list[tuple[int, str, str | None]]:
    """The records deleted after a moment: their numbers, when, and whose they were."""
    sql = "SELECT number, at, owner FROM gone WHERE module = ? AND at > ? ORDER BY at, number"
    return [(number, at, owner) for number, at, owner in store.run(sql, [module, after])]


def link(store: Store, label: str, source: str, target: str) -> None:
    """Relate two records under the name of a relation."""
    store.run("INSERT OR IGNORE INTO links VALUES (?, ?, ?)", [label, source, target])


def unlink(store: Store, one: str, other: str) -> None:
    """Relate two records no longer, under whatever name."""
    for source, target in ((one, other), (other, one)):
        store.run("DELETE FROM links WHERE source = ? AND target = ?", [source, target])


def linked_ids(store: Store, label: str, source: str) -> list[str]:
    """The ids of the records that are related to one under the name of a relation."""
    sql = "SELECT target FROM links WHERE label = ? AND source = ? ORDER BY rowid"
    return [target for (target,) in store.run(sql, [label, source])]


def mark_converted(store: Store, number: int) -> None:
    """Note that a lead was converted."""
    store.run("INSERT INTO converted VALUES (?)", [number])


def is_converted(store: Store, number: int) -> bool:
    """Whether a lead was converted."""
    return bool(store.run("SELECT 1 FROM converted WHERE number = ?", [number]))


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that a record has: its own number, the record's, its name, type and bytes."""

    number: int
    record: int
    name: str
    type: str
    content: bytes = field(repr=False)


def attach(store: Store, attachment: Attachment) -> None:
    """Have a record have a file, in place of what it had."""
    each = attachment
    detach(store, each.record)
    store.run(
        "INSERT INTO attached VALUES (?, ?, ?, ?, ?)",
        [each.number, each.record, each.name, each.type, each.content],
    )


def detach(store: Store, record: int) -> None:
    """Have a record have no file."""
    store.run("DELETE FROM attached WHERE record = ?", [record])


def attachment(store: Store, number: int) -> Attachment | None:
    """The file of a number."""
    found = store.run("SELECT * FROM attached WHERE number = ?", [number])
    return Attachment(*found[0]) if found else None


def attachment_numbers(store: Store, record: int) -> list[int]:
    """The numbers of the files of a record."""
    sql = "SELECT number FROM attached WHERE record = ? ORDER BY number"
    return [number for (number,) in store.run(sql, [record])]


def has_attachments(store: Store) -> bool:
    """Whether any record has a file."""
    return bool(store.run("SELECT 1 FROM attached LIMIT 1"))


@dataclass(frozen=True, slots=True)
class SyncApplication:
    """An application: its key, its name, and whose records it is told of."""

    key: str
    name: str
    type: str


@dataclass(frozen=True, slots=True)
class MappedRecord:
    """A record that an application has: its id there, its id here, and when it last changed here."""

    client: str
    server: str
    changed: str


def register_application(store: Store, application: SyncApplication) -> None:
    """Make an application known."""
    each = application
    store.run("INSERT INTO apps VALUES (?, ?, ?)", [each.key, each.name, each.type])


def deregister_application(store: Store, name: str, key: str) -> None:
    """Forget an application and what it has."""
    found = find_application(store, key)
    if found is not None and found.name == name:
        store.run("DELETE FROM apps WHERE key = ?", [key])
        store.run("DELETE FROM mapped WHERE key = ?", [key])


def find_application(store: Store, key: str) -> SyncApplication | None:
    """The application of a key."""
    found = store.run("SELECT key, name, type FROM apps WHERE key = ?", [key])
    return SyncApplication(*found[0]) if found else None


def mapped_records(store: Store, key: str) -> list[MappedRecord]:
    """What an application has."""
    sql = "SELECT client, server, changed FROM mapped WHERE key = ?"
    return [MappedRecord(*row) for row in store.run(sql, [key])]


def map_record(store: Store, key: str, mapping: MappedRecord) -> None:
    """Note that an application has a record, in the state that it has here."""
    each = mapping
    sql = "INSERT OR REPLACE INTO mapped VALUES (?, ?, ?, ?)"
    store.run(sql, [key, each.client, each.server, each.changed])


def unmap_record(store: Store, key: str, client: str) -> None:
    """Note that an application has a record no longer."""
    store.run("DELETE FROM mapped WHERE key = ? AND client = ?", [key, client])
