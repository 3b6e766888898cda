"""`Client`: the operations of the web service as methods."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Any, Self

from vtql.client.session import Session
from vtql.errors import CatalogError, ModuleError, ServiceError, TransportError
from vtql.models.model import Model, make_model
from vtql.profiles import Profile, profile, profile_of_version
from vtql.protocol import ACCESS_DENIED, OPERATIONS
from vtql.query.server import URL_BYTES, Server
from vtql.schema.catalog import Catalog
from vtql.schema.times.zones import NO_CLOCK, Clock
from vtql.spelling import suggestion


class Client:
    """A connection to a Vtiger. Make one with `vtql.connect`; it logs in when first needed.

    Every method raises ServiceError where the service refuses and TransportError where no answer
    of a web service came. A client may be shared between threads.
    """

    __slots__ = ("_catalog", "_clock", "_connections", "_lock", "_profile", "_server", "_session")

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
        self._session = session
        self._connections = connections
        self._clock = clock
        self._profile = profile(profile_name) if profile_name else None
        self._catalog = Catalog({}, server_zone)
        self._lock = threading.Lock()
        self._server = Server(self.query, self.catalog, url_bytes)

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

    @property
    def login_facts(self) -> dict[str, Any]:
        """What the server told at login: `vtigerVersion`, `userId`, `time_zone` and others."""
        return self._session.facts

    @property
    def profile(self) -> Profile:
        """The kind of server: the one named to `connect`, else read off its version."""
        if self._profile is None:
            self._profile = profile(profile_of_version(str(self.login_facts.get("vtigerVersion"))))
        return self._profile

    def list_types(self) -> dict[str, Any]:
        """The modules that the user may see: `types`, a list of names, and `information`."""
        answer = _mapping(self._call("listtypes"), "listtypes")
        types = answer.get("types")
        if not isinstance(types, list) or not all(isinstance(name, str) for name in types):
            raise TransportError("listtypes: the answer names no modules")
        return answer

    def describe(self, module: str) -> dict[str, Any]:
        """The metadata of a module as the server tells it."""
        return _mapping(self._call("describe", elementType=module), "describe")

    def retrieve(self, record_id: str) -> dict[str, Any]:
        """The raw record of an id such as `12x34`.

        A record that does not exist is refused with ACCESS_DENIED, as one that is forbidden.
        """
        return _mapping(self._call("retrieve", id=record_id), "retrieve")

    def query(self, text: str) -> list[dict[str, Any]]:
        """The raw rows of one VTQL query: 100 at most, whatever its LIMIT says.

        The text is sent as it is. `model(…).objects` gives all rows, with Python values.
        """
        answer = self._call("query", query=text)
        if not isinstance(answer, list) or not all(isinstance(row, dict) for row in answer):
            raise TransportError("query: the answer is not a list of rows")
        return answer

    def logout(self) -> None:
        """End the session, if there is one. A later request begins a new one."""
        self._session.logout()

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

    def _call(self, operation: str, **parameters: str) -> Any:
        return self._session.call(OPERATIONS[operation], parameters)


def _mapping(answer: Any, operation: str) -> dict[str, Any]:
    if not isinstance(answer, dict):
        raise TransportError(f"{operation}: the answer is not a record")
    return answer
