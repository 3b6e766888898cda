"""The sync server: what changed, for an application that has records under ids of its own.

Where `sync` is broken this is what tells of changes. Read in the sources of 7.x; nothing of it was
recorded. A server knows the application `Outlook` and its own; one of another name is registered,
and every further request for it ends in a PHP error.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping as Map
from typing import Any

from vtql.protocol import INTERNAL_SERVER_ERROR
from vtql.sandbox.applications import (
    Application,
    Mapping,
    forget,
    mappings,
    registered,
    remember,
)
from vtql.sandbox.applications import deregister as deregister_application
from vtql.sandbox.applications import register as register_application
from vtql.sandbox.operations.create import made
from vtql.sandbox.operations.delete import deleted
from vtql.sandbox.operations.revise import revised
from vtql.sandbox.operations.sync import changes
from vtql.sandbox.refusals import Crash, Refusal
from vtql.sandbox.service import Call
from vtql.sandbox.shown import called
from vtql.sandbox.written import Element, place_of

KNOWN = "outlook"
WHOSE: Map[str, str] = {"user": "user", "userandgroup": "userandgroup", "app": "application"}
"""Whose records an application is told of, by the type that it registers with."""


def register(call: Call) -> dict[str, str]:
    """The key that the application names itself by."""
    name, kind = call.parameters["type"], call.parameters["synctype"].lower()
    if not name:
        raise Refusal("WSAPP01", "No type specified")
    if not kind:
        raise Refusal("WSAPP06", "No sync type specified")
    if kind not in WHOSE:
        raise Refusal("WSAPP05", "Wrong sync type specified")
    key = secrets.token_hex(7)[:13]
    register_application(call.service.store, Application(key, name, kind))
    return {"key": key}


def deregister(call: Call) -> list[str]:
    """What was sent; an application that is not there is none afterwards either."""
    name, key = call.parameters["type"], call.parameters["key"]
    deregister_application(call.service.store, name, key)
    return [name, key]


def get(call: Call) -> dict[str, Any] | list[Any]:
    """What changed since a token: records that the application does not have, those that changed
    since it was told of them, and those that are gone, by its own ids."""
    application = _application(call)
    if application is None:
        return []
    module, token = call.parameters["module"], call.parameters["token"]
    found = changes(call, token, module, WHOSE[application.type])
    had = {each.server: each for each in mappings(call.service.store, application.key)}
    created, updated = [], []
    for row in found["updated"]:
        told = _named(call, row) | {"_id": row["id"], "_modifiedtime": row["modifiedtime"]}
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


def put(call: Call) -> dict[str, Any] | list[Any]:
    """What became of records that the application made, changed or deleted."""
    application = _application(call)
    if application is None:
        return []
    store, key = call.service.store, application.key
    had = {each.client: each for each in mappings(store, key)}
    answer: dict[str, Any] = {"created": [], "updated": [], "deleted": []}
    lost: dict[str, str] = {}
    for sent in _sent(call):
        client, values = str(sent.get("id") or ""), sent.get("values")
        known = had.get(client)
        if not client or (known is None and not isinstance(values, Map)):
            continue
        try:
            if known is None:
                told, kind = _made(call, str(sent.get("module") or ""), values), "created"
            elif isinstance(values, Map) and values:
                told, kind = revised(call, {**values, "id": known.server}), "updated"
            else:
                deleted(call, known.server)
                forget(store, key, client)
                answer["deleted"].append(client)
                lost[client] = known.server
                continue
        except Refusal as refusal:
            failed = {"record": values, "messageidentifier": "", "message": refusal.message}
            answer.setdefault("skipped", []).append(failed)
            continue
        remember(store, key, Mapping(client, told["id"], told.get("modifiedtime") or ""))
        own = values.get("utclastmodifiedtime") if isinstance(values, Map) else None
        stamps = {"_id": told["id"], "_modifiedtime": told.get("modifiedtime")}
        answer[kind].append(told | stamps | {"id": client, "modifiedtime": own})
    return answer | {"client2serverIdMap": lost or []}


def map_ids(call: Call) -> list[Any] | None:
    """Note what the application calls the records that it was told of."""
    application = _application(call)
    if application is None:
        return []
    store, key = call.service.store, application.key
    for sent in _sent(call):
        client, values = str(sent.get("clientid") or ""), sent.get("values")
        if sent.get("mode") == "delete":
            forget(store, key, client)
        elif client and isinstance(values, Map):
            server, changed = values.get("serverid"), values.get("_modifiedtime")
            remember(store, key, Mapping(client, str(server or ""), str(changed or "")))
    return None


def _application(call: Call) -> Application | None:
    """The application that asks; none where its key is unknown.

    Raises:
        Crash: the server has no handler for it.
    """
    found = registered(call.service.store, call.parameters["key"])
    if found is not None and found.name.lower() != KNOWN:
        raise Crash
    return found


def _sent(call: Call) -> list[Element]:
    try:
        found = json.loads(call.parameters["element"] or "[]", strict=False)
    except (ValueError, RecursionError):
        raise Refusal(INTERNAL_SERVER_ERROR) from None
    items = list(found.values()) if isinstance(found, dict) else found
    return [each for each in items if isinstance(each, dict)] if isinstance(items, list) else []


def _made(call: Call, module: str, values: Any) -> dict[str, Any]:
    return made(call, module, {"assigned_user_id": call.user.id, **values})


def _named(call: Call, row: Map[str, Any]) -> dict[str, Any]:
    """The row with the names of the records that it refers to, in place of their ids."""
    name, _ = place_of(call, row["id"])
    fields, store = call.service.catalog[name].fields, call.service.store
    told = dict(row)
    for field in fields.values():
        if field.type.name == "reference" and row.get(field.name):
            other, number = place_of(call, row[field.name])
            record = store.record(other, number)
            told[field.name] = called(store.tables[other], record) if record else ""
    return told
