"""A value of a checkbox that is neither '1' nor '0'.

## Why

A server keeps '1' and '0', and compares with what the query says: `'true'` and `'yes'` match no
record that is ticked (measured on 8.4). `is_admin` of Users is the exception: it is 'on' or 'off'.

## Example

    SELECT lastname FROM Contacts WHERE donotcall = 'true' LIMIT 10;

## Use instead

    SELECT lastname FROM Contacts WHERE donotcall = '1' LIMIT 10;
"""

from __future__ import annotations

from collections.abc import Iterator

from vtql.ast import Bare, text_of
from vtql.catalog.families import Family
from vtql.diagnostics import Applicability, Edit
from vtql.rules.context import Finding, Query, is_like

TRUE = frozenset({"1", "true", "yes", "on", "y", "t"})
FALSE = frozenset({"0", "false", "no", "off", "n", "f"})


def check(query: Query) -> Iterator[Finding]:
    for field, condition, value in query.typed_values:
        if field.type.family is not Family.TRUTH or is_like(condition):
            continue
        stored = field.type.encode("1"), field.type.encode("0")
        text = text_of(value).strip(" ").lower()
        if text.lstrip("+") in stored or (isinstance(value, Bare) and "x" in text):
            continue
        right = stored[0] if text in TRUE else stored[1] if text in FALSE else None
        yield Finding(
            value.span,
            f"`{field.name}` is a checkbox, which a server keeps as '{stored[0]}' and '{stored[1]}'",
            f"write it as `'{right}'`" if right else f"write `'{stored[0]}'` or `'{stored[1]}'`",
            (Edit(value.span, f"'{right}'"),) if right else (),
            applicability=Applicability.UNSAFE,
            server_effect="another value finds nothing, or those that are not ticked",
        )
