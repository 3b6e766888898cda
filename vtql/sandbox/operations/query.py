"""`query`: the records that a VTQL text asks for."""

from __future__ import annotations

from typing import Any

from vtql.ast import Count
from vtql.protocol import DATABASE_QUERY_ERROR
from vtql.sandbox.check import checked
from vtql.sandbox.refusals import Refusal, SqlFailure
from vtql.sandbox.service import Call
from vtql.sandbox.sql import statement


def run(call: Call) -> list[dict[str, Any]]:
    """The rows, every value a text or null; of `count(*)` one row, where the profile counts."""
    service = call.service
    query = checked(service.store, call.parameters["query"], service.profile)
    try:
        made = statement(query, service.profile.reading, joins_order=service.profile.joins_order)
        rows = service.store.run(made.sql, made.bound)
    except SqlFailure:
        if service.profile.hides_sql_errors:
            return []
        raise Refusal(DATABASE_QUERY_ERROR) from None
    if isinstance(query.select.columns, Count):
        counted = service.profile.counts or not query.table.module.is_entity
        return [{"count": str(count)} for (count,) in rows] if counted else []
    return [dict(zip(made.fields, row, strict=True)) for row in rows]
