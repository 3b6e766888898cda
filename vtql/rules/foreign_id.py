"""An id of a module that the field does not refer to.

## Why

A server ignores what stands before the `x` of an id in a condition and compares the number alone:
`account_id = '99x4'` finds what `'11x4'` finds, and an owner `'19x2'` finds those of group `20x2`
(measured on 8.4). So an id of another module answers a question that nobody asked.

## Example

    SELECT lastname FROM Contacts WHERE account_id = '12x5' LIMIT 10;

## Use instead

    SELECT lastname FROM Contacts WHERE account_id = '11x5' LIMIT 10;
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from vtql.ast import text_of
from vtql.catalog.families import RECORD_ID, Family
from vtql.rules.context import Finding, Query

if TYPE_CHECKING:
    from vtql.catalog.catalog import Catalog
    from vtql.catalog.model import Field, Module

if TYPE_CHECKING:
    from vtql.catalog.catalog import Catalog
    from vtql.catalog.model import Field, Module

OWNERS = ("Users", "Groups")
ONE_TABLE = frozenset({"Calendar", "Events", "Emails"})
"""Modules that share a table: a server makes the ids of one from those of another."""


def check(query: Query) -> Iterator[Finding]:
    if query.catalog is None or query.module is None:
        return
    for field, _, value in query.typed_values:
        if field.type.family is not Family.ID:
            continue
        text = text_of(value).strip(" ")
        prefix, _, number = text.partition("x")
        if not number.strip("0") or not RECORD_ID.fullmatch(text):
            continue  # no record has the number 0: that asks for empty references
        meant = _refers_to(field, query.module)
        belongs = _belongs(prefix, meant, query.catalog)
        if belongs is not None:
            yield Finding(
                value.span, _message(field, meant, belongs), _help(meant, query.catalog),
                server_effect="a server compares the number alone, whatever stands before the `x`",
            )  # fmt: skip


def _message(field: Field, meant: tuple[str, ...], belongs: str) -> str:
    if field.name == "id":
        return f"this is an id of {belongs}, and the query is one of {meant[0]}"
    return f"`{field.name}` refers to {' or '.join(meant)}, and this is an id of {belongs}"


def _help(meant: tuple[str, ...], catalog: Catalog) -> str:
    prefixes = [f"ids of {name} begin with `{catalog[name].id_prefix}x`"
                for name in meant if name in catalog]  # fmt: skip
    return " and ".join(prefixes) if prefixes else f"an id of {' or '.join(meant)}"


def _refers_to(field: Field, module: Module) -> tuple[str, ...]:
    if field.name == "id":
        return (module.name,)
    return OWNERS if field.type.name == "owner" else field.refers_to


def _belongs(prefix: str, meant: tuple[str, ...], catalog: Catalog) -> str | None:
    """Whose ids have the prefix, as a phrase; None where it may be one of those that are meant."""
    if not meant:
        return None
    for name in meant:
        if name in catalog and catalog[name].id_prefix in (prefix, ""):
            return None
    owner = catalog.module_of_prefix(prefix)
    if owner is None:
        return "no module of the catalog" if all(name in catalog for name in meant) else None
    return None if owner in meant or (ONE_TABLE.issuperset({owner, *meant})) else owner
