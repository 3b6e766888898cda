"""`sync`: what changed after a second, a page of a hundred changes and all of its last second."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from typing import Any

from vtql.protocol import ACCESS_DENIED, PAGE
from vtql.sandbox.kept import gone
from vtql.sandbox.operations.query import Row, rows_of
from vtql.sandbox.refusals import Crash, Refusal, denied
from vtql.sandbox.service import Call


def run(call: Call) -> dict[str, Any]:
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
        raise denied()
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
            for row in rows_of(call, name):
                when = row.get("modifiedtime") or ""
                if when > after and (owners is None or row.get("assigned_user_id") in owners):
                    yield when, str(row["id"]), row
        for number, at, owner in gone(store, name, after):
            if owners is None or owner in owners:
                yield at, f"{prefix}x{number}", None


def _text(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _seconds(moment: str) -> int:
    return int(datetime.strptime(moment, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC).timestamp())
