"""Values on their way to a server: checked against `describe`, and as text.

What a server would refuse is an error here, before anything is sent. What it would take and store
otherwise (measured: Silent changes on create) is told as a sentence, and the caller warns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from vtql.catalog.catalog import Catalog
from vtql.catalog.model import Field, Module
from vtql.catalog.types import MULTI, RECORD_ID, Family
from vtql.errors import ArgumentError, FieldValueError
from vtql.query.values import Target, check_prefix, target_of, unlisted
from vtql.suggestions import listing

Purpose = Literal["create", "update", "revise"]

LINES = "LineItems"
WITH_LINES = ("Quotes", "SalesOrder", "Invoice", "PurchaseOrder")
NUMBERS_OF_LINES = ("quantity", "listprice", "discount_amount", "discount_percent")

TEXT_LENGTH, LONG_TEXT_BYTES, DESCRIPTION_BYTES = 255, 65_535, 16_777_215
"""What the widest columns hold; many are narrower, and `describe` does not tell. The `description`
of all modules but Users is a `mediumtext` (measured on 8.4.0: 70,000 bytes are kept)."""
PLACES = 2
"""Decimals that a user keeps unless set otherwise; a server rounds amounts of money to them. Which
other numbers it rounds, `describe` does not tell: `probability` keeps 12.345 (measured on 8.4.0)."""


@dataclass(frozen=True, slots=True)
class WriteValues:
    """What is sent of a record, and what a server will store otherwise, sentences."""

    values: dict[str, Any]
    changes: tuple[str, ...] = ()


def write_values(
    module: Module, catalog: Catalog, values: Mapping[str, Any], purpose: Purpose
) -> WriteValues:
    """The values of a record as they travel.

    None clears a field. A `create` leaves it out.

    Raises:
        FieldError: the module has no such field; the nearest names come first.
        FieldValueError: a field cannot be written, does not take the value, or needs one.
        ArgumentError: there are no values, or `id` is among them.
    """
    if "id" in values:
        raise ArgumentError("`id` is not among the values: a server gives it, and keeps it")
    if not values:
        raise ArgumentError(f"there is nothing to {purpose}: no value is given")
    sent: dict[str, Any] = {}
    changes: list[str] = []
    for name, value in values.items():
        if name == LINES and module.name in WITH_LINES:
            sent[name] = _lines(value)
            continue
        field = module.field(name)
        if not field.editable:
            raise FieldValueError(f"`{name}` of {module.name} cannot be written; leave it out")
        if value is None:
            if purpose != "create":
                sent[name] = None
            changes += _clearing_changes(field)
            continue
        text = _text(target_of(field, module, catalog), value)
        # A reference is cleared by '' in `revise`, and in `update` by null alone (measured: update merges).
        clears = purpose == "update" and text == "" and field.type.family is Family.ID
        sent[name] = None if clears else text
        changes += _silent_changes(module, field, text)
    if module.name == "Calendar" and purpose == "create" and "activitytype" in module.fields:
        # Without it a server stores '', and the task is found among Events (measured: Calendar).
        sent.setdefault("activitytype", "Task")
    _check_mandatory(module, sent, purpose)
    return WriteValues(sent, tuple(changes))


def stored_otherwise(
    module: Module, sent: Mapping[str, Any], stored: Mapping[str, Any]
) -> list[str]:
    """What a server made of the values, where it is something else, sentences."""
    differences = []
    for name, value in sent.items():
        field = module.fields.get(name)
        if field is None or name not in stored or field.type.name == "password":
            continue
        if name == "productid" and LINES in sent:
            continue  # it is there to be mandatory: the products stand in the lines
        if not _same(field, value, stored[name]):
            differences.append(f"`{name}` was sent as {value!r} and is stored as {stored[name]!r}")
    return differences


def _same(field: Field, sent: Any, stored: Any) -> bool:
    if (sent or "") == (stored or ""):
        return True
    if field.type.family is Family.NUMBER:
        try:
            return Decimal(str(sent or "0")) == Decimal(str(stored or "0"))
        except InvalidOperation:
            return False
    if field.type.family is Family.TRUTH:
        return bool(field.decode(sent) == field.decode(stored))
    if field.type.family is Family.ID and isinstance(sent, str) and isinstance(stored, str):
        return sent.partition("x")[2] == stored.partition("x")[2]
    return isinstance(sent, str) and isinstance(stored, str) and sent.strip() == stored.strip()


def _text(target: Target, value: Any) -> str:
    field = target.field
    if value == "":
        return ""
    text = field.encode(value)
    if field.type.family is Family.ID:
        check_prefix(target, text)
    return text


def _clearing_changes(field: Field) -> list[str]:
    kinds = {Family.NUMBER: "a number", Family.TRUTH: "a checkbox"}
    kind = kinds.get(field.type.family)
    return [f"`{field.name}` is {kind} and cannot be empty: 0 is stored"] if kind else []


def _most_bytes(module: Module, field: Field) -> int:
    described = field.name == "description" and module.name != "Users"
    return DESCRIPTION_BYTES if described else LONG_TEXT_BYTES


def _silent_changes(module: Module, field: Field, text: str) -> list[str]:
    """What a server will make of a text, sentences."""
    name, family, changes = field.name, field.type.family, []
    if text == "":
        return _clearing_changes(field)
    if any(ord(character) > 0xFFFF for character in text):
        changes.append(f"`{name}` has characters such as emoji, of which `??` is stored")
    if family is Family.TEXT:
        long = field.type.name == "text"
        length = len(text.encode("utf-8", "replace")) if long else len(text)
        most = _most_bytes(module, field) if long else TEXT_LENGTH
        if length > most:
            unit = "bytes" if long else "characters"
            changes.append(f"`{name}` has {length} {unit}, and what is behind {most} is cut off")
        if "<script" in text.lower():
            changes.append(f"`{name}` has a script, whose `<` is stored as `&lt;`")
    if field.type.name == "currency":
        places = -int(Decimal(text).normalize().as_tuple().exponent)
        if places > PLACES:
            changes.append(
                f"`{name}` has {places} decimals, and a server rounds to those that the user keeps, "
                f"mostly {PLACES}"
            )
    if field.choices:
        parts = text.split(MULTI) if family is Family.CHOICES else (text,)
        changes += [message for part in parts if (message := unlisted(field, part))]
    return changes


def _check_mandatory(module: Module, sent: Mapping[str, Any], purpose: Purpose) -> None:
    """A server demands all of them for create and update, of revise those that are sent."""
    lacking = [
        name
        for name, field in module.fields.items()
        if field.mandatory
        and sent.get(name) in (None, "")
        and (name in sent or (purpose != "revise" and field.default in (None, "")))
        and not (name in ("productid", "quantity", "listprice") and LINES in sent)
    ]
    if lacking:
        raise FieldValueError(
            f"{module.name} needs {listing(lacking, 'and')}, "
            f"and the record has no value for {'it' if len(lacking) == 1 else 'them'}"
        )


def _lines(lines: Any) -> list[dict[str, Any]]:
    if not isinstance(lines, list | tuple) or not lines:
        raise FieldValueError(f"`{LINES}` is a list of lines, with at least one")
    return [_line(line, number) for number, line in enumerate(lines, 1)]


def _line(line: Any, number: int) -> dict[str, Any]:
    if not isinstance(line, Mapping):
        raise FieldValueError(f"line {number} is not a mapping of names to values")
    product = getattr(line.get("productid"), "id", line.get("productid"))
    if not isinstance(product, str) or not RECORD_ID.fullmatch(product):
        raise FieldValueError(f"line {number} has no `productid`, an id such as '14x3'")
    if line.get("quantity") in (None, ""):
        raise FieldValueError(f"line {number} has no `quantity`")
    for name, value in line.items():
        if isinstance(value, Mapping | list | tuple | set | frozenset):
            raise FieldValueError(f"`{name}` of line {number} takes one value, not several")
    values = {name: _plain(value) for name, value in line.items() if value is not None}
    for name in NUMBERS_OF_LINES:
        if name in values and not _is_number(values[name]):
            raise FieldValueError(f"`{name}` of line {number} is a number, not {values[name]!r}")
    return values | {"productid": product}


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return "1" if value else "0"
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False
