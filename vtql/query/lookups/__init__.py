"""The lookups: what may stand behind `__` in `filter(lastname__startswith="O'")`, a row each.

Text is compared as the server's collation compares it, without regard to case, accents and
trailing blanks; a pattern of LIKE keeps its trailing blanks. NULL matches nothing, `ne` included, and so does a
reference that is shown as None (see `query.decided`).
"""

from __future__ import annotations

from collections.abc import Mapping

from vtql.ast import Operator
from vtql.catalog import calendar
from vtql.catalog.catalog import EMPTIABLE, empty_value
from vtql.catalog.types import Family
from vtql.errors import FieldError
from vtql.query.lookups.comparison import Lookup, compare, in_, isempty, notempty, range_
from vtql.query.lookups.dates import date_, day_of, month, number_of_days, relative, year
from vtql.query.lookups.patterns import includes, like, notlike, part
from vtql.query.lookups.unsupported import UNSUPPORTED
from vtql.query.values import Target
from vtql.suggestions import listing, suggestion

ANY = frozenset(Family)
ORDERED = ANY - {Family.TRUTH, Family.CHOICES}
TEXTS = frozenset({Family.TEXT})
PATTERNED = frozenset({Family.TEXT, Family.CHOICES})
CHOICES = frozenset({Family.CHOICES})
DAYS = frozenset({Family.MOMENT})

LOOKUPS: Mapping[str, Lookup] = {
    row.name: row
    for row in (
        Lookup("exact", ANY, "a value", compare(Operator.EQ)),
        Lookup("ne", ANY, "a value", compare(Operator.NE)),
        Lookup("lt", ORDERED, "a value", compare(Operator.LT)),
        Lookup("lte", ORDERED, "a value", compare(Operator.LE)),
        Lookup("gt", ORDERED, "a value", compare(Operator.GT)),
        Lookup("gte", ORDERED, "a value", compare(Operator.GE)),
        Lookup("in", ANY, "several values", in_),
        Lookup("range", ORDERED, "the first and the last value", range_),
        Lookup("like", PATTERNED, "a pattern with `%` and `_`", like),
        Lookup("notlike", PATTERNED, "a pattern with `%` and `_`; on Vtiger Cloud alone", notlike),
        Lookup("contains", TEXTS, "a part of the text", part("contains", "%", "%")),
        Lookup("startswith", TEXTS, "the beginning of the text", part("startswith", "", "%")),
        Lookup("endswith", TEXTS, "the end of the text", part("endswith", "%", "")),
        Lookup("isempty", EMPTIABLE, "True or False", isempty),
        Lookup("notempty", EMPTIABLE, "True or False", notempty),
        Lookup("includes", CHOICES, "one of the choices", includes),
        Lookup("date", DAYS, "a date", date_),
        Lookup("day_of", DAYS, "an aware datetime, for the day it is on", day_of),
        Lookup("month", DAYS, "a date or `'2024-03'`; a number for every year's", month),
        Lookup("year", DAYS, "a year", year),
        *(Lookup(name, DAYS, "True or False", relative(row))
          for name, row in calendar.RELATIVES.items()),
        Lookup("last_n_days", DAYS, "a number of days, the last of them today",
               number_of_days("last_n_days", calendar.last_days)),
        Lookup("next_n_days", DAYS, "a number of days, the first of them today",
               number_of_days("next_n_days", calendar.next_days)),
    )
}  # fmt: skip

_RELATIVE = (*calendar.RELATIVES, "last_n_days", "next_n_days")


def lookup(target: Target, name: str) -> Lookup:
    """The lookup of a name, made sure to fit the field.

    Raises:
        FieldError: there is none of that name, or it is not for the field's type.
        NotExpressible: other ORMs have it, and VTQL cannot say it.
    """
    row = LOOKUPS.get(name)
    family = target.field.type.family
    if row is not None and family in row.families:
        return row
    field = target.field
    if row is not None:
        if row.families is EMPTIABLE:
            empty_value(field, target.catalog)  # which says why there is none
        raise FieldError(
            f"`{field.name}` is a field of type {field.type.name}, which has no lookup `{name}`; "
            f"it has {_fitting(family)}"
        )
    habit = UNSUPPORTED.get(name)
    if habit is not None:
        raise habit.error(f"`{field.name}__{name}` {habit.why}")
    near = suggestion(name, LOOKUPS) or f"`{field.name}` has {_fitting(family)}"
    raise FieldError(f"`{name}` is not a lookup of `{field.name}`; {near}")


def _fitting(family: Family) -> str:
    """The lookups of a family as a phrase; of the many that are relative to today, two."""
    names = [row.name for row in LOOKUPS.values() if family in row.families]
    plain = [name for name in names if name not in _RELATIVE]
    if len(plain) == len(names):
        return listing(names, "and")
    examples = ", ".join(f"`{name}`" for name in plain)
    return f"{examples} and those relative to today, from `{_RELATIVE[0]}` to `{_RELATIVE[-1]}`"
