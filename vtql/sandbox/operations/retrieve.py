"""`retrieve`: one record by its id."""

from __future__ import annotations

from typing import Any

from vtql.sandbox.access import check_readable
from vtql.sandbox.refusals import Refusal, bad_id, denied
from vtql.sandbox.service import Call
from vtql.sandbox.sharing import may_see
from vtql.sandbox.shown import shown
from vtql.sandbox.written import elsewhere, place_of


def run(call: Call) -> dict[str, Any]:
    """All fields of the record and its label."""
    name, number = place_of(call, call.parameters["id"])
    return shown(call, name, existing(call, name, number))


def existing(call: Call, name: str, number: int) -> dict[str, str | None]:
    """A record that the user may see.

    Raises:
        Refusal: there is none, it is another module's, or the user may not.
    """
    check_readable(call.access, name)
    record = call.service.store.record(name, number)
    if record is not None and name == "Users" and record.get("status") == "Inactive":
        raise denied()  # read in the sources: a user exists while active
    if record is None:
        raise bad_id() if elsewhere(call, number) else denied()
    if not may_see(call, name, record):
        raise Refusal("ACCESS_DENIED", "Permission to read given object is denied")
    return record
