"""`login`: a session for who knows the access key, and facts about the user and the server."""

from __future__ import annotations

from collections.abc import Mapping

from vtql.sandbox.service import Call
from vtql.sandbox.sessions import User

VERSIONS: Mapping[str, str] = {
    "5.4": "5.4.0",
    "7": "7.5.0",
    "8.0": "8.0.0",
    "8.4": "8.4.0",
}
"""What a server of a profile calls itself; others go by the name of their profile."""

FACTS = {
    "first_name": "first_name",
    "last_name": "last_name",
    "email": "email1",
    "time_zone": "time_zone",
    "hour_format": "hour_format",
    "date_format": "date_format",
    "is_admin": "is_admin",
    "call_duration": "callduration",
    "other_event_duration": "othereventduration",
}
"""What is told of the user since 6.0, and the field of Users that has it."""


def run(call: Call) -> dict[str, str]:
    """The session and the facts."""
    session, user = call.service.sessions.log_in(
        call.parameters["username"], call.parameters["accessKey"]
    )
    facts = {} if call.service.profile.name == "5.4" else _facts(user)
    return facts | {"sessionName": session, "userId": user.id} | version(call)


def version(call: Call) -> dict[str, str]:
    """What the server calls itself."""
    profile = call.service.profile.name
    return {"version": "0.22", "vtigerVersion": VERSIONS.get(profile, profile)}


def _facts(user: User) -> dict[str, str]:
    found = {name: user.row.get(field) or "" for name, field in FACTS.items()}
    return {"username": user.name, **found}
