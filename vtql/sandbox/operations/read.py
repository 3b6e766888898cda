"""Whose records a user sees: of private modules their own, of others everybody's.

Measured with two users who are no administrators: of private opportunities each sees their own and
those of their groups, before LIMIT counts; of the calendar 8.4 shows the others' as well where
they are public, and takes the rest away after LIMIT. A record that a user does not see is one that
they can neither read, change nor delete.
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
    NO_NULLS,
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
    """The owners whose records of a module the user sees; None where those of all."""
    return owner_numbers(call.user, call.access) if module in call.access.private else None


def is_filtered_after_limit(call: Call, module: str) -> bool:
    """Whether rows of a module are looked at one by one, after the query."""
    return (
        call.access is not FULL_ACCESS
        and module in SHARED_CALENDAR
        and call.service.profile.name == "8.4"
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
    """All fields of the record and its label."""
    name, number = resolve_id(call, call.parameters["id"])
    return serialize(call, name, readable_record(call, name, number))


def readable_record(call: Call, name: str, number: int) -> dict[str, str | None]:
    """A record that the user may see.

    Raises:
        Refusal: there is none, it is another module's, or the user may not.
    """
    check_readable(call.access, name)
    record = call.service.store.record(name, number)
    if record is not None and name == "Users" and record.get("status") == "Inactive":
        raise access_denied()  # read in the sources: a user exists while active
    if record is None:
        raise invalid_id() if exists_in_any_module(call, number) else access_denied()
    if not may_see(call, name, record):
        raise Refusal("ACCESS_DENIED", "Permission to read given object is denied")
    return record


Row = dict[str, Any]


def query(call: Call) -> Rows | list[Row]:
    """The rows, every value a text or null; of `count(*)` one row, where the profile counts."""
    module, found = _execute(call, call.parameters["query"])
    return _with_files(call, module, found) if has_files(call, module) else found


def query_rows(call: Call, text: str) -> list[Row]:
    """The rows of a query."""
    return _with_files(call, *_execute(call, text))


def _with_files(call: Call, module: Module, found: Rows) -> list[Row]:
    """The rows as mappings; those of records with files tell of them."""
    rows = [dict(zip(found.fields, row, strict=True)) for row in found.values]
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
    rows = null_missing_references(service.store, query.table, made.fields, rows)
    if service.profile.name in NO_NULLS:
        rows = [tuple(value or "" for value in row) for row in rows]
    if is_filtered_after_limit(call, query.table.module.name):
        rows = _readable_rows(call, query.table.module.name, made.fields, rows)
    return query.table.module, Rows(made.fields, rows)


def _collapsed(fields: Sequence[str], rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """One row for each record, in the place of its first and with the values of its last, for the
    server keeps rows by id (measured)."""
    place = fields.index("id")
    return list({row[place]: row for row in rows}.values())


def _readable_rows(
    call: Call, name: str, fields: Sequence[str], rows: list[tuple[Any, ...]]
) -> list[tuple[Any, ...]]:
    """The rows that a user may see, the others taken away after LIMIT."""
    place, store = fields.index("id"), call.service.store
    records = (store.record(name, as_record(row[place])) or {} for row in rows)
    return [row for row, record in zip(rows, records, strict=True) if may_see(call, name, record)]


def all_rows(call: Call, name: str) -> Iterator[Row]:
    """Every record of a module as `select *` gives it, those that queries leave out as well."""
    table = call.service.store.tables[name]
    hidden = call.access.hidden.get(name, ())
    seen = {field for field in visible_fields(table, call.service.profile) if field not in hidden}
    for each in call.service.store.all(name):
        record = without_missing_references(call.service.store, table, each)
        yield {field: value for field, value in record.items()
               if field in seen or field not in table.module.fields}  # fmt: skip


def _statement(call: Call, query: Query) -> Statement:
    profile = call.service.profile
    allowed = allowed_owners(call, query.table.module.name)
    return statement(query, profile.precedence, joins_order=profile.joins_order, owners=allowed)


def retrieve_file(call: Call) -> list[dict[str, Any]]:
    """The file, its content in base64. An id of anything else is one of a file that is not there."""
    number = record_number(call.parameters["id"])
    found = attachment(call.service.store, number) if number else None
    if found is None:
        raise Refusal(RECORD_NOT_FOUND, "Record you are trying to access is not found")
    name, _ = resolve_id(call, call.parameters["id"])
    readable_record(call, name, found.record)
    return [
        {
            "fileid": str(found.number),
            "filename": found.name,
            "filetype": found.type,
            "filesize": len(found.content),
            "filecontents": base64.b64encode(found.content).decode(),
        }
    ]
