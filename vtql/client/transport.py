"""One request to the web service and what came of it. The door to requests.

The parameters of a GET travel in the URL and those of a POST in a form-encoded body, both encoded
by requests. Redirects are not followed: a POST that became a GET would lose its body, and a
session must not travel to another host. What requests raises may show the URL, and so the
session; it is never passed on.

What came is a value, also when nothing did: an exception would keep, in its traceback, the frames
in which a secret stood as text, and whoever prints the variables of a traceback would see it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import quote, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from vtql.address import endpoint, shown
from vtql.client.logs import redact_session
from vtql.client.pacing import Pace
from vtql.client.retries import retry_after
from vtql.client.secrets import Secret
from vtql.errors import (
    AnswerTimeout,
    ConnectionLost,
    RateLimited,
    Redirected,
    TransportError,
    Unreachable,
)
from vtql.protocol import TOO_MANY, Operation

Timeout = float | tuple[float, float]
SHORTEST = 8
HIDDEN = b"<secret>"
Parameters = Mapping[str, str | Secret]
Files = Mapping[str, tuple[str, bytes, str]]
"""Parts of a multipart body: a file's name, its content and its media type."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for. `session` is None for an operation that needs none."""

    operation: Operation
    parameters: Parameters
    session: Secret | None = None
    files: Files = field(default_factory=dict, repr=False)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The texts that no message may show; one that is shorter is in many a word."""
        held = (self.session, *self.parameters.values())
        texts = (each.reveal() for each in held if isinstance(each, Secret))
        return tuple(text for text in texts if len(text) >= SHORTEST)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server sent."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Loss:
    """That nothing usable came: how it is told, and whether the server may have been reached."""

    kind: type[TransportError]
    reason: str
    received: bool
    retry_after: float | None = None

    def error(self, operation: str) -> TransportError:
        """The exception that says so."""
        found = self.kind(f"{operation}: {self.reason}", received=self.received)
        if isinstance(found, RateLimited):
            found.retry_after = self.retry_after
        return found


class Transport:
    """A way to one server: its address, a `requests.Session`, a timeout for every request."""

    __slots__ = ("_credentials", "_http", "_pace", "_timeout", "url")

    def __init__(
        self,
        url: str,
        http: requests.Session | None,
        timeout: Timeout,
        connections: int = 1,
        credentials: Secret | None = None,
    ) -> None:
        redact_session()
        self.url = url if credentials else endpoint(url)
        self._credentials = credentials  # of Vtiger Cloud, which wants them with every request
        self._http = http or _http(connections)
        self._timeout = timeout
        self._pace = Pace()

    def send(self, request: Request) -> Reply | Loss:
        """Ask once; what came. Waits before it where a limit is used up."""
        pause = self._pace.hold()
        if pause:
            reason = f"a limit of {self.host} is used up for {pause:.0f} s more"
            return Loss(RateLimited, reason, received=False, retry_after=pause)
        fields, url, headers = _revealed(request.parameters), self.url, None
        if self._credentials is None:
            fields = {"operation": request.operation.name, **fields}
        else:
            url = f"{self.url}/{quote(request.operation.name, safe='')}"
            headers = {"Authorization": self._credentials.reveal()}
        if request.session is not None:
            fields["sessionName"] = request.session.reveal()
        in_url = request.operation.method == "GET"
        try:
            answer = self._http.request(
                request.operation.method,
                url,
                headers=headers,
                params=fields if in_url else None,
                data=None if in_url else fields,
                files=request.files or None,
                timeout=self._timeout,
                allow_redirects=False,
            )
            with answer:
                reply = Reply(answer.status_code, answer.headers, answer.content)
        except requests.RequestException as error:
            return _loss(error, self.host)
        except UnicodeError:
            return Loss(TransportError, "a parameter is not Unicode text", received=False)
        except ValueError:  # urllib3, on a name that cannot be a host's
            return Loss(
                Unreachable,
                f"{self.host} is not the name of a host, or redirects to none",
                received=False,
            )
        except Exception as error:  # noqa: BLE001 - whatever an adapter raises shows the request
            reason = f"the request to {self.host} failed ({type(error).__name__})"
            return Loss(TransportError, reason, received=True)
        self._pace.note(reply.headers)
        if reply.status == TOO_MANY:
            self._pace.rest(retry_after(reply.headers) or 0.0)
        if self._credentials is not None:  # an error page may repeat the request
            secret = self._credentials.reveal().partition(" ")[2].encode()
            reply = replace(reply, body=reply.body.replace(secret, HIDDEN))
        if 300 <= reply.status < 400:
            to = shown(reply.headers.get("Location", "nowhere"))
            return Loss(
                Redirected,
                f"{self.host} redirects to {to}; connect to that address",
                received=False,
            )
        return reply

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    @property
    def host(self) -> str:
        """The server's name, for messages."""
        return urlsplit(self.url).hostname or ""


def _http(connections: int) -> requests.Session:
    """A `requests.Session` with as many sockets as there are logins, and no cookies.

    The server sets one that names the session; sent along with another session's requests, it
    would only be one more place where a secret travels.
    """
    made = requests.Session()
    made.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
    for scheme in ("https://", "http://"):
        made.mount(scheme, HTTPAdapter(pool_maxsize=max(10, connections)))
    return made


def _revealed(parameters: Parameters) -> dict[str, str]:
    return {
        name: value.reveal() if isinstance(value, Secret) else value
        for name, value in parameters.items()
    }


def _loss(error: requests.RequestException, host: str) -> Loss:
    match error:
        case requests.exceptions.ConnectTimeout():
            return Loss(
                Unreachable,
                f"{host} does not answer: no connection within the timeout",
                received=False,
            )
        case requests.exceptions.Timeout():
            return Loss(
                AnswerTimeout, f"{host} took longer than the timeout to answer", received=True
            )
        case requests.exceptions.SSLError():
            reason = f"no secure connection to {host}: its certificate or protocol is refused"
            return Loss(Unreachable, reason, received=False)
        case requests.exceptions.ProxyError():
            return Loss(Unreachable, f"the proxy on the way to {host} refuses", received=False)
        case (
            requests.exceptions.ChunkedEncodingError() | requests.exceptions.ContentDecodingError()
        ):
            return Loss(
                ConnectionLost,
                f"the answer of {host} broke off or cannot be unpacked",
                received=True,
            )
        case requests.exceptions.ConnectionError() if _was_made(error):
            return Loss(
                ConnectionLost, f"{host} closed the connection without an answer", received=True
            )
        case requests.exceptions.ConnectionError():
            reason = f"no connection to {host}: it cannot be found, or does not answer there"
            return Loss(Unreachable, reason, received=False)
        case _:
            return Loss(
                TransportError,
                f"the request to {host} failed ({type(error).__name__})",
                received=True,
            )


def _was_made(error: requests.RequestException) -> bool:
    """Whether there was a connection, so that the server may have read the request."""
    cause: Any = error.args[0] if error.args else None
    cause = getattr(cause, "reason", None) or cause
    return not isinstance(cause, NewConnectionError | ConnectTimeoutError)
