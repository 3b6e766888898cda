"""The rules applied to a tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from vtql.ast import Select
from vtql.diagnostics import Diagnostic
from vtql.profiles import Profile
from vtql.rules.rule import Query, Rule
from vtql.schema.catalog import Catalog
from vtql.source import Source


@dataclass(frozen=True, slots=True)
class Aim:
    """What is looked at, and what for."""

    source: Source
    catalog: Catalog | None
    servers: tuple[Profile, ...]


def ruled(
    aim: Aim, select: Select, rules: Iterable[Rule], text: str | None = None
) -> Iterator[Diagnostic]:
    """What the rules find in a query; `text` is its text as it is sent, the source's if left out."""
    known = aim.catalog is not None and select.module.text in aim.catalog
    module = aim.catalog[select.module.text] if aim.catalog is not None and known else None
    query = Query(text or aim.source.text, select, aim.catalog, module, aim.servers)
    for rule in rules:
        for found in rule.check(query):
            yield Diagnostic(
                rule.code, rule.slug, found.severity or rule.severity,
                found.message, found.span, found.help, found.edits, found.applicability,
            )  # fmt: skip
