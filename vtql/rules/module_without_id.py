"""A module whose records have no id.

## Why

A server adds `id` to every list of columns. ProductTaxes has none: a query that names fields is
refused with ACCESS_DENIED for `id`, and `*` becomes SQL that fails (read in the source; the SQL is
measured on 8.4).

## Example

    SELECT taxid FROM ProductTaxes LIMIT 10;

## Use instead

    SELECT taxname, percentage FROM Tax LIMIT 10;
"""

from __future__ import annotations

from collections.abc import Iterator

from vtql.ast import Count, Star
from vtql.rules.context import Finding, Query


def check(query: Query) -> Iterator[Finding]:
    if query.module is None or query.catalog is None or isinstance(query.select.columns, Count):
        return
    described = query.catalog.describe(query.module.name)
    if described.get("isEntity") is False and all(
        field["name"] != "id" for field in described["fields"]
    ):
        all_fields = isinstance(query.select.columns, Star)
        answers = "an empty list, for its SQL fails" if all_fields else "ACCESS_DENIED"
        yield Finding(
            query.select.module.span,
            f"{query.module.name} has no `id`, which a server adds to every query",
            "`count(*)` is the only query of it that works",
            server_effect=f"it answers {answers}",
        )
