"""How a request is handed to requests: over a session of our own, or over one that was given.

Of our own session everything that is the same each time is found out once: the proxies and
certificates that the environment names, the user that a `.netrc` has for the host, the headers.
requests would look again before each request, which takes it longer than the request itself.
A session that was given may be of any make, so it is asked as it is documented.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from copy import copy
from functools import cache, lru_cache
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Protocol
from urllib.parse import urlencode

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from requests.cookies import RequestsCookieJar
from urllib3.exceptions import HTTPError as UrllibError

from vtql.client import meanwhile
from vtql.client.adapter import OneServer
from vtql.client.deadlines import watch
from vtql.client.secrets import Secret

Fields = Mapping[str, str | tuple[str, ...]]
"""Parameters as texts; one that has several travels once for each."""
Timeout = float | tuple[float, float]
Files = Mapping[str, tuple[str, bytes, str]]
"""Parts of a multipart body: a file's name, its content and its media type."""
MANY_ADDRESSES = 64


class Send(Protocol):
    """Sends a request, and follows no redirect; raises what requests raises."""

    def __call__(
        self, method: str, url: str, fields: Fields, files: Files
    ) -> requests.Response: ...


class Credentials(AuthBase):
    """A header Authorization. As such a `.netrc` cannot put another user in its place."""

    def __init__(self, value: Secret) -> None:
        self._value = value

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """The request with the header."""
        request.headers["Authorization"] = self._value.reveal()
        return request


def by_given(
    http: requests.Session, timeout: Timeout, deadline: float, auth: Credentials | None
) -> Send:
    """The way over a session that was given; what of its own it does with answers stays."""
    own_hooks = getattr(http, "hooks", {}).get("response") or []
    hooks = own_hooks if isinstance(own_hooks, list) else [own_hooks]

    def send(method: str, url: str, fields: Fields, files: Files) -> requests.Response:
        in_url = method == "GET"
        came: list[requests.Response] = []

        def note(response: requests.Response, **_: Any) -> None:
            came.append(response)

        meanwhile.now()  # when it has been sent cannot be seen
        until = time.monotonic() + deadline
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
        watch(answer.raw, until)
        return answer

    return send


def by_own(http: requests.Session, url: str, timeout: Timeout, auth: Credentials | None) -> Send:
    """The way over a session of our own, whose settings are those of the first request."""
    adapter = http.get_adapter(url)

    @lru_cache(MANY_ADDRESSES)
    def prepared(address: str) -> requests.PreparedRequest:
        return http.prepare_request(requests.Request("GET", address, auth=auth))

    @cache
    def settings() -> Mapping[str, Any]:
        stream = True
        return http.merge_environment_settings(url, {}, stream, None, None)

    def send(method: str, url: str, fields: Fields, files: Files) -> requests.Response:
        bare = prepared(url)
        if method == "GET":
            made = requests.PreparedRequest()
            made.method, made.headers = method, bare.headers
            made.url = f"{bare.url}?{urlencode(fields, doseq=True)}"
        else:
            made = bare.copy()
            made.prepare_method(method)
            made.prepare_body(fields, files or None)
        # Not through the session: it has no hooks and keeps no cookies, and no redirect is followed.
        return adapter.send(made, timeout=timeout, **settings())

    return send


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


def own(connections: int, deadline: float) -> requests.Session:
    """A session with as many sockets as there are logins, and no cookies.

    The server sets one that names the session; sent along with another session's requests, it
    would only be one more place where a secret travels.
    """
    made = requests.Session()
    made.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
    for scheme in ("https://", "http://"):
        made.mount(scheme, OneServer(connections, deadline))
    return made
