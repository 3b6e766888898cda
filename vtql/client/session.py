"""Sessions: challenge, digest, login, the result of a reply, and a new login when the server has forgotten.

A server keeps one challenge per user, so asking for one spoils the one before (reference 2.1). In this
process the logins of a user take turns under a lock; and since a challenge serves several logins (measured),
those that begin at about the same time share one, so that many logins take as long as one. A server that
accepts a challenge only once is recognized, and its logins are made one after another.

A thread that finds its session already renewed uses that one. Another process cannot be seen; a login whose
challenge it has replaced is refused, and begins again after a backoff.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from typing import Any
from weakref import WeakValueDictionary

from vtql.client import cancellation
from vtql.client.cancellation import Cancel, NotSent
from vtql.client.deadlines import TooSlow, Watch
from vtql.client.logging import log_request, log_wait, operation_and_module
from vtql.client.retry import ONCE, RetryPolicy, may_repeat, retry_after
from vtql.client.secrets import Secret, digest
from vtql.client.transport import Files, Parameters, Reply, Request, Transport
from vtql.client.transport_errors import ForeignError, Loss, loss_of
from vtql.errors import BrokenAnswer, RateLimited, ServerFailed, ServiceError, TransportError
from vtql.fork import renew_after_fork
from vtql.protocol import CHALLENGE_LOST, LOG_IN_AGAIN, OPERATIONS, Operation, is_token, read_answer

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
        pause = retry_after(reply.headers) if isinstance(error, MAY_ASK_TO_WAIT) else None
        if pause is None:
            raise
        located = type(error)(
            f"{error}; the server asks to come again in {pause:.0f} s", retry_after=pause
        )
        located.status, located.plain_text = reply.status, error.plain_text
    raise located


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


YOUNG = 60.0
"""Seconds for which logins share a challenge. A server forgets it after 300."""


@dataclass(slots=True, eq=False)
class Challenge:
    """A challenge, how long logins share it, and how many do."""

    token: Secret
    until: float
    uses: int = 0

    @classmethod
    def of(cls, token: str) -> Challenge:
        """A new one."""
        return cls(Secret(token), time.monotonic() + YOUNG)


class LoginTurn:
    """The logins of a user at a server: whose turn it is to have a challenge, and the last one.

    It can be forgotten when nobody needs it.
    """

    __slots__ = ("__weakref__", "_last", "lock", "shares")

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.shares = True
        self._last: Challenge | None = None
        renew_after_fork(self, LoginTurn._renew)

    def _renew(self) -> None:
        self.lock = threading.Lock()
        self._last = None

    def challenge(self, used: Challenge | None, ask: Callable[[], str]) -> Challenge:
        """The challenge for a login of who has used another one before; asks for one if need be."""
        last = self._last
        if not self.shares or last is None or last is used or time.monotonic() >= last.until:
            last = self._last = Challenge.of(ask())
        last.uses += 1
        return last

    def forget(self, challenge: Challenge | None = None) -> None:
        """Share this challenge no more; if none is named, whichever it is."""
        if challenge is None or challenge is self._last:
            self._last = None


class _LoginTurns:
    """The turns of this process, by server and user."""

    __slots__ = ("__weakref__", "_lock", "_turns")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._turns: WeakValueDictionary[tuple[str, str], LoginTurn] = WeakValueDictionary()
        renew_after_fork(self, _LoginTurns._renew)

    def _renew(self) -> None:
        self._lock = threading.Lock()

    def of(self, url: str, username: str) -> LoginTurn:
        with self._lock:
            return self._turns.setdefault((url, username.casefold()), LoginTurn())


_TURNS = _LoginTurns()


def turn_of(url: str, username: str) -> LoginTurn:
    """The turn in which all logins of a user at a server are made, in the whole process."""
    return _TURNS.of(url, username)


@dataclass(frozen=True, slots=True)
class Login:
    """What a login told: the session to name in requests, and facts about server and user."""

    session: Secret
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came of a request, and what to call if it says that its session is gone."""

    came: Reply | Loss | ForeignError
    forget_session: Callable[[], None]


class NotLoggedIn(NotSent):
    """That a request was not sent, as no session was to be had for it; and why."""

    def __init__(self, why: Exception) -> None:
        super().__init__()
        self.why = why


Carry = Callable[[Request, Cancel], Delivery]


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

    def given_up(self) -> Delivery:
        """What came of a request that had not ended at its deadline."""
        return Delivery(loss_of(TooSlow(), self._transport.host, ()), lambda: None)

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
        cancel: Cancel = None,
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
                    return self._send(request, carry or self.carry, cancel=cancel)
                except ServiceError as error:
                    if error.code not in LOG_IN_AGAIN:
                        raise
            return self._send(request, carry or self.carry, cancel=cancel)
        except NotLoggedIn as problem:
            why = problem.why
        raise why

    def carry(
        self, request: Request, cancel: Cancel = None, watch: Watch | None = None
    ) -> Delivery:
        """Ask once in this session, logging in if need be.

        Raises:
            NotLoggedIn: that failed.
        """
        try:
            login = self._current(cancel)
        except Exception as error:  # noqa: BLE001 - what it is, the caller is told
            raise NotLoggedIn(error) from None
        came = self._transport.send(replace(request, session=login.session), cancel, watch)
        return Delivery(came, partial(self._discard, login))

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

    def _current(self, cancel: Cancel = None) -> Login:
        """The session to use: the known one, or a new one where there is none."""
        with self._lock:
            if self._login is None:
                self._login = self._log_in(cancel)
            return self._login

    def _discard(self, login: Login) -> None:
        """Use a session no more, unless it is another one already."""
        with self._lock:
            if self._login is login:
                self._login = None

    def _plainly(
        self, request: Request, cancel: Cancel = None, watch: Watch | None = None
    ) -> Delivery:
        """Ask once for what needs no session, or names one."""
        return Delivery(self._transport.send(request, cancel, watch), lambda: None)

    def _log_in(self, cancel: Cancel) -> Login:
        for seconds in self._retry_policy.delays():
            try:
                return self._handshake(cancel)
            except ServiceError as error:
                if error.code not in CHALLENGE_LOST:
                    raise
                log_wait("login", seconds, error)
            cancellation.wait(seconds, cancel)
        return self._handshake(cancel)

    def _handshake(self, cancel: Cancel) -> Login:
        turn = self._turn
        with turn.lock:
            challenge = self._used = turn.challenge(self._used, partial(self._challenge, cancel))
            if not turn.shares:
                return self._enter(challenge, cancel)
        try:
            return self._enter(challenge, cancel)
        except ServiceError as error:
            turn.forget(challenge)
            if challenge.uses == 1 or error.code not in CHALLENGE_LOST:
                raise
        turn.shares = False
        return self._handshake(cancel)

    def _challenge(self, cancel: Cancel) -> str:
        request = Request(OPERATIONS["getchallenge"], {"username": self._username})
        return token_of(self._send(request, cancel=cancel))

    def _enter(self, challenge: Challenge, cancel: Cancel) -> Login:
        digested = digest(challenge.token, self._key)
        parameters: dict[str, str | Secret] = {"username": self._username, "accessKey": digested}
        request = Request(OPERATIONS["login"], parameters)
        return Login(*session_of(self._send(request, cancel=cancel)))

    def _send(
        self,
        request: Request,
        carry: Carry | None = None,
        policy: RetryPolicy | None = None,
        cancel: Cancel = None,
    ) -> Any:
        """The result of a request, sent again for as long as that may help."""
        first: float | None = None
        for failures in count():
            try:
                return _send_once(request, carry or self._plainly, cancel)
            except TransportError as error:
                now = time.monotonic()
                first = now if first is None else first
                seconds = (policy or self._retry_policy).delay(error, failures, now - first)
                if seconds is None or not may_repeat(request.operation, error):
                    raise
                log_wait(
                    operation_and_module(request.operation, request.parameters), seconds, error
                )
            cancellation.wait(seconds, cancel)
        raise AssertionError


def _send_once(request: Request, carry: Carry, cancel: Cancel) -> Any:
    cancellation.check(cancel)
    with log_request(request.operation, request.parameters) as line:
        carried = carry(request, cancel)
        came = carried.came
        if not isinstance(came, Reply):
            raise came.error(request.operation.name)
        try:
            result = line.result = result_of(request.operation.name, came)
        except ServiceError as error:
            if error.code in LOG_IN_AGAIN:
                carried.forget_session()
            raise
        return result
