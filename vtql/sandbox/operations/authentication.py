"""`getchallenge`, `login`, `extendsession` and `logout`.

A challenge is valid for five minutes, or until the next one.
"""

from __future__ import annotations

from vtql.protocol import AUTHENTICATION_REQUIRED
from vtql.sandbox.errors import Refusal
from vtql.sandbox.service import Call
from vtql.sandbox.sessions import User


def get_challenge(call: Call) -> dict[str, str | int]:
    """The challenge token, with its issue and expiry in seconds since 1970."""
    challenge = call.service.sessions.challenge(call.parameters["username"])
    return {
        "token": challenge.token,
        "serverTime": challenge.issued,
        "expireTime": challenge.expires,
    }


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
"""Facts about the user in the result of `login`, and their fields of Users."""


def log_in(call: Call) -> dict[str, str]:
    """The session id, and facts about user and server."""
    session, user = call.service.sessions.log_in(
        call.parameters["username"], call.parameters["accessKey"]
    )
    facts = _user_facts(user) if call.service.profile.login_user else {}
    return facts | {"sessionName": session, "userId": user.id} | server_version(call)


def server_version(call: Call) -> dict[str, str]:
    """The version of the server."""
    profile = call.service.profile
    return {"version": "0.22", "vtigerVersion": profile.version or profile.name}


def _user_facts(user: User) -> dict[str, str]:
    facts = {name: user.row.get(field) or "" for name, field in USER_FACTS.items()}
    return {"username": user.name, **facts}


def extend_session(call: Call) -> dict[str, str]:
    """The session, its user and the version of the server; it does not extend the session."""
    request = call.request
    if request is None or not request.body.get("operation"):
        raise Refusal(AUTHENTICATION_REQUIRED)
    by_cookie = call.service.profile.extends_by_cookie
    named = "" if by_cookie else request.body.get("sessionName", "")
    session = named or request.cookie
    user = call.service.sessions.find_user(session)
    if user is None:
        raise Refusal("AUTHENTICATION_FAILURE", "Authencation Failed")
    return {"sessionName": session, "userId": user.id} | server_version(call)


def log_out(call: Call) -> dict[str, str]:
    """End the session; the typo is the server's."""
    call.service.sessions.log_out(call.session)
    return {"message": "successfull"}
