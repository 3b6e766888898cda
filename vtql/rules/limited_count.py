"""A count with ORDER BY or LIMIT.

## Why

`count(*)` answers one row: there is nothing to order, and LIMIT does not make it count fewer
records. An offset passes over that row, so the answer is an empty list.

## Example

    SELECT count(*) FROM Groups ORDER BY groupname LIMIT 10;

## Use instead

    SELECT count(*) FROM Groups;
"""

from __future__ import annotations

from collections.abc import Iterator

from vtql.ast import Count
from vtql.diagnostics import Applicability, Edit, Severity
from vtql.rules.context import Finding, Query
from vtql.source import Span


def check(query: Query) -> Iterator[Finding]:
    select = query.select
    if not isinstance(select.columns, Count):
        return
    order, limit = select.order, select.limit
    end = select.where.span.end if select.where else select.module.span.end
    if order is not None:
        yield Finding(
            order.span,
            "a count is one row, and has no order",
            "leave it out",
            (Edit(Span(end, order.span.end), ""),),
        )
        end = order.span.end
    if limit is not None and limit.count:
        edit = (Edit(Span(end, limit.span.end), ""),)
        if limit.offset:
            yield Finding(
                limit.span,
                "a count is one row, which the offset passes over: a server answers an empty list",
                "leave it out",
                edit,
                Severity.ERROR,
                Applicability.UNSAFE,
            )
        else:
            yield Finding(
                limit.span,
                "a count is one row, of which LIMIT leaves one; it counts all records nevertheless",
                "leave it out",
                edit,
            )
