"""One request to the web service and its answer. The door to requests.

The parameters of a GET travel in the URL and those of a POST in a form-encoded body, both encoded
by requests. Redirects are not followed: a POST that became a GET would lose its body, and a
session must not travel to another host. What requests raises may show the URL, and so the
session; it is never passed on.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit, urlunsplit

import requests

from vtql.client.logs import redact_session
from vtql.errors import ArgumentError, TransportError
from vtql.protocol import ENDPOINT, Operation

Timeout = float | tuple[float, float]


def endpoint(url: str) -> str:
    """The address of the web service of an installation: `https://crm.example.com` is enough.

    Raises:
        ArgumentError: not an address of a web server.
    """
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        raise ArgumentError(
            "this is not the address of a Vtiger; one looks like `https://crm.example.com`"
        ) from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ArgumentError(
            f"{_shown(url)} is not the address of a Vtiger; one looks like `https://crm.example.com`"
        )
    path = parts.path if parts.path.endswith(".php") else f"{parts.path.rstrip('/')}/{ENDPOINT}"
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


class Transport:
    """A way to one server: its address, a `requests.Session`, a timeout for every request."""

    __slots__ = ("_http", "_timeout", "url")

    def __init__(self, url: str, http: requests.Session | None, timeout: Timeout) -> None:
        redact_session()
        self.url = endpoint(url)
        self._http = http or requests.Session()
        self._timeout = timeout

    def send(
        self, operation: Operation, parameters: Mapping[str, str], session: str | None
    ) -> tuple[int, bytes]:
        """Ask for an operation; the HTTP status and the body of what came.

        Raises:
            TransportError: nothing came, or a redirect.
        """
        fields = {"operation": operation.name, **parameters}
        if session is not None:
            fields["sessionName"] = session
        in_url = operation.method == "GET"
        try:
            answer = self._http.request(
                operation.method,
                self.url,
                params=fields if in_url else None,
                data=None if in_url else fields,
                timeout=self._timeout,
                allow_redirects=False,
            )
            with answer:
                status, body, target = answer.status_code, answer.content, answer.headers
        except requests.RequestException as error:
            raise TransportError(f"{operation.name}: {self._reason(error)}") from None
        except UnicodeError:
            raise TransportError(f"{operation.name}: a parameter is not Unicode text") from None
        except ValueError:  # urllib3, on a name that cannot be a host's
            raise TransportError(
                f"{operation.name}: {self.host} is not the name of a host, or redirects to none"
            ) from None
        if 300 <= status < 400:
            to = _shown(target.get("Location", "nowhere"))
            raise TransportError(
                f"{operation.name}: {self.host} redirects to {to}; connect to that address"
            )
        return status, body

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    @property
    def host(self) -> str:
        """The server's name, for messages."""
        return urlsplit(self.url).hostname or ""

    def _reason(self, error: requests.RequestException) -> str:
        match error:
            case requests.exceptions.ConnectTimeout():
                return f"{self.host} does not answer: no connection within the timeout"
            case requests.exceptions.Timeout():
                return f"{self.host} took longer than the timeout to answer"
            case requests.exceptions.SSLError():
                return (
                    f"no secure connection to {self.host}: its certificate or protocol is refused"
                )
            case requests.exceptions.ProxyError():
                return f"the proxy on the way to {self.host} refuses"
            case (
                requests.exceptions.ChunkedEncodingError()
                | requests.exceptions.ContentDecodingError()
            ):
                return f"the answer of {self.host} broke off or cannot be unpacked"
            case requests.exceptions.ConnectionError():
                return f"no connection to {self.host}: it cannot be found, or does not answer there"
            case _:
                return f"the request to {self.host} failed ({type(error).__name__})"


def _shown(url: str) -> str:
    """An address without what may be secret in it: user, password, query."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "something that is no address"
    host = parts.netloc.rpartition("@")[2]
    return f"`{urlunsplit((parts.scheme, host, parts.path, '', ''))}`"
