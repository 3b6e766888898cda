"""`!=`, which leaves out the records whose field is NULL.

## Why

NULL is not different from anything: a record that has never had a value is found neither by
`= 'x'` nor by `!= 'x'` (measured on 8.4), and VTQL has no way to ask for it. Fields that always have
a value are passed over where the metadata tells: mandatory ones, references and checkboxes.

## Example

    SELECT lastname FROM Contacts WHERE title != 'Director' LIMIT 10;

## Use instead

    SELECT lastname, title FROM Contacts LIMIT 10;
"""

from __future__ import annotations

from collections.abc import Iterator

from vtql.ast import Comparison, Operator
from vtql.catalog.families import Family
from vtql.logic.limits import some
from vtql.rules.context import Finding, Query


def check(query: Query) -> Iterator[Finding]:
    comparisons: dict[str, Comparison] = {}
    for condition in query.conditions:
        if isinstance(condition, Comparison) and condition.operator is Operator.NE:
            name = condition.field.text
            if name not in comparisons and not _always_has_a_value(query, condition):
                comparisons[name] = condition
    if comparisons:
        yield Finding(
            next(iter(comparisons.values())).span,
            f"`!=` leaves out the records that have NULL for {some(list(comparisons))}, as any comparison does",
            "nothing in VTQL finds those; where they matter, read all records and compare in Python",
        )


def _always_has_a_value(query: Query, condition: Comparison) -> bool:
    if query.family(condition.field) in (Family.ID, Family.TRUTH):
        return True
    field = query.module.fields.get(condition.field.text) if query.module else None
    return field is not None and (field.mandatory or not field.nullable)
