"""A limit above 100.

## Why

A server gives 100 records a request, whatever a query asks for, and says nothing of the others
(measured on 8.4). In `LIMIT 200, 500` the offset holds, and the count becomes 100.

## Example

    SELECT lastname FROM Contacts ORDER BY id LIMIT 500;

## Use instead

    SELECT lastname FROM Contacts ORDER BY id LIMIT 100;
"""

from __future__ import annotations

from collections.abc import Iterator

from vtql.profiles import PAGE
from vtql.rules.context import Finding, Query


def check(query: Query) -> Iterator[Finding]:
    limit = query.select.limit
    if limit is not None and limit.count > PAGE:
        yield Finding(
            limit.span,
            f"a server gives {PAGE} records a request, and says nothing of the others",
            f"`LIMIT {PAGE}`, and the next page with `LIMIT {(limit.offset or 0) + PAGE}, {PAGE}`; "
            "`vtql run` and a query set read all pages",
        )
