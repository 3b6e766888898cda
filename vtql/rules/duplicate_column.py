"""A field that is selected twice.

## Why

A record has each field once, so the second makes no difference to a server (measured on 8.4); another
may have been meant.

## Example

    SELECT lastname, email, lastname FROM Contacts LIMIT 10;

## Use instead

    SELECT lastname, email FROM Contacts LIMIT 10;
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from vtql.ast import Columns
from vtql.diagnostics import Edit
from vtql.rules.context import Finding, Query
from vtql.source import Span


def check(query: Query) -> Iterator[Finding]:
    columns = query.select.columns
    if not isinstance(columns, Columns) or len(columns.names) < 2:
        return
    seen = {columns.names[0].text}
    for before, name in pairwise(columns.names):
        if name.text in seen:
            yield Finding(
                name.span,
                f"`{name.text}` is selected already",
                "leave it out, or write what was meant in its place",
                (Edit(Span(before.span.end, name.span.end), ""),),
            )
        seen.add(name.text)
