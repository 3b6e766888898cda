"""The result in a reply, what its status and headers say of a failure, and the answers of a login."""

from __future__ import annotations

from typing import Any

from vtql.client.retries import retry_after
from vtql.client.secrets import Secret
from vtql.client.transport import Reply
from vtql.errors import BrokenAnswer, RateLimited, ServerFailed, TransportError
from vtql.protocol import is_token, read_answer

LONGEST_SESSION = 1_000
"""Characters of a session's name at most: it travels in URLs. A server's has some dozens."""
MAY_ASK_TO_WAIT = (RateLimited, ServerFailed)
"""Failures beside which a server says, in `Retry-After`, how long to wait."""


def result_of(operation: str, reply: Reply) -> Any:
    """The result in the reply to an operation.

    Raises:
        ServiceError: the service refused.
        TransportError: the reply is not an answer of a web service; `status` is its HTTP status,
            `retry_after` the seconds that it asks to wait.
    """
    try:
        return read_answer(reply.body, reply.status, operation, reply.hide, reply.late)
    except TransportError as error:
        error.status = reply.status
        error.plain_text = _is_plain(reply)
        asked = retry_after(reply.headers) if isinstance(error, MAY_ASK_TO_WAIT) else None
        if asked is None:
            raise
        found = type(error)(
            f"{error}; the server asks to come again in {asked:.0f} s", retry_after=asked
        )
        found.status, found.plain_text = reply.status, error.plain_text
    raise found


def token_of(answer: Any) -> str:
    """The token in the answer to `getchallenge`.

    Raises:
        BrokenAnswer: there is none, or none of which a digest can be made; it is not in the message.
    """
    token = answer.get("token") if isinstance(answer, dict) else None
    if token and is_token(token):
        return str(token)
    lacking = not isinstance(token, str)
    del answer, token
    if lacking:
        raise BrokenAnswer("getchallenge: the answer has no token")
    raise BrokenAnswer(
        "getchallenge: the answer's token is empty, too long, or has characters that no challenge has"
    )


def session_of(answer: Any) -> tuple[Secret, dict[str, Any]]:
    """The session that the answer to `login` names, and what else it says of server and user.

    Raises:
        BrokenAnswer: it names none, or one that no request can carry.
    """
    facts = dict(answer) if isinstance(answer, dict) else {}
    # The published page calls it sessionName; forks and old versions say sessionId.
    names = [facts.pop(key, None) for key in ("sessionName", "sessionId")]
    name = next((name for name in names if isinstance(name, str) and name), None)
    if name is None:
        raise BrokenAnswer("login: the answer names no session")
    session, size = Secret(name), len(name)
    del name, names, answer
    if not session.is_unicode or size > LONGEST_SESSION:
        raise BrokenAnswer("login: the answer names a session that no request can carry")
    return session, facts


def _is_plain(reply: Reply) -> bool:
    """Whether a body is text, neither JSON nor HTML, in answer to a request that succeeded."""
    text = reply.body[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    return reply.status == 200 and text[:1] not in (b"", b"<", b"{", b"[")
