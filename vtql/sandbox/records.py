"""The records that a sandbox is given, made sure of before they are stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from vtql.errors import ArgumentError
from vtql.schema.catalog import Catalog
from vtql.schema.types import RECORD_ID
from vtql.spelling import suggestion

Row = Mapping[str, str | None]

DIGITS = 18
"""A record's number with more digits does not fit the 64 bits of a database."""


def checked(catalog: Catalog, records: Mapping[str, Iterable[Any]]) -> dict[str, list[Row]]:
    """The rows of every module of the catalog; none where `records` has none.

    A row may have fields that `describe` does not tell of: a server's `select *` gives some.

    Raises:
        ArgumentError: names the module, the row and the field that do not fit, and how.
    """
    if not isinstance(records, Mapping):
        raise ArgumentError("the records of a sandbox are a mapping of modules to rows")
    for name in records:
        if name not in catalog:
            near = suggestion(str(name), catalog)
            raise ArgumentError(
                f"there are records of `{name}`, a module that the catalog does not have"
                + (f"; {near}" if near else "")
            )
    return {name: _module(catalog, name, records.get(name, ())) for name in catalog}


def _module(catalog: Catalog, name: str, rows: Iterable[Any]) -> list[Row]:
    prefix = catalog[name].id_prefix
    if isinstance(rows, str | bytes | Mapping) or not isinstance(rows, Iterable):
        raise ArgumentError(f"the records of {name} are not a list of rows")
    found: dict[int, Row] = {}
    for position, row in enumerate(rows):
        place = f"row {position} of {name}"
        if not isinstance(row, Mapping):
            raise ArgumentError(f"{place} is not a mapping of fields to values")
        for field, value in row.items():
            if not isinstance(field, str) or not (value is None or isinstance(value, str)):
                raise ArgumentError(f"{place}: `{field}` is not text or None: {value!r:.60}")
        number = _number(row.get("id"), prefix, place)
        if number in found:
            raise ArgumentError(f"{place} has the `id` of an earlier row: {row['id']}")
        found[number] = row
    return [found[number] for number in sorted(found)]


def _number(id_: str | None, prefix: str, place: str) -> int:
    before, _, number = (id_ or "").partition("x")
    if not id_ or not RECORD_ID.fullmatch(id_) or len(number) > DIGITS:
        raise ArgumentError(f"{place} has no `id` such as '{prefix or 12}x34': {id_!r:.60}")
    if prefix and before != prefix:
        raise ArgumentError(f"{place}: the `id` {id_} does not begin with the module's {prefix}x")
    return int(number)
