"""The sandbox: a test double of a Vtiger, in this process or behind a port."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vtql.catalog.catalog import Catalog
from vtql.errors import ArgumentError
from vtql.fork import renew_after_fork
from vtql.profiles import NEWEST_SERVER
from vtql.profiles import profile as profile_named
from vtql.protocol import INTERNAL_SERVER_ERROR, INVALID_SESSIONID, failure
from vtql.sandbox.access import Access
from vtql.sandbox.app import LoggedRequest, application, over_http
from vtql.sandbox.database import stored_catalog
from vtql.sandbox.errors import MESSAGES
from vtql.sandbox.fault_injection import PHP_WARNING, Fault, Faults, When, first_half, operation_key
from vtql.sandbox.http_messages import HTML, JSON, Response
from vtql.sandbox.locks import FileLock, RecordLock, lock_file
from vtql.sandbox.schema import Given, Value
from vtql.sandbox.seed import check_records
from vtql.sandbox.service import Clock, Service
from vtql.sandbox.sessions import Sessions, User
from vtql.sandbox.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

    import requests

    from vtql.client.client import Client
    from vtql.sandbox.server import Server

URL = "http://sandbox.invalid/"
USERNAME = "admin"
ACCESS_KEY = "sandbox-access-key"


class Sandbox:
    """A server that speaks the protocol of the web service and executes VTQL on its own records.

    Args:
        profile: the kind of server it imitates, a name of `vtql.profiles`; the newest by default.
        catalog: its modules; the demo catalog by default.
        records: the records, `{module: [rows as returned by select *]}`. A value is text or None, or
            a list of these if the table of the field has several rows for one record, such as
            `contact_id` of an event. By default a given catalog has no records, and the demo
            catalog has the demo records.
        seed: the seed of demo and generated records; the same seed gives the same records.
        rows: the number of records to generate, in total or by module, instead of `records`.
        file: the file with the records; in memory by default. An existing file of a sandbox is
            opened with its catalog and its records.
        access: the access rights of users who are not administrators, by user name.
        clock: returns the seconds since 1970, such as `time.time`; by default time stands still at
            the same moment in every sandbox.

    `url`, `username` and `access_key` are what a client needs; `requests` is the request log, and
    `clock.advance(seconds)` moves the sandbox's time.

    A file belongs to one sandbox at a time, until that is closed or its process has ended.

    Raises:
        ArgumentError: a record is invalid; the message names its module, row and field.
        FileInUse: another sandbox has the file.
        OSError: the file cannot be opened or written.
        ValueError: there is no such profile.
    """

    __slots__ = (
        "__weakref__", "_changing", "_faults", "_server", "_service", "_sessions", "_store", "access_key", "app", "catalog", "clock",
        "requests", "url", "username",
    )  # fmt: skip

    def __init__(
        self,
        profile: str = NEWEST_SERVER,
        catalog: Catalog | None = None,
        records: Mapping[str, Iterable[Given]] | None = None,
        seed: int = 1,
        *,
        rows: int | Mapping[str, int] | None = None,
        file: str | Path | None = None,
        access: Mapping[str, Access] | None = None,
        clock: Callable[[], float] | None = None,
    ) -> None:
        kind = profile_named(profile)
        path = None if file is None else Path(file)
        self.url = URL
        self.username = USERNAME
        self.access_key = ACCESS_KEY
        self.clock = Clock(clock)
        self.requests: list[LoggedRequest] = []
        self._faults = Faults()
        self._changing = threading.RLock()
        renew_after_fork(self, Sandbox._renew)
        self._server: Server | None = None
        with ExitStack() as undo:
            lock = None if path is None else lock_file(path)
            if lock is not None:
                undo.callback(lock.release)
            stored = None if path is None else stored_catalog(path)
            if stored is None:
                catalog, records = _initial_content(catalog, records, rows, seed)
            elif catalog is not None or records is not None or rows is not None:
                raise ArgumentError(f"{path} has a catalog and records of its own")
            else:
                catalog, records = stored, None
            self.catalog = catalog
            self._store = Store(catalog, check_records(catalog, records or {}), path)
            undo.callback(self._store.close)
            users = _login_users(catalog, self._store.all("Users") if "Users" in catalog else ())
            undo.pop_all()
        self._sessions = Sessions(users, ACCESS_KEY, self.clock, lambda: secrets.token_hex(10))
        turn = RecordLock(partial(_release, self._store, lock))
        self._service = Service(
            kind, catalog, self._store, self._sessions, self.clock, turn, access or {}
        )
        self.app = application(self._service, self.requests, self._faults)

    def _renew(self) -> None:
        self._changing = threading.RLock()

    def session(self) -> requests.Session:
        """A `requests.Session` that reaches the sandbox at `url` without a socket."""
        from vtql.client.wsgi import wsgi_session  # noqa: PLC0415 - serving needs no requests

        return wsgi_session(self.app, self.url)

    def client(self, **options: Any) -> Client:
        """A client of the sandbox, in process; `options` are those of `vtql.connect`."""
        from vtql.client.connect import connect  # noqa: PLC0415 - a sandbox that only serves does not need it

        return connect(self.url, self.username, self.access_key, session=self.session(), **options)

    def serve(
        self, port: int = 0, host: str = "127.0.0.1", allow_hosts: str | Iterable[str] = ()
    ) -> str:
        """Serve over HTTP from a thread, and return the URL to connect to.

        Args:
            port: 0 takes any free one.
            host: the address to listen at.
            allow_hosts: names of this machine that callers connect to, besides `localhost`, loopback
                addresses and `host`. A request for another host, or one that a page of another site
                makes, gets HTTP 403, as that page could otherwise read the records.

        Raises:
            ArgumentError: one of `allow_hosts` is no name of a host.
            ClosedError: the sandbox is closed.
            OSError: the port is taken, or not ours to take.
        """
        # Tests in process need no sockets and no page.
        from vtql.sandbox.page.routes import with_page  # noqa: PLC0415
        from vtql.sandbox.server import (  # noqa: PLC0415
            host_names,
            restrict_hosts,
            serve,
        )

        with self._changing:
            self._service.record_lock.check()
            self._stop()
            allowed = host_names(allow_hosts)
            site = over_http(with_page(self.app, self._service, self.requests))
            server = self._server = serve(
                restrict_hosts(site, allowed | {host.lower()}), port, host
            )
        return server.url

    def wait(self) -> None:
        """Block for as long as `serve` serves."""
        server = self._server
        if server is not None:
            server.wait()

    def records(self, module: str) -> list[dict[str, Value]]:
        """The records of a module, as `Sandbox(records=…)` takes them, lists included.

        Raises:
            ClosedError: the sandbox is closed.
            ModuleError: there is no such module.
        """
        with self._service.record_lock:
            return list(self._store.with_lists(self.catalog[module].name))

    def save(self, path: str | Path) -> None:
        """Write a snapshot of all records to a file, for `restore` or `Sandbox(file=…)`.

        Raises:
            ClosedError: the sandbox is closed.
            FileInUse: a sandbox has the file, this one or another.
            OSError: the file cannot be written.
        """
        with self._service.record_lock:
            lock = lock_file(Path(path))
            try:
                self._store.save(Path(path))
            finally:
                lock.release()

    def restore(self, path: str | Path) -> None:
        """Restore the records of a snapshot.

        Raises:
            ArgumentError: the file is none, or one of other modules.
            ClosedError: the sandbox is closed.
            OSError: the file cannot be read.
        """
        with self._service.record_lock:
            self._store.restore(Path(path))

    def expire_sessions(self, code: str = INVALID_SESSIONID) -> None:
        """End all sessions, as a server does that cleans up.

        The next request of each is refused with the code, which on some servers is
        `SESSION_EXPIRED` or `SESSION_LEFT_IDLE`; after that the session is simply unknown.
        """
        self._sessions.forget(code)

    def fail_next(
        self,
        operation: str | None = None,
        code: str | int = INTERNAL_SERVER_ERROR,
        message: str | None = None,
        *,
        status: int | None = None,
        times: int = 1,
        when: When = "before",
    ) -> None:
        """Fail the next requests of an operation, or of any.

        Args:
            operation: its name, such as `create`.
            code: of the refusal.
            message: of the refusal; the server's own for the code where none is given.
            status: an HTTP status; the body is then empty, as of a PHP error.
            times: how many requests fail.
            when: `after` does the operation first, and only its answer is lost.

        Raises:
            ArgumentError: there is no such operation, HTTP status, moment or number of requests.
        """
        if status is not None and not (isinstance(status, int) and 200 <= status <= 599):
            raise ArgumentError(f"an HTTP status goes from 200 to 599, not {status!r}")
        text = MESSAGES.get(str(code), "") if message is None else message
        refusal = Response(200, failure(code, text), JSON, code)
        response = refusal if status is None else Response(status, b"", HTML)
        self._faults.add(Fault(operation_key(operation), lambda _: response, when), times)

    def drop_connection(
        self, operation: str | None = None, *, times: int = 1, when: When = "before"
    ) -> None:
        """Cut the connection of the next requests, before or after the operation is done.

        Raises:
            ArgumentError: there is no such operation.
        """
        self._faults.add(Fault(operation_key(operation), lambda _: None, when), times)

    def truncate_next(self, operation: str | None = None, *, times: int = 1) -> None:
        """Send only half of the next responses, like PHP when it crashes.

        Raises:
            ArgumentError: there is no such operation.
        """
        self._faults.add(Fault(operation_key(operation), first_half, "after"), times)

    def rate_limit(self, times: int = 1, *, retry_after: int = 1) -> None:
        """Answer the next requests with HTTP 429 and the headers of Vtiger Cloud.

        The status and the headers are published; the code in the body is not.
        """
        body = failure("TOO_MANY_REQUESTS", "Rate limit exceeded")
        headers = (
            ("Retry-After", str(retry_after)),
            ("X-FloodControl-MinuteRemaining", "0"),
            ("X-FloodControl-MinuteReset", str(retry_after)),
        )
        response = Response(429, body, JSON, "TOO_MANY_REQUESTS", headers)
        self._faults.add(Fault(None, lambda _: response, "before"), times)

    def pollute_bodies(self, text: str = PHP_WARNING) -> None:
        """Put a text before every JSON body from now on; the empty text ends it.

        Raises:
            ArgumentError: it is no text.
        """
        if not isinstance(text, str):
            raise ArgumentError(f"what stands in front of a body is text, not {text!r}")
        self._faults.prefix = text

    @property
    def latency(self) -> float:
        """Seconds added to every response. Timeouts apply in process as over HTTP."""
        return self._faults.latency

    @latency.setter
    def latency(self, seconds: float) -> None:
        if not isinstance(seconds, int | float) or not 0 <= seconds < float("inf"):
            raise ArgumentError(f"`latency` is a number of seconds, not {seconds!r}")
        self._faults.latency = seconds

    def close(self) -> None:
        """Stop serving and close the records; those in a file stay there.

        A request that has not begun is refused: in this process with ClosedError, over HTTP with
        status 503 until the port is closed. One that has begun gets its answer; `close` waits for it,
        a few seconds at most. It may be called again, and from several threads at a time.
        """
        self._service.record_lock.refuse()
        with self._changing:
            self._stop()
            self._service.record_lock.close()

    def _stop(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Sandbox of {len(self.catalog)} modules>"


def _release(store: Store, lock: FileLock | None) -> None:
    store.close()
    if lock is not None:
        lock.release()


def _initial_content(
    catalog: Catalog | None,
    records: Mapping[str, Iterable[Given]] | None,
    rows: int | Mapping[str, int] | None,
    seed: int,
) -> tuple[Catalog, Mapping[str, Iterable[Given]] | None]:
    """The initial catalog and records."""
    if rows is not None and records is not None:
        raise ArgumentError("records are either given or generated, not both")
    if catalog is not None and rows is None:
        return catalog, records
    # Imported here because only demo and generated records need the word lists.
    from vtql.sandbox import demo  # noqa: PLC0415
    from vtql.sandbox.seed import generate_records  # noqa: PLC0415

    if catalog is None:
        catalog = demo.catalog()
        if rows is None:
            return catalog, demo.records(catalog, seed) if records is None else records
    return catalog, generate_records(catalog, rows or 0, seed)


def _login_users(catalog: Catalog, rows: Iterable[Mapping[str, str | None]]) -> dict[str, User]:
    """The users who may log in, by folded name: those in the records, and always `admin`."""
    prefix = catalog["Users"].id_prefix if "Users" in catalog else "19"
    users = {USERNAME: User(USERNAME, f"{prefix}x1", active=True, row={"is_admin": "on"})}
    for row in rows:
        name = row.get("user_name")
        if name:
            active = row.get("status") in (None, "", "Active")
            first = {"is_admin": "on"} if name.casefold() == USERNAME else {}
            values = {field: value for field, value in row.items() if value is not None}
            users[name.casefold()] = User(name, str(row["id"]), active, first | values)
    return users
