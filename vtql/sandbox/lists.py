"""The lists of records in the side tables of the store.

Each function has first what runs a statement.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from vtql.sandbox.side_tables import PLACE, RECORD, Lists, SideTable, side_tables
from vtql.sandbox.table import Table

Run = Callable[[str, Sequence[Any]], list[tuple[Any, ...]]]


def make_side_tables(run: Run, table: Table) -> None:
    """Make the side tables of a module, where they are not there."""
    for side in side_tables(table):
        columns = ", ".join(table.columns[field] for field in side.fields)
        run(
            f"CREATE TABLE IF NOT EXISTS {side.name} ({RECORD} INTEGER, {PLACE} INTEGER, {columns}, "
            f"PRIMARY KEY ({RECORD}, {PLACE}))",
            [],
        )


def lists_of(run: Run, table: Table, number: int) -> dict[str, list[str | None]]:
    """The fields of a record that have several values."""
    return {
        field: list(values)
        for side in side_tables(table)
        for field, values in _rows(run, table, side, number).items()
    }


def all_lists(run: Run, table: Table) -> dict[int, dict[str, list[str | None]]]:
    """The lists of all records of a module, by the record's number."""
    found: dict[int, dict[str, list[str | None]]] = {}
    for side in side_tables(table):
        columns = ", ".join(table.columns[field] for field in side.fields)
        sql = f"SELECT {RECORD}, {columns} FROM {side.name} ORDER BY {RECORD}, {PLACE}"  # noqa: S608 - names of ours
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
        known = _rows(run, table, side, number)
        sizes = {len(lists[field]) for field in side.fields if field in lists}
        if not sizes and all(row.get(field) == each[-1] for field, each in known.items()):
            continue
        _remove(run, side, number)
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
        _remove(run, side, number)


def _remove(run: Run, side: SideTable, number: int) -> None:
    run(f"DELETE FROM {side.name} WHERE {RECORD} = ?", [number])  # noqa: S608 - a name of ours


def _rows(
    run: Run, table: Table, side: SideTable, number: int
) -> dict[str, tuple[str | None, ...]]:
    columns = ", ".join(table.columns[field] for field in side.fields)
    rows = run(
        f"SELECT {columns} FROM {side.name} WHERE {RECORD} = ? ORDER BY {PLACE}",  # noqa: S608 - names of ours
        [number],
    )
    return dict(zip(side.fields, zip(*rows, strict=True), strict=True)) if rows else {}
