"""A module that the server does not have.

## Why

A server answers ACCESS_DENIED, before it looks at anything else in the query, and does not say
whether the module is missing or forbidden. Names are case-sensitive, but for Vtiger 5.4.

## Example

    SELECT * FROM Contact;

## Use instead

    SELECT * FROM Contacts;
"""

from __future__ import annotations

from collections.abc import Iterator

from vtql.diagnostics import Edit, Severity
from vtql.rules.rule import Finding, Query, Rule
from vtql.spelling import meant, nearest


def _check(query: Query) -> Iterator[Finding]:
    name = query.select.module
    if query.catalog is None or name.text in query.catalog:
        return
    near = nearest(name.text, query.catalog)
    same = [each for each in near if each.lower() == name.text.lower()]
    if same and all(profile.folds_modules for profile in query.profiles):
        return
    yield Finding(
        name.span,
        f"the catalog has no module `{name.text}`",
        meant(near),
        (Edit(name.span, same[0]),) if same else (),
    )


unknown_module = Rule("VT101", "unknown-module", Severity.ERROR, _check)
