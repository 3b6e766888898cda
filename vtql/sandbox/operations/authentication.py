"""`getchallenge`: the token that a login has to know; for five minutes, or until the next one."""

from __future__ import annotations

from collections.abc import Mapping

from vtql.protocol import AUTHENTICATION_REQUIRED
from vtql.sandbox.errors import Refusal
from vtql.sandbox.service import Call
from vtql.sandbox.sessions import User


def get_challenge(call: Call) -> dict[str, str | int]:
    """The token and, in seconds since 1970, when it was made and when it ends."""
    challenge = call.service.sessions.challenge(call.parameters["username"])
    return {
        "token": challenge.token,
        "serverTime": challenge.given,
        "expireTime": challenge.expires,
    }


VERSIONS: Mapping[str, str] = {
    "5.4": "5.4.0",
    "7": "7.5.0",
    "8.0": "8.0.0",
    "8.4": "8.4.0",
}
"""What a server of a profile calls itself; others go by the name of their profile."""

USER_FACTS = {
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


def log_in(call: Call) -> dict[str, str]:
    """The session and the facts."""
    session, user = call.service.sessions.log_in(
        call.parameters["username"], call.parameters["accessKey"]
    )
    facts = {} if call.service.profile.name == "5.4" else _user_facts(user)
    return facts | {"sessionName": session, "userId": user.id} | server_version(call)


def server_version(call: Call) -> dict[str, str]:
    """What the server calls itself."""
    profile = call.service.profile.name
    return {"version": "0.22", "vtigerVersion": VERSIONS.get(profile, profile)}


def _user_facts(user: User) -> dict[str, str]:
    found = {name: user.row.get(field) or "" for name, field in USER_FACTS.items()}
    return {"username": user.name, **found}


def extend_session(call: Call) -> dict[str, str]:
    """The session, its user and the server's version. It is no means to keep a session alive."""
    request = call.request
    if request is None or not request.body.get("operation"):
        raise Refusal(AUTHENTICATION_REQUIRED)
    named = request.body.get("sessionName", "") if call.service.profile.name != "7" else ""
    session = named or request.cookie
    user = call.service.sessions.known(session)
    if user is None:
        raise Refusal("AUTHENTICATION_FAILURE", "Authencation Failed")
    return {"sessionName": session, "userId": user.id} | server_version(call)


def log_out(call: Call) -> dict[str, str]:
    """The server's own word for it."""
    call.service.sessions.log_out(call.session)
    return {"message": "successfull"}
