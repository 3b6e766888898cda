"""`logout`: the end of a session."""

from __future__ import annotations

from vtql.sandbox.service import Call


def run(call: Call) -> dict[str, str]:
    """The server's own word for it."""
    call.service.sessions.log_out(call.session)
    return {"message": "successfull"}
