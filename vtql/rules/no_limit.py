"""A query without LIMIT.

## Why

A server then gives 100 records, not all of them (measured on 8.4). LIMIT says so to those who read
the query. A query that names ids, or counts, needs none. `vtql run` and a query set read all pages.

## Example

    SELECT lastname FROM Contacts WHERE mailingcity = 'Sofia';

## Use instead

    SELECT lastname FROM Contacts WHERE mailingcity = 'Sofia' LIMIT 100;
"""

from __future__ import annotations

from collections.abc import Iterator

from vtql.ast import Count
from vtql.logic.equality import equality
from vtql.profiles import PAGE
from vtql.rules.context import Finding, Query, Run


def check(query: Query) -> Iterator[Finding]:
    select = query.select
    if select.limit is not None or isinstance(select.columns, Count):
        return
    if query.catalog is not None and query.module is None:
        return  # there is graver to say of it
    if query.runs and sum(_max_rows(query, run) for run in query.runs) <= PAGE:
        return
    yield Finding(
        select.module.span,
        f"without LIMIT a server gives {PAGE} records, and not all of them",
        f"`LIMIT {PAGE}` says so; `vtql run` and a query set read all pages",
    )


def _max_rows(query: Query, run: Run) -> int:
    """How many records an alternative can find at most, as far as that can be told."""
    for condition in run:
        values = equality(condition)
        if values and (values[0].text == "id" or _is_unique(query, values[0].text)):
            return len(values[1])
    return PAGE + 1


def _is_unique(query: Query, name: str) -> bool:
    field = query.module.fields.get(name) if query.module else None
    return field is not None and field.unique
