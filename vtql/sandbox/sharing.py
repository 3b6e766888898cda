"""Whose records a user sees: of private modules their own, of others everybody's.

Measured with two users who are no administrators: of private opportunities each sees their own and
those of their groups, before LIMIT counts; of the calendar 8.4 shows the others' as well where
they are public, and takes the rest away after LIMIT. A record that a user does not see is one that
they can neither read, change nor delete.
"""

from __future__ import annotations

from collections.abc import Mapping

from vtql.sandbox.access import EVERYTHING, owners
from vtql.sandbox.service import Call
from vtql.sandbox.values import as_record

CALENDAR = frozenset({"Calendar", "Events"})


def allowed_owners(call: Call, module: str) -> list[int] | None:
    """The owners whose records of a module the user sees; None where those of all."""
    return owners(call.user, call.access) if module in call.access.private else None


def is_sifted(call: Call, module: str) -> bool:
    """Whether rows of a module are looked at one by one, after the query."""
    return (
        call.access is not EVERYTHING and module in CALENDAR and call.service.profile.name == "8.4"
    )


def may_see(call: Call, module: str, record: Mapping[str, str | None]) -> bool:
    """Whether the user sees a record of a module."""
    owner, own = as_record(record.get("assigned_user_id")), owners(call.user, call.access)
    if module in call.access.private and owner not in own:
        return False
    return not is_sifted(call, module) or record.get("visibility") == "Public" or owner in own
