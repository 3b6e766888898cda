"""A Python value in a condition: checked against its field, then a literal.

A value that the list of its picklist does not have is a warning, never an error. A server keeps whole seconds.
A day compared with a datetime can mean its beginning or all of it: where both say the same, `gte` and `lt`,
it is accepted; elsewhere it is refused, and the lookup that says which is named.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from vtql.ast import Literal, Name, Operator
from vtql.catalog.catalog import EMPTIABLE, Catalog, empty_value
from vtql.catalog.dates import as_day, has_fraction
from vtql.catalog.model import Field, Module
from vtql.catalog.server_tables import warn_caller
from vtql.catalog.timezones import NO_CLOCK, Clock
from vtql.catalog.types import MULTI, TEXT, Family
from vtql.errors import ChoiceWarning, FieldValueError, NotExpressible
from vtql.parser.literals import SHORT, unwritable_reason
from vtql.suggestions import listing, short_repr, suggestion

name_of = lru_cache(maxsize=1024)(Name)
"""The node of a field's name; there are few, and they are wanted often."""


class Target(NamedTuple):  # one for every condition, and made in half the time of a dataclass
    """A field that a lookup is about, and what is known around it.

    `name` is the field's as the tree has it; `plain` says that the field takes any text as it is.
    """

    field: Field
    module: Module
    catalog: Catalog
    clock: Clock
    notlike: Callable[[], bool]
    name: Name
    plain: bool


def target_of(
    field: Field,
    module: Module,
    catalog: Catalog,
    clock: Clock = NO_CLOCK,
    notlike: Callable[[], bool] = bool,
) -> Target:
    """A field as what a lookup is about."""
    plain = field.type.encode is TEXT.encode and not field.choices
    return Target(field, module, catalog, clock, notlike, name_of(field.name), plain)


def check_choice(field: Field, value: str) -> None:
    """Warn of a value that the list of a field does not have."""
    message = unlisted(field, value)
    if message:
        warn_caller(message, ChoiceWarning)


def unlisted(field: Field, value: str) -> str | None:
    """That the list of a field does not have a value, as a sentence; None if it has.

    It is no error: a server stores values that are not on the list (measured: Silent changes on
    create), a list can lose values that records keep, and `describe` gives the list of one role.
    """
    if value in field.choices or not value.strip():
        return None
    plain = value.rstrip().casefold()
    if any(plain == choice.rstrip().casefold() for choice in field.choices):
        return None
    listed = field.choices[:10]
    more = len(field.choices) - len(listed)
    known = suggestion(value, field.choices) or (
        f"it has {listing(listed, 'and')}" + (f" and {more} more" if more else "")
    )
    return (
        f"the list of `{field.name}`, as this user sees it, has no {short_repr(value)}; {known}. "
        "Records may have it all the same"
    )


_ROUNDED_UP = (Operator.GE, Operator.LT)


def storable(target: Target, value: Any, operator: Operator) -> Any:
    """The value with which a field of dates, datetimes or times is to be compared.

    Raises:
        FieldValueError: it could mean two things, or no record can have it.
    """
    field = target.field
    if field.type.name == "datetime":
        day = day_in(target, value)
        if day is not None and operator in _ROUNDED_UP:
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
    if not aware or operator not in (*_ROUNDED_UP, Operator.LE, Operator.GT):
        raise FieldValueError(
            f"`{target.field.name}` has whole seconds on a server, and {short_repr(value)} a fraction of "
            "one, which no record equals; `.replace(microsecond=0)` takes it away"
        )
    try:
        floor = value.astimezone(UTC).replace(microsecond=0)
        return floor + timedelta(seconds=1) if operator in _ROUNDED_UP else floor
    except OverflowError:
        raise FieldValueError(
            f"`{target.field.name}` cannot be compared with {short_repr(value)}, which reaches beyond the "
            "years 1 to 9999"
        ) from None


_WHOLE = (Operator.EQ, Operator.NE)
_TIMES = (Family.MOMENT, Family.TIME)
_ID, _CHOICES = Family.ID, Family.CHOICES  # Python takes its time to find a member


def literal(target: Target, value: Any, operator: Operator = Operator.EQ) -> Literal:
    """The literal that a value is behind an operator in a condition on a field.

    The empty text becomes `' '`: the language has no empty literal, and a server's comparison
    ignores trailing blanks (measured, Empty and NULL).

    Raises:
        FieldValueError: the field's type does not take the value, or no literal can hold it.
        NotExpressible: the value is None, and the field is no reference, or not compared as a whole.
    """
    if target.plain and type(value) is str and 0 < len(value) < SHORT and value.isascii():
        return Literal(value)  # nearly every value, in a third of the time
    field = target.field
    if value is None and field.type.name == "reference" and operator in _WHOLE:
        return Literal(empty_value(field, target.catalog))
    if value is None:
        raise NotExpressible(
            f"VTQL cannot ask whether `{field.name}` is NULL; `{field.name}__isempty=True` finds "
            "empty texts and references"
            if field.type.family in EMPTIABLE
            else f"VTQL cannot ask whether `{field.name}` is NULL; a field of type "
            f"{field.type.name} is never empty otherwise, and every comparison leaves NULL out"
        )
    family = field.type.family
    if family in _TIMES:
        value = storable(target, value, operator)
    text = field.encode(value)
    if family is _ID:
        check_prefix(target, text)
    elif field.choices and operator in _WHOLE:
        for choice in text.split(MULTI) if family is _CHOICES else (text,):
            check_choice(field, choice)
    if text and text.isascii() and len(text) < SHORT:
        return Literal(text)
    return Literal(sayable(field, text or " "))


def sayable(field: Field, text: str) -> str:
    """The text itself, if a literal can mean it.

    Raises:
        FieldValueError: none can.
    """
    reason = unwritable_reason(text)
    if reason:
        raise FieldValueError(f"the value for `{field.name}` cannot be written: {reason}")
    return text


def check_prefix(target: Target, record_id: str) -> None:
    """An id of a module that the field cannot point at.

    A server ignores the prefix and would match another record that has the same number.
    """
    allowed = modules_of(target)
    prefixes = {target.catalog[name].id_prefix: name for name in allowed if name in target.catalog}
    if len(prefixes) < len(allowed) or not prefixes:
        return  # a module is not described, so nobody can tell
    prefix = record_id.partition("x")[0]
    if prefix not in prefixes:
        other = target.catalog.module_of_prefix(prefix)
        known = ", ".join(f"{prefix}x… ({name})" for prefix, name in prefixes.items())
        raise FieldValueError(
            f"`{target.field.name}` of {target.module.name} holds ids of {listing(allowed)}: "
            f"{known}; '{record_id}' is an id of {f'`{other}`' if other else 'another module'}"
        )


def modules_of(target: Target) -> tuple[str, ...]:
    """The modules whose ids a field holds."""
    if target.field.name == "id":
        return (target.module.name,)
    if target.field.type.name == "owner":
        return ("Users", "Groups")
    return target.field.refers_to
