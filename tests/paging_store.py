"""A small store that answers VTQL by a model of its own, changes between requests, and may lie."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import vtql
from vtql.ast import (
    Chain,
    Condition,
    Connective,
    Direction,
    Membership,
    Select,
    text_of,
)
from vtql.models.model import make_model
from vtql.query.connection import Server

CATALOG = vtql.Catalog.from_describes(
    [
        {
            "name": "Things", "idPrefix": "40", "isEntity": True, "labelFields": "",
            "fields": [
                {"name": "title", "type": {"name": "string"}},
                {"name": "kind", "type": {"name": "string"}},
            ],
        }
    ]
)  # fmt: skip

Record = dict[str, str | None]
MOST = 400
"""Requests after which a read is taken for one that never ends."""


class NeverEnds(AssertionError):
    """A read asked for too much."""


def key(record: Record, name: str) -> tuple[int, Any]:
    """By what a record is compared: NULL first, ids by their number, texts by their capitals."""
    value = record[name]
    if value is None:
        return (0, 0)
    return (1, int(value.partition("x")[2]) if name == "id" else value.upper())


@lru_cache(maxsize=100_000)
def parsed(text: str) -> Select:
    return vtql.parse(text)


def holds(condition: Condition, record: Record) -> bool:
    name = condition.field.text
    if record[name] is None:
        return False
    own = key(record, name)

    def other(value: Any) -> tuple[int, Any]:
        return key({name: text_of(value)}, name)

    if isinstance(condition, Membership):
        return own in {other(value) for value in condition.values}
    value = other(condition.value)
    match condition.operator.value:
        case "=":
            return own == value
        case "!=":
            return own != value
        case ">":
            return own > value
        case ">=":
            return own >= value
        case "<":
            return own < value
        case "<=":
            return own <= value
    raise AssertionError(condition)


def matches(chain: Chain | None, record: Record) -> bool:
    """AND before OR."""
    if chain is None:
        return True
    alternative = holds(chain.first, record)
    for link in chain.links:
        if link.connective is Connective.OR:
            if alternative:
                return True
            alternative = holds(link.condition, record)
        else:
            alternative = alternative and holds(link.condition, record)
    return alternative


def ordered(records: Sequence[Record], select: Select) -> list[Record]:
    if select.order is None:
        return list(records)
    names = [name.text for name in select.order.names]
    found = sorted(records, key=lambda record: key(record, names[-1]))
    if select.order.direction is Direction.DESC:
        found.sort(key=lambda record: key(record, names[-1]), reverse=True)
    for name in names[-2::-1]:
        found.sort(key=lambda record: key(record, name))
    return found


class Store:
    """Records, and what happens before each request."""

    def __init__(self, records: Sequence[Record], page: int = 100) -> None:
        self.records = [dict(record) for record in records]
        self.page = page
        self.requests = 0
        self.before: Callable[[int], None] = lambda _: None

    def __call__(self, text: str) -> list[dict[str, Any]]:
        self.before(self.requests)
        self.requests += 1
        if self.requests > MOST:
            raise NeverEnds(text)
        return self.answer(parsed(text))

    def answer(self, select: Select) -> list[dict[str, Any]]:
        found = ordered([each for each in self.records if matches(select.where, each)], select)
        start = select.limit.offset or 0 if select.limit else 0
        size = min(self.page, select.limit.count if select.limit else self.page)
        return [dict(each) for each in found[start : start + size]]

    @property
    def objects(self) -> Any:
        return make_model("Things", CATALOG, Server(self, precedence="and_first")).objects
