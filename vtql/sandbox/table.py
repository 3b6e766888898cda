"""A module as a table: its columns, and the fields by which a query may name them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vtql.catalog.model import Module
from vtql.catalog.server_tables import is_appended, is_attachment, is_secret, tables_of_several

Row = Mapping[str, str | None]
Value = str | None | Sequence[str | None]
Given = Mapping[str, Value]
"""A record as a caller gives it: a list stands for the rows of a table with several for one record."""

DIGITS = 18
"""A record's number with more digits does not fit the 64 bits of a database."""

NUMBER = "number"
"""The column of a record's number, the part of its id behind the x."""

_NAME = re.compile(r"\w+", re.ASCII)
"""Names that a server's lexer takes; others are made for the form of a record, and in no table."""


@dataclass(frozen=True, slots=True)
class Table:
    """A module's table: its name, and the columns by field, with those `describe` hides.

    `named` are the fields that a query can name, `secret` those of them that hold a password or a
    key.
    """

    name: str
    module: Module
    columns: Mapping[str, str]
    named: Sequence[str]
    secret: Collection[str]


def table_of(name: str, module: Module, fields: Iterable[str]) -> Table:
    """The table of a module with a column for each field."""
    named = [
        each
        for each in module.fields
        if _NAME.fullmatch(each)
        and not is_appended(module, each)
        and not is_attachment(module.name, each)
    ]
    secret = {each for each in named if is_secret(module, each)}
    columns = {each: f"f{at}" for at, each in enumerate(fields)}
    return Table(name, module, columns, named, secret)


def split(row: Given) -> tuple[dict[str, str | None], dict[str, list[str | None]]]:
    """The single value of each field, and the lists of more than one.

    The single value of a list is its last, which is the one that `select *` of a server gives.
    """
    single: dict[str, str | None] = {}
    lists: dict[str, list[str | None]] = {}
    for field, value in row.items():
        if value is None or isinstance(value, str):
            single[field] = value
            continue
        single[field] = value[-1] if value else None
        if len(value) > 1:
            lists[field] = list(value)
    return single, lists


def unequal(module: str, row: Mapping[str, Any]) -> str | None:
    """What is wrong with the lists of a row: fields of one table with different numbers of values."""
    for table in tables_of_several(module):
        sizes = {
            field: len(row[field]) if isinstance(row[field], list | tuple) else 1
            for field in sorted(table)
            if row.get(field) is not None
        }
        if len(set(sizes.values())) > 1:
            counts = ", ".join(f"`{field}` has {size}" for field, size in sizes.items())
            return f"the values of one table stand side by side, and {counts}"
    return None
