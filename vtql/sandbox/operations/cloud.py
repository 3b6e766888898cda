"""Operations of Vtiger Cloud only: `me`, `lookup`, `delete_related` and tags."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from vtql.catalog.model import Module
from vtql.protocol import PAGE
from vtql.sandbox.access import check_writable
from vtql.sandbox.errors import Refusal, access_denied
from vtql.sandbox.operations.read import Row, all_rows, may_see, readable_record
from vtql.sandbox.serialize import serialize
from vtql.sandbox.service import Call
from vtql.sandbox.store import unlink
from vtql.sandbox.write_values import resolve_id

KINDS = ("phone", "email")


def me(call: Call) -> dict[str, Any]:
    """The record of the calling user."""
    if "Users" in call.service.catalog:
        _, number = resolve_id(call, call.user.id)
        record = call.service.store.record("Users", number)
        if record is not None:
            return serialize(call, "Users", record)
    return {"id": call.user.id, "user_name": call.user.name}


def lookup(call: Call) -> list[Row]:
    """The records with a phone number, compared by digits, or an e-mail address."""
    kind, value = call.parameters["type"], _normalized(call, call.parameters["value"])
    if kind not in KINDS or not value:
        raise Refusal(
            "MANDATORY_FIELDS_MISSING",
            f"{'value' if kind in KINDS else 'type'} does not have a value",
        )
    matching = (
        row
        for name, fields in _searched_fields(call, kind)
        for row in all_rows(call, name)
        if any(_normalized(call, row.get(field) or "") == value for field in fields)
        and may_see(call, name, row)
    )
    return [row for row, _ in zip(matching, range(PAGE), strict=False)]


def _searched_fields(call: Call, kind: str) -> Iterator[tuple[str, list[str]]]:
    """The modules and fields in `searchIn`, or all fields of the type."""
    try:
        named = json.loads(call.parameters["searchIn"] or "null")
    except (ValueError, RecursionError):
        named = None
    for name, module in call.service.catalog.items():
        if module.is_entity and name not in call.access.denied:
            fields = _of_kind(module, kind)
            if isinstance(named, dict):
                field_names = named.get(name)
                fields = (
                    [field for field in field_names if field in module.fields]
                    if isinstance(field_names, list)
                    else []
                )
            hidden = call.access.hidden.get(name, ())
            seen = [field for field in fields if field not in hidden]
            if seen:
                yield name, seen


def _of_kind(module: Module, kind: str) -> list[str]:
    return [field.name for field in module.fields.values() if field.type.name == kind]


def _normalized(call: Call, text: str) -> str:
    return re.sub(r"\D", "", text) if call.parameters["type"] == "phone" else text.casefold()


def delete_related(call: Call) -> dict[str, str]:
    """Remove the relation between two records."""
    ids = []
    for parameter in ("sourceRecordId", "relatedRecordId"):
        name, number = resolve_id(call, call.parameters[parameter])
        ids.append(str(readable_record(call, name, number)["id"]))
        check_writable(call.access, name)
    unlink(call.service.store, *ids)
    return {"message": "successfull"}


def tags_add(call: Call) -> dict[str, str]:
    """Add tags to a record."""
    return _change_tags(call, lambda tags, sent: [*tags, *(tag for tag in sent if tag not in tags)])


def tags_delete(call: Call) -> dict[str, str]:
    """Remove tags from a record."""
    return _change_tags(call, lambda tags, sent: [tag for tag in tags if tag not in sent])


def tags_retrieve(call: Call) -> list[str]:
    """The tags of a record."""
    name, number = resolve_id(call, call.parameters["id"])
    return _tags(readable_record(call, name, number))


def _change_tags(call: Call, change: Any) -> dict[str, str]:
    name, number = resolve_id(call, call.parameters["id"])
    record = readable_record(call, name, number)
    check_writable(call.access, name)
    if "tags" not in record:
        raise access_denied()
    try:
        tags = json.loads(call.parameters["tags"] or "[]")
    except (ValueError, RecursionError):
        tags = call.parameters["tags"].split(",")
    tags = tags if isinstance(tags, list) else [tags]
    texts = [str(tag).strip() for tag in tags if str(tag).strip()]
    record["tags"] = ",".join(change(_tags(record), texts))
    call.service.store.put(name, number, record)
    return {"message": "successfull"}


def _tags(record: Any) -> list[str]:
    return [tag.strip() for tag in (record.get("tags") or "").split(",") if tag.strip()]
