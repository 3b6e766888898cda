"""A record as `retrieve`, `create` and `update` show it: every field, and a label."""

from __future__ import annotations

import html
from collections.abc import Mapping
from html.entities import codepoint2name
from typing import Any

from vtql.catalog.server_tables import table_beside
from vtql.catalog.types import Family
from vtql.sandbox.attached import IDS, has_files, ids_of
from vtql.sandbox.check import visible
from vtql.sandbox.conditions import NULL_WHEN_EMPTY
from vtql.sandbox.inventory import has_lines, with_lines
from vtql.sandbox.references import without_missing
from vtql.sandbox.service import Call
from vtql.sandbox.table import Table

NO_NULLS = frozenset({"8.0"})
"""Servers that give the empty text for null everywhere (measured on 8.0 and 8.4)."""

NAMED_BY: Mapping[str, tuple[str, ...]] = {
    "Documents": ("notes_title",), "HelpDesk": ("ticket_title",),
}  # fmt: skip
"""The fields of names that `describe` tells only the columns of."""

_LABEL = {code: f"&{name};" for code, name in codepoint2name.items() if 0xA0 <= code <= 0xFF}
"""What PHP's `htmlentities` makes of Latin-1, for labels alone."""


def shown(call: Call, module: str, record: Mapping[str, str | None]) -> dict[str, Any]:
    """All fields of the record and its label; of several values the first, and no reference to a
    record that is not there.

    Null is the empty text here, but for references of the main table and for fields that the user
    does not see.
    """
    table = call.service.store.tables[module]
    fields = table.module.fields
    hidden = call.access.hidden.get(module, ())
    seen = set(visible(table, call.service.profile)) - set(hidden)
    plain = call.service.profile.name in NO_NULLS
    several = call.service.store.lists(module, int(str(record["id"]).partition("x")[2]))
    firsts = {name: values[0] for name, values in several.items()}
    record = without_missing(call.service.store, table, {**record, **firsts})
    found: dict[str, Any] = {
        name: value or ("" if plain else _nothing(table, name))
        for name, value in record.items()
        if name in seen or name not in fields
    }
    if module == "Groups":  # of the modules without records, this one alone tells its column
        found = {"groupid": str(record["id"]).partition("x")[2], **found}
    if has_files(call, table.module):
        ids = ids_of(call, table.module, int(str(record["id"]).partition("x")[2]))
        found |= {IDS: ids} if ids else {}
    if table.module.is_entity:
        found["label"] = label(table, record)
    return with_lines(call, module, found, record) if has_lines(call, module) else found


def label(table: Table, record: Mapping[str, str | None]) -> str:
    """What a record is called, with the entities of HTML."""
    name = html.escape(called(table, record), quote=True)
    return name.replace("&#x27;", "&#039;").translate(_LABEL)


def called(table: Table, record: Mapping[str, str | None]) -> str:
    """What a record is called: the texts of its label fields."""
    named = table.module.label_fields or NAMED_BY.get(table.module.name, ())
    words = (record.get(field) for field in named)
    return " ".join(word for word in words if word).strip()


def _nothing(table: Table, name: str) -> str | None:
    field = table.module.fields.get(name)
    refers = field is not None and field.type.family is Family.ID
    beside = table_beside(table.module.name, name) or (table.module.name, name) in NULL_WHEN_EMPTY
    return None if refers and not beside else ""
