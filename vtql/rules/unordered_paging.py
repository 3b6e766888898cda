"""A page of records in no order, or in one that leaves ties open.

## Why

Without an order, or where several records have the same values in all fields of the order, the
database may give them in another sequence for each page: some records are read twice and others
never. `id` at the end of the order makes it total (tried on 8.4). VTQL has one direction, which
belongs to the last field, so a descending order leaves no place for `id`; `WHERE id > '12x…' ORDER
BY id` pages instead.

## Example

    SELECT lastname FROM Contacts ORDER BY lastname LIMIT 100, 100;

## Use instead

    SELECT lastname FROM Contacts ORDER BY lastname, id LIMIT 100, 100;
"""

from __future__ import annotations

from collections.abc import Iterator

from vtql.ast import Count, Direction
from vtql.diagnostics import Applicability, Edit
from vtql.rules.context import Finding, Query
from vtql.source import Span


def check(query: Query) -> Iterator[Finding]:
    select = query.select
    order, limit = select.order, select.limit
    if limit is None or not limit.offset or isinstance(select.columns, Count):
        return
    if order is None:
        at = limit.span.start
        yield Finding(
            limit.span,
            "pages of records in no order: some may come twice, and others never",
            "`ORDER BY id`",
            (Edit(Span(at, at), "ORDER BY id "),),
            applicability=Applicability.UNSAFE,
        )
    elif all(name.text != "id" for name in order.names):
        end = order.names[-1].span.end
        descends = order.direction is Direction.DESC
        yield Finding(
            order.span,
            "records with the same values here are in no order: on pages some may come twice, and "
            "others never",
            "`id` as the last field makes the order total"
            + (", which the one direction at its end does not allow here: page by `id` alone" if descends else ""),
            () if descends else (Edit(Span(end, end), ", id"),),
            applicability=Applicability.UNSAFE,
        )  # fmt: skip
