"""`Client`: the operations of the web service as methods, and models that fetch through it."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self

from vtql.client.operations.files import Files
from vtql.client.operations.reading import Reading
from vtql.client.operations.relations import Relations
from vtql.client.operations.sessions import Sessions
from vtql.client.operations.users import Users
from vtql.client.operations.writing import Writing
from vtql.client.parallel import Spread
from vtql.client.session import Session
from vtql.errors import CatalogError, ModuleError, ServiceError, TransportError
from vtql.models.model import Model, make_model
from vtql.protocol import ACCESS_DENIED
from vtql.query.server import URL_BYTES, Fetch, Server
from vtql.schema.catalog import Catalog
from vtql.schema.times.zones import NO_CLOCK, Clock
from vtql.spelling import suggestion


class Client(Sessions, Reading, Writing, Relations, Files, Users):
    """A connection to a Vtiger. Make one with `vtql.connect`; it logs in when first needed.

    Every method raises ServiceError where the service refuses, TransportError where no answer of a
    web service came, NotAvailable, before it asks, where the kind of server is known to lack the
    operation, and ArgumentError, before it asks, where an argument cannot be right. A client may be
    shared between threads.
    """

    __slots__ = ("_catalog", "_clock", "_lock", "_server", "_spread")

    def __init__(
        self,
        session: Session,
        profile_name: str | None = None,
        connections: int = 1,
        *,
        server_zone: str = "UTC",
        clock: Clock = NO_CLOCK,
        url_bytes: int = URL_BYTES,
    ) -> None:
        super().__init__(session, profile_name)
        further = (session.another() for _ in range(1, connections))
        self._spread = Spread((session, *further)) if connections > 1 else None
        self._clock = clock
        self._catalog = Catalog({}, server_zone)
        self._lock = threading.Lock()
        self._server = Server(self.fetch, self.catalog, url_bytes)

    def __repr__(self) -> str:
        return f"<Client: {self._session!r}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections. The server ends the session by itself."""
        self._session.close()

    def catalog(self, *modules: str) -> Catalog:
        """The metadata of these modules, or of all; one request for each not yet known."""
        for module in modules or self.list_types()["types"]:
            self._described(module)
        return self._catalog

    def model(self, module: str) -> type[Model]:
        """The class of a module, whose query sets fetch through this client.

        Raises:
            ModuleError: the user sees no such module; the nearest names come first.
        """
        self._described(module)
        return make_model(module, self._catalog, self._server, self._clock)

    @property
    def fetch(self) -> Fetch:
        """From VTQL to the rows of one page; over several logins, where there are several."""
        return self.query if self._spread is None else self._spread

    def _described(self, module: str) -> None:
        if module in self._catalog:
            return
        try:
            described = self.describe(module)
        except ServiceError as error:
            if error.code != ACCESS_DENIED:
                raise
            # The refusal does not say whether the name is wrong; the list of modules does.
            known = self.list_types()["types"]
            if module in known:
                raise
            near = suggestion(module, known)
            raise ModuleError(
                f"the server shows this user no module `{module}`" + (f"; {near}" if near else "")
            ) from None
        with self._lock:
            try:
                self._catalog = self._catalog.with_describes([described])
            except CatalogError as error:
                raise TransportError(f"describe: {error}") from None
