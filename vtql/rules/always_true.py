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
from vtql.rules.rule import Finding, Query
from vtql.rules.values import differ, rank
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
    alike: dict[str, list[Comparison]] = {}
    for run in runs:
        if (
            len(run) == 1
            and isinstance(run[0], Comparison)
            and run[0].operator is not Operator.LIKE
        ):
            alike.setdefault(run[0].field.text, []).append(run[0])
    for conditions in alike.values():
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
    for place, one in enumerate(conditions):
        for other in conditions[:place]:
            if _cover(one, other, family) or _cover(other, one, family):
                return other, one
    return None


def _cover(one: Comparison, other: Comparison, family: Family | None) -> bool:
    """Whether each value meets one of the two; asked both ways round."""
    if one.operator is Operator.NE:
        if other.operator is Operator.NE:
            return differ(one.value, other.value, family)
        return other.operator is Operator.EQ and one.value == other.value
    if one.operator not in LOW or other.operator not in HIGH:
        return False
    low, high = rank(one.value, family), rank(other.value, family)
    if low is None or high is None or low[0] != high[0]:
        return False
    touching = one.operator is Operator.GE or other.operator is Operator.LE
    return low < high or (low == high and touching)
