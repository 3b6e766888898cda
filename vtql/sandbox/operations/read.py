"""`retrieve`, `query` and `files_retrieve`, and which records a user can see.

Measured with two users who are not administrators: in private modules they see their own records and
those of their groups, filtered before LIMIT. In the calendar of 8.4 they also see public entries of
others, and the rest is removed after LIMIT. A record that a user cannot see can neither be read,
changed nor deleted.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from vtql.ast import Count
from vtql.catalog.model import Module
from vtql.protocol import DATABASE_QUERY_ERROR
from vtql.sandbox.access import FULL_ACCESS, check_readable, owner_numbers
from vtql.sandbox.documents import ATTACHMENT_IDS, attachment_ids, has_files
from vtql.sandbox.errors import Refusal, SqlFailure, access_denied, invalid_id
from vtql.sandbox.http_messages import Rows
from vtql.sandbox.mysql_values import as_record, record_number
from vtql.sandbox.serialize import (
    null_missing_references,
    serialize,
    without_missing_references,
)
from vtql.sandbox.service import Call
from vtql.sandbox.sql import Statement, statement
from vtql.sandbox.store import attachment
from vtql.sandbox.validate import Query, validate, visible_fields
from vtql.sandbox.write_values import RECORD_NOT_FOUND, exists_in_any_module, resolve_id

SHARED_CALENDAR = frozenset({"Calendar", "Events"})


def allowed_owners(call: Call, module: str) -> list[int] | None:
    """The owners whose records of a module the user sees; None for all."""
    return owner_numbers(call.user, call.access) if module in call.access.private else None


def is_filtered_after_limit(call: Call, module: str) -> bool:
    """Whether rows of a module are filtered one by one, after the query."""
    return (
        call.access is not FULL_ACCESS
        and module in SHARED_CALENDAR
        and call.service.profile.filters_calendar
    )


def may_see(call: Call, module: str, record: Mapping[str, str | None]) -> bool:
    """Whether the user sees a record of a module."""
    owner, own = as_record(record.get("assigned_user_id")), owner_numbers(call.user, call.access)
    if module in call.access.private and owner not in own:
        return False
    return (
        not is_filtered_after_limit(call, module)
        or record.get("visibility") == "Public"
        or owner in own
    )


def retrieve(call: Call) -> dict[str, Any]:
    """All fields of a record and its label."""
    name, number = resolve_id(call, call.parameters["id"])
    return serialize(call, name, readable_record(call, name, number))


def readable_record(call: Call, name: str, number: int) -> dict[str, str | None]:
    """A record that the user can see.

    Raises:
        Refusal: there is none, it is another module's, or the user cannot see it.
    """
    check_readable(call.access, name)
    record = call.service.store.record(name, number)
    if record is not None and name == "Users" and record.get("status") == "Inactive":
        raise access_denied()  # read in the sources: inactive users are not found
    if record is None:
        raise invalid_id() if exists_in_any_module(call, number) else access_denied()
    if not may_see(call, name, record):
        raise Refusal("ACCESS_DENIED", "Permission to read given object is denied")
    return record


Row = dict[str, Any]


def query(call: Call) -> Rows | list[Row]:
    """The rows of a query, every value text or null."""
    module, rows = _execute(call, call.parameters["query"])
    return _with_files(call, module, rows) if has_files(call, module) else rows


def query_rows(call: Call, text: str) -> list[Row]:
    """The rows of a query as mappings."""
    return _with_files(call, *_execute(call, text))


def _with_files(call: Call, module: Module, result: Rows) -> list[Row]:
    """The rows as mappings, with the ids of attached files."""
    rows = [dict(zip(result.fields, row, strict=True)) for row in result.values]
    if has_files(call, module):
        for row in rows:
            ids = attachment_ids(call, module, as_record(row.get("id")))
            if ids:
                row[ATTACHMENT_IDS] = ids
    return rows


def _execute(call: Call, text: str) -> tuple[Module, Rows]:
    service = call.service
    query = validate(service.store, text, service.profile, call.access)
    try:
        compiled = _statement(call, query)
        for compared in compiled.compared:
            service.store.index(query.table.module.name, compared)
        rows = service.store.run(compiled.sql, compiled.bound)
    except SqlFailure:
        if service.profile.hides_sql_errors:
            return query.table.module, Rows((), ())
        raise Refusal(DATABASE_QUERY_ERROR) from None
    if isinstance(query.select.columns, Count):
        counted = service.profile.counts or not query.table.module.is_entity
        return query.table.module, Rows(
            ("count",), [(str(count),) for (count,) in rows] if counted else ()
        )
    if compiled.multiplied:
        rows = _collapsed(compiled.fields, rows)
    rows = null_missing_references(service.store, query.table, compiled.fields, rows)
    if service.profile.nulls_as_text:
        rows = [tuple(value or "" for value in row) for row in rows]
    if is_filtered_after_limit(call, query.table.module.name):
        rows = _readable_rows(call, query.table.module.name, compiled.fields, rows)
    return query.table.module, Rows(compiled.fields, rows)


def _collapsed(fields: Sequence[str], rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """One row for each record, at the position of its first and with the values of its last row,
    because the server collects rows by id (measured)."""
    place = fields.index("id")
    return list({row[place]: row for row in rows}.values())


def _readable_rows(
    call: Call, name: str, fields: Sequence[str], rows: list[tuple[Any, ...]]
) -> list[tuple[Any, ...]]:
    """The rows that the user can see."""
    place, store = fields.index("id"), call.service.store
    records = (store.record(name, as_record(row[place])) or {} for row in rows)
    return [row for row, record in zip(rows, records, strict=True) if may_see(call, name, record)]


def all_rows(call: Call, name: str) -> Iterator[Row]:
    """Every record of a module as a row of `select *`, also those that queries leave out."""
    table = call.service.store.tables[name]
    hidden = call.access.hidden.get(name, ())
    seen = {field for field in visible_fields(table, call.service.profile) if field not in hidden}
    for stored in call.service.store.all(name):
        record = without_missing_references(call.service.store, table, stored)
        yield {field: value for field, value in record.items()
               if field in seen or field not in table.module.fields}  # fmt: skip


def _statement(call: Call, query: Query) -> Statement:
    profile = call.service.profile
    allowed = allowed_owners(call, query.table.module.name)
    return statement(query, profile.precedence, joins_order=profile.joins_order, owners=allowed)


def retrieve_file(call: Call) -> list[dict[str, Any]]:
    """An attached file, its content in base64; any other id is that of a missing file."""
    number = record_number(call.parameters["id"])
    file = attachment(call.service.store, number) if number else None
    if file is None:
        raise Refusal(RECORD_NOT_FOUND, "Record you are trying to access is not found")
    name, _ = resolve_id(call, call.parameters["id"])
    readable_record(call, name, file.record)
    return [
        {
            "fileid": str(file.number),
            "filename": file.name,
            "filetype": file.type,
            "filesize": len(file.content),
            "filecontents": base64.b64encode(file.content).decode(),
        }
    ]
