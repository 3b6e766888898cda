"""What of requests and urllib3 is made anew for each request although it is the same each time.

A long read is as fast as its requests are sent, and most of a request's time here went into that. The
documented places for it are an adapter of requests and the classes of urllib3's connections. Answers are
watched, too (`deadlines.py`).
"""

from __future__ import annotations

import threading
from http.client import HTTPResponse
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict

from vtql.client.deadlines import response_class


class _Query(threading.local):
    text = ""


_QUERY = _Query()
"""The query of the address that a thread asks for. It goes past the pool of connections, which would
encode again, sign by sign, what is encoded; so it is not in what urllib3 logs either."""


class Came(requests.Response):
    """An answer that has no more than what is looked at; to make all of it takes longer than to
    receive it."""

    def __init__(self, request: requests.PreparedRequest, raw: Any, adapter: HTTPAdapter) -> None:
        self.request, self.raw, self.connection = request, raw, adapter
        self.status_code, self.headers = raw.status, CaseInsensitiveDict(raw.headers)
        self._content, self._content_consumed = None, False


class OneServer(HTTPAdapter):
    """An adapter for the requests to one server, which all go the same way: by what proxy, with
    what certificates and in what form the address travels is found out once."""

    def __init__(self, connections: int, deadline: float) -> None:
        self._deadline = deadline
        self._way: Any = None
        self._origin: str | None = None
        super().__init__(pool_maxsize=max(10, connections))

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Make the connections of a kind that is watched."""
        self._way = None
        super().init_poolmanager(*args, **options)
        self._watch(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        """The connections to a proxy, of the same kind."""
        return self._watch(super().proxy_manager_for(proxy, **options))

    def _watch(self, manager: Any) -> Any:
        kinds = manager.pool_classes_by_scheme.items()
        answers = response_class(self._deadline)
        manager.pool_classes_by_scheme = {scheme: _pool(kind, answers) for scheme, kind in kinds}
        return manager

    def get_connection_with_tls_context(self, *args: Any, **options: Any) -> Any:
        """The connections to the server."""
        if self._way is None:
            self._way = super().get_connection_with_tls_context(*args, **options)
        return self._way

    def request_url(self, request: requests.PreparedRequest, proxies: Any) -> str:
        """What is asked for, without its query: behind the server's name, or all of the address for
        some proxies."""
        url, _, query = str(request.url).partition("?")
        _QUERY.text = f"?{query}" if query else ""
        if self._origin is None:
            found, _, _ = super().request_url(request, proxies).partition("?")
            self._origin = url.removesuffix(found) if url.endswith(found) else None
            return found
        return url.removeprefix(self._origin)

    def build_response(self, req: requests.PreparedRequest, resp: Any) -> requests.Response:
        """The answer, without a jar for cookies that nobody keeps."""
        return Came(req, resp, self)

    def close(self) -> None:
        """Close the connections; a request that comes all the same opens others."""
        self._way = None
        super().close()


def _pool(kind: Any, answers: type[HTTPResponse]) -> Any:
    """A class of connection pools that sends queries, and has answers, of our own."""
    base: Any = kind.ConnectionCls

    class Connection(base):  # type: ignore[misc]
        response_class = answers

        def putrequest(self, method: str, url: str, *args: Any, **options: Any) -> Any:
            query, _QUERY.text = _QUERY.text, ""
            return super().putrequest(method, url + query, *args, **options)

    return type(kind.__name__, (kind,), {"ConnectionCls": Connection})
