"""What a field that refers to a record holds, and what of it an answer shows.

A column holds the number of a record, 0 or NULL; a query compares these, and shows 0, NULL and the
number of a record that is not there alike, as null (measured on 8.4.0).
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from html.entities import codepoint2name
from typing import Any

from vtql.catalog.model import Module
from vtql.catalog.server_tables import table_beside
from vtql.catalog.types import RECORD_ID, Family
from vtql.sandbox.documents import ATTACHMENT_IDS, attachment_ids, has_files
from vtql.sandbox.line_items import has_lines, with_lines
from vtql.sandbox.mysql_values import NULL_REFERENCE
from vtql.sandbox.schema import Table
from vtql.sandbox.service import Call
from vtql.sandbox.sql import NULL_WHEN_EMPTY
from vtql.sandbox.store import Store
from vtql.sandbox.validate import visible_fields

_USERS = frozenset({"Users", "Groups"})
"""Modules that a sandbox without records of them has nevertheless: `admin` is there."""
_ACTIVITIES = frozenset({"Calendar", "Events", "Emails"})
"""Modules that keep their records in one table, so that each prefix leads to any of them."""


def reference_fields(module: Module) -> frozenset[str]:
    """The fields of a module that refer to records, without owners."""
    return frozenset(name for name, each in module.fields.items() if each.type.name == "reference")


def null_missing_references(
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


def without_missing_references(
    store: Store, table: Table, record: Mapping[str, str | None]
) -> dict[str, str | None]:
    """A record with None for references to no record."""
    names = list(record)
    (row,) = null_missing_references(store, table, names, [tuple(record.values())])
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


NO_NULLS = frozenset({"8.0"})
"""Servers that give the empty text for null everywhere (measured on 8.0 and 8.4)."""

EXTRA_LABEL_FIELDS: Mapping[str, tuple[str, ...]] = {
    "Documents": ("notes_title",), "HelpDesk": ("ticket_title",),
}  # fmt: skip
"""The fields of names that `describe` tells only the columns of."""

_LABEL_ENTITIES = {
    code: f"&{name};" for code, name in codepoint2name.items() if 0xA0 <= code <= 0xFF
}
"""What PHP's `htmlentities` makes of Latin-1, for labels alone."""


def serialize(call: Call, module: str, record: Mapping[str, str | None]) -> dict[str, Any]:
    """All fields of the record and its label; of several values the first, and no reference to a
    record that is not there.

    Null is the empty text here, but for references of the main table and for fields that the user
    does not see.
    """
    table = call.service.store.tables[module]
    fields = table.module.fields
    hidden = call.access.hidden.get(module, ())
    seen = set(visible_fields(table, call.service.profile)) - set(hidden)
    plain = call.service.profile.name in NO_NULLS
    several = call.service.store.lists(module, int(str(record["id"]).partition("x")[2]))
    firsts = {name: values[0] for name, values in several.items()}
    record = without_missing_references(call.service.store, table, {**record, **firsts})
    found: dict[str, Any] = {
        name: value or ("" if plain else _empty_value(table, name))
        for name, value in record.items()
        if name in seen or name not in fields
    }
    if module == "Groups":  # of the modules without records, this one alone tells its column
        found = {"groupid": str(record["id"]).partition("x")[2], **found}
    if has_files(call, table.module):
        ids = attachment_ids(call, table.module, int(str(record["id"]).partition("x")[2]))
        found |= {ATTACHMENT_IDS: ids} if ids else {}
    if table.module.is_entity:
        found["label"] = label(table, record)
    return with_lines(call, module, found, record) if has_lines(call, module) else found


def label(table: Table, record: Mapping[str, str | None]) -> str:
    """What a record is called, with the entities of HTML."""
    name = html.escape(plain_label(table, record), quote=True)
    return name.replace("&#x27;", "&#039;").translate(_LABEL_ENTITIES)


def plain_label(table: Table, record: Mapping[str, str | None]) -> str:
    """What a record is called: the texts of its label fields."""
    named = table.module.label_fields or EXTRA_LABEL_FIELDS.get(table.module.name, ())
    words = (record.get(field) for field in named)
    return " ".join(word for word in words if word).strip()


def _empty_value(table: Table, name: str) -> str | None:
    field = table.module.fields.get(name)
    refers = field is not None and field.type.family is Family.ID
    beside = table_beside(table.module.name, name) or (table.module.name, name) in NULL_WHEN_EMPTY
    return None if refers and not beside else ""
