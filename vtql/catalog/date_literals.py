"""Dates as people write them, and the one form in which a server compares them."""

from __future__ import annotations

import re

ISO = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
    r"(?P<time>[ T](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?)?",
    re.ASCII,
)
"""What a server understands (measured on 8.4, which takes a `T` for the blank)."""

NO_DATE = re.compile(r"0000-00-00(?: 00:00:00)?")
"""The date that a server keeps where it was given none that exists."""

ZONE = re.compile(r"(?P<zone>Z|[+-]\d\d:?\d\d)$", re.ASCII)
"""What ISO has behind a time, and a server passes over: it converts nothing (measured on 8.4)."""

_COMPACT = re.compile(r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)(?:\d{6})?", re.ASCII)
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})", re.ASCII)


def exists(match: re.Match[str]) -> bool:
    """Whether there is a day of this `year`, `month` and `day`."""
    from datetime import date  # noqa: PLC0415 - few queries have one

    try:
        date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return False
    return True


def is_moment(text: str) -> bool:
    """Whether a server reads the text as the date, or the date and time, that it says."""
    if NO_DATE.fullmatch(text):
        return True
    match = ISO.fullmatch(text) or _COMPACT.fullmatch(text)
    return match is not None and exists(match)


def in_iso(text: str) -> str | None:
    """The text of a date in another form as `2024-01-31`; None where two days could be meant."""
    match = _YEAR_FIRST.fullmatch(text)
    if match:
        parts = int(match["year"]), int(match["month"]), int(match["day"])
    else:
        match = _YEAR_LAST.fullmatch(text)
        if not match:
            return None
        day, month = int(match[1]), int(match[3])
        if match[2] != "." and day <= 12 and month <= 12 and day != month:
            return None
        if match[2] != "." and month > 12:
            day, month = month, day
        parts = int(match[4]), month, day
    from datetime import date  # noqa: PLC0415 - the same

    try:
        return date(*parts).isoformat()
    except ValueError:
        return None
