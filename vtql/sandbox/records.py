"""The records that a sandbox is given, made sure of before they are stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from vtql.catalog.catalog import Catalog
from vtql.catalog.server_tables import LINE_ITEMS, several
from vtql.catalog.types import RECORD_ID
from vtql.errors import ArgumentError
from vtql.sandbox.table import DIGITS, Given, unequal
from vtql.suggestions import suggestion


def checked(catalog: Catalog, records: Mapping[str, Iterable[Any]]) -> dict[str, list[Given]]:
    """The rows of every module of the catalog; none where `records` has none.

    A row may have fields that `describe` does not tell of: a server's `select *` gives some. A
    field whose table has several rows for one record (`contact_id` of an event) may have a list;
    the lists of one table are as long as each other.

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


def _module(catalog: Catalog, name: str, rows: Iterable[Any]) -> list[Given]:
    prefix = catalog[name].id_prefix
    if isinstance(rows, str | bytes | Mapping) or not isinstance(rows, Iterable):
        raise ArgumentError(f"the records of {name} are not a list of rows")
    found: dict[int, Given] = {}
    for position, row in enumerate(rows):
        place = f"row {position} of {name}"
        if not isinstance(row, Mapping):
            raise ArgumentError(f"{place} is not a mapping of fields to values")
        for field, value in row.items():
            _check_value(name, field, value, place)
        problem = unequal(name, row)
        if problem:
            raise ArgumentError(f"{place}: {problem}")
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


def _check_value(module: str, field: Any, value: Any, place: str) -> None:
    if not isinstance(field, str):
        raise ArgumentError(f"{place}: the name of a field is text, not {field!r:.60}")
    if value is None or isinstance(value, str):
        return
    if not isinstance(value, list | tuple):
        raise ArgumentError(f"{place}: `{field}` is not text or None: {value!r:.60}")
    if module in LINE_ITEMS and field in several(module):
        raise ArgumentError(
            f"{place}: `{field}` is a list; the lines of {module} are records of LineItem that have "
            "its `id` as `parent_id`"
        )
    if field not in several(module):
        raise ArgumentError(
            f"{place}: `{field}` is a list, and a record of {module} has one value of it: {value!r:.60}"
        )
    wrong = next((each for each in value if each is not None and not isinstance(each, str)), None)
    if wrong is not None:
        raise ArgumentError(
            f"{place}: `{field}` has a value that is not text or None: {wrong!r:.60}"
        )
