"""`create`: a new record, of which the server tells all fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vtql.catalog.model import Module
from vtql.sandbox.access import check_writable
from vtql.sandbox.attached import described_by, keep_files
from vtql.sandbox.inventory import as_made, has_lines
from vtql.sandbox.lines import keep_lines
from vtql.sandbox.numbers import next_id, serial
from vtql.sandbox.ownership import check_owner
from vtql.sandbox.refusals import Crash, Refusal, bad_id, denied
from vtql.sandbox.service import Call
from vtql.sandbox.shown import shown
from vtql.sandbox.stored import stored
from vtql.sandbox.wire import Upload
from vtql.sandbox.written import Element, Row, changed, element_of, empty_row, lists, mandatory

NO_FILES: Mapping[str, Upload] = {}

DUPLICATE = 0
"""The code of a duplicate, a number where every other is a text (measured)."""

LOSES_THE_ANSWER = frozenset({"Contacts", "Potentials"})
"""Modules whose records 8.4 stores for a group, and then ends with HTTP 500 (measured)."""


def run(call: Call) -> dict[str, Any]:
    """The record as `retrieve` would give it."""
    if not call.parameters["element"]:
        raise Crash
    element = element_of(call)
    files = call.request.files if call.request else {}
    return made(call, call.parameters["elementType"], element, files)


def made(
    call: Call, name: str, element: Element, files: Mapping[str, Upload] = NO_FILES
) -> dict[str, Any]:
    """A new record of a module with the values of an element, and the files of a form."""
    if name not in call.service.catalog:
        raise denied()
    check_writable(call.access, name)
    module = call.service.catalog[name]
    if name == "Users" or (has_lines(call, name) and _is_broken(call) and element.get("LineItems")):
        raise bad_id()  # the server itself puts together an id that it refuses (measured)
    values = changed(call, module, element, mandatory(module))
    _check_unique(call, module, values)
    row = empty_row(call, module) | values | _stamps(call, module, element)
    row |= described_by(module, row, files)
    store = call.service.store
    number = next_id(store, name)
    row |= serial(store, name) | {"id": f"{module.id_prefix}x{number}"}
    home, kept = _home(call, name, row)
    store.put(home, number, kept, lists(call, module, element))
    keep_files(call, module, row, files)
    if has_lines(call, name):
        keep_lines(call, row, element)
    if _is_broken(call) and name in LOSES_THE_ANSWER and _is_of_a_group(call, row):
        raise Crash
    check_owner(call, row)
    told = shown(call, name, store.record(name, number) or row)
    return as_made(call, told, row) if told.get("LineItems") else told


def _is_broken(call: Call) -> bool:
    return call.service.profile.name == "8.4"


def _is_of_a_group(call: Call, row: Row) -> bool:
    groups = call.service.catalog.get("Groups")
    owner = str(row.get("assigned_user_id"))
    return groups is not None and owner.startswith(f"{groups.id_prefix}x")


def _stamps(call: Call, module: Module, element: Element) -> Row:
    """What the server fills in by itself, and what has no column that could be empty."""
    now, user = call.service.clock.text(), call.user.id
    found: Mapping[str, str] = {
        "createdtime": now, "modifiedtime": now, "modifiedby": user, "creator": user,
        "createdby": user, "starred": "0", "isconvertedfromlead": "0",
    }  # fmt: skip
    row: Row = {name: value for name, value in found.items() if name in module.fields}
    if "source" in module.fields and not element.get("source"):
        row["source"] = "WEBSERVICE"
    return row


def _home(call: Call, name: str, row: Row) -> tuple[str, Row]:
    """Where the record is kept: what is no task is an event, whoever made it (measured)."""
    other = {"Calendar": "Events", "Events": "Calendar"}.get(name, name)
    catalog = call.service.catalog
    is_task = row.get("activitytype") == "Task"
    if other not in catalog or is_task is (name == "Calendar"):
        return name, row
    kept = {field: value for field, value in row.items() if field in catalog[other].fields}
    return other, {**empty_row(call, catalog[other]), **kept, "id": _id_in(call, other, row)}


def _id_in(call: Call, name: str, row: Row) -> str:
    return f"{call.service.catalog[name].id_prefix}x{str(row['id']).partition('x')[2]}"


def _check_unique(call: Call, module: Module, values: Row) -> None:
    """Refuse what there is already, in modules that allow no duplicates."""
    if call.service.catalog.describe(module.name).get("allowDuplicates") is not False:
        return
    store = call.service.store
    for name, field in module.fields.items():
        if field.unique and values.get(name):
            found = store.alike(module.name, name, stored(field, values[name]))
            if found:
                raise Refusal(DUPLICATE, "Duplicates detected")
