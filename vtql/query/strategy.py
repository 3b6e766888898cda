"""Which way of reading is right for a condition, an order and a slice.

| queries | order                          | slice               | way                              |
|---------|--------------------------------|---------------------|----------------------------------|
| none    |                                |                     | nothing                          |
| one     | none, by id, by `-id`          | from the first row  | by id: `id > last ORDER BY id`   |
| one     | none, ascending, or `-id`      | any other           | behind the last row seen         |
| one     | one field, descending          | any                 | group by group of equal rows     |
| one     | several, the last descends     | any                 | ascending, each group sorted     |
| any     | another than the last descends | any                 | sorted here                      |
| any     | of a field with several values | any                 | sorted here                      |
| several | none, by id, by `-id`          | any                 | merged by id; many, in turn      |
| several | ascending                      | any                 | merged in that order             |
| several | the last field descends        | any                 | sorted here                      |

`rows` goes these ways, and `explain` tells of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from vtql.catalog.server_tables import not_ordered
from vtql.errors import NotExpressible
from vtql.query.sorting import SORTED
from vtql.query.spec import QuerySpec, multiplied_conditions, multiplied_order
from vtql.query.split_queries import SplitPlan, split

MERGED = 8
"""Queries without an order whose rows are merged by id; more are read one after the other, so that
the first row does not take as many requests as there are queries."""

BY_ID_ORDERS = ((), ("id",), ("-id",))


class Method(Enum):
    """How rows are read, and in a sentence."""

    NOTHING = "no record can match, so nothing is asked"
    BY_ID = "page by page in the order of the ids, each page behind the last id seen"
    ASCENDING = (
        "page by page in the server's order, with `id` behind it so that it is total, each page behind the "
        "last record seen"
    )
    DESCENDING = (
        "page by page in the server's order, each page from the last group of equal records on: VTQL has no "
        "tie-breaker behind a descending field, so a group is whole before it is given"
    )
    GROUPED = (
        "page by page in the server's order by the ascending fields, with `id` behind them; "
        f"records that are equal in these are sorted here, at most {SORTED:,} at a time"
    )
    MERGED = "the queries side by side, their rows merged, each record once"
    IN_TURN = "one query after the other, each record once"
    SORTED = f"all rows by id, sorted here; at most {SORTED:,} are held"


@dataclass(frozen=True, slots=True)
class Strategy:
    """The way, and the queries that it goes."""

    way: Method
    branches: SplitPlan


def strategy(spec: QuerySpec) -> Strategy:
    """The way of a query set whose condition is plain.

    Raises:
        NotExpressible: the condition goes beyond a limit.
    """
    if spec.size == 0:
        return Strategy(Method.NOTHING, SplitPlan(()))
    plan = split(spec)
    return Strategy(_method(spec, plan), plan)


def _method(spec: QuerySpec, plan: SplitPlan) -> Method:
    number = len(plan.queries)
    order = significant(spec.order)
    if number == 0:
        return Method.NOTHING
    module = spec.module.name
    if multiplied_order(spec) or any(not_ordered(module, name.lstrip("-")) for name in order):
        return Method.SORTED
    if any(name.startswith("-") for name in order[:-1]):
        return Method.SORTED
    if number > 1:
        if order in BY_ID_ORDERS:
            in_turn = (order == () and number > MERGED) or (order != ("-id",) and plan.disjoint)
            return Method.IN_TURN if in_turn else Method.MERGED
        return Method.SORTED if is_descending(order) else Method.MERGED
    if order in BY_ID_ORDERS and not offset_of(spec):
        return Method.BY_ID
    if not is_descending(order) or order[-1] == "-id":
        return Method.ASCENDING
    return Method.DESCENDING if len(order) == 1 else Method.GROUPED


def significant(order: tuple[str, ...]) -> tuple[str, ...]:
    """An order without the names that decide nothing: those behind an id, and an `id` that would decide
    between equal records in that direction anyway."""
    places = [place for place, name in enumerate(order) if name.lstrip("-") == "id"]
    if not places:
        return order
    order = order[: places[0] + 1]
    falling = len(order) > 1 and order[-2].startswith("-")
    return order[:-1] if len(order) > 1 and order[-1] == ("-id" if falling else "id") else order


def offset_of(spec: QuerySpec) -> int:
    """The offset at which a server begins a slice; 0 where it would count records more than once, so that
    those before the slice are read and left out here."""
    return 0 if multiplied_conditions(spec, spec.tree) else spec.start


def is_descending(order: tuple[str, ...]) -> bool:
    """Whether an order descends in its last field."""
    return bool(order) and order[-1].startswith("-")


def refuse_cut(number: int, way: Method) -> NotExpressible:
    """What a slice is told that no LIMIT can say."""
    if number > 1:
        return NotExpressible(
            f"the condition takes {number:,} queries, and no LIMIT cuts their rows together; "
            "iterate over the slice instead"
        )
    return NotExpressible(
        f"no server gives this order, so no LIMIT cuts it ({way.value}); iterate over the slice "
        "instead"
    )
