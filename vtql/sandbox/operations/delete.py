"""`delete`: a record goes to the recycle bin, and references to it lead nowhere."""

from __future__ import annotations

from vtql.sandbox.access import check_writable
from vtql.sandbox.operations.retrieve import existing
from vtql.sandbox.refusals import Refusal
from vtql.sandbox.service import Call
from vtql.sandbox.written import RECORD_NOT_FOUND, place_of


def run(call: Call) -> dict[str, str]:
    """The server's own word for it."""
    return deleted(call, call.parameters["id"])


def deleted(call: Call, id_: str) -> dict[str, str]:
    """Delete a record that the user may delete."""
    name, number = place_of(call, id_)
    if name == "Users":
        raise Refusal(RECORD_NOT_FOUND, "Record you are trying to access is not found")
    record = existing(call, name, number)
    check_writable(call.access, name)
    discarded(call, name, number, record.get("assigned_user_id"))
    return {"status": "successful"}


def discarded(call: Call, name: str, number: int, owner: str | None) -> None:
    """Take a record out of its module."""
    service = call.service
    service.store.remove(name, number, service.clock.text(), owner)
    service.store.forget_references(name, f"{service.catalog[name].id_prefix}x{number}")
