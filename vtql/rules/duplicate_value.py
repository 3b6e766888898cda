"""A value that stands in a list twice.

## Why

The second makes no difference to a server. It lengthens the URL, and may stand where another was
meant.

## Example

    SELECT lastname FROM Contacts WHERE mailingcity IN ('Sofia', 'Varna', 'Sofia') LIMIT 10;

## Use instead

    SELECT lastname FROM Contacts WHERE mailingcity IN ('Sofia', 'Varna') LIMIT 10;
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from vtql.ast import Membership, Value
from vtql.diagnostics import Edit
from vtql.rules.context import Finding, Query
from vtql.source import Span


def check(query: Query) -> Iterator[Finding]:
    for condition in query.conditions:
        if not isinstance(condition, Membership):
            continue
        values = condition.values
        if 1 < len(set(values)) < len(values):
            seen: set[Value] = {values[0]}
            for before, value in pairwise(values):
                if value in seen:
                    yield Finding(
                        value.span,
                        "this value stands in the list already",
                        "leave it out, or write what was meant in its place",
                        (Edit(Span(before.span.end, value.span.end), ""),),
                    )
                seen.add(value)
