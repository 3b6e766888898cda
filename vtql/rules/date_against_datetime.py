"""A date for a field that has a time of day, or a time of day for one that has none.

## Why

A date alone means its midnight (read in the source): `createdtime = '2024-01-31'` finds what was made
in that second, `<=` leaves the rest of the day out, and `>` has it in. `>=` and `<` say what they seem
to. A field that is a date is at midnight, too, so no record equals a date with another time.

## Example

    SELECT lastname FROM Contacts WHERE createdtime = '2024-01-31' LIMIT 10;

## Use instead

    SELECT lastname FROM Contacts WHERE createdtime LIKE '2024-01-31%' LIMIT 10;
"""

from __future__ import annotations

from collections.abc import Iterator

from vtql.ast import Comparison, Condition, Operator, Value, text_of
from vtql.catalog import date_literals
from vtql.diagnostics import Applicability, Edit, Severity
from vtql.rules.context import Finding, Query
from vtql.source import Span

ONLY_THEN = "and only that second"
INCLUDES = {
    Operator.EQ: ONLY_THEN,
    Operator.NE: ONLY_THEN,
    Operator.LE: "so the rest of that day is left out",
    Operator.GT: "so the rest of that day is found",
}


def check(query: Query) -> Iterator[Finding]:
    for field, condition, value in query.typed_values:
        if field.type.name not in ("date", "datetime"):
            continue
        operator = condition.operator if isinstance(condition, Comparison) else Operator.EQ
        text = text_of(value).strip(" ")
        match = date_literals.ISO.fullmatch(text)
        if match is None or operator is Operator.LIKE or not date_literals.exists(match):
            continue
        if field.type.name == "datetime":
            if not match["time"] and operator in INCLUDES:
                yield _midnight(condition, value, operator, text)
        elif (match["time"] or "")[1:].strip(":.0") and operator in (Operator.EQ, Operator.NE):
            yield Finding(
                value.span,
                f"`{field.name}` has no time of day, so that it never equals this",
                f"the date alone: `'{text[:10]}'`",
                (Edit(value.span, f"'{text[:10]}'"),),
                applicability=Applicability.UNSAFE,
            )


def _midnight(condition: Condition, value: Value, operator: Operator, day: str) -> Finding:
    name, late = condition.field.text, f"'{day} 23:59:59'"
    edits: tuple[Edit, ...] = ()
    if operator in (Operator.LE, Operator.GT):
        help_ = f"`{name} {operator.value} {late}`"
        edits = (Edit(value.span, late),)
    else:
        help_ = f"`{name} LIKE '{day}%'` finds the whole day"
        if isinstance(condition, Comparison) and operator is Operator.EQ:
            rest = Span(condition.field.span.end, value.span.end)
            edits = (Edit(rest, f" LIKE '{day}%'"),)
    return Finding(
        value.span,
        f"`{name}` has a time of day, and a date alone is its midnight, {INCLUDES[operator]}",
        help_,
        edits,
        Severity.INFO if operator in (Operator.LE, Operator.GT) else Severity.WARNING,
        Applicability.UNSAFE,
    )
