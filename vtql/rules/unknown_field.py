"""A field that the module does not have.

## Why

In SELECT and WHERE a server answers ACCESS_DENIED without a position. In ORDER BY it does not look
at all: the SQL fails, and 8.x answers an empty list as if no record matched (all measured on 8.4).
Names are case-sensitive.

## Example

    SELECT lastname, eMail FROM Contacts LIMIT 10;

## Use instead

    SELECT lastname, email FROM Contacts LIMIT 10;
"""

from __future__ import annotations

from collections.abc import Iterator

from vtql.diagnostics import Edit
from vtql.rules.context import Finding, Query, names_of
from vtql.suggestions import nearest, nearest_names

SPELLED = 20
"""Names for which the nearest are looked up; a query with more unknown ones is of another module."""


def check(query: Query) -> Iterator[Finding]:
    if query.module is None:
        return
    fields = query.module.fields
    near: dict[str, list[str]] = {}
    for name in names_of(query.select):
        if name.text in fields:
            continue
        if name.text not in near:
            near[name.text] = nearest(name.text, fields) if len(near) < SPELLED else []
        same = [
            candidate for candidate in near[name.text] if candidate.lower() == name.text.lower()
        ]
        suggestion = nearest_names(near[name.text])
        yield Finding(
            name.span,
            f"{query.module.name} has no field `{name.text}`",
            f"names are case-sensitive; {suggestion}" if same else suggestion,
            (Edit(name.span, same[0]),) if len(same) == 1 else (),
        )
