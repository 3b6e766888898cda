"""Reading: modules, records, queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from vtql.client.operations.calling import Calling, listing, mapping, name, record_id
from vtql.client.places import placed
from vtql.client.session import Carry, Session
from vtql.errors import ArgumentError, BrokenAnswer, ServiceError
from vtql.protocol import OPERATIONS

SyncType = Literal["user", "userandgroup", "application"]


class Reading(Calling):
    """`listtypes`, `describe`, `retrieve`, `query`, `sync`, and what Vtiger Cloud has besides."""

    __slots__ = ()

    def list_types(self, field_types: Sequence[str] | None = None) -> dict[str, Any]:
        """The modules that the user may see: `types`, a list of names, and `information`.

        Args:
            field_types: only modules that have a field of one of these types, such as `email`.
        """
        if isinstance(field_types, str):
            raise ArgumentError("`field_types` is a list of types, such as ['email']")
        wanted = None if field_types is None else list(field_types)
        answer = mapping(self._call("listtypes", fieldTypeList=wanted), "listtypes")
        types = answer.get("types")
        if not isinstance(types, list) or not all(isinstance(each, str) for each in types):
            raise BrokenAnswer("listtypes: the answer names no modules")
        return answer

    def describe(self, module: str) -> dict[str, Any]:
        """The metadata of a module as the server tells it."""
        asked = name(module, "the name of a module")
        return mapping(self._call("describe", elementType=asked), "describe")

    def retrieve(self, record: str) -> dict[str, Any]:
        """The raw record of an id such as `12x34`, with its lines where it has some.

        A record that does not exist is refused with ACCESS_DENIED, as one that is forbidden.
        """
        return mapping(self._call("retrieve", id=record_id(record)), "retrieve")

    def retrieve_inventory(self, record: str) -> dict[str, Any]:
        """The same as `retrieve`, on Vtiger 6.0 to 7.5."""
        return mapping(self._call("retrieve_inventory", id=record_id(record)), "retrieve_inventory")

    def query(self, text: str) -> list[dict[str, Any]]:
        """The raw rows of one VTQL query: 100 at most, whatever its LIMIT says.

        The text is sent as it is. `model(…).objects` gives all rows, with Python values.

        Raises:
            ServiceError: the service refused; `span` is the place in the text, where it is told.
        """
        return run_query(self._session, text)

    def sync(
        self, modified_time: int, module: str | None = None, sync_type: SyncType | None = None
    ) -> dict[str, Any]:
        """What has changed since a second: `updated`, `deleted`, `more`, `lastModifiedTime`.

        Only the user's own records come, but for Vtiger Cloud with another `sync_type`. Works on
        5.4 to 7.5 and Vtiger Cloud; `changes` works everywhere.

        Args:
            modified_time: seconds since 1970, exclusive, at least 1 (0 is no value to PHP).
            module: of this module alone, else of all.
            sync_type: whose records, on Vtiger Cloud.
        """
        if isinstance(modified_time, bool) or not isinstance(modified_time, int):
            raise ArgumentError("`modified_time` is a number of seconds since 1970")
        if modified_time < 1:
            raise ArgumentError("`modified_time` is at least 1: a server takes 0 for no value")
        answer = self._call(
            "sync", modifiedTime=str(modified_time), elementType=module, syncType=sync_type
        )
        return mapping(answer, "sync")

    def me(self) -> dict[str, Any]:
        """The user that is connected, on Vtiger Cloud."""
        return mapping(self._call("me"), "me")

    def lookup(
        self,
        kind: Literal["phone", "email"],
        value: str,
        search_in: Mapping[str, Sequence[str]] | None = None,
    ) -> list[dict[str, Any]]:
        """The records that have a phone number or an address, on Vtiger Cloud.

        Args:
            kind: what the value is.
            value: the number or the address.
            search_in: the fields to look in, by module: `{"Contacts": ["mobile", "phone"]}`.
        """
        fields = (
            None if search_in is None else {key: list(names) for key, names in search_in.items()}
        )
        wanted = name(value, "the value to look up")
        return listing(self._call("lookup", type=kind, value=wanted, searchIn=fields), "lookup")

    def account_hierarchy(self, account: str) -> Any:
        """The accounts above and below one, on Vtiger Cloud."""
        return self._call("get_account_hierarchy", id=record_id(account))


def run_query(
    session: Session, text: str, anew: int = 1, carry: Carry | None = None
) -> list[dict[str, Any]]:
    """The rows of one query, over a session; see `Reading.query`, and for the rest `Session.call`."""
    asked = name(text, "a query")
    try:
        answer = session.call(OPERATIONS["query"], {"query": asked}, None, anew, carry)
        return listing(answer, "query")
    except ServiceError as error:
        error.span = placed(asked, error)
        raise
