"""One request to the web service, sent over requests, and what came of it as a value.

The parameters of a GET travel in the URL and those of a POST in a form-encoded body, both encoded.
Redirects are not followed: a POST that became a GET would lose its body, and a session must not travel to
another host. A failure is a value, too (`transport_errors.py`).

For the client's own session everything that is the same each time is looked up once: the proxies and
certificates that the environment names, the user that a `.netrc` has for the host, the headers. requests
would look again before each request, which takes it longer than the request itself. The caller's session
may be of any make, so it is used as requests documents it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, field
from functools import cache, lru_cache, partial
from http.cookiejar import DefaultCookiePolicy
from typing import Any, NamedTuple, Protocol
from urllib.parse import quote, unquote, urlencode, urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from requests.cookies import RequestsCookieJar
from urllib3.exceptions import HTTPError as UrllibError

from vtql.client.cancellation import Cancel
from vtql.client.deadlines import TIMES, Timeout, Watch, before, chunks, last_wait, limited
from vtql.client.logging import redact_logs
from vtql.client.rate_limit import RateLimit
from vtql.client.retry import retry_after
from vtql.client.secrets import Secret, hidden, hidden_in_body
from vtql.client.transport_errors import ForeignError, Loss, loss_of
from vtql.errors import ClosedError, RateLimited, Redirected, TransportError
from vtql.fork import renew_after_fork
from vtql.protocol import ENDPOINT, TOO_MANY, Operation
from vtql.protocol.urls import endpoint, printable_url

Fields = Mapping[str, str | tuple[str, ...]]
"""Parameters as texts; one that has several travels once for each."""
Files = Mapping[str, tuple[str, bytes, str]]
"""Parts of a multipart body: a file's name, its content and its media type."""
MANY_ADDRESSES = 64


class Answer(NamedTuple):
    """What came of a request over HTTP; `body` is None where it is larger than any answer is."""

    status: int
    headers: Mapping[str, str]
    body: bytes | None


class Send(Protocol):
    """Sends a request and reads the answer until a moment of the monotonic clock; follows no redirect.

    It raises what requests raises, and TooSlow.
    """

    def __call__(
        self, method: str, url: str, fields: Fields, files: Files, until: float, watch: Watch | None
    ) -> Answer: ...


class Credentials(AuthBase):
    """A header Authorization. As such a `.netrc` cannot put another user in its place."""

    def __init__(self, value: Secret) -> None:
        self._value = value

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """The request with the header."""
        request.headers["Authorization"] = self._value.reveal()
        return request


def over_given_session(http: requests.Session, timeout: Timeout, auth: Credentials | None) -> Send:
    """Send over the caller's session; its response hooks still run.

    Its deadline holds for the body; a session of any make may be bound to the thread that calls it.
    """
    own_hooks = getattr(http, "hooks", {}).get("response") or []
    hooks = own_hooks if isinstance(own_hooks, list) else [own_hooks]

    def send(
        method: str,
        url: str,
        fields: Fields,
        files: Files,
        until: float,
        watch: Watch | None,  # noqa: ARG001 - its thread is the caller's
    ) -> Answer:
        in_url = method == "GET"
        came: list[requests.Response] = []

        def note(response: requests.Response, **_: Any) -> None:
            came.append(response)

        try:
            answer = http.request(
                method,
                url,
                params=fields if in_url else None,
                data=None if in_url else fields,
                files=files or None,
                auth=auth,
                timeout=timeout,
                allow_redirects=False,
                stream=True,
                hooks={"response": [note, *hooks]},
            )
        except (ValueError, requests.RequestException, UrllibError):
            # requests looks where a redirect leads to also when it shall not follow.
            if not (came and came[-1].is_redirect):
                raise
            answer = came[-1]
        return _read(answer, until)

    return send


def over_own_session(
    http: requests.Session, url: str, timeout: Timeout, auth: Credentials | None
) -> Send:
    """The way over a session of our own, whose settings are those of the first request."""
    adapter = http.get_adapter(url)

    @lru_cache(MANY_ADDRESSES)
    def prepared(address: str) -> requests.PreparedRequest:
        return http.prepare_request(requests.Request("GET", address, auth=auth))

    @cache
    def settings() -> Mapping[str, Any]:
        stream = True
        return http.merge_environment_settings(url, {}, stream, None, None)

    def send(
        method: str, url: str, fields: Fields, files: Files, until: float, watch: Watch | None
    ) -> Answer:
        bare = prepared(url)
        if method == "GET":
            prepared_request = requests.PreparedRequest()
            prepared_request.method, prepared_request.headers = method, bare.headers
            prepared_request.url = f"{bare.url}?{urlencode(fields, doseq=True)}"
        else:
            prepared_request = bare.copy()
            prepared_request.prepare_method(method)
            prepared_request.prepare_body(fields, files or None)
        # Not through the session: it has no hooks and keeps no cookies, and no redirect is followed.
        options = {**settings(), "timeout": timeout}

        def exchange() -> Answer:
            with last_wait(until):
                answer = adapter.send(prepared_request, **options)
            return _read(answer, until)

        return before(until, exchange, watch)

    return send


def _read(answer: requests.Response, until: float) -> Answer:
    """What is in an answer.

    Raises:
        TooSlow: it had not ended by then.
    """
    parts, size = [], 0
    with answer:
        length = answer.headers.get("Content-Length", "")
        if length.isdecimal() and len(length) > len(str(LARGEST)):
            return Answer(answer.status_code, answer.headers, None)
        with last_wait(until):
            for part in chunks(answer, until):
                size += len(part)
                if size > LARGEST:
                    return Answer(answer.status_code, answer.headers, None)
                parts.append(part)
    return Answer(answer.status_code, answer.headers, b"".join(parts))


def renew_connections(http: requests.Session) -> None:
    """In a child after `os.fork`, have a session open connections of its own.

    The sockets that it has are the parent's, too: closing them here closes them there for nobody. The
    locks of the pools may be held by a thread that the child does not have.
    """
    adapters: list[Any] = list(getattr(http, "adapters", {}).values())
    for adapter in adapters:
        if isinstance(adapter, HTTPAdapter):
            for manager in (adapter.poolmanager, *adapter.proxy_manager.values()):
                _leave_connections(manager)
            unpickled: Any = adapter
            unpickled.__setstate__(unpickled.__getstate__())  # which makes new pools
    jar = getattr(http, "cookies", None)
    if isinstance(jar, RequestsCookieJar):
        http.cookies = copy(jar)  # with a new lock


def _leave_connections(manager: Any) -> None:
    """Close this process's copies of the sockets of idle connections, without taking a lock."""
    for pool in list(manager.pools._container.values()):  # noqa: SLF001 - its methods take one
        idle = pool.pool
        for connection in list(idle.queue) if idle is not None else ():
            if connection is not None:
                connection.close()
        if idle is not None:
            idle.__init__(idle.maxsize)  # urllib3 takes its lock when the pool is let go of


def own_session(connections: int) -> requests.Session:
    """A session with as many sockets as there are logins, and no cookies.

    The server sets one that names the session; sent along with another session's requests, it
    would only be one more place where a secret travels.
    """
    session = requests.Session()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(pool_maxsize=max(10, connections)))
    return session


CLOSING_SECONDS = 5.0
"""How long `close` waits for requests that are under way."""
CLOSED = "the client is closed: `close()` was called, or its `with` block has ended; connect again"
LARGEST = 256 << 20
"""Bytes of an answer at most. PHP has less memory than that."""
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
        return tuple(value for value in held if isinstance(value, Secret))


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
        self._http = http or own_session(connections)
        self._send: Send = (
            over_given_session(http, limited(timeout, limit), auth)
            if http
            else over_own_session(self._http, self.url, limited(timeout, limit), auth)
        )
        self._pace = RateLimit()
        self._idle = threading.Condition()  # told when no request is under way
        self._running = 0
        self._closed = False
        renew_after_fork(self, Transport._renew)

    def _renew(self) -> None:
        """In a child, leave the sockets to the parent."""
        self._idle = threading.Condition()
        self._running = 0
        renew_connections(self._http)

    def send(
        self, request: Request, cancel: Cancel = None, watch: Watch | None = None
    ) -> Reply | Loss | ForeignError:
        """Ask once; what came. Waits before it where a limit is used up.

        Once the transport is closed nothing is sent; what comes then is a ClosedError.
        """
        pause = self._pace.hold(cancel)
        if pause:
            reason = f"a limit of {self.host} is used up for {pause:.0f} s more"
            return Loss(RateLimited, reason, received=False, retry_after=pause)
        secrets = (*request.secrets, *self._sent(), *self._known)
        with self._idle:
            if self._closed:
                return ForeignError(ClosedError(CLOSED))
            self._running += 1
        try:
            reply = self._asked(request, secrets, watch)
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

    def _asked(
        self, request: Request, secrets: tuple[Secret, ...], watch: Watch | None
    ) -> Reply | Loss | ForeignError:
        fields, url = _revealed(request.parameters), self.url
        if self._credentials is None:
            fields = {"operation": request.operation.name, **fields}
        else:
            url = f"{self.url}/{quote(request.operation.name, safe='')}"
        if request.session is not None:
            fields["sessionName"] = request.session.reveal()
        until = time.monotonic() + self._limit
        try:
            status, headers, body = self._send(
                request.operation.method, url, fields, request.files, until, watch
            )
        except BaseException as error:  # noqa: BLE001 - any of them has seen the request
            return loss_of(error, self.host, secrets)
        if body is None:
            reason = (
                f"the answer of {self.host} is larger than {LARGEST >> 20} MB, and was not read"
            )
            return Loss(TransportError, reason, received=True)
        # An error page, a refusal and a result of another shape may repeat the request.
        body = hidden_in_body(body, (*request.secrets, *self._sent()))
        hide = partial(hidden, secrets=secrets)
        return Reply(status, headers, body, hide, lambda: time.monotonic() >= until)

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
        return printable_url(self.url).strip("`").removesuffix(ENDPOINT).rstrip("/")

    @property
    def host(self) -> str:
        """The server's name, for messages."""
        return urlsplit(self.url).hostname or ""


def _place(url: str, location: str | None) -> str:
    """Where an answer redirects to, and what that is good for."""
    if not location:
        return "without saying where to"
    try:
        to = printable_url(urljoin(url, location))
    except ValueError:
        to = printable_url(location)
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


def _revealed(parameters: Parameters) -> dict[str, str | tuple[str, ...]]:
    return {
        name: value.reveal() if isinstance(value, Secret) else value
        for name, value in parameters.items()
    }
