"""A module that the server does not have.

## Why

A server answers ACCESS_DENIED, before it looks at anything else in the query, and does not say
whether the module is missing or forbidden (measured on 8.4). Names are case-sensitive, but for
Vtiger 5.4 (read in the source).

## Example

    SELECT email FROM contacts LIMIT 10;

## Use instead

    SELECT email FROM Contacts LIMIT 10;
"""

from __future__ import annotations

from collections.abc import Iterator

from vtql.diagnostics import Edit
from vtql.rules.context import Finding, Query
from vtql.suggestions import nearest, nearest_names


def check(query: Query) -> Iterator[Finding]:
    name = query.select.module
    if query.catalog is None or name.text in query.catalog:
        return
    near = nearest(name.text, query.catalog)
    same = [candidate for candidate in near if candidate.lower() == name.text.lower()]
    if same and all(profile.folds_modules for profile in query.profiles):
        return
    suggestion = nearest_names(near)
    yield Finding(
        name.span,
        f"the catalog has no module `{name.text}`",
        f"names are case-sensitive; {suggestion}" if same else suggestion,
        (Edit(name.span, same[0]),) if len(same) == 1 else (),
        server_effect="a server answers ACCESS_DENIED",
    )
