"""Alternatives that differ in the value of one field only.

## Why

`a = '1' OR a = '2'` is `a IN ('1', '2')`: the same records, fewer bytes of the 8,000 that a URL
takes, and an AND can be added without asking how OR binds.

## Example

    SELECT lastname FROM Contacts WHERE mailingcity = 'Sofia' OR mailingcity = 'Varna' LIMIT 10;

## Use instead

    SELECT lastname FROM Contacts WHERE mailingcity IN ('Sofia', 'Varna') LIMIT 10;
"""

from __future__ import annotations

from collections.abc import Iterator

from vtql.ast import Condition, text_of, values_of
from vtql.diagnostics import Edit
from vtql.logic.equality import equality, one_of
from vtql.rules.context import Finding, Query
from vtql.source import Span


def check(query: Query) -> Iterator[Finding]:
    if not query.repeats:
        return
    for group in _groups(query):
        values = [value for condition in group for value in values_of(condition)]
        if len({text_of(value) for value in values}) < 2:
            continue  # reported by `duplicate-condition`
        name = group[0].field
        span = Span(group[0].span.start, group[-1].span.end)
        listed = ", ".join(query.bare(value) for value in values_of(one_of(name, values)))
        yield Finding(
            span,
            f"{len(group)} alternatives for the value of `{name.text}` are one list",
            f"`{name.text} IN (…)`",
            (Edit(span, f"{name.text} IN ({listed})"),),
        )


def _groups(query: Query) -> Iterator[list[Condition]]:
    """Adjacent equalities of one field whose values have the same type."""
    group: list[Condition] = []
    for run in query.runs:
        values = equality(run[0]) if len(run) == 1 else None
        if group and (values is None or _kind(group[0]) != _kind(run[0])):
            if len(group) > 1:
                yield group
            group = []
        if values is not None and _kind(run[0])[1]:
            group.append(run[0])
    if len(group) > 1:
        yield group


def _kind(condition: Condition) -> tuple[str, str]:
    """The field, and what its values are; nothing where they are of two kinds.

    A database compares a list of texts and numbers otherwise than each of them alone.
    """
    kinds = {type(value).__name__ for value in values_of(condition)}
    return condition.field.text, kinds.pop() if len(kinds) == 1 else ""
