"""Dates and moments in conditions: what a server can compare with, which keeps whole seconds.

A day against a datetime can mean its beginning or all of it. Where both say the same, `gte` and
`lt`, it is taken; elsewhere it is refused, and the lookup that says which is named.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from vtql.ast import Operator
from vtql.catalog.dates import as_day, has_fraction
from vtql.errors import FieldValueError
from vtql.query.target import Target
from vtql.suggestions import short_repr

_BEHIND = (Operator.GE, Operator.LT)


def storable(target: Target, value: Any, operator: Operator) -> Any:
    """The value with which a field of dates, datetimes or times is to be compared.

    Raises:
        FieldValueError: it could mean two things, or no record can have it.
    """
    field = target.field
    if field.type.name == "datetime":
        day = day_in(target, value)
        if day is not None and operator in _BEHIND:
            return target.clock.begin(day, target.catalog.server_zone)
        if day is not None:
            raise FieldValueError(
                f"`{field.name}` is a field of type datetime, and {short_repr(value)} is a whole day: "
                f"`{field.name}__date` finds what is on it, `lt` what is before it, `gte` what is from "
                "it on; everything else takes a moment"
            )
    if has_fraction(value):
        return _whole_seconds(target, value, operator)
    return value


def day_in(target: Target, value: Any) -> date | None:
    """The day that a value is, a date or the ISO text of one; None of anything else.

    Raises:
        FieldValueError: there is no such day.
    """
    try:
        return as_day(value)
    except ValueError as error:
        field = target.field
        raise FieldValueError(
            f"`{field.name}` is a field of type {field.type.name}: {error}, not {short_repr(value)}"
        ) from None


def _whole_seconds(target: Target, value: Any, operator: Operator) -> Any:
    """The second that divides the stored ones, which are whole, as a moment between two does.

    What is before 10:00:00.5 is before 10:00:01; what is behind it is behind 10:00:00.
    """
    aware = isinstance(value, datetime) and value.utcoffset() is not None
    if not aware or operator not in (*_BEHIND, Operator.LE, Operator.GT):
        raise FieldValueError(
            f"`{target.field.name}` has whole seconds on a server, and {short_repr(value)} a fraction of "
            "one, which no record equals; `.replace(microsecond=0)` takes it away"
        )
    try:
        floor = value.astimezone(UTC).replace(microsecond=0)
        return floor + timedelta(seconds=1) if operator in _BEHIND else floor
    except OverflowError:
        raise FieldValueError(
            f"`{target.field.name}` cannot be compared with {short_repr(value)}, which reaches beyond the "
            "years 1 to 9999"
        ) from None
