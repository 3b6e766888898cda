"""Rows in an order that no server gives: sorted here, as a server's database would.

Texts are compared as `catalog.collation` tells, without case, accents and trailing blanks; numbers
by size; dates and times by time; references and ids by the number of the record; fields that a server
keeps as text, by that text. NULL comes first.
Where fields are equal, `id` decides, in the direction of the last one.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from vtql.catalog.collation import as_text
from vtql.catalog.model import Field, Module
from vtql.catalog.server_tables import kept_as_text
from vtql.catalog.types import Family
from vtql.errors import NotExpressible
from vtql.query.connection import Row

SORTED = 50_000
"""Rows that are held to be sorted; more are refused."""


def sort_key(module: Module, order: Sequence[str]) -> Callable[[Row], Any]:
    """What rows are compared by in an order of names, with a `-` before a descending one."""
    names = list(order)
    places = [place for place, name in enumerate(names) if name.lstrip("-") == "id"]
    if places:
        names = names[: places[0] + 1]
    else:
        names.append("-id" if names and names[-1].startswith("-") else "id")
    readers = [(name.lstrip("-"), _reader(module, name)) for name in names]
    return lambda row: [read(row.get(name)) for name, read in readers]


def group_key(module: Module, order: Sequence[str]) -> Callable[[Row], Any]:
    """What rows have in common that are equal in an order before `id` decides."""
    names = [name.lstrip("-") for name in order]
    readers = [(name, _reader(module, name)) for name in names]
    return lambda row: [read(row.get(name)) for name, read in readers]


def in_order(rows: Iterator[Row], key: Callable[[Row], Any], most: int | None) -> list[Row]:
    """The first `most` rows by a key, or all of them.

    Raises:
        NotExpressible: more than `SORTED` would have to be held.
    """
    if most is not None and most <= SORTED:
        return heapq.nsmallest(most, rows, key)
    sorted_rows: list[Row] = []
    for row in rows:
        if len(sorted_rows) == SORTED:
            raise NotExpressible(
                f"there are more than {SORTED:,} records, and no server gives them in this order, "
                "nor are so many sorted here; a slice from the beginning can be, and so can an "
                "order that descends in its last field only"
            )
        sorted_rows.append(row)
    return sorted(sorted_rows, key=key)


class Descending:
    """A value that comes before smaller ones."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __lt__(self, other: Descending) -> bool:
        return bool(other.value < self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Descending) and bool(self.value == other.value)

    __hash__ = None  # type: ignore[assignment] # values that are compared, and kept nowhere


def _reader(module: Module, name: str) -> Callable[[Any], Any]:
    """What the wire's value of an ordered field is compared by; null comes before all others."""
    field = module.fields[name.lstrip("-")]
    read = _as_kept(field) if kept_as_text(module.name, field.name) else _key_of(field)

    def rising(wire: Any) -> Any:
        return (0, 0) if wire is None else read(str(wire))

    return (lambda wire: Descending(rising(wire))) if name.startswith("-") else rising


def _as_kept(field: Field) -> Callable[[str], Any]:
    """What a field that a server keeps as text is compared by: of a reference, the text of its number."""
    if field.type.family is Family.ID:
        return lambda wire: (1, as_text(wire.rpartition("x")[2])) if wire else (0, 0)
    return lambda wire: (1, as_text(wire))


def _key_of(field: Field) -> Callable[[str], Any]:
    if field.name == "id" or field.type.family is Family.ID:
        return lambda wire: (1, _number(wire)) if wire else (0, 0)
    if field.type.family is Family.NUMBER:
        return lambda wire: (1, _decimal(wire))
    if field.type.name == "time":
        return lambda wire: (1, wire.zfill(9))
    if field.type.family is Family.MOMENT:  # ISO, so its text is its order
        return lambda wire: (1, wire) if wire else (0, 0)
    return lambda wire: (1, as_text(wire))


def _number(record_id: str) -> int:
    number = record_id.partition("x")[2]
    return int(number) if number.isascii() and number.isdigit() else 0


def _decimal(wire: str) -> Decimal:
    try:
        number = Decimal(wire)
    except ArithmeticError:
        return Decimal(0)
    return number if number.is_finite() else Decimal(0)
