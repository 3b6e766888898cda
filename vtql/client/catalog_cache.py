"""What a client knows of modules: it asks `describe` once for each."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from vtql.catalog.catalog import Catalog
from vtql.catalog.model import Module
from vtql.client.operations.read import Read
from vtql.client.session import Session
from vtql.errors import BrokenAnswer, CatalogError, ModuleError, ServiceError
from vtql.fork import renew_after_fork
from vtql.protocol import ACCESS_DENIED
from vtql.suggestions import short_repr, suggestion

USUAL_PREFIXES: Mapping[str, str] = {
    "1": "Faq", "2": "Vendors", "3": "PriceBooks", "4": "Quotes", "5": "PurchaseOrder",
    "6": "SalesOrder", "7": "Invoice", "8": "Campaigns", "9": "Calendar", "10": "Leads",
    "11": "Accounts", "12": "Contacts", "13": "Potentials", "14": "Products", "15": "Documents",
    "17": "HelpDesk", "18": "Events", "19": "Users", "26": "Services", "28": "ModComments",
    "30": "ProjectTask", "31": "Project",
}  # fmt: skip
"""Of a fresh installation (reference 3): where to look first for the module of an id."""


class CatalogCache(Read):
    """The catalog of a client."""

    __slots__ = ("__weakref__", "_catalog", "_lock")

    def __init__(
        self, session: Session, profile_name: str | None = None, *, catalog: Catalog
    ) -> None:
        super().__init__(session, profile_name)
        self._catalog = catalog
        self._lock = threading.Lock()
        renew_after_fork(self, CatalogCache._renew)

    def _renew(self) -> None:
        self._lock = threading.Lock()

    def catalog(self, *modules: str) -> Catalog:
        """The metadata of these modules, or of all; one request for each not yet known."""
        for module in modules or self.list_types()["types"]:
            self._described(module)
        return self._catalog

    def module_of(self, record_id: str) -> Module:
        """The module of a record's id, by its prefix.

        Raises:
            ModuleError: no module that the user sees has ids with this prefix.
        """
        prefix = record_id.partition("x")[0]
        known = self._catalog.module_of_prefix(prefix)
        if known:
            return self._catalog[known]
        names = self.list_types()["types"]
        usual = USUAL_PREFIXES.get(prefix)
        first = [usual] if usual in names else []
        for name in dict.fromkeys((*first, *names)):
            module = self.catalog(name)[name]
            if module.id_prefix == prefix:
                return module
        raise ModuleError(f"no module that this user sees has ids such as `{prefix}x1`")

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
        name = described.get("name")
        if isinstance(name, str) and name.casefold() != module.casefold():
            raise BrokenAnswer(
                f"describe: the answer is about {short_repr(name)}, and {short_repr(module)} was asked for"
            )
        with self._lock:
            try:
                self._catalog = self._catalog.with_describes([described])
            except CatalogError as error:
                raise BrokenAnswer(f"describe: {error}") from None
