"""What a field that refers to a record holds, and what of it an answer shows.

A column holds the number of a record, 0 or NULL; a query compares these, and shows 0, NULL and the
number of a record that is not there alike, as null (measured on 8.4.0).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vtql.catalog.model import Module
from vtql.catalog.types import RECORD_ID
from vtql.sandbox.store import Store
from vtql.sandbox.table import Table
from vtql.sandbox.values import NULL_REFERENCE

_USERS = frozenset({"Users", "Groups"})
"""Modules that a sandbox without records of them has nevertheless: `admin` is there."""
_ACTIVITIES = frozenset({"Calendar", "Events", "Emails"})
"""Modules that keep their records in one table, so that each prefix leads to any of them."""


def reference_fields(module: Module) -> frozenset[str]:
    """The fields of a module that refer to records, without owners."""
    return frozenset(name for name, each in module.fields.items() if each.type.name == "reference")


def with_missing_as_null(
    store: Store, table: Table, fields: Sequence[str], rows: list[tuple[Any, ...]]
) -> list[tuple[Any, ...]]:
    """The rows with null for references to no record."""
    references = reference_fields(table.module)
    places = [at for at, name in enumerate(fields) if name in references]
    missing = _missing(store, {row[at] for row in rows for at in places})
    if not missing:
        return rows
    return [
        tuple(None if at in places and value in missing else value for at, value in enumerate(row))
        for row in rows
    ]


def without_missing(
    store: Store, table: Table, record: Mapping[str, str | None]
) -> dict[str, str | None]:
    """A record with None for references to no record."""
    names = list(record)
    (row,) = with_missing_as_null(store, table, names, [tuple(record.values())])
    return dict(zip(names, row, strict=True))


def _missing(store: Store, values: set[str | None]) -> set[str | None]:
    """Those of some references that lead to no record.

    Of a module that the catalog does not have nothing is known, so they stay.
    """
    missing: set[str | None] = set()
    numbers: dict[str, dict[int, str]] = {}
    for value in values:
        if value == NULL_REFERENCE:
            missing.add(value)
        elif value and RECORD_ID.fullmatch(value):
            prefix, _, number = value.partition("x")
            if int(number):
                numbers.setdefault(prefix, {})[int(number)] = value
            else:
                missing.add(value)
    for prefix, known in numbers.items():
        found = _existing(store, prefix, list(known))
        if found is not None:
            missing |= {known[number] for number in known.keys() - found}
    return missing


def _existing(store: Store, prefix: str, numbers: Sequence[int]) -> set[int] | None:
    """Those of some numbers that are records, or None where that is not known."""
    names = [name for name, table in store.tables.items() if table.module.id_prefix == prefix]
    if not names or (names[0] in _USERS and not store.count(names[0])):
        return None
    together = _ACTIVITIES if names[0] in _ACTIVITIES else names
    found: set[int] = set()
    for name in together:
        if name in store.tables:
            found |= store.existing(name, numbers)
    return found
