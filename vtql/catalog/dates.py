"""Dates and times as a server stores them.

Nothing is converted on the wire (measured: users in four zones read identical values). A datetime
is compared as it is stored: in the zone of the server, which is UTC unless its administrator
changed `default_timezone`. So a datetime in Python is always aware, and what is read is in UTC.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, tzinfo

_DATE = re.compile(r"\d{4}-?\d\d-?\d\d", re.ASCII)
_FRACTION = re.compile(r"[T :].*[.,][0-9]*[1-9]")
NO_DATE = "0000-00-00"
"""What MySQL keeps of a date that does not exist."""


def decode_date(wire: str) -> date | None:
    """`2024-01-31` as a date; the empty text and the zero date are None."""
    return None if not wire or wire.startswith(NO_DATE) else date.fromisoformat(wire[:10])


def decode_datetime(wire: str, zone: tzinfo = UTC) -> datetime | None:
    """`2024-01-31 10:20:30`, a time in the server's zone, as an aware datetime in UTC.

    Where clocks went back, the hour that came twice is taken for its first coming.
    """
    if not wire or wire.startswith(NO_DATE):
        return None
    return datetime.fromisoformat(wire).replace(tzinfo=zone).astimezone(UTC)


def decode_time(wire: str) -> time | None:
    """`10:20:30`, `10:20` or `9:05` as a time of day."""
    return time.fromisoformat(wire.zfill(8 if wire.count(":") == 2 else 5)) if wire else None


def encode_date(value: object) -> str:
    """A date, or ISO text of one, as `2024-01-31`."""
    if isinstance(value, str):
        value = read(value)
        if value.time() != time.min:
            raise ValueError("it takes a date, without a time of day")
        value = value.date()
    if isinstance(value, datetime):
        raise ValueError("it takes a date, which `.date()` makes of a datetime")  # noqa: TRY004 - see below
    if not isinstance(value, date):
        raise ValueError(  # noqa: TRY004 - every refusal of a value is a ValueError
            "it takes a `datetime.date` or ISO text such as '2024-01-31'"
        )
    return value.isoformat()


def encode_datetime(value: object, zone: tzinfo = UTC) -> str:
    """An aware datetime, or ISO text, as `2024-01-31 10:20:30` in the server's zone.

    Text without an offset is taken as the server has it. A fraction of a second is cut off.
    """
    if isinstance(value, str):
        value = read(value)
        value = value.replace(tzinfo=zone) if value.tzinfo is None else value
    elif isinstance(value, datetime) and value.utcoffset() is None:
        raise ValueError(
            "a datetime without a zone could mean any hour: give it one "
            "(`.replace(tzinfo=UTC)`, say), or write the server's own time as text "
            f"('{value.replace(microsecond=0).isoformat(' ')}')"
        )
    if not isinstance(value, datetime):
        raise ValueError(  # noqa: TRY004 - every refusal of a value is a ValueError
            "it takes an aware `datetime.datetime` or ISO text such as '2024-01-31 10:20:30'"
        )
    return value.astimezone(zone).replace(tzinfo=None, microsecond=0).isoformat(" ")


def encode_time(value: object) -> str:
    """A time of day, or ISO text of one, as `10:20:30`."""
    if isinstance(value, str):
        try:
            value = decode_time(value)
        except ValueError:
            raise ValueError("it takes a `datetime.time` or text such as '10:20:30'") from None
    if not isinstance(value, time):
        raise ValueError("it takes a `datetime.time` or text such as '10:20:30'")  # noqa: TRY004 - see above
    if value.tzinfo is not None:
        raise ValueError("a time of day has no zone here: a server keeps it as it was entered")
    return value.replace(microsecond=0).isoformat()


def as_day(value: object) -> date | None:
    """The day that a value is, a date or the ISO text of one; None of anything else."""
    if isinstance(value, date):
        return None if isinstance(value, datetime) else value
    if isinstance(value, str) and _DATE.fullmatch(value):
        return read(value).date()
    return None


def has_fraction(value: object) -> bool:
    """Whether a moment or its text says a fraction of a second, which no server keeps."""
    if isinstance(value, str):
        return _FRACTION.search(value) is not None
    return isinstance(value, datetime | time) and value.microsecond > 0


def read(text: str) -> datetime:
    """Any ISO 8601 text with a whole date; naive where it names no offset.

    Raises:
        ValueError: it is not of that form, or no such moment exists.
    """
    from dateutil.parser import isoparse  # noqa: PLC0415 - costs 40 ms that most programs need not pay

    if not _DATE.match(text):
        raise ValueError("it takes ISO text such as '2024-01-31' or '2024-01-31 10:20:30'")
    try:
        return isoparse(text.replace(" ", "T", 1))
    except ValueError as error:
        raise ValueError(f"it takes a moment that exists ({error})") from None
