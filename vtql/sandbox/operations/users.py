"""`changePassword` and `deleteUser`, where a server still finds their files."""

from __future__ import annotations

from vtql.sandbox.operations.delete import discarded
from vtql.sandbox.operations.retrieve import existing
from vtql.sandbox.refusals import Refusal, denied
from vtql.sandbox.service import Call
from vtql.sandbox.written import place_of


def change_password(call: Call) -> dict[str, str]:
    """The server's own word for it. The sandbox keeps no passwords, so any old one is right."""
    name, number = place_of(call, call.parameters["id"])
    if name != "Users":
        raise denied()
    existing(call, name, number)
    given = call.parameters
    if not given["newPassword"] or given["newPassword"] != given["confirmPassword"]:
        raise Refusal("NEW_PASSWORD_MISMATCH", "New Password and confirm password don't match")
    return {"message": "Changed password successfully"}


def delete_user(call: Call) -> dict[str, str]:
    """Take a user away and give their records to another."""
    name, number = place_of(call, call.parameters["id"])
    heir, other = place_of(call, call.parameters["newOwnerId"])
    if {name, heir} != {"Users"} or call.user.row.get("is_admin") != "on":
        raise denied()
    user, successor = existing(call, name, number), existing(call, heir, other)
    call.service.store.give(str(user["id"]), str(successor["id"]))
    discarded(call, name, number, None)
    return {"status": "successful"}
