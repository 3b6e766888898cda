"""Records as the service returns them: serialized records with labels, and references.

The column of a reference holds the number of a record, 0 or NULL. A query compares these values, and
returns null for 0, NULL and the number of a missing record (measured on 8.4.0).
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
from vtql.sandbox.schema import Table, row_number
from vtql.sandbox.service import Call
from vtql.sandbox.sql import NULL_WHEN_EMPTY
from vtql.sandbox.store import Store
from vtql.sandbox.validate import visible_fields

_USERS = frozenset({"Users", "Groups"})
"""Modules whose records exist even if the sandbox has none, such as `admin`."""
_ACTIVITIES = frozenset({"Calendar", "Events", "Emails"})
"""Modules with records in one table, so that the prefix of one finds records of the others."""


def reference_fields(module: Module) -> frozenset[str]:
    """The reference fields of a module, without owners."""
    return frozenset(
        name for name, field in module.fields.items() if field.type.name == "reference"
    )


def null_missing_references(
    store: Store, table: Table, fields: Sequence[str], rows: list[tuple[Any, ...]]
) -> list[tuple[Any, ...]]:
    """Replace references to missing records by None."""
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
    """Replace references of a record to missing records by None."""
    names = list(record)
    (row,) = null_missing_references(store, table, names, [tuple(record.values())])
    return dict(zip(names, row, strict=True))


def _missing(store: Store, values: set[str | None]) -> set[str | None]:
    """The references to missing records; references to modules outside the catalog are kept."""
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
    for prefix, ids in numbers.items():
        existing = _existing(store, prefix, list(ids))
        if existing is not None:
            missing |= {ids[number] for number in ids.keys() - existing}
    return missing


def _existing(store: Store, prefix: str, numbers: Sequence[int]) -> set[int] | None:
    """The numbers of existing records, or None if that is unknown."""
    names = [name for name, table in store.tables.items() if table.module.id_prefix == prefix]
    if not names or (names[0] in _USERS and not store.count(names[0])):
        return None
    together = _ACTIVITIES if names[0] in _ACTIVITIES else names
    existing: set[int] = set()
    for name in together:
        if name in store.tables:
            existing |= store.existing(name, numbers)
    return existing


EXTRA_LABEL_FIELDS: Mapping[str, tuple[str, ...]] = {
    "Documents": ("notes_title",), "HelpDesk": ("ticket_title",),
}  # fmt: skip
"""Label fields of modules whose description names columns instead."""

_LABEL_ENTITIES = {
    code: f"&{name};" for code, name in codepoint2name.items() if 0xA0 <= code <= 0xFF
}
"""Latin-1 entities of PHP's `htmlentities`; only labels have them."""


def serialize(call: Call, module: str, record: Mapping[str, str | None]) -> dict[str, Any]:
    """All fields of a record and its label, as `retrieve`, `create` and `update` return them.

    Lists are represented by their first value, and references to missing records are empty. Null is
    the empty text, except in references of the main table.
    """
    table = call.service.store.tables[module]
    fields = table.module.fields
    hidden = call.access.hidden.get(module, ())
    seen = set(visible_fields(table, call.service.profile)) - set(hidden)
    plain = call.service.profile.nulls_as_text
    several = call.service.store.lists(module, row_number(record))
    firsts = {name: values[0] for name, values in several.items()}
    record = without_missing_references(call.service.store, table, {**record, **firsts})
    serialized: dict[str, Any] = {
        name: value or ("" if plain else _empty_value(table, name))
        for name, value in record.items()
        if name in seen or name not in fields
    }
    if module == "Groups":  # the only such module that returns its column
        serialized = {"groupid": str(record["id"]).partition("x")[2], **serialized}
    if has_files(call, table.module):
        ids = attachment_ids(call, table.module, row_number(record))
        serialized |= {ATTACHMENT_IDS: ids} if ids else {}
    if table.module.is_entity:
        serialized["label"] = label(table, record)
    return with_lines(call, module, serialized, record) if has_lines(call, module) else serialized


def label(table: Table, record: Mapping[str, str | None]) -> str:
    """The label of a record, with HTML entities."""
    name = html.escape(plain_label(table, record), quote=True)
    return name.replace("&#x27;", "&#039;").translate(_LABEL_ENTITIES)


def plain_label(table: Table, record: Mapping[str, str | None]) -> str:
    """The label of a record: the values of its label fields."""
    named = table.module.label_fields or EXTRA_LABEL_FIELDS.get(table.module.name, ())
    words = (record.get(field) for field in named)
    return " ".join(word for word in words if word).strip()


def _empty_value(table: Table, name: str) -> str | None:
    field = table.module.fields.get(name)
    refers = field is not None and field.type.family is Family.ID
    nullable = table_beside(table.module.name, name) or (table.module.name, name) in NULL_WHEN_EMPTY
    return None if refers and not nullable else ""
