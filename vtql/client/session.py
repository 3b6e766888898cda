"""Logging in: challenge, digest, login; and doing it again when the server has forgotten.

Logins of one user take turns (`turns.py`). A thread that finds its session already renewed uses that one.
Another process cannot be seen; a login whose challenge was replaced meanwhile is refused, and the whole of
it begins again after a pause.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from typing import Any

from vtql.client import wanted
from vtql.client.logs import log_wait, operation_and_module, told
from vtql.client.losses import Loss, Passing
from vtql.client.replies import result_of, session_of, token_of
from vtql.client.retries import ONCE, RetryPolicy, may_repeat, wait
from vtql.client.secrets import Secret, digest
from vtql.client.sending import Files
from vtql.client.transport import Parameters, Reply, Request, Transport
from vtql.client.turns import Challenge, turn_of
from vtql.client.wanted import NotSent
from vtql.errors import ServiceError, TransportError
from vtql.fork import renew_after_fork
from vtql.protocol import CHALLENGE_LOST, LOG_IN_AGAIN, OPERATIONS, Operation


@dataclass(frozen=True, slots=True)
class Login:
    """What a login told: the session to name in requests, and facts about server and user."""

    session: Secret
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Carried:
    """What came of a request, and what to call if it says that its session is gone."""

    came: Reply | Loss | Passing
    gone: Callable[[], None]


class NotLoggedIn(NotSent):
    """That a request was not sent, as no session was to be had for it; and why."""

    def __init__(self, why: Exception) -> None:
        super().__init__()
        self.why = why


Carry = Callable[[Request], Carried]


class Session:
    """Requests of one user: logs in when first needed, and once again when the session is gone."""

    __slots__ = (
        "__weakref__",
        "_key",
        "_lock",
        "_login",
        "_retry_policy",
        "_transport",
        "_turn",
        "_used",
        "_username",
    )

    def __init__(
        self,
        transport: Transport,
        username: str,
        access_key: Secret,
        retry_policy: RetryPolicy = RetryPolicy(),  # noqa: B008 - a frozen value
    ) -> None:
        self._transport = transport
        self._username = username
        self._key = access_key
        self._retry_policy = retry_policy
        self._lock = threading.Lock()
        self._turn = turn_of(transport.url, username)
        self._login: Login | None = None
        self._used: Challenge | None = None
        renew_after_fork(self, Session._renew)

    def _renew(self) -> None:
        """In a child, leave the login to the parent: the server does the requests of one in turn, and
        the child's `logout` would end the parent's."""
        self._lock = threading.Lock()
        self._login = self._used = None

    def __repr__(self) -> str:
        return f"<Session of {self._username} at {self.server}>"

    @property
    def facts(self) -> dict[str, Any]:
        """What the login answer told, but for the session itself; logs in if need be."""
        return dict(self._current().facts)

    @property
    def username(self) -> str:
        """The name that it logs in with."""
        return self._username

    @property
    def server(self) -> str:
        """The address of the server, without what may be secret in it."""
        return self._transport.server

    @property
    def alive(self) -> bool:
        """Whether there is a session, as far as is known here."""
        return self._login is not None

    def another(self) -> Session:
        """A further session of the same user: a server does the requests of one in turn."""
        return Session(self._transport, self._username, self._key, self._retry_policy)

    def call(
        self,
        operation: Operation,
        parameters: Parameters,
        files: Files | None = None,
        anew: int = 1,
        carry: Carry | None = None,
    ) -> Any:
        """The result of an operation; one that finds the session gone is sent again in a new one,
        `anew` times at most. It goes the way of `carry`, or in this session.

        Raises:
            ServiceError: the service refused.
            TransportError: no answer came, or not one of a web service.
        """
        request = Request(operation, parameters, None, files or {})
        if not operation.session:
            self._turn.forget()  # it may replace the challenge that logins share
            return self._send(request)
        try:
            for _ in range(anew):
                try:
                    return self._send(request, carry or self.carry)
                except ServiceError as error:
                    if error.code not in LOG_IN_AGAIN:
                        raise
            return self._send(request, carry or self.carry)
        except NotLoggedIn as found:
            why = found.why
        raise why

    def carry(self, request: Request) -> Carried:
        """Ask once in this session, logging in if need be.

        Raises:
            NotLoggedIn: that failed.
        """
        try:
            login = self._current()
        except Exception as error:  # noqa: BLE001 - what it is, the caller is told
            raise NotLoggedIn(error) from None
        came = self._transport.send(replace(request, session=login.session))
        return Carried(came, partial(self._gone, login))

    def logout(self) -> None:
        """End the session, if there is one."""
        login = self.forget()
        if login is None:
            return
        try:
            self._send(Request(OPERATIONS["logout"], {}, login.session), policy=ONCE)
        except ServiceError as error:
            if error.code not in LOG_IN_AGAIN:  # a session that is gone has ended
                raise

    def extend(self, operation: Operation) -> dict[str, Any]:
        """What `extendsession` answers about the session; it names the session, which is left out.

        Measured on 8.4: it takes the session as a parameter of the body.
        """
        answer = self._send(Request(operation, {}, self._current().session))
        facts = dict(answer) if isinstance(answer, dict) else {}
        facts.pop("sessionName", None)
        return facts

    def forget(self) -> Login | None:
        """Use the session no more; which it was."""
        with self._lock:
            login, self._login = self._login, None
        return login

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def _current(self) -> Login:
        """The session to use: the known one, or a new one where there is none."""
        with self._lock:
            if self._login is None:
                self._login = self._log_in()
            return self._login

    def _gone(self, login: Login) -> None:
        """Use a session no more, unless it is another one already."""
        with self._lock:
            if self._login is login:
                self._login = None

    def _plainly(self, request: Request) -> Carried:
        """Ask once for what needs no session, or names one."""
        return Carried(self._transport.send(request), lambda: None)

    def _log_in(self) -> Login:
        for seconds in self._retry_policy.delays():
            try:
                return self._handshake()
            except ServiceError as error:
                if error.code not in CHALLENGE_LOST:
                    raise
                log_wait("login", seconds, error)
            wait(seconds)
        return self._handshake()

    def _handshake(self) -> Login:
        turn = self._turn
        with turn.lock:
            challenge = self._used = turn.challenge(self._used, self._challenge)
            if not turn.shares:
                return self._enter(challenge)
        try:
            return self._enter(challenge)
        except ServiceError as error:
            turn.forget(challenge)
            if challenge.uses == 1 or error.code not in CHALLENGE_LOST:
                raise
        turn.shares = False
        return self._handshake()

    def _challenge(self) -> str:
        return token_of(
            self._send(Request(OPERATIONS["getchallenge"], {"username": self._username}))
        )

    def _enter(self, challenge: Challenge) -> Login:
        made = digest(challenge.token, self._key)
        named: dict[str, str | Secret] = {"username": self._username, "accessKey": made}
        return Login(*session_of(self._send(Request(OPERATIONS["login"], named))))

    def _send(
        self, request: Request, carry: Carry | None = None, policy: RetryPolicy | None = None
    ) -> Any:
        """The result of a request, sent again for as long as that may help."""
        first: float | None = None
        for failures in count():
            try:
                return _once(request, carry or self._plainly)
            except TransportError as error:
                now = time.monotonic()
                first = now if first is None else first
                seconds = (policy or self._retry_policy).delay(error, failures, now - first)
                if seconds is None or not may_repeat(request.operation, error):
                    raise
                log_wait(
                    operation_and_module(request.operation, request.parameters), seconds, error
                )
            wait(seconds)
        raise AssertionError


def _once(request: Request, carry: Carry) -> Any:
    wanted.check()
    with told(request.operation, request.parameters) as line:
        carried = carry(request)
        came = carried.came
        if not isinstance(came, Reply):
            raise came.error(request.operation.name)
        try:
            result = line.result = result_of(request.operation.name, came)
        except ServiceError as error:
            if error.code in LOG_IN_AGAIN:
                carried.gone()
            raise
        return result
