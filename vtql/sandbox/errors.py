"""The ways in which the service does not answer with a result."""

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
"""The server's own words, its spelling included, where a code has one message (measured)."""


class Refusal(Exception):
    """The service refuses, with a code and a message; by default the usual one of the code."""

    def __init__(self, code: str | int, message: str | None = None) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = MESSAGES[str(code)] if message is None else message


class Crash(Exception):
    """The server ends the request without an answer: HTTP 500 and an empty body."""


class PlainText(Exception):
    """The server prints a text in place of an answer, with HTTP status 200."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class SqlFailure(Exception):
    """The server's database does not take the SQL that a query becomes."""


def access_denied(what: str = "") -> Refusal:
    """The refusal for want of permission, which a missing module or record gets too."""
    return Refusal(ACCESS_DENIED, DENIED + what)


def invalid_id() -> Refusal:
    """The refusal of an id that does not fit its place."""
    return Refusal(INVALID_ID_ATTRIBUTE)
