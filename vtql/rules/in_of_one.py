"""A list of one value.

## Why

`a IN ('1')` is `a = '1'` to every server (measured on 8.4), and says what is meant less clearly.

## Example

    SELECT lastname FROM Contacts WHERE mailingcity IN ('Sofia') LIMIT 10;

## Use instead

    SELECT lastname FROM Contacts WHERE mailingcity = 'Sofia' LIMIT 10;
"""

from __future__ import annotations

from collections.abc import Iterator

from vtql.ast import Membership
from vtql.diagnostics import Edit
from vtql.rules.context import Finding, Query
from vtql.source import Span


def check(query: Query) -> Iterator[Finding]:
    for condition in query.conditions:
        if isinstance(condition, Membership) and all(
            value == condition.values[0] for value in condition.values
        ):
            value_text = query.bare(condition.values[0])
            yield Finding(
                condition.span,
                "a list of one value is that value",
                f"`{condition.field.text} = …`",
                (Edit(Span(condition.field.span.end, condition.span.end), f" = {value_text}"),),
            )
