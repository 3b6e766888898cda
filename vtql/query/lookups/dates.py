"""Lookups of days, months and years, and of what is relative to today.

Each is a half-open span, so that nothing between 23:59:59 and midnight is lost. Days begin and end
in the zone of the query's clock, which is the server's unless another was given; `today` is the
day on which the query was built, and a query set does not change its meaning overnight.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from operator import index
from typing import Any

from vtql.ast import Comparison, Literal, Operator
from vtql.catalog import calendar
from vtql.errors import FieldValueError, NotExpressible
from vtql.logic.tree import Tree
from vtql.query.lookups.comparison import between, compared, truth
from vtql.query.values import Target, day_in
from vtql.suggestions import short_repr

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


def date_(target: Target, value: Any) -> Tree:
    """The whole of a day."""
    day = day_in(target, value)
    if day is None:
        raise _refusal(
            target, "date", "a date, or ISO text of one; `day_of` takes a moment of the day", value
        )
    return _within(target, calendar.day_span(day))


def day_of(target: Target, value: Any) -> Tree:
    """The whole of the day that a moment is on, where the clock's days begin."""
    if isinstance(value, datetime) and value.utcoffset() is not None:
        value = target.clock.day_of(value, target.catalog.server_zone)
    day = day_in(target, value)
    if day is None:
        raise _refusal(target, "day_of", "an aware datetime or a date", value)
    return _within(target, calendar.day_span(day))


def year(target: Target, value: Any) -> Tree:
    """The whole of a year."""
    number = _whole(value)
    if number is None or not 1 <= number <= 9999:
        raise _refusal(target, "year", "a year, 1 to 9999", value)
    return _within(target, calendar.year_span(number))


def month(target: Target, value: Any) -> Tree:
    """The month of a date or of `2024-03`, or, of a number, that month of every year."""
    number = _whole(value)
    if number is not None and 1 <= number <= 12:
        return _month_of_every_year(target, number)
    day = day_in(target, value)
    match = _MONTH.fullmatch(value) if isinstance(value, str) else None
    if match and match[1] != "0000":
        day = date(int(match[1]), int(match[2]), 1)
    if day is None:
        expected = (
            "a date or text such as '2024-03', or a number, 1 to 12, for that month of every year"
        )
        raise _refusal(target, "month", expected, value)
    return _within(target, calendar.month_span(day))


def relative(row: calendar.Relative) -> Callable[[Target, Any], Tree]:
    """The lookup of a span that is relative to today."""

    def build(target: Target, value: Any) -> Tree:
        days = _reached(target, row.name, value, lambda: calendar.relative(row, _today(target)))
        return truth(target, row.name, value, _within(target, days))

    return build


def number_of_days(
    name: str, span: Callable[[int, date], calendar.Days]
) -> Callable[[Target, Any], Tree]:
    """The lookup of a number of days that begin or end with today."""

    def build(target: Target, value: Any) -> Tree:
        count = _whole(value)
        if count is None or count < 1:
            raise _refusal(target, name, "a number of days, 1 for today alone", value)
        return _within(target, _reached(target, name, value, lambda: span(count, _today(target))))

    return build


def _within(target: Target, days: calendar.Days) -> Tree:
    first, end = days
    if target.field.type.name == "date" and end == calendar.day_span(first)[1]:
        return compared(target, Operator.EQ, first)
    return between(target, first, end)


def _month_of_every_year(target: Target, number: int) -> Tree:
    """A pattern over the text of a date: LIKE reads it so (measured: dates)."""
    zone = target.clock.zone
    if target.field.type.name != "date" and zone not in (None, target.catalog.server_zone):
        raise NotExpressible(
            f"`{target.field.name}__month={number}` of every year can be asked for only where days "
            "begin as the server's do; name the year as well ('2024-03'), or several with `|`"
        )
    return Comparison(target.name, Operator.LIKE, Literal(f"____-{number:02}-%"))


def _today(target: Target) -> date:
    return target.clock.today(target.catalog.server_zone)


def _reached(
    target: Target, name: str, value: Any, span: Callable[[], calendar.Days]
) -> calendar.Days:
    try:
        return span()
    except OverflowError:
        raise FieldValueError(
            f"`{target.field.name}__{name}={short_repr(value)}` reaches beyond the years 1 to 9999"
        ) from None


def _whole(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    try:
        return index(value)
    except TypeError:
        return None


def _refusal(target: Target, name: str, expected: str, value: Any) -> FieldValueError:
    return FieldValueError(
        f"`{target.field.name}__{name}` takes {expected}; not {short_repr(value)}"
    )
