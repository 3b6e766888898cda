"""`sync`, and the operations of the sync server (`wsapp_…`).

`sync` returns the changes after a second: a hundred, and all others of the last second.

The sync server reports changes to an application that has its own ids for records. It was read in the
sources of 7.x, and nothing of it was recorded. A server knows the application `Outlook` and its own;
one of another name can register, and its further requests end in a PHP error.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Iterator
from collections.abc import Mapping as Map
from datetime import UTC, datetime
from typing import Any

from vtql.protocol import ACCESS_DENIED, INTERNAL_SERVER_ERROR, PAGE
from vtql.sandbox.errors import Crash, Refusal, access_denied
from vtql.sandbox.operations.read import Row, all_rows
from vtql.sandbox.operations.write import create_record, delete_record, revise_record
from vtql.sandbox.serialize import plain_label
from vtql.sandbox.service import Call
from vtql.sandbox.store import (
    MappedRecord,
    SyncApplication,
    deleted_records,
    deregister_application,
    find_application,
    map_record,
    mapped_records,
    register_application,
    unmap_record,
)
from vtql.sandbox.write_values import Element, resolve_id


def sync(call: Call) -> dict[str, Any]:
    """Changes of the user's own records; on Vtiger Cloud also of their groups, or of all users."""
    kind = call.parameters["syncType"] if call.service.profile.rest else "user"
    return changes(call, call.parameters["modifiedTime"], call.parameters["elementType"], kind)


def changes(call: Call, since: str, name: str, kind: str) -> dict[str, Any]:
    """`updated`, `deleted`, `more` and `lastModifiedTime` of one module, or of all.

    Raises:
        Crash: `since` is not a number of seconds.
        Refusal: the module is unknown, or a user without rights requests the changes of all.
    """
    if not since.isascii() or not since.isdigit() or len(since) > 10:
        raise Crash
    owners = _owners(call, kind)
    catalog = call.service.catalog
    if name == "Users":
        return {"updated": [], "deleted": [], "lastModifiedTime": since, "more": False}
    if name and (name not in catalog or not catalog[name].is_entity or name in call.access.denied):
        raise access_denied()
    entities = [module for module in catalog if catalog[module].is_entity and module != "Users"]
    after = _text(int(since))
    ordered = sorted(
        _changes(call, [name] if name else entities, after, owners), key=lambda change: change[0]
    )
    last = ordered[:PAGE][-1][0] if ordered else None
    page = [change for change in ordered if last is not None and change[0] <= last]
    return {
        "updated": [row for _, _, row in page if row is not None],
        "deleted": [id_ for _, id_, row in page if row is None],
        "more": len(page) < len(ordered),
        "lastModifiedTime": int(since) if last is None else _seconds(last),
    }


def _owners(call: Call, kind: str) -> Collection[str] | None:
    """The ids of the owners whose records are synced, or None for all."""
    if kind == "application":
        if call.user.row.get("is_admin") != "on":
            raise Refusal(ACCESS_DENIED, "Only admin users can perform application sync")
        return None
    return [call.user.id, *(call.access.groups if kind == "userandgroup" else ())]


def _changes(
    call: Call, names: list[str], after: str, owners: Collection[str] | None
) -> Iterator[tuple[str, str, Row | None]]:
    """Changes as time, id and row; the row of a deleted record is None."""
    store = call.service.store
    for name in names:
        prefix = call.service.catalog[name].id_prefix
        if "modifiedtime" in store.tables[name].columns:
            for row in all_rows(call, name):
                modified = row.get("modifiedtime") or ""
                if modified > after and (owners is None or row.get("assigned_user_id") in owners):
                    yield modified, str(row["id"]), row
        for number, at, owner in deleted_records(store, name, after):
            if owners is None or owner in owners:
                yield at, f"{prefix}x{number}", None


def _text(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _seconds(moment: str) -> int:
    return int(datetime.strptime(moment, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC).timestamp())


OUTLOOK = "outlook"
SYNC_TYPES: Map[str, str] = {"user": "user", "userandgroup": "userandgroup", "app": "application"}
"""Whose records are synced, by the type of the registration."""


def wsapp_register(call: Call) -> dict[str, str]:
    """Register an application and return its key."""
    name, kind = call.parameters["type"], call.parameters["synctype"].lower()
    if not name:
        raise Refusal("WSAPP01", "No type specified")
    if not kind:
        raise Refusal("WSAPP06", "No sync type specified")
    if kind not in SYNC_TYPES:
        raise Refusal("WSAPP05", "Wrong sync type specified")
    key = secrets.token_hex(7)[:13]
    register_application(call.service.store, SyncApplication(key, name, kind))
    return {"key": key}


def wsapp_deregister(call: Call) -> list[str]:
    """Remove an application, if it exists, and return the parameters."""
    name, key = call.parameters["type"], call.parameters["key"]
    deregister_application(call.service.store, name, key)
    return [name, key]


def wsapp_get(call: Call) -> dict[str, Any] | list[Any]:
    """Changes since a token: created records, records changed since the application mapped them,
    and deleted records by the application's ids."""
    application = _calling_application(call)
    if application is None:
        return []
    module, token = call.parameters["module"], call.parameters["token"]
    changed = changes(call, token, module, SYNC_TYPES[application.type])
    mappings = {
        mapped.server: mapped for mapped in mapped_records(call.service.store, application.key)
    }
    created, updated = [], []
    for row in changed["updated"]:
        values = _with_reference_labels(call, row) | {
            "_id": row["id"],
            "_modifiedtime": row["modifiedtime"],
        }
        mapping = mappings.get(row["id"])
        if mapping is None:
            created.append({name: value for name, value in values.items() if name != "id"})
        elif row["modifiedtime"] > mapping.changed:
            updated.append(values | {"id": mapping.client})
    deleted = {mappings[id_].client: id_ for id_ in changed["deleted"] if id_ in mappings}
    return {
        **changed, "updated": updated, "deleted": list(deleted), "created": created,
        "client2serverIdMap": deleted or [],
    }  # fmt: skip


def wsapp_put(call: Call) -> dict[str, Any] | list[Any]:
    """Create, update and delete records for the application, and return the results."""
    application = _calling_application(call)
    if application is None:
        return []
    store, key = call.service.store, application.key
    mappings = {mapped.client: mapped for mapped in mapped_records(store, key)}
    answer: dict[str, Any] = {"created": [], "updated": [], "deleted": []}
    deleted: dict[str, str] = {}
    for sent in _sent_elements(call):
        client, values = str(sent.get("id") or ""), sent.get("values")
        mapping = mappings.get(client)
        if not client or (mapping is None and not isinstance(values, Map)):
            continue
        try:
            if mapping is None:
                record, kind = (
                    _create_for_application(call, str(sent.get("module") or ""), values),
                    "created",
                )
            elif isinstance(values, Map) and values:
                record, kind = revise_record(call, {**values, "id": mapping.server}), "updated"
            else:
                delete_record(call, mapping.server)
                unmap_record(store, key, client)
                answer["deleted"].append(client)
                deleted[client] = mapping.server
                continue
        except Refusal as refusal:
            failed = {"record": values, "messageidentifier": "", "message": refusal.message}
            answer.setdefault("skipped", []).append(failed)
            continue
        map_record(store, key, MappedRecord(client, record["id"], record.get("modifiedtime") or ""))
        own = values.get("utclastmodifiedtime") if isinstance(values, Map) else None
        stamps = {"_id": record["id"], "_modifiedtime": record.get("modifiedtime")}
        answer[kind].append(record | stamps | {"id": client, "modifiedtime": own})
    return answer | {"client2serverIdMap": deleted or []}


def wsapp_map(call: Call) -> list[Any] | None:
    """Store the application's ids of records."""
    application = _calling_application(call)
    if application is None:
        return []
    store, key = call.service.store, application.key
    for sent in _sent_elements(call):
        client, values = str(sent.get("clientid") or ""), sent.get("values")
        if sent.get("mode") == "delete":
            unmap_record(store, key, client)
        elif client and isinstance(values, Map):
            server, changed = values.get("serverid"), values.get("_modifiedtime")
            map_record(store, key, MappedRecord(client, str(server or ""), str(changed or "")))
    return None


def _calling_application(call: Call) -> SyncApplication | None:
    """The application that calls; None if its key is unknown.

    Raises:
        Crash: the server has no handler for it.
    """
    application = find_application(call.service.store, call.parameters["key"])
    if application is not None and application.name.lower() != OUTLOOK:
        raise Crash
    return application


def _sent_elements(call: Call) -> list[Element]:
    try:
        value = json.loads(call.parameters["element"] or "[]", strict=False)
    except (ValueError, RecursionError):
        raise Refusal(INTERNAL_SERVER_ERROR) from None
    items = list(value.values()) if isinstance(value, dict) else value
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _create_for_application(call: Call, module: str, values: Any) -> dict[str, Any]:
    return create_record(call, module, {"assigned_user_id": call.user.id, **values})


def _with_reference_labels(call: Call, row: Map[str, Any]) -> dict[str, Any]:
    """The row with the labels of referenced records instead of their ids."""
    name, _ = resolve_id(call, row["id"])
    fields, store = call.service.catalog[name].fields, call.service.store
    values = dict(row)
    for field in fields.values():
        if field.type.name == "reference" and row.get(field.name):
            target, number = resolve_id(call, row[field.name])
            record = store.record(target, number)
            values[field.name] = plain_label(store.tables[target], record) if record else ""
    return values
