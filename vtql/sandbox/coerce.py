"""Coerce written values as a server does (measured on 8.4, value by value).

No value is refused for its type. Invalid numbers become zero, decimals are rounded to the two of the
user's preferences, invalid dates are empty, a list stands for its first item, and texts are cut to the
length of their column.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from vtql.catalog.model import Field
from vtql.catalog.types import ON_OFF, Family
from vtql.sandbox.mysql_values import as_moment

USER_DECIMALS = Decimal("0.01")
DEFAULT_WIDTH = 255
WIDTHS: Mapping[str, int] = {
    "firstname": 40, "lastname": 80, "accountname": 100, "potentialname": 120, "company": 100,
    "phone": 50, "mobile": 50, "fax": 50, "homephone": 50, "otherphone": 50, "title": 50,
    "department": 30, "email": 100, "email1": 100, "email2": 100, "secondaryemail": 100,
}  # fmt: skip
"""The lengths of columns in characters, which are not described; others have 255."""

SCALES: Mapping[str, int] = {"hours": 8, "days": 8, "qty_per_unit": 2, "numsent": 0}
_SCALE_OF_TYPE: Mapping[str, int] = {"currency": 8, "double": 3, "integer": 0}
_CUSTOM = "cf_"
_ROUNDED = frozenset({"quantity", "total_units", "used_units"})
"""Numbers rounded to the user's decimals; others, such as `probability`, have the scale of their
column (measured: 12.345)."""

# The server's own patterns: an impossible date of this form is stored as the zero date, a text of
# another form is not stored.
_DATE = re.compile(r"[0-9]{2,4}-[0-1]{1,2}?[0-9]{1,2}-[0-3]{1,2}?[0-9]{1,2}")
_TIME = re.compile(r"([0-9]{1,3}):([0-5]?[0-9])(?::([0-5]?[0-9]))?")
_NUMBER = re.compile(r"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?")
_SCRIPT = re.compile(r"</?script\b[^>]*>", re.IGNORECASE)


def coerce(field: Field, sent: Any, scale: int | None = None) -> str | None:
    """Coerce a JSON value to the stored text; `scale` is the decimal places of the column.

    References and owners are handled in `write_values`.
    """
    value = _first(sent)
    if field.type.family is Family.TRUTH:
        ticked = value is True or value in (1, "1", "on")
        return ("on" if ticked else "off") if field.type is ON_OFF else str(int(ticked))
    text = php_text(value)
    match field.type.name:
        case "integer" | "double" | "currency":
            return coerce_number(text or "", field, scale)
        case "date":
            return _coerce_date(text or "")
        case "datetime":
            return text and as_moment(text)
        case "time":
            return _coerce_time(text or "")
    return text if text is None else _coerce_text(text, field)


def empty_value(field: Field, scale: int | None = None) -> str | None:
    """The value of a field that is not set."""
    match field.type.family:
        case Family.MOMENT | Family.ID:
            return None
        case Family.NUMBER | Family.TRUTH:
            return coerce(field, "", scale)
    return ""


def coerce_number(text: str, field: Field, scale: int | None) -> str:
    """A number as its column stores it: rounded, with all decimal places."""
    places = _scale(field) if scale is None else scale
    match_ = _NUMBER.match(text)
    if field.type.name == "double" and match_ and match_.end() != len(text.rstrip()):
        match_ = None  # only currencies accept leading digits
    try:
        value = Decimal(match_.group().strip()) if match_ else Decimal(0)
        if _is_rounded(field):
            value = value.quantize(USER_DECIMALS, ROUND_HALF_UP)
        value = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    except InvalidOperation:  # more digits than any column has
        value = Decimal(0).quantize(Decimal(1).scaleb(-places))
    return format(value, "f") if value else format(abs(value), "f")


def decimal_places(value: str | None) -> int | None:
    """The decimal places of a number as stored."""
    if not value or not _NUMBER.fullmatch(value):
        return None
    return len(value.partition(".")[2])


def _is_rounded(field: Field) -> bool:
    """Whether a number is rounded to the user's decimals."""
    if field.type.name != "double":
        return field.type.name != "integer"
    return field.name.startswith(_CUSTOM) or field.name in _ROUNDED


def _scale(field: Field) -> int:
    named = SCALES.get(field.name)
    if named is not None:
        return named
    if field.name.startswith(_CUSTOM) and field.type.name == "currency":
        return 2
    return _SCALE_OF_TYPE[field.type.name]


def _first(sent: Any) -> Any:
    while isinstance(sent, list | dict):
        items = list(sent.values()) if isinstance(sent, dict) else sent
        sent = items[0] if items else ""
    return sent


def php_text(sent: Any) -> str | None:
    """Convert a JSON value to text like PHP; a list stands for its first item."""
    value = _first(sent)
    if isinstance(value, bool):
        return "1" if value else ""
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return value if value is None else str(value)


def _coerce_date(text: str) -> str | None:
    day = text.strip().partition(" ")[0].replace("/", "-").replace(".", "-")
    if not _DATE.fullmatch(day):
        return None
    moment = as_moment(day)
    return moment[:10] if moment else None


def _coerce_time(text: str) -> str | None:
    match_ = _TIME.fullmatch(text.strip())
    if not text.strip():
        return None
    if match_ is None:
        return "00:00:00"
    return f"{int(match_[1]):02}:{int(match_[2]):02}:{int(match_[3] or 0):02}"


def _coerce_text(text: str, field: Field) -> str:
    # A character that needs two units of UTF-16 becomes as many question marks.
    plain = "".join(character if ord(character) < 0x10000 else "??" for character in text)
    safe = _SCRIPT.sub(lambda tag: tag.group().replace("<", "&lt;").replace(">", "&gt;"), plain)
    safe = safe if safe != plain else html.unescape(plain)
    safe = "".join(
        character if not 0xD800 <= ord(character) < 0xE000 else "?" for character in safe
    )
    return safe if field.type.name == "text" else safe[: WIDTHS.get(field.name, DEFAULT_WIDTH)]
