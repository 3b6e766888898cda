"""The result in a reply, and what its status and headers say of a failure."""

from __future__ import annotations

from typing import Any

from vtql.client.retries import retry_after
from vtql.client.transport import Reply
from vtql.errors import RateLimited, ServerFailed, TransportError
from vtql.protocol import read_answer

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
        return read_answer(reply.body, reply.status, operation)
    except TransportError as error:
        error.status = reply.status
        asked = retry_after(reply.headers) if isinstance(error, MAY_ASK_TO_WAIT) else None
        if asked is None:
            raise
        found = type(error)(
            f"{error}; the server asks to come again in {asked:.0f} s", retry_after=asked
        )
        found.status = reply.status
    raise found
