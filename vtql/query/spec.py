"""What a query set asks for, as data, and the queries that this means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from vtql.ast import (
    Chain,
    Columns,
    Comparison,
    Count,
    Direction,
    Limit,
    Literal,
    Name,
    Operator,
    Order,
    Select,
    Star,
)
from vtql.catalog.catalog import Catalog
from vtql.catalog.model import Module
from vtql.catalog.server_tables import several
from vtql.catalog.timezones import NO_CLOCK, Clock
from vtql.logic.plan import Precedence, plan
from vtql.logic.tree import TRUE, Tree, conditions_of, conjunction
from vtql.query.connection import URL_BYTES, Row, Server
from vtql.query.values import Target, name_of

fill = object.__setattr__

MOST = 10**18
"""Records that no server has: a larger LIMIT means all, and behind them is none."""


@dataclass(frozen=True)  # without slots: `with_changes` copies its dictionary
class QuerySpec:
    """A query as data.

    `order` holds names with a `-` in front of a descending one; `columns` None means all fields;
    `start` and `stop` are the slice; `record` makes of a row what `tests` look at, and `shape` what
    an iteration gives. `precedence` None means the server's where that is known, else portable.
    `clock` is what relative days are relative to. `offline_bytes` is how long a query may be in a
    URL where there is no server that knows it. `notlike` tells whether the server has NOTLIKE.
    `lookups` has those of the module that were asked for before, by how they are written, and is
    shared by all query sets that are made of one. `as_stored` says that conditions mean what a server
    makes of them, also where it compares what is stored and not what is shown (see `query.decided`).
    """

    module: Module
    catalog: Catalog
    shape: Callable[[Row], Any]
    server: Server | None = None
    tree: Tree = TRUE
    order: tuple[str, ...] = ()
    columns: tuple[str, ...] | None = None
    start: int = 0
    stop: int | None = None
    precedence: Precedence | None = None
    tests: tuple[Callable[[Any], Any], ...] = ()
    record: Callable[[Row], Any] = dict
    clock: Clock = NO_CLOCK
    offline_bytes: int = URL_BYTES
    notlike: Callable[[], bool] = bool
    as_stored: bool = False
    lookups: dict[str, tuple[Target, Callable[[Target, Any], Tree]]] = field(default_factory=dict)

    @property
    def sliced(self) -> bool:
        """Whether a slice has been taken."""
        return self.start > 0 or self.stop is not None

    @property
    def size(self) -> int | None:
        """How many rows the slice has at most; None for all."""
        return None if self.stop is None else self.stop - self.start

    @property
    def used_precedence(self) -> Precedence:
        """The precedence that the queries are made for."""
        known = self.server.precedence if self.server else None
        return self.precedence or known or self.catalog.precedence or "portable"

    def related(self, name: str) -> Module:
        """The module of a name, described by the server where there is one.

        Raises:
            ModuleError: there is none.
        """
        described = self.server.described if self.server else None
        return described(name)[name] if described else self.catalog[name]

    @property
    def url_bytes(self) -> int:
        """How long a query may be in a URL."""
        return self.server.url_bytes if self.server else self.offline_bytes

    @property
    def whole(self) -> QuerySpec:
        """The same without its slice."""
        return replace(self, start=0, stop=None)


def with_changes(spec: QuerySpec, changes: dict[str, Any]) -> QuerySpec:
    """The same with other parts, by their names.

    As `dataclasses.replace`, which makes every part anew; that was half of what a query set took.
    """
    copy = object.__new__(QuerySpec)
    fill(copy, "__dict__", spec.__dict__ | changes)
    return copy


def multiplied_columns(spec: QuerySpec) -> bool:
    """Whether the columns have a field of which a record can have several."""
    many = multiplied(spec)
    if not many:
        return False
    return spec.columns is None or any(name.lstrip("-") in many for name in spec.columns)


def multiplied_conditions(spec: QuerySpec, tree: Tree) -> bool:
    """Whether a condition is about a field of which a record can have several; LIMIT and offsets then count
    a record once for each of its rows for which the condition holds."""
    many = multiplied(spec)
    return bool(many) and any(condition.field.text in many for condition in conditions_of(tree))


def multiplied_order(spec: QuerySpec) -> bool:
    """Whether the order has a field of which a record can have several."""
    many = multiplied(spec)
    return bool(many) and any(name.lstrip("-") in many for name in spec.order)


def multiplied(spec: QuerySpec) -> frozenset[str]:
    """The fields of a module of which a record can have several; see `vtql/query/page_source.py`."""
    many = several(spec.module.name)
    return many & spec.module.fields.keys() if many else many


def chain_of(spec: QuerySpec, *parts: Tree) -> Chain | None:
    """The one chain of parts that hold together, where it is known that one is enough."""
    (chain,) = plan(conjunction(*parts), spec.used_precedence)
    return chain


def beyond(last: str, direction: Direction) -> Comparison:
    """The condition that a record's id comes after `last` in a direction."""
    operator = Operator.GT if direction is Direction.ASC else Operator.LT
    return Comparison(Name("id"), operator, Literal(last))


def select(
    spec: QuerySpec, chain: Chain | None, order: tuple[str, ...] = (), limit: Limit | None = None
) -> Select:
    """One query for the columns of a query set."""
    return Select(_columns(spec), name_of(spec.module.name), chain, _order(order), limit)


def count_select(spec: QuerySpec, chain: Chain | None) -> Select:
    """The query that counts the records of a chain."""
    return Select(Count(), Name(spec.module.name), chain)


def ascending_total(order: tuple[str, ...]) -> tuple[str, ...]:
    """The same order ascending, with `id` behind it, so that no two records are equal in it."""
    names = tuple(name.lstrip("-") for name in order)
    return names if "id" in names else (*names, "id")


@lru_cache(maxsize=1024)
def column_names(columns: tuple[str, ...] | None, order: tuple[str, ...]) -> tuple[str, ...]:
    """The chosen columns, those of the order, and `id` last; `*` for all fields.

    ORDER BY does not join the table of its field (measured: the answer is empty), so an ordered
    field is always selected. `id` comes back anyway; written last, it also keeps a column whose
    name ends in "from" away from FROM, where the server would take the next word for the module.
    """
    if columns is None:
        return ("*",)
    names = dict.fromkeys((*columns, *(name.lstrip("-") for name in order)))
    names.pop("id", None)
    return (*names, "id")


def _columns(spec: QuerySpec) -> Star | Columns:
    if spec.columns is None:
        return Star()
    return Columns(tuple(map(name_of, column_names(spec.columns, spec.order))))


def _order(names: tuple[str, ...]) -> Order | None:
    if not names:
        return None
    direction = Direction.DESC if names[-1].startswith("-") else None
    return Order(tuple([name_of(name.lstrip("-")) for name in names]), direction)
