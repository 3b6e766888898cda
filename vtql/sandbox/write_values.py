"""Elements to write: parsed from JSON, checked in the server's order, converted to rows.

References are checked first, then mandatory fields, then the owner, so that an element with two
errors is refused for the same one as on a server.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from vtql.catalog.model import Field, Module
from vtql.catalog.server_tables import LINE_ITEMS, kept_as_text, several
from vtql.protocol import INTERNAL_SERVER_ERROR
from vtql.sandbox.coerce import coerce, empty_value, php_text
from vtql.sandbox.errors import Crash, PlainText, Refusal, access_denied, invalid_id
from vtql.sandbox.mysql_values import record_number
from vtql.sandbox.schema import MAX_NUMBER_DIGITS, unequal_lists
from vtql.sandbox.service import Call

MANDATORY_FIELDS_MISSING = "MANDATORY_FIELDS_MISSING"
REFERENCE_INVALID = "REFERENCE_INVALID"
RECORD_NOT_FOUND = "RECORD_NOT_FOUND"
INVALID_LIST = "INVALID_LIST"
"""A code of the sandbox only, which accepts lists that a server does not."""

NULL_NUMBERS = frozenset({"hdnDiscountPercent", "hdnDiscountAmount"})
"""Numbers whose empty value is null and not 0 (measured)."""

READ_ONLY_FIELDS = frozenset(
    {"id", "createdtime", "modifiedtime", "modifiedby", "starred", "label"}
)
_PREFIX = re.compile(r"\s*([0-9]{1,18})")
_PLAIN_OWNER = re.compile(rf"[0-9]{{1,{MAX_NUMBER_DIGITS}}}")

Element = Mapping[str, Any]
Row = dict[str, str | None]


def parse_element(call: Call, name: str = "element") -> Element:
    """Parse the element of a call; the default is an empty one.

    Raises:
        Crash: it is JSON of another type.
        Refusal: it is not JSON.
    """
    text = call.parameters[name]
    if not text:
        return {}
    try:
        value = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        raise Refusal(INTERNAL_SERVER_ERROR) from None
    if value == []:
        return {}
    if not isinstance(value, dict):
        raise Crash
    return {str(key): value for key, value in value.items()}


def resolve_id(call: Call, id_: Any) -> tuple[str, int]:
    """The module and number of a record id.

    Raises:
        Refusal: the id has no known prefix or no number.
    """
    text = id_ if isinstance(id_, str) else ""
    prefix = _PREFIX.match(text)
    name = call.service.catalog.module_of_prefix(prefix[1]) if prefix else None
    if name is None:
        raise access_denied(" for id")
    number = record_number(text)
    if number is None:
        raise invalid_id()
    return name, number


def exists_in_any_module(call: Call, number: int) -> bool:
    """Whether any entity module has a record of the number; they share a sequence."""
    store = call.service.store
    return any(
        table.module.is_entity and name != "Users" and store.record(name, number)
        for name, table in store.tables.items()
    )


def mandatory_fields(module: Module) -> list[str]:
    """The names of the mandatory fields."""
    return [name for name, field in module.fields.items() if field.mandatory and name != "id"]


def checked_values(call: Call, module: Module, element: Element, needed: Iterable[str]) -> Row:
    """The coerced values of an element; fields in `needed` must not be empty.

    Raises:
        Refusal: a reference, a needed field or the owner is invalid.
    """
    for name, field in module.fields.items():
        if field.type.name == "reference" and element.get(name) and name not in READ_ONLY_FIELDS:
            for sent in _values(module, name, element[name]):
                _check_reference(call, field, sent)
    for name in needed:
        if element.get(name) in ("", None):
            raise Refusal(MANDATORY_FIELDS_MISSING, f"{name} does not have a value")
    row: Row = {}
    for name, sent in element.items():
        described = module.fields.get(name)
        if (
            described is None
            or name in READ_ONLY_FIELDS
            or name in call.access.hidden.get(module.name, ())
        ):
            continue
        values = _values(module, name, sent)
        row[name] = _value(call, module, described, values[-1] if values else None)
    return row


def list_values(call: Call, module: Module, element: Element) -> dict[str, list[str | None]]:
    """The fields of an element with several values.

    A server has rows for them, too, but other operations to write them.

    Raises:
        Refusal: the lists of one table have different lengths.
    """
    sent_lists = {
        name: sent
        for name, sent in element.items()
        if name in module.fields and isinstance(sent, list) and _has_several(module, name)
    }
    problem = unequal_lists(module.name, sent_lists)
    if problem:
        raise Refusal(INVALID_LIST, problem)
    coerced = {
        name: [_value(call, module, module.fields[name], item) for item in sent]
        for name, sent in sent_lists.items()
    }
    return {name: values for name, values in coerced.items() if len(values) > 1}


def _values(module: Module, name: str, sent: Any) -> list[Any]:
    """The values sent for a field; a list counts as several only if the field can have several."""
    return sent if isinstance(sent, list) and _has_several(module, name) else [sent]


def _has_several(module: Module, name: str) -> bool:
    return module.name not in LINE_ITEMS and name in several(module.name)


def empty_row(call: Call, module: Module) -> Row:
    """A record without values."""
    scale = call.service.store.scale
    return {
        name: None if name in NULL_NUMBERS else empty_value(field, scale(module.name, name))
        for name, field in module.fields.items()
        if name != "id"
    }


def _value(call: Call, module: Module, field: Field, sent: Any) -> str | None:
    match field.type.name:
        case "owner":
            return _owner(call, str(sent))
        case "reference" | "id":
            return _reference(call, sent)
    if sent is None and field.type.name not in ("integer", "double", "currency", "boolean"):
        return None if call.service.profile.stores_null else empty_value(field)
    if kept_as_text(module.name, field.name):
        return php_text(sent)
    return coerce(field, sent, call.service.store.scale(module.name, field.name))


def _check_reference(call: Call, field: Field, sent: Any) -> None:
    text = sent if isinstance(sent, str) else str(sent)
    if "x" not in text:
        hidden = call.service.profile.hides_malformed_references
        raise access_denied(" for id") if hidden else invalid_id()
    name, number = resolve_id(call, text)
    if name in call.access.denied:
        raise Refusal("ACCESS_DENIED", f"Permission to access reference type is denied {name}")
    wrong = name not in field.refers_to if field.refers_to else False
    if wrong:
        raise Refusal(REFERENCE_INVALID, f"Invalid reference specified for {field.name}")
    if call.service.store.record(name, number) is None and exists_in_any_module(call, number):
        raise Refusal(REFERENCE_INVALID, f"Invalid reference specified for {field.name}")


def _reference(call: Call, sent: Any) -> str | None:
    """The id of a referenced record; a reference to a missing record is stored as empty."""
    if not sent:
        return None
    name, number = resolve_id(call, str(sent))
    record = call.service.store.record(name, number)
    return None if record is None else f"{call.service.catalog[name].id_prefix}x{number}"


def _owner(call: Call, text: str) -> str:
    """The id of the user or group of a number; its prefix is ignored."""
    number = int(text) if _PLAIN_OWNER.fullmatch(text) else record_number(text)
    if number is None:
        raise invalid_id()
    store, catalog = call.service.store, call.service.catalog
    for name in ("Users", "Groups"):
        if name in store.tables and store.record(name, number):
            return f"{catalog[name].id_prefix}x{number}"
    return f"{catalog['Users'].id_prefix if 'Users' in catalog else 19}x{number}"


UNKNOWN_OWNER = "Invalid owner of the record"
OWNERS = ("Users", "Groups")


def check_owner(call: Call, row: Mapping[str, str | None]) -> None:
    """Check that the owner of a stored record exists.

    Raises:
        PlainText: it does not, and the server responds with plain text. Measured on 8.4 with `create`;
            the sentence was not recorded and is the sandbox's own.
    """
    owner = row.get("assigned_user_id")
    if call.service.profile.prints_unknown_owners and not _exists(call, owner):
        raise PlainText(UNKNOWN_OWNER)


def _exists(call: Call, owner: str | None) -> bool:
    store, number = call.service.store, (owner or "").partition("x")[2]
    if not number.isdecimal() or not any(name in store.tables for name in OWNERS):
        return True
    return any(name in store.tables and store.record(name, int(number)) for name in OWNERS)
