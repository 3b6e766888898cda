"""`sync`: what changed after a second, a page of a hundred changes and all of its last second."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from vtql.protocol import PAGE
from vtql.sandbox.kept import gone
from vtql.sandbox.operations.query import Row, rows_of
from vtql.sandbox.refusals import Crash, denied
from vtql.sandbox.service import Call


def run(call: Call) -> dict[str, Any]:
    """`updated`, `deleted`, `more` and `lastModifiedTime`; of the user's own records alone."""
    since, name = call.parameters["modifiedTime"], call.parameters["elementType"]
    if not since.isascii() or not since.isdigit() or len(since) > 10:
        raise Crash
    catalog = call.service.catalog
    if name == "Users":
        return {"updated": [], "deleted": [], "lastModifiedTime": since, "more": False}
    if name and (name not in catalog or not catalog[name].is_entity or name in call.access.denied):
        raise denied()
    entities = [each for each in catalog if catalog[each].is_entity and each != "Users"]
    after = _text(int(since))
    changes = sorted(_changes(call, [name] if name else entities, after), key=lambda one: one[0])
    last = changes[:PAGE][-1][0] if changes else None
    page = [change for change in changes if last is not None and change[0] <= last]
    return {
        "updated": [row for _, _, row in page if row is not None],
        "deleted": [id_ for _, id_, row in page if row is None],
        "more": len(page) < len(changes),
        "lastModifiedTime": int(since) if last is None else _seconds(last),
    }


def _changes(call: Call, names: list[str], after: str) -> Iterator[tuple[str, str, Row | None]]:
    """When, the id, and the row of what changed; of what was deleted no row."""
    store, owner = call.service.store, call.user.id
    for name in names:
        prefix = call.service.catalog[name].id_prefix
        if "modifiedtime" in store.tables[name].columns:
            for row in rows_of(call, name):
                when = row.get("modifiedtime") or ""
                if when > after and row.get("assigned_user_id") == owner:
                    yield when, str(row["id"]), row
        for number, at in gone(store, name, after, owner):
            yield at, f"{prefix}x{number}", None


def _text(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _seconds(moment: str) -> int:
    return int(datetime.strptime(moment, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC).timestamp())
