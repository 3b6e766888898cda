"""A record as `retrieve`, `create` and `update` show it: every field, and a label."""

from __future__ import annotations

import html
from collections.abc import Mapping
from html.entities import codepoint2name
from typing import Any

from vtql.sandbox.check import visible
from vtql.sandbox.service import Call
from vtql.sandbox.store import Table
from vtql.schema.beside import table_beside
from vtql.schema.types import Family

NO_NULLS = frozenset({"8.0"})
"""Servers that give the empty text for null everywhere (measured on 8.0 and 8.4)."""

LINES = "LineItem"
WITH_LINES = frozenset({"Invoice", "Quotes", "SalesOrder", "PurchaseOrder"})
OF_LINES = (
    "quantity", "listprice", "comment", "discount_amount", "discount_percent", "tax1", "tax2",
    "tax3", "image", "purchase_cost", "margin",
)  # fmt: skip
"""Fields of the lines that such a module has too: a query shows the last line's, `retrieve` none."""

_LABEL = {code: f"&{name};" for code, name in codepoint2name.items() if 0xA0 <= code <= 0xFF}
"""What PHP's `htmlentities` makes of Latin-1, for labels alone."""


def shown(call: Call, module: str, record: Mapping[str, str | None]) -> dict[str, Any]:
    """All fields of the record and its label.

    Null is the empty text here, but for references of the main table and for fields that the user
    does not see.
    """
    table = call.service.store.tables[module]
    fields = table.module.fields
    hidden = call.access.hidden.get(module, ())
    seen = set(visible(table, call.service.profile)) - set(hidden)
    plain = call.service.profile.name in NO_NULLS
    found: dict[str, Any] = {
        name: value or ("" if plain else _nothing(table, name))
        for name, value in record.items()
        if name in seen or name not in fields
    }
    if module == "Groups":  # of the modules without records, this one alone tells its column
        found = {"groupid": str(record["id"]).partition("x")[2], **found}
    if table.module.is_entity:
        found["label"] = label(table, record)
    if module in WITH_LINES and LINES in call.service.store.tables:
        for name in OF_LINES:
            found.pop(name, None)
        found["LineItems"] = _lines(call, str(record["id"]))
    return found


def label(table: Table, record: Mapping[str, str | None]) -> str:
    """What a record is called: the texts of its label fields, with the entities of HTML."""
    words = (record.get(field) for field in table.module.label_fields)
    name = " ".join(word for word in words if word).strip()
    return html.escape(name, quote=True).replace("&#x27;", "&#039;").translate(_LABEL)


def _nothing(table: Table, name: str) -> str | None:
    field = table.module.fields.get(name)
    refers = field is not None and field.type.family is Family.ID
    return None if refers and not table_beside(table.module.name, name) else ""


def _lines(call: Call, id_: str) -> list[dict[str, str]]:
    store = call.service.store
    return [
        {name: value or "" for name, value in line.items()} | _product(call, line)
        for line in store.matching(LINES, "parent_id", id_)
    ]


def _product(call: Call, line: Mapping[str, str | None]) -> dict[str, str]:
    """What a line tells of its product or service."""
    prefix, _, number = (line.get("productid") or "").partition("x")
    name = call.service.catalog.module_of_prefix(prefix) or "Products"
    record = call.service.store.record(name, int(number)) if number.isdigit() else None
    words = call.service.catalog[name].label_fields if name in call.service.catalog else ()
    called = " ".join(record.get(word) or "" for word in words) if record else ""
    return {"product_name": called, "entity_type": name, "deleted": "0"}
