"""A value that is not in the list of its field.

## Why

A picklist has the values that `describe` tells; another finds nothing, unless a record keeps it from
before the list changed, or it was written through the web service, which takes any (measured on
8.4). The list is that of the describing user's role, which may leave values out. Case and accents
make no difference to a server.

## Example

    SELECT lastname FROM Leads WHERE leadsource = 'Cold Cal' LIMIT 10;

## Use instead

    SELECT lastname FROM Leads WHERE leadsource = 'Cold Call' LIMIT 10;
"""

from __future__ import annotations

from collections.abc import Iterator

from vtql.ast import Comparison, Literal, Operator
from vtql.catalog.collation import as_text
from vtql.catalog.server_tables import IMPLICIT
from vtql.diagnostics import Applicability, Edit
from vtql.parser.literals import write_literal
from vtql.rules.context import Finding, Query
from vtql.sanitize import visible
from vtql.suggestions import listing, nearest

SPELLED = 10
"""Values for which the nearest are looked up; a list may have thousands."""


SHOWN = 6
"""Values of a list that a message lists in full."""


def check(query: Query) -> Iterator[Finding]:
    folded: dict[str, set[str | None]] = {}
    suggested = 0
    implicit = IMPLICIT.get(query.select.module.text)
    for field, condition, value in query.typed_values:
        if field.type.name != "picklist" or not field.choices or not isinstance(value, Literal):
            continue
        if value.value in field.choices or not value.value.strip(" "):
            continue
        if implicit is not None and implicit.field == field.name:
            continue  # stored by the server itself, as `Task` is: `filtered-out` reports the others
        if isinstance(condition, Comparison) and condition.operator not in (
            Operator.EQ,
            Operator.NE,
        ):
            continue
        if field.name not in folded:
            folded[field.name] = set(map(as_text, field.choices))
        if as_text(value.value) in folded[field.name]:
            continue
        suggested += 1
        near = nearest(value.value, field.choices) if suggested <= SPELLED else []
        yield Finding(
            value.span,
            f"the list of `{field.name}` has no {visible(repr(value.value)[:60])}",
            f"the nearest in it: {listing(near, 'and')}" if near else _all(field.choices),
            (Edit(value.span, write_literal(near[0])),) if len(near) == 1 else (),
            applicability=Applicability.UNSAFE,
        )


def _all(choices: tuple[str, ...]) -> str:
    if len(choices) <= SHOWN:
        return f"it has {listing(choices, 'and')}"
    return f"it has {len(choices)} values; `vtql describe --format json` gives them"
