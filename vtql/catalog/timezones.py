"""Time zones by name, and the clock that a query is asked by."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from functools import lru_cache

from vtql.errors import ArgumentError
from vtql.suggestions import suggestion

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*")


@lru_cache(maxsize=64)
def zone_of(name: str) -> tzinfo:
    """The time zone of an IANA name such as `Europe/Sofia`, from the system or the copy that dateutil has.

    Raises:
        ArgumentError: there is none of that name; the nearest names come first.
    """
    if name == "UTC":
        return UTC
    from dateutil import tz  # noqa: PLC0415 - only for zones other than UTC

    zone = tz.gettz(name) if _NAME.fullmatch(name) else None
    # gettz also reads POSIX rules such as `EST5EDT4`, whose signs surprise, and local nicknames
    if not isinstance(zone, tz.tzfile | type(tz.UTC)):
        from zoneinfo import available_timezones  # noqa: PLC0415 - looks through folders

        near = suggestion(name, available_timezones()) or "one looks like `Europe/Sofia`"
        raise ArgumentError(f"`{name}` is not the name of a time zone; {near}")
    return zone


def as_zone(zone: str | tzinfo | None) -> tzinfo | None:
    """A zone that is given by its name or is one already.

    Raises:
        ArgumentError: there is none of that name, or it is neither.
    """
    if zone is None or isinstance(zone, tzinfo):
        return zone
    if not isinstance(zone, str):
        raise ArgumentError(f"a time zone is a name such as 'Europe/Sofia' or a `tzinfo`: {zone!r}")
    return zone_of(zone)


@dataclass(frozen=True, slots=True)
class Clock:
    """What time it is to a query, and where its days begin.

    `now` gives an aware datetime; without it nothing relative can be asked, for the layers below
    the client read no clock. `zone` is where days begin and end; None is the server's.
    """

    now: Callable[[], datetime] | None = None
    zone: tzinfo | None = None

    def today(self, server_zone: tzinfo) -> date:
        """The day it is.

        Raises:
            ArgumentError: there is no clock, or what it gives has no zone.
        """
        if self.now is None:
            raise ArgumentError(
                "an offline model reads no clock: give it the time, "
                "`vtql.model(…, now=datetime.now(UTC))`, or name the days"
            )
        moment = self.now()
        if moment.utcoffset() is None:
            raise ArgumentError(
                "`now` is a datetime without a zone, which could mean any hour: "
                "`datetime.now(UTC)` has one"
            )
        return moment.astimezone(self.zone or server_zone).date()

    def day_of(self, moment: datetime, server_zone: tzinfo) -> date:
        """The day on which an aware moment is."""
        return moment.astimezone(self.zone or server_zone).date()

    def begin(self, day: date, server_zone: tzinfo) -> datetime:
        """The moment at which a day begins.

        Where clocks skip midnight that is the moment they skip it; where midnight comes twice, the
        first (both by `fold`, which is 0).
        """
        return datetime.combine(day, time.min, self.zone or server_zone)


NO_CLOCK = Clock()
"""That of a model which was told no time: days are the server's, and none is today."""


def clock_of(now: datetime | Callable[[], datetime] | None, zone: str | tzinfo | None) -> Clock:
    """A clock that is given as it is written: a moment or what gives one, and a zone or its name.

    Raises:
        ArgumentError: there is no such zone, or `now` is neither.
    """
    if isinstance(now, datetime):
        stopped = now
        return Clock(lambda: stopped, as_zone(zone))
    if now is not None and not callable(now):
        raise ArgumentError(f"`now` is an aware datetime, or a function that gives one: {now!r}")
    return Clock(now, as_zone(zone))
