"""A comparison or an order that goes by text, though the field is described as a number, a time or a reference.

## Why

A server keeps some fields as text whatever `describe` calls them: the duration and the times of Events
and Calendar, some references. `<`, `>` and ORDER BY compare them as text, character by character: `'10'`
comes before `'5'`, so `duration_hours > '5'` finds 6 and 50 and not 10 (measured on 8.4). Dates and times
in full ISO form sort the same as text, and their finding is an info; but such a field can hold a value that
is no time at all.

## Example

    SELECT subject, duration_hours FROM Events WHERE duration_hours > '5' LIMIT 10;

## Use instead

    SELECT subject, duration_hours FROM Events WHERE duration_hours IN ('6', '7', '8') LIMIT 10;
"""

from __future__ import annotations

from collections.abc import Iterator

from vtql.ast import Comparison, Operator
from vtql.catalog.families import Family
from vtql.catalog.server_tables import kept_as_text
from vtql.diagnostics import Severity
from vtql.rules.context import Finding, Query

RANGES = (Operator.LT, Operator.LE, Operator.GT, Operator.GE)
_ISO = (Family.MOMENT, Family.TIME)


def check(query: Query) -> Iterator[Finding]:
    module = query.select.module.text
    for condition in query.conditions:
        name = condition.field
        ranged = isinstance(condition, Comparison) and condition.operator in RANGES
        if ranged and kept_as_text(module, name.text):
            yield Finding(
                condition.span,
                f"a server keeps `{name.text}` of {module} as text, so this compares character by "
                f"character: {_consequence(query.family(name))}",
                "`=` or IN with the values wanted; in Python, "
                f"`objects.filter({name.text}__gt=…)` compares the values themselves",
                severity=_severity(query.family(name)),
            )
    for name in query.select.order.names if query.select.order else ():
        if kept_as_text(module, name.text):
            yield Finding(
                name.span,
                f"a server keeps `{name.text}` of {module} as text, and sorts it as text: "
                f"{_consequence(query.family(name))}",
                "sort the rows in Python, by the value",
                severity=_severity(query.family(name)),
            )


def _severity(family: Family | None) -> Severity | None:
    return Severity.INFO if family in _ISO else None


def _consequence(family: Family | None) -> str:
    if family in _ISO:
        return "the same as by time for full ISO values, but not for others"
    if family is Family.ID:
        return "'12x10' comes before '12x9', and the module's number counts, too"
    return "'10' comes before '5'"
