"""LIMIT 0.

## Why

It gives no record (measured on 8.4), so the answer is an empty list whatever the conditions are.

## Example

    SELECT lastname FROM Contacts LIMIT 0;

## Use instead

    SELECT lastname FROM Contacts LIMIT 1;
"""

from __future__ import annotations

from collections.abc import Iterator

from vtql.rules.context import Finding, Query


def check(query: Query) -> Iterator[Finding]:
    limit = query.select.limit
    if limit is not None and limit.count == 0:
        yield Finding(
            limit.span,
            "LIMIT 0 gives no record, so a server answers an empty list",
            "`LIMIT 1` tells whether there is one",
        )
