"""A value that is not a record id, for a field that holds ids.

## Why

An id is the number of the module, an `x`, and the number of the record: `12x34`. Anything else, an
`X` among it, is refused with INVALID_ID_ATTRIBUTE, or, a bare number, becomes SQL that fails: 8.x
then answers an empty list as if no record matched (measured on 8.4). A server looks at the id as it
is spelled, a backslash included. `id` is an id in every module, so it is looked at without metadata,
too.

## Example

    SELECT lastname FROM Contacts WHERE account_id = '5' LIMIT 10;

## Use instead

    SELECT lastname FROM Contacts WHERE account_id = '11x5' LIMIT 10;
"""

from __future__ import annotations

from collections.abc import Iterator

from vtql.ast import Condition, Value, text_of, values_of
from vtql.catalog.families import RECORD_ID, Family
from vtql.diagnostics import Edit
from vtql.rules.context import Finding, Query, is_like


def check(query: Query) -> Iterator[Finding]:
    for name, condition, value in _ids(query):
        if is_like(condition):
            continue
        text = text_of(value).strip(" ")
        if "\\" not in query.source_of(value.span) and RECORD_ID.fullmatch(text):
            continue
        small = text.replace("X", "x")
        if text != small and RECORD_ID.fullmatch(small):
            yield Finding(
                value.span,
                f"`{name}` holds record ids, and the `x` of an id is a small one",
                f"`'{small}'`",
                (Edit(value.span, f"'{small}'"),),
            )
        else:
            yield Finding(
                value.span,
                f"`{name}` holds record ids, and this is none",
                "an id is the number of the module, `x`, and that of the record: `'12x34'`",
            )


def _ids(query: Query) -> Iterator[tuple[str, Condition, Value]]:
    """Each value for a field of ids, with its condition and the name of the field."""
    if query.module is None:
        for condition in query.conditions:
            if condition.field.text == "id":
                yield from (("id", condition, value) for value in values_of(condition))
        return
    for field, condition, value in query.typed_values:
        if field.type.family is Family.ID:
            yield field.name, condition, value
