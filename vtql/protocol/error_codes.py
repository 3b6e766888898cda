"""The codes with which the service refuses, as they travel (reference 1.5)."""

from __future__ import annotations

ACCESS_DENIED = "ACCESS_DENIED"
AUTHENTICATION_REQUIRED = "AUTHENTICATION_REQUIRED"
DATABASE_QUERY_ERROR = "DATABASE_QUERY_ERROR"
INTERNAL_SERVER_ERROR = "INTERNAL_SERVER_ERROR"
INVALID_AUTH_TOKEN = "INVALID_AUTH_TOKEN"  # noqa: S105 - the name of an error
INVALID_ID_ATTRIBUTE = "INVALID_ID_ATTRIBUTE"
INVALID_SESSIONID = "INVALID_SESSIONID"
INVALID_USER_CREDENTIALS = "INVALID_USER_CREDENTIALS"
MANDATORY_FIELDS_MISSING = "MANDATORY_FIELDS_MISSING"
QUERY_SYNTAX_ERROR = "QUERY_SYNTAX_ERROR"
SESSION_EXPIRED = "SESSION_EXPIRED"
SESSION_LEFT_IDLE = "SESSION_LEFT_IDLE"

CODES = frozenset(
    {
        ACCESS_DENIED,
        AUTHENTICATION_REQUIRED,
        DATABASE_QUERY_ERROR,
        INTERNAL_SERVER_ERROR,
        INVALID_AUTH_TOKEN,
        INVALID_ID_ATTRIBUTE,
        INVALID_SESSIONID,
        INVALID_USER_CREDENTIALS,
        MANDATORY_FIELDS_MISSING,
        QUERY_SYNTAX_ERROR,
        SESSION_EXPIRED,
        SESSION_LEFT_IDLE,
    }
)
"""All of them; others come from add-ons."""

LOG_IN_AGAIN = frozenset(
    {INVALID_SESSIONID, AUTHENTICATION_REQUIRED, SESSION_EXPIRED, SESSION_LEFT_IDLE}
)
"""The codes that mean: the session is gone, a new login helps."""

CHALLENGE_LOST = frozenset({INVALID_AUTH_TOKEN, INVALID_USER_CREDENTIALS})
"""The codes of a login whose challenge another login of the same user has replaced meanwhile; of
a wrong key, too (reference 2.1)."""

TOO_LONG = (413, 414)
TOO_MANY = 429
UNAUTHORISED = 401
UNAVAILABLE = 503
"""HTTP statuses that refuse, too, mostly those of a server in front of the service."""
