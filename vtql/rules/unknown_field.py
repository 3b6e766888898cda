"""A field that the module does not have.

## Why

In SELECT and WHERE a server answers ACCESS_DENIED without a position. In ORDER BY it does not look
at all: the SQL fails, and 8.x answers an empty list as if no record matched. Names are
case-sensitive.

## Example

    SELECT lastname, mail FROM Contacts;

## Use instead

    SELECT lastname, email FROM Contacts;
"""

from __future__ import annotations

from collections.abc import Iterator

from vtql.diagnostics import Edit, Severity
from vtql.rules.rule import Finding, Query, Rule, names_of
from vtql.spelling import meant, nearest


def _check(query: Query) -> Iterator[Finding]:
    if query.module is None:
        return
    known = query.module.fields
    for name in names_of(query.select):
        if name.text in known:
            continue
        near = nearest(name.text, known)
        same = [each for each in near if each.lower() == name.text.lower()]
        yield Finding(
            name.span,
            f"{query.module.name} has no field `{name.text}`",
            meant(near),
            (Edit(name.span, same[0]),) if same else (),
        )


unknown_field = Rule("VT102", "unknown-field", Severity.ERROR, _check)
