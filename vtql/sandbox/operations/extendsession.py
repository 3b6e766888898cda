"""`extendsession`: the session of a browser, or one that is named in the body, told once more."""

from __future__ import annotations

from vtql.protocol import AUTHENTICATION_REQUIRED
from vtql.sandbox.operations.login import version
from vtql.sandbox.refusals import Refusal
from vtql.sandbox.service import Call


def run(call: Call) -> dict[str, str]:
    """The session, its user and the server's version. It is no means to keep a session alive."""
    request = call.request
    if request is None or not request.body.get("operation"):
        raise Refusal(AUTHENTICATION_REQUIRED)
    named = request.body.get("sessionName", "") if call.service.profile.name != "7" else ""
    session = named or request.cookie
    user = call.service.sessions.known(session)
    if user is None:
        raise Refusal("AUTHENTICATION_FAILURE", "Authencation Failed")
    return {"sessionName": session, "userId": user.id} | version(call)
