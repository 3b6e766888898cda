"""Fields that a record has several times, so that its rows multiply.

## Why

The lines of Invoice, Quotes, SalesOrder and PurchaseOrder are in a table beside the main one;
joined, it gives a row for each line. A server counts those for LIMIT and then keeps the last of
each record: pages come back short, offsets pass over records, and all lines but one are lost (read
in the source, reported from the field). So do the contacts and relations of Events and Calendar.

## Example

    SELECT * FROM Invoice LIMIT 100;

## Use instead

    SELECT subject, invoicestatus FROM Invoice LIMIT 100;
"""

from __future__ import annotations

from collections.abc import Iterator

from vtql.ast import Count, Star
from vtql.catalog.server_tables import LINE_ITEMS, several
from vtql.diagnostics import Severity
from vtql.rules.context import Finding, Query, names_of

UNSEEN = ("Faq", "HelpDesk")
"""Where 8.4 does not describe the field, so that `*` may not have it."""


def check(query: Query) -> Iterator[Finding]:
    select = query.select
    module = select.module.text
    many = several(module)
    if not many or isinstance(select.columns, Count):
        return
    if query.module is not None:
        many = many & query.module.fields.keys()
    elif module in UNSEEN:
        return
    lines = module in LINE_ITEMS
    severity = Severity.WARNING if lines else Severity.INFO
    help_ = (
        "name fields of the record itself; its lines are in LineItem: `WHERE parent_id = '7x12'`"
        if lines
        else f"name fields, without {' and '.join(f'`{name}`' for name in sorted(many))}"
    )
    if isinstance(select.columns, Star) and many:
        yield Finding(
            select.columns.span,
            f"`*` has fields of which a record of {module} can have several: a server reads a row for "
            "each, counts them for LIMIT, and keeps one",
            help_,
            severity=severity,
        )
        return
    name = next((candidate for candidate in names_of(select) if candidate.text in many), None)
    if name is not None:
        yield Finding(
            name.span,
            f"a record of {module} can have several `{name.text}`: a server reads a row for each, counts "
            "them for LIMIT, and keeps one",
            help_,
            severity=severity,
        )
