"""Spans of the calendar around a day: this week, last month, the next n days.

A span is its first day and the first day behind it, so that no moment of its last day is lost.
Weeks begin on Monday (ISO 8601), quarters in January, April, July and October.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from dateutil.relativedelta import relativedelta

Days: TypeAlias = tuple[date, date | None]
"""The first day, and the first day behind; None where the calendar ends, with the year 9999."""


@dataclass(frozen=True, slots=True)
class Relative:
    """A row of the table: so many units behind, or before, the one that a day is in."""

    name: str
    unit: str
    shift: int


RELATIVES: Mapping[str, Relative] = {
    row.name: row
    for row in (
        Relative("today", "day", 0),
        Relative("yesterday", "day", -1),
        Relative("tomorrow", "day", 1),
        Relative("this_week", "week", 0),
        Relative("last_week", "week", -1),
        Relative("next_week", "week", 1),
        Relative("this_month", "month", 0),
        Relative("last_month", "month", -1),
        Relative("next_month", "month", 1),
        Relative("this_quarter", "quarter", 0),
        Relative("last_quarter", "quarter", -1),
        Relative("next_quarter", "quarter", 1),
        Relative("this_year", "year", 0),
        Relative("last_year", "year", -1),
        Relative("next_year", "year", 1),
    )
}


def relative(row: Relative, today: date) -> Days:
    """The span that a row of the table means on a day.

    Raises:
        OverflowError: it begins outside the years 1 to 9999.
    """
    begin, length = _begins()[row.unit]
    return _span(_moved(begin(today), length * row.shift), length)


def last_days(count: int, today: date) -> Days:
    """So many days, the last of them today.

    Raises:
        OverflowError: they begin before the year 1.
    """
    return _span(today - timedelta(days=count - 1), timedelta(days=count))


def next_days(count: int, today: date) -> Days:
    """So many days, the first of them today.

    Raises:
        OverflowError: more days than a calendar has.
    """
    return _span(today, timedelta(days=count))


def day_span(day: date) -> Days:
    """One day."""
    return _span(day, timedelta(days=1))


def month_span(day: date) -> Days:
    """The month that a day is in."""
    return _span(day.replace(day=1), _delta(months=1))


def year_span(year: int) -> Days:
    """A year, 1 to 9999."""
    return _span(date(year, 1, 1), _delta(years=1))


def _begins() -> Mapping[str, tuple[Callable[[date], date], relativedelta]]:
    """How the first day of the unit around a day is found, and how long the unit is."""
    monday = _delta(days=-6, weekday=0)  # six days back, then on to a Monday
    return {
        "day": (lambda day: day, _delta(days=1)),
        "week": (lambda day: _moved(day, monday), _delta(weeks=1)),
        "month": (lambda day: day.replace(day=1), _delta(months=1)),
        "quarter": (
            lambda day: day.replace(month=day.month - (day.month - 1) % 3, day=1),
            _delta(months=3),
        ),
        "year": (lambda day: day.replace(month=1, day=1), _delta(years=1)),
    }


def _span(first: date, length: relativedelta | timedelta) -> Days:
    try:
        return first, _moved(first, length)
    except OverflowError:
        return first, None


def _moved(day: date, by: relativedelta | timedelta) -> date:
    try:
        return day + by
    except ValueError:  # relativedelta says so of a year outside the calendar
        raise OverflowError("a day outside the years 1 to 9999") from None


def _delta(**parts: int) -> relativedelta:
    from dateutil.relativedelta import relativedelta  # noqa: PLC0415 - only for those who ask so

    return relativedelta(**parts)  # type: ignore[arg-type] # the stubs want a weekday of their own
