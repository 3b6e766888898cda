"""LIKE on a field that holds record ids.

## Why

A server takes the number out of the id before it compares, so a pattern never sees the id: with a
whole id LIKE is `=`, and a pattern such as `'12x%'` is refused with INVALID_ID_ATTRIBUTE (measured on
8.4) or becomes SQL that fails (read in the source of those before).

## Example

    SELECT lastname FROM Contacts WHERE account_id LIKE '11x%' LIMIT 10;

## Use instead

    SELECT lastname FROM Contacts WHERE account_id > '11x0' LIMIT 10;
"""

from __future__ import annotations

from collections.abc import Iterator

from vtql.ast import text_of
from vtql.catalog.families import RECORD_ID, Family
from vtql.diagnostics import Edit, Severity
from vtql.rules.context import Finding, Query
from vtql.source import Span


def check(query: Query) -> Iterator[Finding]:
    for condition in query.likes:
        if query.family(condition.field) is not Family.ID:
            continue
        gap = Span(condition.field.span.end, condition.value.span.start)
        if not RECORD_ID.fullmatch(text_of(condition.value).strip(" ")):
            yield Finding(
                condition.value.span,
                f"`{condition.field.text}` holds record ids, and a server compares no pattern with them",
                "an id as a whole; `> '11x0'` finds those that refer to anything",
            )
        elif query.between(condition) == "like":
            yield Finding(
                gap,
                f"`{condition.field.text}` holds record ids, and LIKE compares them as `=` does",
                "write `=`",
                (Edit(gap, " = "),),
                severity=Severity.INFO,
            )
