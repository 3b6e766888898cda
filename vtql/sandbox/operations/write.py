"""`delete`: a record goes to the recycle bin, and references to it lead nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vtql.catalog.model import Module
from vtql.sandbox.access import check_writable
from vtql.sandbox.coerce import coerce
from vtql.sandbox.documents import file_values, store_files
from vtql.sandbox.errors import Crash, Refusal, access_denied, invalid_id
from vtql.sandbox.http_messages import Upload
from vtql.sandbox.line_items import has_lines, store_lines, with_new_lines
from vtql.sandbox.operations.read import readable_record
from vtql.sandbox.sequences import next_id, next_serial
from vtql.sandbox.serialize import serialize
from vtql.sandbox.service import Call
from vtql.sandbox.store import is_converted, mark_converted
from vtql.sandbox.write_values import (
    RECORD_NOT_FOUND,
    Element,
    Row,
    check_owner,
    checked_values,
    empty_row,
    list_values,
    mandatory_fields,
    parse_element,
    resolve_id,
)


def delete(call: Call) -> dict[str, str]:
    """The server's own word for it."""
    return delete_record(call, call.parameters["id"])


def delete_record(call: Call, id_: str) -> dict[str, str]:
    """Delete a record that the user may delete."""
    name, number = resolve_id(call, id_)
    if name == "Users":
        raise Refusal(RECORD_NOT_FOUND, "Record you are trying to access is not found")
    record = readable_record(call, name, number)
    check_writable(call.access, name)
    remove_record(call, name, number, record.get("assigned_user_id"))
    return {"status": "successful"}


def remove_record(call: Call, name: str, number: int, owner: str | None) -> None:
    """Take a record out of its module."""
    service = call.service
    service.store.remove(name, number, service.clock.text(), owner)
    service.store.forget_references(name, f"{service.catalog[name].id_prefix}x{number}")


NO_FILES: Mapping[str, Upload] = {}

DUPLICATE = 0
"""The code of a duplicate, a number where every other is a text (measured)."""

FAILS_FOR_GROUPS = frozenset({"Contacts", "Potentials"})
"""Modules whose records 8.4 stores for a group, and then ends with HTTP 500 (measured)."""


def create(call: Call) -> dict[str, Any]:
    """The record as `retrieve` would give it."""
    if not call.parameters["element"]:
        raise Crash
    element = parse_element(call)
    files = call.request.files if call.request else {}
    return create_record(call, call.parameters["elementType"], element, files)


def create_record(
    call: Call, name: str, element: Element, files: Mapping[str, Upload] = NO_FILES
) -> dict[str, Any]:
    """A new record of a module with the values of an element, and the files of a form."""
    if name not in call.service.catalog:
        raise access_denied()
    check_writable(call.access, name)
    module = call.service.catalog[name]
    if name == "Users" or (has_lines(call, name) and _is_broken(call) and element.get("LineItems")):
        raise invalid_id()  # the server itself puts together an id that it refuses (measured)
    values = checked_values(call, module, element, mandatory_fields(module))
    _check_unique(call, module, values)
    row = empty_row(call, module) | values | _stamps(call, module, element)
    row |= file_values(module, row, files)
    store = call.service.store
    number = next_id(store, name)
    row |= next_serial(store, name) | {"id": f"{module.id_prefix}x{number}"}
    home, kept = _target_module(call, name, row)
    store.put(home, number, kept, list_values(call, module, element))
    store_files(call, module, row, files)
    if has_lines(call, name):
        store_lines(call, row, element)
    if _is_broken(call) and name in FAILS_FOR_GROUPS and _is_of_a_group(call, row):
        raise Crash
    check_owner(call, row)
    told = serialize(call, name, store.record(name, number) or row)
    return with_new_lines(call, told, row) if told.get("LineItems") else told


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


def _target_module(call: Call, name: str, row: Row) -> tuple[str, Row]:
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
            found = store.alike(module.name, name, coerce(field, values[name]))
            if found:
                raise Refusal(DUPLICATE, "Duplicates detected")


def update(call: Call) -> dict[str, Any]:
    """The record as `retrieve` would give it. An empty reference is left as it was (measured)."""
    element = parse_element(call)
    name, number, record = writable_record(call, element)
    module = call.service.catalog[name]
    given = {
        field: value
        for field, value in element.items()
        if not (value == "" and field in module.fields and _is_reference(call, name, field))
    }
    values = checked_values(call, module, given, mandatory_fields(module))
    if call.service.profile.name == "5.4":
        record = record | dict.fromkeys(empty_row(call, module)) | _preserved_values(record)
    return store_changes(call, name, number, record | values, element)


def writable_record(call: Call, element: Element) -> tuple[str, int, Row]:
    """The record that an element is about: its module, its number and its values.

    Raises:
        Refusal: there is none, or the user may not change it.
    """
    if not element.get("id"):
        raise invalid_id()
    name, number = resolve_id(call, element["id"])
    record = readable_record(call, name, number)
    check_writable(call.access, name)
    return name, number, record


def store_changes(
    call: Call, name: str, number: int, record: Row, element: Element
) -> dict[str, Any]:
    """Keep a changed record, and show it."""
    stamps = {"modifiedtime": call.service.clock.text(), "modifiedby": call.user.id}
    module, store = call.service.catalog[name], call.service.store
    record |= {field: value for field, value in stamps.items() if field in module.fields}
    files = call.request.files if call.request else {}
    record |= file_values(module, record, files, store.record(name, number))
    store.put(name, number, record, list_values(call, module, element))
    store_files(call, module, record, files)
    if has_lines(call, name):
        store_lines(call, record, element)
        if element.get("LineItems") and call.service.profile.name == "8.4":
            raise Crash  # the lines are replaced all the same (measured)
    if "assigned_user_id" in element:
        check_owner(call, record)
    return serialize(call, name, record)


def _preserved_values(record: Row) -> Row:
    return {
        field: value
        for field, value in record.items()
        if field in ("id", "createdtime", "source", "starred") or field.endswith("_no")
    }


def _is_reference(call: Call, name: str, field: str) -> bool:
    return call.service.catalog[name].fields[field].type.name == "reference"


def revise(call: Call) -> dict[str, Any]:
    """The record as `retrieve` would give it."""
    return revise_record(call, parse_element(call))


def revise_record(call: Call, element: Element) -> dict[str, Any]:
    """A record with the values of an element, which has its id."""
    name, number, record = writable_record(call, element)
    module = call.service.catalog[name]
    needed = [field for field in mandatory_fields(module) if field in element]
    values = checked_values(call, module, element, needed)
    return store_changes(call, name, number, record | values, element)


CONVERSION_ORDER = ("Accounts", "Contacts", "Potentials")
CONVERSION_FIELDS = {
    "Accounts": {"company": "accountname", "phone": "phone", "email": "email1",
                 "website": "website", "industry": "industry"},
    "Contacts": {"firstname": "firstname", "lastname": "lastname", "email": "email",
                 "phone": "phone", "mobile": "mobile", "leadsource": "leadsource"},
    "Potentials": {"company": "potentialname", "leadsource": "leadsource"},
}  # fmt: skip
"""Which field of the lead goes where, for what the element does not say."""


def convert_lead(call: Call) -> dict[str, str]:
    """The ids of the records that were made, by module."""
    element = parse_element(call)
    name, number = resolve_id(call, element.get("leadId"))
    if name != "Leads":
        raise invalid_id()
    service = call.service
    if is_converted(service.store, number):
        raise Refusal("LEAD_ALREADY_CONVERTED", "Lead is already converted")
    lead = readable_record(call, name, number)
    entities = element.get("entities")
    wanted: Mapping[str, Any] = entities if isinstance(entities, Mapping) else {}
    found: dict[str, str] = {}
    for module in CONVERSION_ORDER:
        entity = wanted.get(module)
        if isinstance(entity, Mapping) and entity.get("create"):
            row = {"assigned_user_id": element.get("assignedTo") or lead.get("assigned_user_id")}
            row |= {
                to: lead.get(of) for of, to in CONVERSION_FIELDS[module].items() if lead.get(of)
            }
            row |= _references(module, found)
            given = {key: each for key, each in entity.items() if key not in ("create", "name")}
            found[module] = create_record(call, module, row | given)["id"]
    if not {"Accounts", "Contacts"} & set(found):
        raise Refusal("INVALID_POTENTIAL_FOR_CONVERTLEAD", "Contact or Account is needed")
    remove_record(call, name, number, lead.get("assigned_user_id"))
    mark_converted(service.store, number)
    return found


def _references(module: str, made_ids: Mapping[str, str]) -> dict[str, str]:
    account, contact = made_ids.get("Accounts", ""), made_ids.get("Contacts", "")
    match module:
        case "Contacts" if account:
            return {"account_id": account}
        case "Potentials":
            return {"related_to": account, "contact_id": contact}
    return {}


def change_password(call: Call) -> dict[str, str]:
    """The server's own word for it. The sandbox keeps no passwords, so any old one is right."""
    name, number = resolve_id(call, call.parameters["id"])
    if name != "Users":
        raise access_denied()
    readable_record(call, name, number)
    given = call.parameters
    if not given["newPassword"] or given["newPassword"] != given["confirmPassword"]:
        raise Refusal("NEW_PASSWORD_MISMATCH", "New Password and confirm password don't match")
    return {"message": "Changed password successfully"}


def delete_user(call: Call) -> dict[str, str]:
    """Take a user away and give their records to another."""
    name, number = resolve_id(call, call.parameters["id"])
    heir, other = resolve_id(call, call.parameters["newOwnerId"])
    if {name, heir} != {"Users"} or call.user.row.get("is_admin") != "on":
        raise access_denied()
    user, successor = readable_record(call, name, number), readable_record(call, heir, other)
    call.service.store.give(str(user["id"]), str(successor["id"]))
    remove_record(call, name, number, None)
    return {"status": "successful"}
