"""Brackets around one value.

## Why

A server takes `= ('a')` for `= 'a'` (measured on 8.4). Brackets are for lists, and `=` takes one
value.

## Example

    SELECT lastname FROM Contacts WHERE mailingcity = ('Sofia') LIMIT 10;

## Use instead

    SELECT lastname FROM Contacts WHERE mailingcity = 'Sofia' LIMIT 10;
"""

from __future__ import annotations

from collections.abc import Iterator

from vtql.ast import Comparison
from vtql.diagnostics import Edit
from vtql.rules.context import Finding, Query


def check(query: Query) -> Iterator[Finding]:
    text, first = query.sent, query.select.span[0]
    for condition in query.conditions:
        if isinstance(condition, Comparison) and text[condition.value.span[0] - first] == "(":
            inside = query.bare(condition.value)
            before = text[condition.value.span[0] - first - 1].isalnum()  # LIKE('a')
            yield Finding(
                condition.value.span,
                "one value needs no brackets",
                f"`{inside}`" if len(inside) < 60 else "the value without them",
                (Edit(condition.value.span, f" {inside}" if before else inside),),
            )
