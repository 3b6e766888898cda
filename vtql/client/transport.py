"""One request to the web service and what came of it.

The parameters of a GET travel in the URL and those of a POST in a form-encoded body, both encoded.
Redirects are not followed: a POST that became a GET would lose its body, and a session must not
travel to another host. What came is a value, also when nothing did (`losses.py`).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import quote, unquote, urljoin, urlsplit

import requests

from vtql.client.deadlines import TIMES
from vtql.client.logs import redact_logs
from vtql.client.losses import Loss, Passing, lost
from vtql.client.pacing import Pace
from vtql.client.retries import retry_after
from vtql.client.secrets import Secret, hidden, hidden_in_body
from vtql.client.sending import (
    Credentials,
    Files,
    Send,
    Timeout,
    by_given,
    by_own,
    own,
    renew_connections,
)
from vtql.errors import ClosedError, RateLimited, Redirected, TransportError
from vtql.fork import renew_after_fork
from vtql.protocol import ENDPOINT, TOO_MANY, Operation
from vtql.protocol.urls import endpoint, shown

CLOSING_SECONDS = 5.0
"""How long `close` waits for requests that are under way."""
CLOSED = "the client is closed: `close()` was called, or its `with` block has ended; connect again"
LARGEST, PART = 256 << 20, 1 << 16
"""Bytes of an answer at most, and those that are read at a time. PHP has less memory than that."""
Parameters = Mapping[str, str | Secret | tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for. `session` is None for an operation that needs none."""

    operation: Operation
    parameters: Parameters
    session: Secret | None = None
    files: Files = field(default_factory=dict, repr=False)

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """What no message may show."""
        held = (self.session, *self.parameters.values())
        return tuple(each for each in held if isinstance(each, Secret))


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server sent. `hide` takes the secrets out of a part of it that a message quotes; `late`
    tells whether the deadline of the answer has passed."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    hide: Callable[[str], str] = field(repr=False)
    late: Callable[[], bool] = field(repr=False)


class Transport:
    """A way to one server: its address, a `requests.Session`, a timeout for every request.

    `known` are the secrets of the user, which no message shows, whether or not they are sent.
    """

    __slots__ = (
        "__weakref__", "_closed", "_credentials", "_http", "_idle", "_known", "_limit", "_pace", "_running", "_send",
        "url",
    )  # fmt: skip

    def __init__(
        self,
        url: str,
        http: requests.Session | None,
        timeout: Timeout,
        connections: int = 1,
        credentials: Secret | None = None,
        deadline: float | None = None,
        known: tuple[Secret, ...] = (),
    ) -> None:
        redact_logs()
        self.url = url if credentials else endpoint(url)
        self._known = (*known, *_in_address(url))
        self._credentials = credentials  # of Vtiger Cloud, which wants them with every request
        auth = Credentials(credentials) if credentials else None
        limit = deadline or TIMES * (timeout[1] if isinstance(timeout, tuple) else timeout)
        self._limit = limit
        self._http = http or own(connections, limit)
        self._send: Send = (
            by_given(http, timeout, limit, auth)
            if http
            else by_own(self._http, self.url, timeout, auth)
        )
        self._pace = Pace()
        self._idle = threading.Condition()  # told when no request is under way
        self._running = 0
        self._closed = False
        renew_after_fork(self, Transport._renew)

    def _renew(self) -> None:
        """In a child, leave the sockets to the parent."""
        self._idle = threading.Condition()
        self._running = 0
        renew_connections(self._http)

    def send(self, request: Request) -> Reply | Loss | Passing:
        """Ask once; what came. Waits before it where a limit is used up.

        Once the transport is closed nothing is sent; what comes then is a ClosedError.
        """
        pause = self._pace.hold()
        if pause:
            reason = f"a limit of {self.host} is used up for {pause:.0f} s more"
            return Loss(RateLimited, reason, received=False, retry_after=pause)
        secrets = (*request.secrets, *self._sent(), *self._known)
        with self._idle:
            if self._closed:
                return Passing(ClosedError(CLOSED))
            self._running += 1
        try:
            reply = self._asked(request, secrets)
        finally:
            with self._idle:
                self._running -= 1
                self._idle.notify_all()
        if not isinstance(reply, Reply):
            return reply
        self._pace.note(reply.headers)
        if reply.status == TOO_MANY:
            self._pace.rest(retry_after(reply.headers) or 0.0)
        if 300 <= reply.status < 400:
            place = reply.hide(_place(self.url, reply.headers.get("Location")))
            reason = f"{self.host} redirects {place}"
            return Loss(Redirected, reason, received=False)
        return reply

    def _asked(self, request: Request, secrets: tuple[Secret, ...]) -> Reply | Loss | Passing:
        fields, url = _revealed(request.parameters), self.url
        if self._credentials is None:
            fields = {"operation": request.operation.name, **fields}
        else:
            url = f"{self.url}/{quote(request.operation.name, safe='')}"
        if request.session is not None:
            fields["sessionName"] = request.session.reveal()
        until = time.monotonic() + self._limit
        try:
            with self._send(request.operation.method, url, fields, request.files) as answer:
                body = _body(answer)
        except BaseException as error:  # noqa: BLE001 - any of them has seen the request
            return lost(error, self.host, secrets)
        if body is None:
            reason = (
                f"the answer of {self.host} is larger than {LARGEST >> 20} MB, and was not read"
            )
            return Loss(TransportError, reason, received=True)
        # An error page, a refusal and a result of another shape may repeat the request.
        body = hidden_in_body(body, (*request.secrets, *self._sent()))
        hide = partial(hidden, secrets=secrets)
        return Reply(
            answer.status_code, answer.headers, body, hide, lambda: time.monotonic() >= until
        )

    def _sent(self) -> tuple[Secret, ...]:
        """What travels with every request to Vtiger Cloud: the credentials, and the key in them."""
        if self._credentials is None:
            return ()
        encoded = Secret(self._credentials.reveal().partition(" ")[2])
        return (encoded, *self._known)

    def close(self) -> None:
        """Send nothing more, and close the connections when the requests under way are answered.

        It waits for these, a few seconds at most, and may be called again and from several threads.
        """
        with self._idle:
            self._closed = True
            self._idle.wait_for(lambda: not self._running, CLOSING_SECONDS)
        self._http.close()

    @property
    def server(self) -> str:
        """The server's address, without what may be secret in it and what all of them have."""
        return shown(self.url).strip("`").removesuffix(ENDPOINT).rstrip("/")

    @property
    def host(self) -> str:
        """The server's name, for messages."""
        return urlsplit(self.url).hostname or ""


def _place(url: str, location: str | None) -> str:
    """Where an answer redirects to, and what that is good for."""
    if not location:
        return "without saying where to"
    try:
        to = shown(urljoin(url, location))
    except ValueError:
        to = shown(location)
    return f"to {to}; if the web service is there, connect to that address"


def _in_address(url: str) -> tuple[Secret, ...]:
    """The password in an address, which requests sends as HTTP Basic with the name before it."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ()
    if not parts.password:
        return ()
    user, password = unquote(parts.username or ""), unquote(parts.password)
    return Secret(password), Secret(f"{user}:{password}")


def _body(answer: requests.Response) -> bytes | None:
    """What is in an answer; None if it is larger than any."""
    told = answer.headers.get("Content-Length", "")
    if told.isdecimal() and len(told) > len(str(LARGEST)):
        return None
    parts, size = [], 0
    for part in answer.iter_content(PART):
        size += len(part)
        if size > LARGEST:
            return None
        parts.append(part)
    return b"".join(parts)


def _revealed(parameters: Parameters) -> dict[str, str | tuple[str, ...]]:
    return {
        name: value.reveal() if isinstance(value, Secret) else value
        for name, value in parameters.items()
    }
