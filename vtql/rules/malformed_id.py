"""A value that is not a record id, for a field that holds ids.

## Why

An id is the number of the module, an `x`, and the number of the record: `12x34`. Anything else is
refused with INVALID_ID_ATTRIBUTE, or, a bare number, becomes SQL that fails: 8.x then answers an
empty list as if no record matched (measured on 8.4). A server looks at the id as it is spelled, a
backslash included.

## Example

    SELECT lastname FROM Contacts WHERE account_id = '5' LIMIT 10;

## Use instead

    SELECT lastname FROM Contacts WHERE account_id = '11x5' LIMIT 10;
"""

from __future__ import annotations

from collections.abc import Iterator

from vtql.ast import text_of
from vtql.rules.rule import Finding, Query, is_like
from vtql.schema.families import RECORD_ID, Family


def check(query: Query) -> Iterator[Finding]:
    for field, condition, value in query.typed_values:
        if field.type.family is not Family.ID or is_like(condition):
            continue
        if "\\" in query.spelled(value.span) or not RECORD_ID.fullmatch(text_of(value).strip(" ")):
            yield Finding(
                value.span,
                f"`{field.name}` holds record ids, and this is none",
                "an id is the number of the module, `x`, and that of the record: `'12x34'`",
            )
