"""The web service's protocol. Client and sandbox meet here.

One endpoint, `webservice.php`. The parameters of an operation travel in the URL of a GET or in
the form-encoded body of a POST, and nowhere else; which of the two is the operation's, not the
caller's, choice. The answer is `{"success": true, "result": …}` or
`{"success": false, "error": {"code": …, "message": …}}`, with HTTP status 200 either way.
"""

from vtql.profiles import PAGE
from vtql.protocol.authentication import is_token, login_digest
from vtql.protocol.envelope import failure, read_answer, success
from vtql.protocol.error_codes import (
    ACCESS_DENIED,
    AUTHENTICATION_REQUIRED,
    CHALLENGE_LOST,
    DATABASE_QUERY_ERROR,
    INTERNAL_SERVER_ERROR,
    INVALID_AUTH_TOKEN,
    INVALID_ID_ATTRIBUTE,
    INVALID_SESSIONID,
    INVALID_USER_CREDENTIALS,
    LOG_IN_AGAIN,
    MANDATORY_FIELDS_MISSING,
    QUERY_SYNTAX_ERROR,
    SESSION_EXPIRED,
    SESSION_LEFT_IDLE,
    TOO_LONG,
    TOO_MANY,
    UNAUTHORISED,
)
from vtql.protocol.operations import OPERATIONS, SERVERS, Operation

ENDPOINT = "webservice.php"
PATIENCE = "vtql.patience"
"""Where there is no socket: the key of the environment that has the caller's timeout in seconds."""

__all__ = [
    "ACCESS_DENIED",
    "AUTHENTICATION_REQUIRED",
    "CHALLENGE_LOST",
    "DATABASE_QUERY_ERROR",
    "ENDPOINT",
    "INTERNAL_SERVER_ERROR",
    "INVALID_AUTH_TOKEN",
    "INVALID_ID_ATTRIBUTE",
    "INVALID_SESSIONID",
    "INVALID_USER_CREDENTIALS",
    "LOG_IN_AGAIN",
    "MANDATORY_FIELDS_MISSING",
    "OPERATIONS",
    "PAGE",
    "PATIENCE",
    "QUERY_SYNTAX_ERROR",
    "SERVERS",
    "SESSION_EXPIRED",
    "SESSION_LEFT_IDLE",
    "TOO_LONG",
    "TOO_MANY",
    "UNAUTHORISED",
    "Operation",
    "failure",
    "is_token",
    "login_digest",
    "read_answer",
    "success",
]
