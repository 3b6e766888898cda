"""`Client`: the operations of the web service as methods, and models that fetch through it."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import NoReturn, Self

from vtql.catalog.catalog import Catalog
from vtql.catalog.timezones import NO_CLOCK, Clock
from vtql.client.changes import Ask, Changes, Syncs, position_at
from vtql.client.checkpoint import Position, owner_of
from vtql.client.operations.base import Sessions
from vtql.client.operations.bulk import Bulk
from vtql.client.operations.files import Files
from vtql.client.operations.read import SyncType
from vtql.client.operations.relations import Relations
from vtql.client.operations.users import Users
from vtql.client.parallel import ParallelFetch
from vtql.client.session import Session
from vtql.errors import ArgumentError, BrokenAnswer
from vtql.models.model import Model, make_model
from vtql.profiles import ServerPrecedence
from vtql.protocol import OPERATIONS
from vtql.query.connection import URL_BYTES, Fetch, Server
from vtql.query.precedence_probe import probed

CLOCKS_APART = 60
"""Seconds that this machine's clock may be ahead of a server's that does not tell its own."""


class Client(Sessions, Bulk, Relations, Files, Users):
    """A connection to a Vtiger. Make one with `vtql.connect`; it logs in when first needed.

    Every method raises ServiceError where the service refuses, TransportError where no answer of a
    web service came, NotAvailable, before it asks, where the kind of server is known to lack the
    operation, ArgumentError, before it asks, where an argument cannot be right, and ClosedError after
    `close()`. A client may be shared between threads.
    """

    __slots__ = ("_clock", "_server", "_spread")

    def __init__(
        self,
        session: Session,
        profile_name: str | None = None,
        connections: int = 1,
        *,
        catalog: Catalog,
        clock: Clock = NO_CLOCK,
        url_bytes: int = URL_BYTES,
    ) -> None:
        super().__init__(session, profile_name, catalog=catalog)
        further = (session.another() for _ in range(1, connections))
        self._spread = ParallelFetch((session, *further)) if connections > 1 else None
        self._clock = clock
        self._server = Server(self.fetch, self.catalog, url_bytes, catalog.precedence)

    def __repr__(self) -> str:
        return f"<Client of {self._session.username} at {self._session.server}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a client is not pickled, because it has an access key and connections; a forked process "
            "inherits it, and any other connects by itself"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def catalog(self, *modules: str) -> Catalog:
        """The metadata of these modules, or of all; one request for each not yet known.

        How the server evaluates AND and OR is in it, too, once that has been found out.
        """
        super().catalog(*modules)
        with self._lock:
            if self._catalog.precedence != self._server.precedence:
                self._catalog = self._catalog.with_precedence(self._server.precedence)
        return self._catalog

    def precedence(self, module: str) -> ServerPrecedence | None:
        """How the server evaluates AND and OR, found out over a module's records and then remembered.

        With AND first, as SQL does, or from left to right; None where no record tells. One request
        on all servers that read as SQL does. A query set whose condition takes several queries
        otherwise asks by itself.
        """
        described = self.catalog(module)[module]
        described.check_name()
        return probed(self._server, described)

    def close(self) -> None:
        """Close the connections. The server ends the session by itself.

        Requests that are under way get their answers; `close` waits for them, a few seconds at
        most. Every other request, such as the next page of a loop, is refused with ClosedError. It
        may be called again, and from several threads.
        """
        self._session.close()

    def model(self, module: str) -> type[Model]:
        """The class of a module, whose query sets fetch through this client.

        Raises:
            ModuleError: the user sees no such module; the nearest names come first.
        """
        self._described(module)
        return make_model(
            module, self._catalog, self._server, self._clock, notlike=lambda: self.profile.notlike
        )

    def changes(
        self,
        module: str,
        since: datetime | str | Position | None = None,
        *,
        fields: Iterable[str] = (),
        state: str | Path | None = None,
        known: Iterable[str] | None = None,
        lag: float = 5,
    ) -> Changes:
        """What has been created and changed in a module, in the order of time; see `Changes`.

        What is deleted comes, too, where the server tells it: of all records to an administrator of
        Vtiger Cloud, of the user's own on servers before 8.0, and on all servers with `known`.

        Args:
            module: the module.
            since: an aware moment or the server's text of one, exclusive; all, if left out.
            fields: of the records; all, if left out.
            state: a file for the position, with which the same call goes on where it was; what is
                in it goes before `since`.
            known: ids of records that were taken before; those that are gone come last, as deleted.
            lag: seconds that a second must be over before it is read.

        Raises:
            ArgumentError: the module has no `modifiedtime`.
            CheckpointError: the file is damaged, or is of another server, user or module.
        """
        if lag < 1:
            raise ArgumentError("`lag` is at least a second: one that is not over may get more")
        model = self.model(module)
        names, file = tuple(fields), Path(state) if state else None
        return Changes(
            model,
            since,
            lambda: position_at(self._server_time(), lag),
            names,
            file,
            known,
            self._syncs(module),
            owner_of(self.server, self.username, model.module.name),
        )

    def _syncs(self, module: str) -> Syncs:
        def of(kind: SyncType | None) -> Ask:
            return lambda since: self.sync(since, module, kind)

        if self.profile.rest:
            return Syncs(everything=of("application"), own=of("userandgroup"))
        works = self.profile.name in OPERATIONS["sync"].profiles
        return Syncs(own=of(None) if works else None)

    def _server_time(self) -> int:
        if self.profile.name not in OPERATIONS["getchallenge"].profiles:
            return int(time.time()) - CLOCKS_APART
        server_time = self.get_challenge().get("serverTime")
        if not isinstance(server_time, int):
            raise BrokenAnswer("getchallenge: the answer does not tell the server's time")
        return server_time

    def fetch_over(self, connections: int) -> Fetch:
        """From VTQL to the rows of one page, over so many logins, of which this client's is one."""
        further = (self._session.another() for _ in range(1, connections))
        return ParallelFetch((self._session, *further))

    @property
    def fetch(self) -> Fetch:
        """From VTQL to the rows of one page; over several logins, where there are several."""
        return self.query if self._spread is None else self._spread
