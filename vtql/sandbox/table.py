"""A module as a table: its columns, and the fields by which a query may name them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from vtql.catalog.model import Module
from vtql.catalog.server_tables import is_appended, is_attachment, is_secret

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
