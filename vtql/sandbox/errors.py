"""The ways in which the service fails: refusals with a code, crashes, plain text, SQL errors."""

from __future__ import annotations

from collections.abc import Mapping

from vtql.protocol import (
    ACCESS_DENIED,
    AUTHENTICATION_REQUIRED,
    DATABASE_QUERY_ERROR,
    INTERNAL_SERVER_ERROR,
    INVALID_AUTH_TOKEN,
    INVALID_ID_ATTRIBUTE,
    INVALID_SESSIONID,
    INVALID_USER_CREDENTIALS,
    SESSION_EXPIRED,
    SESSION_LEFT_IDLE,
)

DENIED = "Permission to perform the operation is denied"

MESSAGES: Mapping[str, str] = {
    ACCESS_DENIED: DENIED,
    AUTHENTICATION_REQUIRED: "Authencation required",
    DATABASE_QUERY_ERROR: "Database error while performing requested operation",
    INTERNAL_SERVER_ERROR: "Unknown Error while processing request",
    INVALID_AUTH_TOKEN: "Specified token is invalid or expired",
    INVALID_ID_ATTRIBUTE: "Id specified is incorrect",
    INVALID_SESSIONID: "Session Identifier provided is Invalid",
    INVALID_USER_CREDENTIALS: "Invalid username or password",
    SESSION_EXPIRED: "Session has life span over please login again",
    SESSION_LEFT_IDLE: "Session has been invalidated to due lack activity",
}
"""The message of each code that has a single one, with the server's typos (measured)."""


class Refusal(Exception):
    """An error response with a code and a message; by default the usual message of the code."""

    def __init__(self, code: str | int, message: str | None = None) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = MESSAGES[str(code)] if message is None else message


class Crash(Exception):
    """The server ends the request without an answer: HTTP 500 and an empty body."""


class PlainText(Exception):
    """The server prints text that is not JSON, with HTTP status 200."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class SqlFailure(Exception):
    """The database of a server would reject the SQL of a query."""


def access_denied(detail: str = "") -> Refusal:
    """The refusal for a missing permission, and for a missing module or record."""
    return Refusal(ACCESS_DENIED, DENIED + detail)


def invalid_id() -> Refusal:
    """The refusal of an id of the wrong form or module."""
    return Refusal(INVALID_ID_ATTRIBUTE)
