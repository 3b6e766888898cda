"""Alternatives of which every record meets one.

## Why

`a != '1' OR a != '2'` says nothing: whatever has the one value differs from the other. Only records
whose field is NULL are left out, as by any comparison (measured on 8.4). Often an AND was meant.

## Example

    SELECT lastname FROM Leads WHERE leadsource != 'Partner' OR leadsource != 'Employee' LIMIT 10;

## Use instead

    SELECT lastname FROM Leads WHERE leadsource != 'Partner' AND leadsource != 'Employee' LIMIT 10;
"""

from __future__ import annotations

from collections.abc import Iterator

from vtql.ast import Comparison, Operator, text_of
from vtql.catalog.families import Family
from vtql.diagnostics import Severity
from vtql.rules.comparison import differ, rank
from vtql.rules.context import Finding, Query
from vtql.source import Span

LOW = (Operator.GT, Operator.GE)
HIGH = (Operator.LT, Operator.LE)
MANY = 200
"""Alternatives beyond which nobody wrote them by hand."""


def check(query: Query) -> Iterator[Finding]:
    for condition in query.likes:
        if not text_of(condition.value).strip("%"):
            yield Finding(
                condition.span,
                f"every `{condition.field.text}` is like this, so that it leaves out only records where it "
                "is NULL",
                "a text around the wildcard, or no condition",
                severity=Severity.INFO,
            )
    runs = query.runs if query.repeats else ()
    if not 1 < len(runs) <= MANY:
        return
    by_field: dict[str, list[Comparison]] = {}
    for run in runs:
        if (
            len(run) == 1
            and isinstance(run[0], Comparison)
            and run[0].operator is not Operator.LIKE
        ):
            by_field.setdefault(run[0].field.text, []).append(run[0])
    for conditions in by_field.values():
        pair = _pair(conditions, query.family(conditions[0].field)) if len(conditions) > 1 else None
        if pair:
            yield Finding(
                Span(pair[0].span.start, pair[1].span.end),
                f"every `{pair[0].field.text}` meets one of the two, so that this leaves out only "
                "records where it is NULL",
                "AND between them finds those that meet both",
            )


def _pair(
    conditions: list[Comparison], family: Family | None
) -> tuple[Comparison, Comparison] | None:
    for place, later in enumerate(conditions):
        for earlier in conditions[:place]:
            if _cover(later, earlier, family) or _cover(earlier, later, family):
                return earlier, later
    return None


def _cover(first: Comparison, second: Comparison, family: Family | None) -> bool:
    """Whether each value meets one of the two; asked both ways round."""
    if first.operator is Operator.NE:
        if second.operator is Operator.NE:
            return differ(first.value, second.value, family)
        return second.operator is Operator.EQ and first.value == second.value
    if first.operator not in LOW or second.operator not in HIGH:
        return False
    low, high = rank(first.value, family), rank(second.value, family)
    if low is None or high is None or low[0] != high[0]:
        return False
    touching = first.operator is Operator.GE or second.operator is Operator.LE
    return low < high or (low == high and touching)
