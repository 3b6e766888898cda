"""What a query set has been told so far, and the statements that this means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
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
from vtql.errors import NotExpressible
from vtql.logic.plan import Reading, plan
from vtql.logic.tree import TRUE, Tree, conjunction
from vtql.query.pages import Fetch, Row
from vtql.schema.catalog import Catalog
from vtql.schema.model import Module
from vtql.schema.times.zones import NO_CLOCK, Clock


@dataclass(frozen=True, slots=True)
class State:
    """A query as data.

    `order` holds names with a `-` in front of a descending one; `columns` None means all fields;
    `start` and `stop` are the slice; `shape` makes of a row what an iteration gives; `clock` is what
    relative days are relative to.
    """

    module: Module
    catalog: Catalog
    shape: Callable[[Row], Any]
    fetch: Fetch | None = None
    tree: Tree = TRUE
    order: tuple[str, ...] = ()
    columns: tuple[str, ...] | None = None
    start: int = 0
    stop: int | None = None
    reading: Reading = "portable"
    clock: Clock = NO_CLOCK

    @property
    def sliced(self) -> bool:
        """Whether a slice has been taken."""
        return self.start > 0 or self.stop is not None

    @property
    def size(self) -> int | None:
        """How many rows the slice has at most; None for all."""
        return None if self.stop is None else self.stop - self.start

    @property
    def descending(self) -> bool:
        """Whether the order descends in its last field."""
        return bool(self.order) and self.order[-1].startswith("-")


def chains(state: State, *further: Tree) -> tuple[Chain | None, ...]:
    """The chains of the condition, and of further ones that hold, too."""
    return plan(conjunction(state.tree, *further), state.reading)


def behind(last: str) -> Comparison:
    """The condition that a record's id comes after `last`."""
    return Comparison(Name("id"), Operator.GT, Literal(last))


def selects(state: State) -> list[Select]:
    """The queries that say what the query set does, one for each chain, with its slice as LIMIT.

    A query set that cannot match anything is one query that asks for no record.
    """
    if state.size == 0:
        return [select(state, None, limit=Limit(0))]
    found = chains(state)
    if not found:
        return [select(state, None, limit=Limit(0))]
    limit = None
    if state.stop is not None:
        limit = Limit(state.stop - state.start, state.start or None)
    elif state.start:
        raise NotExpressible(
            f"VTQL cannot skip {state.start} records without saying how many follow: "
            "give the slice an end"
        )
    if state.sliced and len(found) > 1:
        raise NotExpressible(
            f"the condition takes {len(found)} queries, and no LIMIT cuts their rows together; "
            "iterate over the slice instead"
        )
    return [select(state, chain, limit=limit, ordered=state.sliced) for chain in found]


def select(
    state: State, chain: Chain | None, *, limit: Limit | None = None, ordered: bool = False
) -> Select:
    """One query. `ordered` gives an order by id to a query that has none of its own."""
    names = state.order or (("id",) if ordered else ())
    return Select(_columns(state), Name(state.module.name), chain, _order(names), limit)


def ascending_total(state: State) -> State:
    """The same in an ascending order in which no two records are equal."""
    names = tuple(name.lstrip("-") for name in state.order)
    return replace(state, order=names if "id" in names else (*names, "id"))


def count_select(state: State, chain: Chain | None) -> Select:
    """The query that counts the records of a chain."""
    return Select(Count(), Name(state.module.name), chain)


def _columns(state: State) -> Star | Columns:
    """The chosen columns, those of the order, and `id` last.

    ORDER BY does not join the table of its field (measured: the answer is empty), so an ordered
    field is always selected. `id` comes back anyway; written last, it also keeps a column whose
    name ends in "from" away from FROM, where the server would take the next word for the module.
    """
    if state.columns is None:
        return Star()
    ordered = (name.lstrip("-") for name in state.order)
    names = dict.fromkeys((*state.columns, *ordered))
    names.pop("id", None)
    return Columns(tuple(map(Name, (*names, "id"))))


def _order(names: tuple[str, ...]) -> Order | None:
    if not names:
        return None
    direction = Direction.DESC if names[-1].startswith("-") else None
    return Order(tuple(Name(name.lstrip("-")) for name in names), direction)
