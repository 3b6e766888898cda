"""A value that its field cannot hold.

## Why

A server compares it all the same, by the database's rules: `'abc'` against a number is 0, `'true'`
against a checkbox matches nothing, a date in another order of its parts is another date or none.

## Example

    SELECT lastname FROM Contacts WHERE birthday = '31.01.2024';

## Use instead

    SELECT lastname FROM Contacts WHERE birthday = '2024-01-31';
"""

from __future__ import annotations

from collections.abc import Iterator

from vtql.ast import Comparison, Operator, text_of
from vtql.diagnostics import Severity
from vtql.errors import FieldValueError
from vtql.rules.rule import Finding, Query, Rule
from vtql.schema.types import Family

TYPED = (Family.NUMBER, Family.MOMENT, Family.TIME, Family.TRUTH)


def _check(query: Query) -> Iterator[Finding]:
    for field, condition, value in query.typed_values():
        if field.type.family not in TYPED:
            continue
        if isinstance(condition, Comparison) and condition.operator is Operator.LIKE:
            continue
        try:
            field.encode(text_of(value))
        except FieldValueError as error:
            yield Finding(value.span, str(error))


wrong_type = Rule("VT203", "wrong-type", Severity.WARNING, _check)
