"""`create`, `update`, `revise`, `delete`, `convertlead`, and the operations on users.

`changePassword` and `deleteUser` work only on servers that find their source files.
"""

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
    """Delete a record; references to it become empty."""
    return delete_record(call, call.parameters["id"])


def delete_record(call: Call, id_: str) -> dict[str, str]:
    """Delete a record, if the user has the right to."""
    name, number = resolve_id(call, id_)
    if name == "Users":
        raise Refusal(RECORD_NOT_FOUND, "Record you are trying to access is not found")
    record = readable_record(call, name, number)
    check_writable(call.access, name)
    remove_record(call, name, number, record.get("assigned_user_id"))
    return {"status": "successful"}


def remove_record(call: Call, name: str, number: int, owner: str | None) -> None:
    """Remove a record and the references to it."""
    service = call.service
    service.store.remove(name, number, service.clock.text(), owner)
    service.store.forget_references(name, f"{service.catalog[name].id_prefix}x{number}")


NO_FILES: Mapping[str, Upload] = {}

DUPLICATE = 0
"""The code of a duplicate; every other code is text (measured)."""

FAILS_FOR_GROUPS = frozenset({"Contacts", "Potentials"})
"""Modules in which 8.4 stores a record of a group and then sends HTTP 500 (measured)."""


def create(call: Call) -> dict[str, Any]:
    """Create a record. Returns the serialized record."""
    if not call.parameters["element"]:
        raise Crash
    element = parse_element(call)
    files = call.request.files if call.request else {}
    return create_record(call, call.parameters["elementType"], element, files)


def create_record(
    call: Call, name: str, element: Element, files: Mapping[str, Upload] = NO_FILES
) -> dict[str, Any]:
    """Create a record from an element and uploaded files."""
    if name not in call.service.catalog:
        raise access_denied()
    check_writable(call.access, name)
    module, profile = call.service.catalog[name], call.service.profile
    if name == "Users" or (
        has_lines(call, name) and profile.breaks_line_items and element.get("LineItems")
    ):
        raise invalid_id()  # the server builds an id that it refuses itself (measured)
    values = checked_values(call, module, element, mandatory_fields(module))
    _check_unique(call, module, values)
    row = empty_row(call, module) | values | _stamps(call, module, element)
    row |= file_values(module, row, files)
    store = call.service.store
    number = next_id(store, name)
    row |= next_serial(store, name) | {"id": f"{module.id_prefix}x{number}"}
    target, target_row = _target_module(call, name, row)
    store.put(target, number, target_row, list_values(call, module, element))
    store_files(call, module, row, files)
    if has_lines(call, name):
        store_lines(call, row, element)
    if profile.breaks_group_owners and name in FAILS_FOR_GROUPS and _is_of_a_group(call, row):
        raise Crash
    check_owner(call, row)
    serialized = serialize(call, name, store.record(name, number) or row)
    return with_new_lines(call, serialized, row) if serialized.get("LineItems") else serialized


def _is_of_a_group(call: Call, row: Row) -> bool:
    groups = call.service.catalog.get("Groups")
    owner = str(row.get("assigned_user_id"))
    return groups is not None and owner.startswith(f"{groups.id_prefix}x")


def _stamps(call: Call, module: Module, element: Element) -> Row:
    """The values that the server sets itself."""
    now, user = call.service.clock.text(), call.user.id
    stamps: Mapping[str, str] = {
        "createdtime": now, "modifiedtime": now, "modifiedby": user, "creator": user,
        "createdby": user, "starred": "0", "isconvertedfromlead": "0",
    }  # fmt: skip
    row: Row = {name: value for name, value in stamps.items() if name in module.fields}
    if "source" in module.fields and not element.get("source"):
        row["source"] = "WEBSERVICE"
    return row


def _target_module(call: Call, name: str, row: Row) -> tuple[str, Row]:
    """The module in which a record is stored: entries other than tasks are events (measured)."""
    target = {"Calendar": "Events", "Events": "Calendar"}.get(name, name)
    catalog = call.service.catalog
    is_task = row.get("activitytype") == "Task"
    if target not in catalog or is_task is (name == "Calendar"):
        return name, row
    shared = {field: value for field, value in row.items() if field in catalog[target].fields}
    return target, {**empty_row(call, catalog[target]), **shared, "id": _id_in(call, target, row)}


def _id_in(call: Call, name: str, row: Row) -> str:
    return f"{call.service.catalog[name].id_prefix}x{str(row['id']).partition('x')[2]}"


def _check_unique(call: Call, module: Module, values: Row) -> None:
    """Refuse duplicates in modules that do not allow them."""
    if call.service.catalog.describe(module.name).get("allowDuplicates") is not False:
        return
    store = call.service.store
    for name, field in module.fields.items():
        if field.unique and values.get(name):
            duplicate = store.has_equal_text(module.name, name, coerce(field, values[name]))
            if duplicate:
                raise Refusal(DUPLICATE, "Duplicates detected")


def update(call: Call) -> dict[str, Any]:
    """Update a record; empty references are ignored (measured). Returns the serialized record."""
    element = parse_element(call)
    name, number, record = writable_record(call, element)
    module = call.service.catalog[name]
    sent = {
        field: value
        for field, value in element.items()
        if not (value == "" and field in module.fields and _is_reference(call, name, field))
    }
    values = checked_values(call, module, sent, mandatory_fields(module))
    if call.service.profile.clears_omitted_fields:
        record = record | dict.fromkeys(empty_row(call, module)) | _preserved_values(record)
    return store_changes(call, name, number, record | values, element)


def writable_record(call: Call, element: Element) -> tuple[str, int, Row]:
    """The module, number and values of the record of an element.

    Raises:
        Refusal: there is none, or the user cannot change it.
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
    """Store a changed record. Returns the serialized record."""
    stamps = {"modifiedtime": call.service.clock.text(), "modifiedby": call.user.id}
    module, store = call.service.catalog[name], call.service.store
    record |= {field: value for field, value in stamps.items() if field in module.fields}
    files = call.request.files if call.request else {}
    record |= file_values(module, record, files, store.record(name, number))
    store.put(name, number, record, list_values(call, module, element))
    store_files(call, module, record, files)
    if has_lines(call, name):
        store_lines(call, record, element)
        if element.get("LineItems") and call.service.profile.breaks_line_items:
            raise Crash  # the lines are replaced nevertheless (measured)
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
    """Update some fields of a record. Returns the serialized record."""
    return revise_record(call, parse_element(call))


def revise_record(call: Call, element: Element) -> dict[str, Any]:
    """Update the fields of a record that are in an element."""
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
"""Fields of a lead, and the fields that get their values unless the element has others."""


def convert_lead(call: Call) -> dict[str, str]:
    """Convert a lead to an account, a contact and a potential. Returns their ids by module."""
    element = parse_element(call)
    name, number = resolve_id(call, element.get("leadId"))
    if name != "Leads":
        raise invalid_id()
    service = call.service
    if is_converted(service.store, number):
        raise Refusal("LEAD_ALREADY_CONVERTED", "Lead is already converted")
    lead = readable_record(call, name, number)
    entities = element.get("entities")
    entity_elements: Mapping[str, Any] = entities if isinstance(entities, Mapping) else {}
    created_ids: dict[str, str] = {}
    for module in CONVERSION_ORDER:
        entity = entity_elements.get(module)
        if isinstance(entity, Mapping) and entity.get("create"):
            row = {"assigned_user_id": element.get("assignedTo") or lead.get("assigned_user_id")}
            row |= {
                to: lead.get(of) for of, to in CONVERSION_FIELDS[module].items() if lead.get(of)
            }
            row |= _references(module, created_ids)
            values = {key: value for key, value in entity.items() if key not in ("create", "name")}
            created_ids[module] = create_record(call, module, row | values)["id"]
    if not {"Accounts", "Contacts"} & set(created_ids):
        raise Refusal("INVALID_POTENTIAL_FOR_CONVERTLEAD", "Contact or Account is needed")
    remove_record(call, name, number, lead.get("assigned_user_id"))
    mark_converted(service.store, number)
    return created_ids


def _references(module: str, created_ids: Mapping[str, str]) -> dict[str, str]:
    account, contact = created_ids.get("Accounts", ""), created_ids.get("Contacts", "")
    match module:
        case "Contacts" if account:
            return {"account_id": account}
        case "Potentials":
            return {"related_to": account, "contact_id": contact}
    return {}


def change_password(call: Call) -> dict[str, str]:
    """Change a password. The sandbox stores no passwords and accepts any old one."""
    name, number = resolve_id(call, call.parameters["id"])
    if name != "Users":
        raise access_denied()
    readable_record(call, name, number)
    parameters = call.parameters
    if not parameters["newPassword"] or parameters["newPassword"] != parameters["confirmPassword"]:
        raise Refusal("NEW_PASSWORD_MISMATCH", "New Password and confirm password don't match")
    return {"message": "Changed password successfully"}


def delete_user(call: Call) -> dict[str, str]:
    """Delete a user and give their records to another."""
    name, number = resolve_id(call, call.parameters["id"])
    heir, heir_number = resolve_id(call, call.parameters["newOwnerId"])
    if {name, heir} != {"Users"} or call.user.row.get("is_admin") != "on":
        raise access_denied()
    user, successor = readable_record(call, name, number), readable_record(call, heir, heir_number)
    call.service.store.reassign(str(user["id"]), str(successor["id"]))
    remove_record(call, name, number, None)
    return {"status": "successful"}
