"""Dates and times as a server stores them. The only door to dateutil.

Nothing is converted on the wire (measured: users in four zones read identical values). A datetime
is compared as it is stored: in the zone of the server, which is UTC unless its administrator
changed `default_timezone`. So a datetime here is always aware, and in UTC.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time

_DATE = re.compile(r"\d{4}-?\d\d-?\d\d")
NO_DATE = "0000-00-00"
"""What MySQL keeps of a date that does not exist."""


def decode_date(wire: str) -> date | None:
    """`2024-01-31` as a date; the empty text and the zero date are None."""
    return None if not wire or wire.startswith(NO_DATE) else date.fromisoformat(wire[:10])


def decode_datetime(wire: str) -> datetime | None:
    """`2024-01-31 10:20:30` as an aware datetime in UTC."""
    if not wire or wire.startswith(NO_DATE):
        return None
    return datetime.fromisoformat(wire).replace(tzinfo=UTC)


def decode_time(wire: str) -> time | None:
    """`10:20:30`, `10:20` or `9:05` as a time of day."""
    return time.fromisoformat(wire.zfill(8 if wire.count(":") == 2 else 5)) if wire else None


def encode_date(value: object) -> str:
    """A date, or ISO text of one, as `2024-01-31`."""
    if isinstance(value, str):
        value = _read(value).date()
    if isinstance(value, datetime) or not isinstance(value, date):
        raise ValueError(  # noqa: TRY004 - every refusal of a value is a ValueError
            "it takes a `datetime.date` or ISO text such as '2024-01-31'"
        )
    return value.isoformat()


def encode_datetime(value: object) -> str:
    """An aware datetime, or ISO text, as `2024-01-31 10:20:30` in UTC.

    Text without an offset is taken as the server has it.
    """
    if isinstance(value, str):
        value = _read(value)
        value = value.replace(tzinfo=UTC) if value.tzinfo is None else value
    elif isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError(
            "a datetime without a zone could mean any hour: give it one "
            f"(`{value!r}.replace(tzinfo=UTC)`), or write the server's own time as text"
        )
    if not isinstance(value, datetime):
        raise ValueError(  # noqa: TRY004 - every refusal of a value is a ValueError
            "it takes an aware `datetime.datetime` or ISO text such as '2024-01-31 10:20:30'"
        )
    return value.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat(" ")


def encode_time(value: object) -> str:
    """A time of day, or ISO text of one, as `10:20:30`."""
    if isinstance(value, str):
        value = decode_time(value)
    if not isinstance(value, time):
        raise ValueError("it takes a `datetime.time` or text such as '10:20:30'")  # noqa: TRY004
    return value.replace(microsecond=0, tzinfo=None).isoformat()


def _read(text: str) -> datetime:
    """Any ISO 8601 text with a whole date."""
    from dateutil.parser import isoparse  # noqa: PLC0415 - costs 40 ms that most programs need not pay

    if not _DATE.match(text):
        raise ValueError("it takes ISO text such as '2024-01-31' or '2024-01-31 10:20:30'")
    return isoparse(text.replace(" ", "T", 1))
