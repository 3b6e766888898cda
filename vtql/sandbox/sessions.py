"""Users, login challenges and sessions."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from vtql.protocol import (
    ACCESS_DENIED,
    AUTHENTICATION_REQUIRED,
    INVALID_AUTH_TOKEN,
    INVALID_SESSIONID,
    INVALID_USER_CREDENTIALS,
    login_digest,
)
from vtql.sandbox.errors import Refusal
from vtql.sandbox.schema import Row

CHALLENGE_SECONDS = 300
IDLE_SECONDS = 1440
"""Idle timeout of a session: the default of PHP's `session.gc_maxlifetime`."""


@dataclass(frozen=True, slots=True)
class User:
    """A user; `row` is the record in the module Users, or empty."""

    name: str
    id: str
    active: bool
    row: Row


ANONYMOUS = User("", "", active=False, row={})
"""The user of a request without a session."""


@dataclass(frozen=True, slots=True)
class Challenge:
    """A challenge of `getchallenge`, with the seconds of its issue and its expiry."""

    token: str
    issued: int
    expires: int


class Sessions:
    """The challenges and sessions of a sandbox: one challenge a user, any number of sessions.

    `clock` returns the seconds since 1970, `token` an unguessable text.
    """

    __slots__ = ("_access_key", "_challenges", "_clock", "_ended", "_sessions", "_token", "_users")

    def __init__(
        self,
        users: Mapping[str, User],
        access_key: str,
        clock: Callable[[], float],
        token: Callable[[], str],
    ) -> None:
        self._users = users
        self._access_key = access_key
        self._clock = clock
        self._token = token
        self._challenges: dict[str, Challenge] = {}
        self._sessions: dict[str, tuple[User, float]] = {}  # with the time of last use
        self._ended: dict[str, str] = {}

    def challenge(self, name: str) -> Challenge:
        """Issue a challenge to a user; it replaces the previous one."""
        user = self._users.get(name.casefold())
        if user is None:
            raise Refusal(
                ACCESS_DENIED, "username does not exists" if name else "No username given"
            )
        now = int(self._clock())
        challenge = Challenge(self._token(), now, now + CHALLENGE_SECONDS)
        self._challenges[user.name] = challenge
        return challenge

    def log_in(self, name: str, digest: str) -> tuple[str, User]:
        """Open a session with the access key. A challenge serves several logins."""
        user = self._users.get(name.casefold())
        challenge = self._challenges.get(user.name) if user else None
        if user is None or challenge is None or self._clock() >= challenge.expires:
            raise Refusal(INVALID_AUTH_TOKEN)
        right = login_digest(challenge.token, self._access_key)
        if not hmac.compare_digest(digest.encode(), right.encode()) or not user.active:
            raise Refusal(INVALID_USER_CREDENTIALS)
        session = self._token()
        self._sessions[session] = user, self._clock()
        return session, user

    def user_of_key(self, name: str, key: str) -> User | None:
        """The active user of a name and access key."""
        user = self._users.get(name.casefold())
        right = hmac.compare_digest(key.encode("utf-8", "replace"), self._access_key.encode())
        return user if user is not None and user.active and right else None

    def user(self, session: str) -> User:
        """The user of a session, whose idle time starts again."""
        if not session:
            raise Refusal(AUTHENTICATION_REQUIRED)
        now = self._clock()
        user, used = self._sessions.get(session, (None, now))
        if user is None or now - used >= IDLE_SECONDS:
            self._sessions.pop(session, None)
            # An expired session is reported as such once, then as unknown (measured).
            raise Refusal(self._ended.pop(session, INVALID_SESSIONID))
        self._sessions[session] = user, now
        return user

    def find_user(self, session: str) -> User | None:
        """The user of a session, or None where there is no such session."""
        return self._sessions.get(session, (None, 0))[0]

    def log_out(self, session: str) -> None:
        """End a session."""
        self._sessions.pop(session, None)

    def forget(self, code: str = INVALID_SESSIONID) -> None:
        """End all sessions; the next request of a session is refused with the code."""
        self._ended = dict.fromkeys(self._sessions, code)
        self._sessions.clear()
