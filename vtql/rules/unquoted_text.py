"""A number or an id without quotes, for a field that holds text.

## Why

A text is compared with a number as a number: `= 10` finds '10' and '1e1', and `= 0` finds every text
that begins with no number. An id without quotes is the name of a column to the database, so the SQL
fails, and 8.x answers an empty list as if no record matched (measured on 8.4, but for the id, which is
read in the source).

## Example

    SELECT lastname FROM Contacts WHERE mobile = 10 LIMIT 10;

## Use instead

    SELECT lastname FROM Contacts WHERE mobile = '10' LIMIT 10;
"""

from __future__ import annotations

from collections.abc import Iterator

from vtql.ast import Bare
from vtql.catalog.families import Family
from vtql.diagnostics import Applicability, Edit, Severity
from vtql.rules.context import Finding, Query, is_like


def check(query: Query) -> Iterator[Finding]:
    for field, condition, value in query.typed_values:
        if not isinstance(value, Bare) or field.type.family is Family.ID:
            continue
        edits = (Edit(value.span, f"'{value.text}'"),)
        if "x" in value.text:
            yield Finding(
                value.span,
                f"`{field.name}` holds no ids, and `{value.text}` without quotes is the name of a column "
                "to the server's database",
                f"in quotes: `'{value.text}'`",
                edits,
                severity=Severity.ERROR,
            )
        elif field.type.family in (Family.TEXT, Family.CHOICES) and not is_like(condition):
            yield Finding(
                value.span,
                f"`{field.name}` holds text, which a number without quotes is compared with as a number",
                f"in quotes: `'{value.text}'`",
                edits,
                applicability=Applicability.UNSAFE,
            )
