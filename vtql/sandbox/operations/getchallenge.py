"""`getchallenge`: the token that a login has to know; for five minutes, or until the next one."""

from __future__ import annotations

from vtql.sandbox.service import Call


def run(call: Call) -> dict[str, str | int]:
    """The token and, in seconds since 1970, when it was made and when it ends."""
    challenge = call.service.sessions.challenge(call.parameters["username"])
    return {
        "token": challenge.token,
        "serverTime": challenge.given,
        "expireTime": challenge.expires,
    }
