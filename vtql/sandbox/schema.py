"""Modules as tables: their columns, the tables joined to them, and rows with lists of values.

Some fields are in a table that has several rows for one record: the contacts of an event, the lines
of an invoice. A server joins such a table if a statement names one of its fields, and then reads the
record once for each row. Lines are records of LineItem with the record as their parent. For other
tables, the store has a row for each value of a list; a single value is in the record's own row.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vtql.catalog.model import Module
from vtql.catalog.server_tables import (
    LINE_ITEMS,
    is_appended,
    is_attachment,
    is_secret,
    tables_of_several,
)

Row = Mapping[str, str | None]
Value = str | None | Sequence[str | None]
Given = Mapping[str, Value]
"""A record passed to the sandbox; a list holds the values of a field with several rows."""

MAX_NUMBER_DIGITS = 18
"""A longer record number does not fit into the 64 bits of a database integer."""

NUMBER_COLUMN = "number"
"""The column of a record's number, the part of its id after the x."""

CHARGE = "shipping_&_handling"
"""The charge of a stock server; `describe` lists it and its taxes, but no table has them."""


@dataclass(frozen=True, slots=True)
class Table:
    """The table of a module: its name, and the columns by field, including undescribed ones.

    `named` are the fields that a query reads, by name or with `*`, `secret` those that hold a password or a key.
    """

    name: str
    module: Module
    columns: Mapping[str, str]
    named: Sequence[str]
    secret: Collection[str]


def is_charge(field: str) -> bool:
    """Whether a field of an invoice, quote or order is a charge or a tax on one."""
    return field == CHARGE or field.startswith(f"{CHARGE}_")


def make_table(name: str, module: Module, fields: Iterable[str]) -> Table:
    """The table of a module with a column for each field."""
    named = [
        field
        for field in module.fields
        if not (module.name in LINE_ITEMS and is_charge(field))
        and not is_appended(module, field)
        and not is_attachment(module.name, field)
    ]
    secret = {field for field in named if is_secret(module, field)}
    columns = {field: f"f{at}" for at, field in enumerate(fields)}
    return Table(name, module, columns, named, secret)


def row_number(row: Mapping[str, Any]) -> int:
    """The record number in the `id` of a row."""
    return int(str(row["id"]).partition("x")[2])


def split_lists(row: Given) -> tuple[dict[str, str | None], dict[str, list[str | None]]]:
    """The single value of each field, and the lists with several values.

    The single value of a list is its last, which `select *` of a server returns.
    """
    single: dict[str, str | None] = {}
    lists: dict[str, list[str | None]] = {}
    for field, value in row.items():
        if value is None or isinstance(value, str):
            single[field] = value
            continue
        single[field] = value[-1] if value else None
        if len(value) > 1:
            lists[field] = list(value)
    return single, lists


def unequal_lists(module: str, row: Mapping[str, Any]) -> str | None:
    """Describe a row in which fields of one table have different numbers of values; None if none."""
    for table in tables_of_several(module):
        sizes = {
            field: len(row[field]) if isinstance(row[field], list | tuple) else 1
            for field in sorted(table)
            if row.get(field) is not None
        }
        if len(set(sizes.values())) > 1:
            counts = ", ".join(f"`{field}` has {size}" for field, size in sizes.items())
            return f"the values of one table stand side by side, and {counts}"
    return None


LINE_ITEM = "LineItem"
PARENT = "parent_id"

RECORD_COLUMN = "record"
"""The column of a side table with the record's number."""
PLACE_COLUMN = "place"
"""The column with the position of the row among the record's."""

DOCUMENT_DISCOUNT = {
    "hdnDiscountPercent": "discount_percent",
    "hdnDiscountAmount": "discount_amount",
}
"""Fields of a record that a query reads from its lines, whose columns have that name (measured)."""

Lists = Mapping[str, Sequence[str | None]]
"""The values of fields with several, in order."""


@dataclass(frozen=True, slots=True)
class SideTable:
    """A table with a row for each value of a list: its name and its fields."""

    name: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Join:
    """A joined table: its SQL and bound values, the expressions of fields that are read from it,
    and the column with the order of a record's rows."""

    sql: str
    bound: Sequence[str]
    columns: Mapping[str, str]
    place: str


def side_tables(table: Table) -> tuple[SideTable, ...]:
    """The side tables that the store keeps for a module."""
    if table.module.name in LINE_ITEMS:
        return ()
    tables = (
        tuple(sorted(field for field in fields if field in table.columns))
        for fields in tables_of_several(table.module.name)
    )
    return tuple(
        SideTable(f"{table.name}_s{at}", fields) for at, fields in enumerate(tables) if fields
    )


def joins(table: Table, lines: Table | None, named: Collection[str]) -> list[Join]:
    """The joins of a statement on a module, given the fields that it names.

    `lines` is the table of LineItem, or None where the catalog has none.
    """
    if table.module.name not in LINE_ITEMS:
        return [_side_join(table, side) for side in side_tables(table) if {*side.fields} & {*named}]
    (fields,) = tables_of_several(table.module.name)
    if lines is None or PARENT not in lines.columns or not fields & {*named}:
        return []
    return [_line_join(table, lines, fields)]


def _side_join(table: Table, side: SideTable) -> Join:
    columns = {field: table.columns[field] for field in side.fields}
    sources = {f"{side.name}_{column}": column for column in columns.values()}
    values = {field: (column, f"{side.name}_{column}") for field, column in columns.items()}
    return _join(
        side.name, side.name, (RECORD_COLUMN, PLACE_COLUMN), sources, values, NUMBER_COLUMN, ()
    )


def _line_join(table: Table, lines: Table, fields: Collection[str]) -> Join:
    alias = "line"
    named = {field: DOCUMENT_DISCOUNT.get(field, field) for field in fields}
    values = {
        field: (table.columns.get(line, "NULL"), f"{alias}_{lines.columns[line]}")
        for field, line in named.items()
        if line in lines.columns
    }
    sources = {f"{alias}_{lines.columns[line]}": lines.columns[line]
               for line in named.values() if line in lines.columns}  # fmt: skip
    keys = (lines.columns[PARENT], NUMBER_COLUMN)
    parent = [f"{table.module.id_prefix}x"]
    return _join(alias, lines.name, keys, sources, values, f"? || {NUMBER_COLUMN}", parent)


def _join(
    alias: str,
    source: str,
    keys: tuple[str, str],
    sources: Mapping[str, str],
    values: Mapping[str, tuple[str, str]],
    record: str,
    bound: Sequence[str],
) -> Join:
    """A join on `record`; without a joined row, fields have the value of the record's own row."""
    of, place = f"{alias}_of", f"{alias}_at"
    columns = "".join(f", {column} AS {name}" for name, column in sources.items())
    return Join(
        f" LEFT JOIN (SELECT {keys[0]} AS {of}, {keys[1]} AS {place}{columns} FROM {source})"  # noqa: S608 - names of ours
        f" ON {of} = {record}",
        bound,
        {
            field: f"CASE WHEN {of} IS NULL THEN {own} ELSE {joined} END"
            for field, (own, joined) in values.items()
        },
        place,
    )
