"""A module of which a server leaves records out.

## Why

A server adds conditions that a query does not have (read in the source): Leads are those that were
not converted, Users the active ones, Calendar has tasks only, and Events all but tasks and e-mails.
Nothing is said of a query that has a condition on the field in question.

## Example

    SELECT lastname FROM Leads LIMIT 100;

## Use instead

    SELECT lastname FROM Contacts WHERE isconvertedfromlead = '1' LIMIT 100;
"""

from __future__ import annotations

from collections.abc import Iterator

from vtql.catalog.server_tables import IMPLICIT
from vtql.rules.context import Finding, Query


def check(query: Query) -> Iterator[Finding]:
    module = query.select.module
    implicit = IMPLICIT.get(module.text)
    if implicit is None:
        return
    if any(condition.field.text in ("id", implicit.field) for condition in query.conditions):
        return
    yield Finding(
        module.span,
        f"a query of {module.text} leaves out {implicit.left_out}",
        implicit.instead,
    )
