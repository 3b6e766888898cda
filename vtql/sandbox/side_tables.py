"""The tables that have several rows for one record: the contacts of an event, the lines of an invoice.

A server joins such a table where a statement names a field of it, and then reads the record once
for each row. Lines are the records of LineItem with the record as their parent. Of other tables,
the store has a row for each value of a list; of a record with one value or none it has no row there,
for the value stands in the record's own row.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from vtql.catalog.server_tables import LINE_ITEMS, tables_of_several
from vtql.sandbox.table import NUMBER, Table

LINES = "LineItem"
PARENT = "parent_id"

RECORD = "record"
"""The column of a side table that has the record's number."""
PLACE = "place"
"""The column with the position of the row among the record's."""

DOCUMENT_DISCOUNT = {
    "hdnDiscountPercent": "discount_percent",
    "hdnDiscountAmount": "discount_amount",
}
"""Fields of the record whose columns have the name of the line's: a query reads that (measured)."""

Lists = Mapping[str, Sequence[str | None]]
"""The values of fields that have several, in their order."""


@dataclass(frozen=True, slots=True)
class SideTable:
    """A table of the store with a row for each value, by its name, and its fields."""

    name: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Join:
    """A joined table: its SQL with the values bound to it, the expressions by which fields are
    read from it, and the column that tells the order of a record's rows."""

    sql: str
    bound: Sequence[str]
    columns: Mapping[str, str]
    place: str


def side_tables(table: Table) -> tuple[SideTable, ...]:
    """The side tables that the store keeps for a module."""
    if table.module.name in LINE_ITEMS:
        return ()
    known = (
        tuple(sorted(field for field in fields if field in table.columns))
        for fields in tables_of_several(table.module.name)
    )
    return tuple(
        SideTable(f"{table.name}_s{at}", fields) for at, fields in enumerate(known) if fields
    )


def joins(table: Table, lines: Table | None, named: Collection[str]) -> list[Join]:
    """What a statement about a module joins, given the fields that it names.

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
    return _join(side.name, side.name, (RECORD, PLACE), sources, values, NUMBER, ())


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
    keys = (lines.columns[PARENT], NUMBER)
    parent = [f"{table.module.id_prefix}x"]
    return _join(alias, lines.name, keys, sources, values, f"? || {NUMBER}", parent)


def _join(
    alias: str,
    source: str,
    keys: tuple[str, str],
    sources: Mapping[str, str],
    values: Mapping[str, tuple[str, str]],
    record: str,
    bound: Sequence[str],
) -> Join:
    """A join on `record`; fields without a row there keep the value of the record's own row."""
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
