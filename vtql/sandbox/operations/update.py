"""`update`: a record with new values; those that the element lacks stay, but on 5.4."""

from __future__ import annotations

from typing import Any

from vtql.sandbox.access import check_writable
from vtql.sandbox.attached import described_by, keep_files
from vtql.sandbox.inventory import has_lines
from vtql.sandbox.lines import keep_lines
from vtql.sandbox.operations.retrieve import existing
from vtql.sandbox.ownership import check_owner
from vtql.sandbox.refusals import Crash, bad_id
from vtql.sandbox.service import Call
from vtql.sandbox.shown import shown
from vtql.sandbox.written import (
    Element,
    Row,
    changed,
    element_of,
    empty_row,
    lists,
    mandatory,
    place_of,
)


def run(call: Call) -> dict[str, Any]:
    """The record as `retrieve` would give it. An empty reference is left as it was (measured)."""
    element = element_of(call)
    name, number, record = found(call, element)
    module = call.service.catalog[name]
    given = {
        field: value
        for field, value in element.items()
        if not (value == "" and field in module.fields and _refers(call, name, field))
    }
    values = changed(call, module, given, mandatory(module))
    if call.service.profile.name == "5.4":
        record = record | dict.fromkeys(empty_row(call, module)) | _kept(record)
    return rewritten(call, name, number, record | values, element)


def found(call: Call, element: Element) -> tuple[str, int, Row]:
    """The record that an element is about: its module, its number and its values.

    Raises:
        Refusal: there is none, or the user may not change it.
    """
    if not element.get("id"):
        raise bad_id()
    name, number = place_of(call, element["id"])
    record = existing(call, name, number)
    check_writable(call.access, name)
    return name, number, record


def rewritten(call: Call, name: str, number: int, record: Row, element: Element) -> dict[str, Any]:
    """Keep a changed record, and show it."""
    stamps = {"modifiedtime": call.service.clock.text(), "modifiedby": call.user.id}
    module, store = call.service.catalog[name], call.service.store
    record |= {field: value for field, value in stamps.items() if field in module.fields}
    files = call.request.files if call.request else {}
    record |= described_by(module, record, files, store.record(name, number))
    store.put(name, number, record, lists(call, module, element))
    keep_files(call, module, record, files)
    if has_lines(call, name):
        keep_lines(call, record, element)
        if element.get("LineItems") and call.service.profile.name == "8.4":
            raise Crash  # the lines are replaced all the same (measured)
    if "assigned_user_id" in element:
        check_owner(call, record)
    return shown(call, name, record)


def _kept(record: Row) -> Row:
    return {
        field: value
        for field, value in record.items()
        if field in ("id", "createdtime", "source", "starred") or field.endswith("_no")
    }


def _refers(call: Call, name: str, field: str) -> bool:
    return call.service.catalog[name].fields[field].type.name == "reference"
