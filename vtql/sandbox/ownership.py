"""Owners that do not exist: 8.4 stores the record, and then prints a sentence in place of an answer.

Measured on 8.4.0 with `create`. `update` and `revise` show the stored record in the same way, so
they end in the same way here. The sentence itself was not recorded; it is the sandbox's own.
"""

from __future__ import annotations

from collections.abc import Mapping

from vtql.sandbox.refusals import Printed
from vtql.sandbox.service import Call

UNKNOWN_OWNER = "Invalid owner of the record"
OWNERS = ("Users", "Groups")


def check_owner(call: Call, row: Mapping[str, str | None]) -> None:
    """Make sure that the owner of a record that was stored exists.

    Raises:
        Printed: it does not, and the server is one that answers with plain text.
    """
    if call.service.profile.name == "8.4" and not _exists(call, row.get("assigned_user_id")):
        raise Printed(UNKNOWN_OWNER)


def _exists(call: Call, owner: str | None) -> bool:
    store, number = call.service.store, (owner or "").partition("x")[2]
    if not number.isdecimal() or not any(name in store.tables for name in OWNERS):
        return True
    return any(name in store.tables and store.record(name, int(number)) for name in OWNERS)
