"""Convert values like MySQL: to numbers, dates, times and record numbers.

Conversion never fails: an invalid number is zero, an invalid date is the zero date. The functions are
applied to the values of a query and, inside SQLite, to those of records.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from vtql.catalog.collation import as_text, matches_like
from vtql.catalog.model import Field
from vtql.catalog.types import Family

Comparable = str | float | None

_NUMBER = re.compile(r"\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_DATE = re.compile(
    r"\s*(\d{4}|\d\d)[^\w\s]+(\d{1,2})[^\w\s]+(\d{1,2})(?!\d)"
    r"(?:[T\s]\s*(\d{1,2})(?::(\d{1,2}))?(?::(\d{1,2})(\.\d{1,6})?)?)?", re.ASCII,
)  # fmt: skip
_DIGITS = re.compile(r"\s*(\d{4}|\d\d)(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d))?\s*", re.ASCII)
_TIME = re.compile(
    r"\s*(?:\d{4}-\d\d?-\d\d?[ T])?([+-])?(?:(\d{1,2}) )?(\d{1,3}):(\d\d?)(?::(\d\d?(?:\.\d{1,6})?))?", re.ASCII,
)  # fmt: skip
_PLAIN_TIME = re.compile(r"\s*([+-])?(\d+)(\.\d{1,6})?(?![eE\d])", re.ASCII)
LONGEST_TIME = 838 * 3600 + 59 * 60 + 59.0
_RECORD = re.compile(r"[^x]*x\s*([0-9]{1,18})\s*(?:x|\Z)")
_ZERO = "0000-00-00 00:00:00"


def as_number(value: str | None) -> float | None:
    """The number at the start of a text, or 0."""
    if value is None:
        return None
    match_ = _NUMBER.match(value)
    return float(match_.group()) if match_ else 0.0


def as_moment(value: str | None) -> str | None:
    """A date or datetime as `2024-01-31 00:00:00`; the zero date if it is invalid."""
    if not value:
        return None
    match_ = _DATE.match(value) or _DIGITS.fullmatch(value)
    if match_ is None:
        return _ZERO
    year, month, day = match_[1], int(match_[2]), int(match_[3])
    if len(year) == 2:
        year = ("20" if year < "70" else "19") + year
    hour, minute, second = (int(part or 0) for part in match_.group(4, 5, 6))
    if not _exists(int(year), month, day) or hour > 23 or minute > 59 or second > 59:
        return _ZERO
    fraction = (match_[7] or "").rstrip("0.") if match_.re is _DATE else ""
    return f"{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}{fraction}"


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year or 4, month or 1, day or 1)  # a part that is zero is unknown, and allowed
    except ValueError:
        return False
    return True


def as_stamp(value: str | None) -> float | None:
    """The digits of a date or datetime as a number, for comparisons with numbers."""
    moment = as_moment(value)
    if moment is None:
        return None
    digits = re.sub(r"[^0-9.]", "", moment)
    return float(digits if value and len(value) > len("2024-01-31") else digits[:8])


def as_time(value: str | None) -> float | None:
    """The seconds of a time of day or duration; 0 if it is invalid.

    Digits alone are seconds, with minutes and hours in front: `930` is nine and a half minutes.
    """
    if value is None:
        return None
    clock, digits = _TIME.match(value), _PLAIN_TIME.match(value)
    if clock:
        sign, days, *parts = clock.groups()
        hours, minutes, seconds = int(parts[0]), int(parts[1]), float(parts[2] or 0)
    elif digits:
        sign, days, plain, fraction = digits[1], None, digits[2].zfill(6)[-6:], digits[3]
        hours, minutes, seconds = int(plain[:2]), int(plain[2:4]), int(plain[4:])
        seconds += float(fraction or 0)
    else:
        return 0.0
    if minutes > 59 or seconds >= 60:
        return 0.0
    whole = (int(days or 0) * 24 + hours) * 3600 + minutes * 60 + seconds
    return min(whole, LONGEST_TIME) * (-1 if sign == "-" else 1)


def as_record(value: str | None) -> int:
    """The record number in an id; 0 for an empty reference."""
    return record_number(value or "") or 0


NULL_REFERENCE = "NULL"
"""The value for NULL in a reference of a record passed to the sandbox."""


def as_reference(value: str | None) -> int | None:
    """The number of a reference in a column whose empty value is 0."""
    return None if value == NULL_REFERENCE else as_record(value)


def as_link(value: str | None) -> int | None:
    """The number of a reference in a column whose empty value is NULL."""
    return as_reference(value) if value else None


def as_reference_text(value: str | None) -> str | None:
    """A reference in a text column: the number of an id, otherwise the text itself."""
    if value == NULL_REFERENCE:
        return None
    number = record_number(value or "0")
    return as_text(str(number) if number is not None else value or "0")


def as_link_text(value: str | None) -> str | None:
    """A reference in a text column whose empty value is NULL."""
    return None if value is None else as_text(value) if not value else as_reference_text(value)


def record_number(value: str) -> int | None:
    """The text between the first x of an id and the next, if it is a number."""
    match_ = _RECORD.match(value)
    return int(match_[1]) if match_ else None


@dataclass(frozen=True, slots=True)
class Kind:
    """How values are compared: the SQL function that converts them, by name and in Python."""

    function: str
    of: Callable[[str | None], Comparable]


TEXT = Kind("as_text", as_text)
NUMBER = Kind("as_number", as_number)
MOMENT = Kind("as_moment", as_moment)
TIME = Kind("as_time", as_time)
RECORD = Kind("as_record", as_record)
REFERENCE = Kind("as_reference", as_reference)
LINK = Kind("as_link", as_link)
REFERENCE_TEXT = Kind("as_reference_text", as_reference_text)
LINK_TEXT = Kind("as_link_text", as_link_text)

IDS = (RECORD, REFERENCE, LINK, REFERENCE_TEXT, LINK_TEXT)
"""The kinds that compare the number of an id, after its x."""

FUNCTIONS: Mapping[str, tuple[int, Callable[..., Comparable]]] = {
    **{kind.function: (1, kind.of) for kind in (TEXT, NUMBER, MOMENT, TIME, *IDS)},
    "matches_like": (2, matches_like),
    "as_stamp": (1, as_stamp),
}
"""The SQL functions registered in SQLite, with their numbers of parameters."""


def kind_of(field: Field) -> Kind:
    """How the values of a field are compared."""
    match field.type.family:
        case Family.NUMBER:
            return NUMBER
        case Family.MOMENT:
            return MOMENT
        case Family.TIME:
            return TIME
        case Family.ID:
            return RECORD
        case _:
            return TEXT
