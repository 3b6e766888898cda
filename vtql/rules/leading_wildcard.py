"""A pattern that begins with a wildcard.

## Why

The database has to look at every record of the module, for an index is of no use to it. On a module
with many records that takes long, and a server may give up.

## Example

    SELECT lastname FROM Contacts WHERE email LIKE '%smith%' LIMIT 10;

## Use instead

    SELECT lastname FROM Contacts WHERE email LIKE 'smith%' LIMIT 10;
"""

from __future__ import annotations

from collections.abc import Iterator

from vtql.ast import text_of
from vtql.catalog.families import Family
from vtql.rules.context import Finding, Query


def check(query: Query) -> Iterator[Finding]:
    for condition in query.likes:
        pattern = text_of(condition.value)
        if not pattern.startswith("%") or query.family(condition.field) is Family.ID:
            continue
        if pattern.strip("%_"):
            yield Finding(
                condition.value.span,
                "a pattern that begins with a wildcard looks at every record of the module",
                "where the beginning is known, begin with it; on large modules add a condition",
            )
