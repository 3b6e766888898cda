"""LIKE with a text that has no wildcard.

## Why

Without `%` or `_` a pattern matches only the whole text, as `=` does: `LIKE 'Smith'` does not find
`Smithers`. Unlike `=`, it does not pass over blanks at the end of the stored text (both measured on
8.4).

## Example

    SELECT lastname FROM Contacts WHERE lastname LIKE 'Smith' LIMIT 10;

## Use instead

    SELECT lastname FROM Contacts WHERE lastname LIKE 'Smith%' LIMIT 10;
"""

from __future__ import annotations

from collections.abc import Iterator

from vtql.ast import text_of
from vtql.catalog.families import Family
from vtql.diagnostics import Applicability, Edit
from vtql.parser.literals import wildcards
from vtql.rules.context import Finding, Query
from vtql.source import Span


def check(query: Query) -> Iterator[Finding]:
    for condition in query.likes:
        if wildcards(text_of(condition.value)) or query.family(condition.field) is Family.ID:
            continue
        gap = Span(condition.field.span.end, condition.value.span.start)
        plain = "\\" not in query.source_of(condition.value.span)
        yield Finding(
            condition.value.span,
            "this pattern has no wildcard, so it finds only what equals it as a whole",
            "`%` stands for any text, as in `'Smith%'`; for the whole text there is `=`",
            (Edit(gap, " = "),) if plain and query.between(condition) == "like" else (),
            applicability=Applicability.UNSAFE,
        )
