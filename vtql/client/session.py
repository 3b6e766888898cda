"""Logging in: challenge, digest, login; and doing it again when the server has forgotten.

A server keeps one challenge a user, so two logins of one user at the same time spoil each other;
a lock makes them take turns, and a thread that finds the session already renewed uses that one.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

from vtql.client.secrets import Secret
from vtql.client.transport import Transport
from vtql.errors import ServiceError, TransportError
from vtql.protocol import LOG_IN_AGAIN, OPERATIONS, Operation, login_digest, read_answer


@dataclass(frozen=True, slots=True)
class Login:
    """What a login told: the session to name in requests, and facts about server and user."""

    session: Secret
    facts: dict[str, Any]


class Session:
    """Requests of one user: logs in when first needed, and once again when the session is gone."""

    __slots__ = ("_key", "_lock", "_login", "_transport", "_username")

    def __init__(self, transport: Transport, username: str, access_key: Secret) -> None:
        self._transport = transport
        self._username = username
        self._key = access_key
        self._lock = threading.Lock()
        self._login: Login | None = None

    def __repr__(self) -> str:
        return f"<Session of {self._username} at {self._transport.host}>"

    @property
    def facts(self) -> dict[str, Any]:
        """What the login answer told, but for the session itself; logs in if need be."""
        return dict(self._current(None).facts)

    def call(self, operation: Operation, parameters: dict[str, str]) -> Any:
        """The result of an operation; one that finds the session gone is sent once more.

        Raises:
            ServiceError: the service refused.
            TransportError: no answer came, or not one of a web service.
        """
        if not operation.session:
            return self._send(operation, parameters, None)
        login = self._current(None)
        try:
            return self._send(operation, parameters, login.session.reveal())
        except ServiceError as error:
            if error.code not in LOG_IN_AGAIN:
                raise
        return self._send(operation, parameters, self._current(login).session.reveal())

    def logout(self) -> None:
        """End the session, if there is one."""
        with self._lock:
            login, self._login = self._login, None
        if login is None:
            return
        try:
            self._send(OPERATIONS["logout"], {}, login.session.reveal())
        except ServiceError as error:
            if error.code not in LOG_IN_AGAIN:  # a session that is gone has ended
                raise

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def _current(self, stale: Login | None) -> Login:
        """The session to use: the known one, or a new one where there is none or it is stale."""
        with self._lock:
            if self._login is None or self._login is stale:
                self._login = self._log_in()
            return self._login

    def _log_in(self) -> Login:
        challenge = self._send(OPERATIONS["getchallenge"], {"username": self._username}, None)
        token = challenge.get("token") if isinstance(challenge, dict) else None
        if not isinstance(token, str):
            raise TransportError("getchallenge: the answer has no token")
        digest = login_digest(token, self._key.reveal())
        answer = self._send(
            OPERATIONS["login"], {"username": self._username, "accessKey": digest}, None
        )
        facts = dict(answer) if isinstance(answer, dict) else {}
        # The published page calls it sessionName; forks and old versions say sessionId.
        names = [facts.pop(key, None) for key in ("sessionName", "sessionId")]
        name = next((name for name in names if isinstance(name, str) and name), None)
        if name is None:
            raise TransportError("login: the answer names no session")
        return Login(Secret(name), facts)

    def _send(self, operation: Operation, parameters: dict[str, str], session: str | None) -> Any:
        status, body = self._transport.send(operation, parameters, session)
        try:
            return read_answer(body, status, operation.name)
        except (ServiceError, TransportError):
            pass
        # A refusal or an error page may repeat the request: what a message quotes is read anew
        # from a body with nothing secret in it.
        for secret in (session, parameters.get("accessKey")):
            if secret:
                body = body.replace(secret.encode(), b"<secret>")
        return read_answer(body, status, operation.name)
