"""`query`: the records that a VTQL text asks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from vtql.ast import Count
from vtql.catalog.model import Module
from vtql.protocol import DATABASE_QUERY_ERROR
from vtql.sandbox.attached import IDS, has_files, ids_of
from vtql.sandbox.bodies import Rows
from vtql.sandbox.check import Query, checked, visible
from vtql.sandbox.references import with_missing_as_null, without_missing
from vtql.sandbox.refusals import Refusal, SqlFailure
from vtql.sandbox.service import Call
from vtql.sandbox.sharing import allowed_owners, is_sifted, may_see
from vtql.sandbox.shown import NO_NULLS
from vtql.sandbox.sql import Statement, statement
from vtql.sandbox.values import as_record

Row = dict[str, Any]


def run(call: Call) -> Rows | list[Row]:
    """The rows, every value a text or null; of `count(*)` one row, where the profile counts."""
    module, found = _found(call, call.parameters["query"])
    return _with_files(call, module, found) if has_files(call, module) else found


def answered(call: Call, text: str) -> list[Row]:
    """The rows of a query."""
    return _with_files(call, *_found(call, text))


def _with_files(call: Call, module: Module, found: Rows) -> list[Row]:
    """The rows as mappings; those of records with files tell of them."""
    rows = [dict(zip(found.fields, row, strict=True)) for row in found.values]
    if has_files(call, module):
        for row in rows:
            ids = ids_of(call, module, as_record(row.get("id")))
            if ids:
                row[IDS] = ids
    return rows


def _found(call: Call, text: str) -> tuple[Module, Rows]:
    service = call.service
    query = checked(service.store, text, service.profile, call.access)
    try:
        made = _statement(call, query)
        for compared in made.compared:
            service.store.index(query.table.module.name, compared)
        rows = service.store.run(made.sql, made.bound)
    except SqlFailure:
        if service.profile.hides_sql_errors:
            return query.table.module, Rows((), ())
        raise Refusal(DATABASE_QUERY_ERROR) from None
    if isinstance(query.select.columns, Count):
        counted = service.profile.counts or not query.table.module.is_entity
        return query.table.module, Rows(
            ("count",), [(str(count),) for (count,) in rows] if counted else ()
        )
    if made.multiplied:
        rows = _collapsed(made.fields, rows)
    rows = with_missing_as_null(service.store, query.table, made.fields, rows)
    if service.profile.name in NO_NULLS:
        rows = [tuple(value or "" for value in row) for row in rows]
    if is_sifted(call, query.table.module.name):
        rows = _shared(call, query.table.module.name, made.fields, rows)
    return query.table.module, Rows(made.fields, rows)


def _collapsed(fields: Sequence[str], rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """One row for each record, in the place of its first and with the values of its last, for the
    server keeps rows by id (measured)."""
    place = fields.index("id")
    return list({row[place]: row for row in rows}.values())


def _shared(
    call: Call, name: str, fields: Sequence[str], rows: list[tuple[Any, ...]]
) -> list[tuple[Any, ...]]:
    """The rows that a user may see, the others taken away after LIMIT."""
    place, store = fields.index("id"), call.service.store
    records = (store.record(name, as_record(row[place])) or {} for row in rows)
    return [row for row, record in zip(rows, records, strict=True) if may_see(call, name, record)]


def rows_of(call: Call, name: str) -> Iterator[Row]:
    """Every record of a module as `select *` gives it, those that queries leave out as well."""
    table = call.service.store.tables[name]
    hidden = call.access.hidden.get(name, ())
    seen = {field for field in visible(table, call.service.profile) if field not in hidden}
    for each in call.service.store.all(name):
        record = without_missing(call.service.store, table, each)
        yield {field: value for field, value in record.items()
               if field in seen or field not in table.module.fields}  # fmt: skip


def _statement(call: Call, query: Query) -> Statement:
    profile = call.service.profile
    allowed = allowed_owners(call, query.table.module.name)
    return statement(query, profile.precedence, joins_order=profile.joins_order, owners=allowed)
