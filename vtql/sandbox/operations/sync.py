"""`sync`: what changed after a second, a page of a hundred changes and all of its last second."""

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
    """The changes of the user's own records, as an open-source server gives them; Vtiger Cloud
    also those of groups, or to administrators all."""
    kind = call.parameters["syncType"] if call.service.profile.name == "cloud" else "user"
    return changes(call, call.parameters["modifiedTime"], call.parameters["elementType"], kind)


def changes(call: Call, since: str, name: str, kind: str) -> dict[str, Any]:
    """`updated`, `deleted`, `more` and `lastModifiedTime` of one module, or of all without one.

    Raises:
        Crash: `since` is no number of seconds.
        Refusal: the module is not there, or everybody's records are asked for by somebody.
    """
    if not since.isascii() or not since.isdigit() or len(since) > 10:
        raise Crash
    owners = _owners(call, kind)
    catalog = call.service.catalog
    if name == "Users":
        return {"updated": [], "deleted": [], "lastModifiedTime": since, "more": False}
    if name and (name not in catalog or not catalog[name].is_entity or name in call.access.denied):
        raise access_denied()
    entities = [each for each in catalog if catalog[each].is_entity and each != "Users"]
    after = _text(int(since))
    found = sorted(
        _changes(call, [name] if name else entities, after, owners), key=lambda one: one[0]
    )
    last = found[:PAGE][-1][0] if found else None
    page = [change for change in found if last is not None and change[0] <= last]
    return {
        "updated": [row for _, _, row in page if row is not None],
        "deleted": [id_ for _, id_, row in page if row is None],
        "more": len(page) < len(found),
        "lastModifiedTime": int(since) if last is None else _seconds(last),
    }


def _owners(call: Call, kind: str) -> Collection[str] | None:
    """The ids of those whose records are meant, or None for everybody's."""
    if kind == "application":
        if call.user.row.get("is_admin") != "on":
            raise Refusal(ACCESS_DENIED, "Only admin users can perform application sync")
        return None
    return [call.user.id, *(call.access.groups if kind == "userandgroup" else ())]


def _changes(
    call: Call, names: list[str], after: str, owners: Collection[str] | None
) -> Iterator[tuple[str, str, Row | None]]:
    """When, the id, and the row of what changed; of what was deleted no row."""
    store = call.service.store
    for name in names:
        prefix = call.service.catalog[name].id_prefix
        if "modifiedtime" in store.tables[name].columns:
            for row in all_rows(call, name):
                when = row.get("modifiedtime") or ""
                if when > after and (owners is None or row.get("assigned_user_id") in owners):
                    yield when, str(row["id"]), row
        for number, at, owner in deleted_records(store, name, after):
            if owners is None or owner in owners:
                yield at, f"{prefix}x{number}", None


def _text(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _seconds(moment: str) -> int:
    return int(datetime.strptime(moment, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC).timestamp())


OUTLOOK = "outlook"
SYNC_TYPES: Map[str, str] = {"user": "user", "userandgroup": "userandgroup", "app": "application"}
"""Whose records an application is told of, by the type that it registers with."""


def wsapp_register(call: Call) -> dict[str, str]:
    """The key that the application names itself by."""
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
    """What was sent; an application that is not there is none afterwards either."""
    name, key = call.parameters["type"], call.parameters["key"]
    deregister_application(call.service.store, name, key)
    return [name, key]


def wsapp_get(call: Call) -> dict[str, Any] | list[Any]:
    """What changed since a token: records that the application does not have, those that changed
    since it was told of them, and those that are gone, by its own ids."""
    application = _calling_application(call)
    if application is None:
        return []
    module, token = call.parameters["module"], call.parameters["token"]
    found = changes(call, token, module, SYNC_TYPES[application.type])
    had = {each.server: each for each in mapped_records(call.service.store, application.key)}
    created, updated = [], []
    for row in found["updated"]:
        told = _with_reference_labels(call, row) | {
            "_id": row["id"],
            "_modifiedtime": row["modifiedtime"],
        }
        known = had.get(row["id"])
        if known is None:
            created.append({name: value for name, value in told.items() if name != "id"})
        elif row["modifiedtime"] > known.changed:
            updated.append(told | {"id": known.client})
    lost = {had[id_].client: id_ for id_ in found["deleted"] if id_ in had}
    return {
        **found, "updated": updated, "deleted": list(lost), "created": created,
        "client2serverIdMap": lost or [],
    }  # fmt: skip


def wsapp_put(call: Call) -> dict[str, Any] | list[Any]:
    """What became of records that the application made, changed or deleted."""
    application = _calling_application(call)
    if application is None:
        return []
    store, key = call.service.store, application.key
    had = {each.client: each for each in mapped_records(store, key)}
    answer: dict[str, Any] = {"created": [], "updated": [], "deleted": []}
    lost: dict[str, str] = {}
    for sent in _sent_elements(call):
        client, values = str(sent.get("id") or ""), sent.get("values")
        known = had.get(client)
        if not client or (known is None and not isinstance(values, Map)):
            continue
        try:
            if known is None:
                told, kind = (
                    _create_for_application(call, str(sent.get("module") or ""), values),
                    "created",
                )
            elif isinstance(values, Map) and values:
                told, kind = revise_record(call, {**values, "id": known.server}), "updated"
            else:
                delete_record(call, known.server)
                unmap_record(store, key, client)
                answer["deleted"].append(client)
                lost[client] = known.server
                continue
        except Refusal as refusal:
            failed = {"record": values, "messageidentifier": "", "message": refusal.message}
            answer.setdefault("skipped", []).append(failed)
            continue
        map_record(store, key, MappedRecord(client, told["id"], told.get("modifiedtime") or ""))
        own = values.get("utclastmodifiedtime") if isinstance(values, Map) else None
        stamps = {"_id": told["id"], "_modifiedtime": told.get("modifiedtime")}
        answer[kind].append(told | stamps | {"id": client, "modifiedtime": own})
    return answer | {"client2serverIdMap": lost or []}


def wsapp_map(call: Call) -> list[Any] | None:
    """Note what the application calls the records that it was told of."""
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
    """The application that asks; none where its key is unknown.

    Raises:
        Crash: the server has no handler for it.
    """
    found = find_application(call.service.store, call.parameters["key"])
    if found is not None and found.name.lower() != OUTLOOK:
        raise Crash
    return found


def _sent_elements(call: Call) -> list[Element]:
    try:
        found = json.loads(call.parameters["element"] or "[]", strict=False)
    except (ValueError, RecursionError):
        raise Refusal(INTERNAL_SERVER_ERROR) from None
    items = list(found.values()) if isinstance(found, dict) else found
    return [each for each in items if isinstance(each, dict)] if isinstance(items, list) else []


def _create_for_application(call: Call, module: str, values: Any) -> dict[str, Any]:
    return create_record(call, module, {"assigned_user_id": call.user.id, **values})


def _with_reference_labels(call: Call, row: Map[str, Any]) -> dict[str, Any]:
    """The row with the names of the records that it refers to, in place of their ids."""
    name, _ = resolve_id(call, row["id"])
    fields, store = call.service.catalog[name].fields, call.service.store
    told = dict(row)
    for field in fields.values():
        if field.type.name == "reference" and row.get(field.name):
            other, number = resolve_id(call, row[field.name])
            record = store.record(other, number)
            told[field.name] = plain_label(store.tables[other], record) if record else ""
    return told
