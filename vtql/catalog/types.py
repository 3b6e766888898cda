"""The table of field types: what a value of each is in Python, and how it travels.

The names are those that `describe` gives. The set is open: Vtiger Cloud and add-on modules bring
their own, so an unknown name is text. Every value travels as text, or as null.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from decimal import Decimal, InvalidOperation
from functools import partial
from numbers import Real
from operator import index
from typing import Any

from vtql.catalog import dates as times
from vtql.catalog.families import RECORD_ID as RECORD_ID  # noqa: PLC0414 - part of the table of types, in a file that loads faster
from vtql.catalog.families import Family as Family  # noqa: PLC0414 - the same

MULTI = " |##| "
"""What stands between the choices of a multipicklist on the wire."""

DIGITS = 65
"""Digits that a decimal number of MySQL has at most."""


@dataclass(frozen=True, slots=True)
class FieldType:
    """A row of the table.

    `decode` makes the Python value of what a server sent and raises ValueError where it cannot;
    the empty text is None for all but texts. `encode` makes the text that travels and raises
    ValueError with a clause that says what the type takes. `python` names the Python type.
    """

    name: str
    family: Family
    python: str
    decode: Callable[[str], Any]
    encode: Callable[[Any], str]


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("it takes text")  # noqa: TRY004 - every refusal of a value is a ValueError
    # A subclass may have a `replace` of its own, and quoting uses that: its bare text has not.
    return str.__str__(value)


def _integer(value: Any) -> str:
    if isinstance(value, str):
        if not re.fullmatch(r"[+-]?[0-9]+", value, re.ASCII) or len(value) > DIGITS:
            raise ValueError("it takes a whole number")
        return str(int(value))
    number = _whole(value)
    if number is None:
        raise ValueError("it takes a whole number")
    if abs(number) >= 10**DIGITS:
        raise ValueError("it takes a whole number that a database can hold")
    return str(number)


def _whole(value: Any) -> int | None:
    """The whole number that a value is: an `int`, what counts as one, or `5.0`."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    if isinstance(value, Decimal):
        small = value.is_finite() and value.adjusted() <= DIGITS
        return int(value) if small and value == int(value) else None
    try:
        return index(value)
    except TypeError:
        return None


def _decimal(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, Real | str | Decimal):
        raise ValueError("it takes a number")  # noqa: TRY004 - see _text
    try:
        number = Decimal(value if isinstance(value, int) else str(value))
    except InvalidOperation:
        raise ValueError("it takes a number, with a point before its decimals") from None
    if not number.is_finite() or abs(number.adjusted()) > DIGITS:
        raise ValueError("it takes a finite number that a database can hold")
    return format(number, "f")


def _truth(value: Any) -> str:
    if isinstance(value, int | str) and value in (True, "1"):
        return "1"
    if isinstance(value, int | str) and value in (False, "0"):
        return "0"
    raise ValueError("it takes True or False")


def _on_off(value: Any) -> str:
    if isinstance(value, str) and value in ("on", "off"):
        return str(value)
    return {"1": "on", "0": "off"}[_truth(value)]


def _record_id(value: Any) -> str:
    value = getattr(value, "id", value)  # a record stands for its id
    if not isinstance(value, str) or not RECORD_ID.fullmatch(value):
        raise ValueError("it takes a record or a record id such as '12x34'")
    return str.__str__(value)


def _read_record_id(wire: str) -> str | None:
    """An id; that of record 0, which is none, is None."""
    return None if wire.endswith("x0") else wire


def _choices(value: Any) -> str:
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, list | tuple) and all(isinstance(choice, str) for choice in value):
        return MULTI.join(map(str.__str__, value))
    raise ValueError("it takes a list of texts")


def _read_truth(wire: str) -> bool:
    if wire in ("1", "on", "true"):
        return True
    if wire in ("0", "off", "false"):
        return False
    raise ValueError(wire)


def _read_choices(wire: str) -> tuple[str, ...]:
    return tuple(choice.strip() for choice in wire.split(MULTI.strip())) if wire else ()


TEXT = FieldType("string", Family.TEXT, "str", str, _text)
_DECIMAL = FieldType("double", Family.NUMBER, "Decimal", Decimal, _decimal)
_ID = FieldType("reference", Family.ID, "str", _read_record_id, _record_id)

TYPES: Mapping[str, FieldType] = {
    row.name: row
    for row in (
        TEXT,
        replace(TEXT, name="text"),
        replace(TEXT, name="email"),
        replace(TEXT, name="phone"),
        replace(TEXT, name="url"),
        replace(TEXT, name="skype"),
        replace(TEXT, name="password"),
        replace(TEXT, name="picklist"),
        replace(TEXT, name="file"),
        replace(TEXT, name="image"),
        replace(TEXT, name="autogenerated"),
        FieldType("multipicklist", Family.CHOICES, "tuple[str, ...]", _read_choices, _choices),
        FieldType("integer", Family.NUMBER, "int", int, _integer),
        _DECIMAL,
        replace(_DECIMAL, name="currency"),
        FieldType("boolean", Family.TRUTH, "bool", _read_truth, _truth),
        FieldType("date", Family.MOMENT, "date", times.decode_date, times.encode_date),
        FieldType("datetime", Family.MOMENT, "datetime", times.decode_datetime,
                  times.encode_datetime),
        FieldType("time", Family.TIME, "time", times.decode_time, times.encode_time),
        _ID,
        replace(_ID, name="owner"),
    )
}  # fmt: skip

ON_OFF = replace(TYPES["boolean"], encode=_on_off)
"""`is_admin` of Users, the one checkbox that is stored as `on` and `off` (measured on 8.4)."""

ID = replace(_ID, name="id", decode=str)
"""The type of the field `id` of every module, which `describe` calls autogenerated."""


def field_type(name: str, zone: tzinfo = UTC) -> FieldType:
    """The row of a type name; an unknown one is text under that name.

    `zone` is that in which the server keeps its datetimes.
    """
    if name == "datetime" and zone is not UTC:
        return replace(
            TYPES["datetime"],
            decode=partial(times.decode_datetime, zone=zone),
            encode=partial(times.encode_datetime, zone=zone),
        )
    return TYPES.get(name) or replace(TEXT, name=name)
