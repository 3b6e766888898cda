"""The ways in which the service does not answer with a result."""

from __future__ import annotations

from vtql.protocol import ACCESS_DENIED, INVALID_ID_ATTRIBUTE

DENIED = "Permission to perform the operation is denied"


class Refusal(Exception):
    """The service refuses, with a code and a message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message


class Crash(Exception):
    """The server ends the request without an answer: HTTP 500 and an empty body."""


class SqlFailure(Exception):
    """The server's database does not take the SQL that a query becomes."""


def denied(what: str = "") -> Refusal:
    """The refusal for want of permission, which a missing module or record gets too."""
    return Refusal(ACCESS_DENIED, DENIED + what)


def bad_id() -> Refusal:
    """The refusal of an id that does not fit its place."""
    return Refusal(INVALID_ID_ATTRIBUTE, "Id specified is incorrect")
