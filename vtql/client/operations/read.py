"""Reading modules, records and queries; an error of a query gets the place in its text that it is about."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from vtql.client.cancellation import Cancel
from vtql.client.operations.base import Base, listing, mapping, name, record_id
from vtql.client.session import Carry, Session
from vtql.errors import ArgumentError, BrokenAnswer, QuerySyntaxError, ServiceError
from vtql.protocol import ACCESS_DENIED, INTERNAL_SERVER_ERROR, OPERATIONS, QUERY_SYNTAX_ERROR
from vtql.source import Span
from vtql.statements import parse

# `Permission to access '.foo.' attribute denied.`, with dots where the field is selected, or
# `… denied for name : Foo`, or `token 'foo' Unexpected …` (reference 1.5 and 4.8).
_NAMED = (
    re.compile(r"access '?\.?(\w+)\.?'? attribute denied", re.ASCII),
    re.compile(r"denied for name : (\w+)", re.ASCII),
)
_TOKEN = re.compile(r"token '(.+?)' Unexpected", re.DOTALL)
_LITERAL = re.compile(r"'(?:[^']|'')*'")


def error_span(text: str, error: ServiceError) -> Span | None:
    """The part of the text that a refusal is about; None where that cannot be told."""
    if error.code in (QUERY_SYNTAX_ERROR, INTERNAL_SERVER_ERROR):
        token = _TOKEN.search(error.message)
        return _first_error(text) or (_only(text, token[1]) if token else None)
    if error.code == ACCESS_DENIED:
        for pattern in _NAMED:
            match = pattern.search(error.message)
            if match:
                return _only(text, match[1])
    return None


def _only(text: str, word: str) -> Span | None:
    """The one place of a word outside literals; None where there are none or several."""
    outside = _LITERAL.sub(lambda literal: " " * len(literal[0]), text)
    matches = list(re.finditer(rf"(?<!\w){re.escape(word)}(?!\w)", outside, re.ASCII))
    return Span(*matches[0].span()) if len(matches) == 1 else None


def _first_error(text: str) -> Span | None:
    try:
        parse(text)
    except QuerySyntaxError as error:
        return error.diagnostics[0].span if error.diagnostics else None
    return None


SyncType = Literal["user", "userandgroup", "application"]


class Read(Base):
    """`listtypes`, `describe`, `retrieve`, `query`, `sync`, and what Vtiger Cloud has besides."""

    __slots__ = ()

    def list_types(self, field_types: Sequence[str] | None = None) -> dict[str, Any]:
        """The modules that the user may see: `types`, a list of names, and `information`.

        Args:
            field_types: only modules that have a field of one of these types, such as `email`.
        """
        if isinstance(field_types, str):
            raise ArgumentError("`field_types` is a list of types, such as ['email']")
        families = None if field_types is None else list(field_types)
        answer = mapping(self._call("listtypes", fieldTypeList=families), "listtypes")
        types = answer.get("types")
        if not isinstance(types, list) or not all(isinstance(item, str) for item in types):
            raise BrokenAnswer("listtypes: the answer names no modules")
        return answer

    def describe(self, module: str) -> dict[str, Any]:
        """The metadata of a module as the server tells it."""
        module_name = name(module, "the name of a module")
        return mapping(self._call("describe", elementType=module_name), "describe")

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
        text = name(value, "the value to look up")
        return listing(self._call("lookup", type=kind, value=text, searchIn=fields), "lookup")

    def account_hierarchy(self, account: str) -> Any:
        """The accounts above and below one, on Vtiger Cloud."""
        return self._call("get_account_hierarchy", id=record_id(account))


def run_query(
    session: Session,
    text: str,
    anew: int = 1,
    carry: Carry | None = None,
    cancel: Cancel = None,
) -> list[dict[str, Any]]:
    """The rows of one query, over a session; see `Reading.query`, and for the rest `Session.call`."""
    query = name(text, "a query")
    try:
        answer = session.call(OPERATIONS["query"], {"query": query}, None, anew, carry, cancel)
        return listing(answer, "query")
    except ServiceError as error:
        error.span = error_span(query, error)
        raise
