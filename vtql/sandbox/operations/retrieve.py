"""`retrieve`: one record by its id."""

from __future__ import annotations

import re

from vtql.sandbox.check import visible
from vtql.sandbox.refusals import bad_id, denied
from vtql.sandbox.service import Call
from vtql.sandbox.values import record_number
from vtql.schema.types import Family

_PREFIX = re.compile(r"\s*([0-9]{1,18})")


def run(call: Call) -> dict[str, str | None]:
    """All fields of the record and its label. Null is the empty text here, but for references."""
    service, id_ = call.service, call.parameters["id"]
    prefix = _PREFIX.match(id_)
    name = service.catalog.module_of_prefix(prefix[1]) if prefix else None
    if name is None:
        raise denied(" for id")
    number = record_number(id_)
    if number is None:
        raise bad_id()
    record = service.store.record(name, number)
    if record is None:
        raise bad_id() if _elsewhere(call, number) else denied()
    table = service.store.tables[name]
    fields = table.module.fields
    found = {
        field: value or (None if _refers(call, name, field) else "")
        for field, value in record.items()
        if field in visible(table) or field not in fields
    }
    if table.module.is_entity:
        words = (record.get(field) for field in table.module.label_fields)
        found["label"] = " ".join(word for word in words if word)
    return found


def _elsewhere(call: Call, number: int) -> bool:
    """Whether an entity module has a record of the number: they share their numbers."""
    tables = call.service.store.tables
    return any(
        table.module.is_entity and name != "Users" and call.service.store.record(name, number)
        for name, table in tables.items()
    )


def _refers(call: Call, module: str, field: str) -> bool:
    known = call.service.catalog[module].fields.get(field)
    return known is not None and known.type.family is Family.ID
