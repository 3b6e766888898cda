"""A list of values that begins with a bare 0.

## Why

A server takes the first value of such a list for missing and answers QUERY_SYNTAX_ERROR, "columns
data inappropriate" (measured on 8.4). In quotes, or anywhere else in the list, 0 is a value like any other.

## Example

    SELECT lastname FROM Contacts WHERE donotcall IN (0, 1) LIMIT 10;

## Use instead

    SELECT lastname FROM Contacts WHERE donotcall IN ('0', 1) LIMIT 10;
"""

from __future__ import annotations

from collections.abc import Iterator

from vtql.ast import Bare, Membership
from vtql.diagnostics import Edit
from vtql.rules.context import Finding, Query


def check(query: Query) -> Iterator[Finding]:
    for condition in query.conditions:
        match condition:
            case Membership(values=(Bare(text="0") as zero, _, *_)):
                yield Finding(
                    zero.span,
                    "a server cannot read a list that begins with an unquoted 0",
                    "write it as `'0'`",
                    (Edit(zero.span, "'0'"),),
                )
