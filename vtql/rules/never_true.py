"""Conditions that no record can meet together.

## Why

A field has one value, so `a = '1' AND a = '2'` finds nothing, and neither do bounds that cross; often
an OR was meant, or a list. A server answers an empty list, as if there were just no such record.

## Example

    SELECT lastname FROM Contacts WHERE leadsource = 'Partner' AND leadsource = 'Employee' LIMIT 10;

## Use instead

    SELECT lastname FROM Contacts WHERE leadsource IN ('Partner', 'Employee') LIMIT 10;
"""

from __future__ import annotations

from collections.abc import Iterator

from vtql.ast import Comparison, Condition, Operator, Value, values_of
from vtql.catalog.families import Family
from vtql.diagnostics import Severity
from vtql.rules.comparison import Rank, differ, rank
from vtql.rules.context import Finding, Query, Run
from vtql.source import Span

SIGNS = {
    Operator.LT: (-1,),
    Operator.LE: (-1, 0),
    Operator.GT: (1,),
    Operator.GE: (1, 0),
}
"""How a value may compare with a bound: before it, at it, behind it."""

MANY = 200
"""Values of a list and conditions of a field beyond which nobody wrote them by hand."""


def check(query: Query) -> Iterator[Finding]:
    if not query.repeats:
        return
    clashes = [(run, clash) for run in query.runs if len(run) > 1 and (clash := _clash(query, run))]
    whole = len(clashes) == len(query.runs)
    for _, (later, earlier) in clashes:
        first, last = sorted((later, earlier), key=lambda condition: condition.span.start)
        result = "nothing" if whole else "this alternative finds nothing"
        yield Finding(
            Span(first.span.start, last.span.end),
            f"no `{later.field.text}` meets both conditions: "
            + (f"a server finds {result}" if whole else result),
            "OR between them finds those that meet one; for several values there is IN",
            severity=Severity.ERROR if whole else Severity.WARNING,
        )


def _clash(query: Query, run: Run) -> tuple[Condition, Condition] | None:
    """Two conditions of a run that exclude each other."""
    by_field: dict[str, list[Condition]] = {}
    for condition in run:
        by_field.setdefault(condition.field.text, []).append(condition)
    for conditions in by_field.values():
        if 1 < len(conditions) <= MANY:
            family = query.family(conditions[0].field)
            for place, later in enumerate(conditions):
                for earlier in conditions[:place]:
                    if _exclude(later, earlier, family) or _exclude(earlier, later, family):
                        return earlier, later
    return None


def _exclude(first: Condition, second: Condition, family: Family | None) -> bool:
    """Whether none of the values that the first allows meets the second."""
    if isinstance(first, Comparison) and first.operator in SIGNS:
        return isinstance(second, Comparison) and _bounds_cross(first, second, family)
    values = values_of(first)
    if (isinstance(first, Comparison) and first.operator is not Operator.EQ) or len(values) > MANY:
        return False
    return all(_fails(value, second, family) for value in values)


def _fails(value: Value, condition: Condition, family: Family | None) -> bool:
    """Whether a field with this value does not meet a condition, for sure."""
    if isinstance(condition, Comparison):
        if condition.operator is Operator.NE:
            return condition.value == value
        if condition.operator is Operator.LIKE:
            return False
        if condition.operator in SIGNS:
            sign = _compare(rank(value, family), rank(condition.value, family))
            return sign is not None and sign not in SIGNS[condition.operator]
    others = values_of(condition)
    return len(others) <= MANY and all(differ(value, rival, family) for rival in others)


def _bounds_cross(first: Comparison, second: Comparison, family: Family | None) -> bool:
    if second.operator not in SIGNS or SIGNS[first.operator][0] == SIGNS[second.operator][0]:
        return False
    low, high = (first, second) if SIGNS[first.operator][0] == 1 else (second, first)
    sign = _compare(rank(low.value, family), rank(high.value, family))
    strict = Operator.GT is low.operator or Operator.LT is high.operator
    return sign == 1 or (sign == 0 and strict)


def _compare(first: Rank | None, second: Rank | None) -> int | None:
    if first is None or second is None or first[0] != second[0]:
        return None
    return (first > second) - (first < second)
