"""The word null in quotes, which is a text.

## Why

VTQL cannot ask for NULL. In quotes `null` is a text of four letters, and finds records where somebody
wrote just that (measured on 8.4); without quotes it finds nothing on any server.

## Example

    SELECT lastname FROM Contacts WHERE title = 'NULL' LIMIT 10;

## Use instead

    SELECT lastname FROM Contacts WHERE title = ' ' LIMIT 10;
"""

from __future__ import annotations

from collections.abc import Iterator

from vtql.ast import Literal, values_of
from vtql.catalog.families import Family
from vtql.rules.context import Finding, Query


def check(query: Query) -> Iterator[Finding]:
    for condition in query.conditions:
        for value in values_of(condition):
            if isinstance(value, Literal) and value.value.strip(" ").lower() == "null":
                if query.family(condition.field) not in (Family.TEXT, None):
                    continue  # a value of another type than the field's: that is reported already
                yield Finding(
                    value.span,
                    "in quotes this is a text of four letters, and not NULL, which nothing finds",
                    "`= ' '` finds empty texts",
                )
