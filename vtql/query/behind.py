"""What comes behind a row in an order, as a condition: by it the end of an order is looked at.

In the order of `a, b, id` it is `a > x OR a = x AND b > y OR a = x AND b = y AND id > z`.

NULL comes first and is equal to nothing, so no condition says `a IS NULL AND b > y`. None has to: a
record for which `b > y` and whose `a` has a value comes behind, too. So where `a` is NULL it is
`a has a value OR b > y OR b = y AND id > z`.
"""

from __future__ import annotations

from collections.abc import Container

from vtql.ast import Comparison, Limit, Literal, Name, Operator
from vtql.dataclass import replace
from vtql.errors import NotExpressible, ServiceError
from vtql.logic.plan import plan
from vtql.logic.tree import TRUE, Or, Tree, conjunction, disjunction
from vtql.protocol import PAGE
from vtql.query.branches import Branch
from vtql.query.lists import encoded_bytes
from vtql.query.offsets import Behind
from vtql.query.server import Fetch, Row
from vtql.query.state import State, select
from vtql.query.target import named
from vtql.schema.types import Family
from vtql.syntax.literals import unsayable
from vtql.syntax.write import write

QUERIES = 8
"""Queries that a look at the end may take; where it took more, nobody can tell."""


def looking_behind(
    state: State, fetch: Fetch, query: Branch, order: tuple[str, ...], *, all_seen: bool
) -> Behind:
    """What tells whether a row of a query comes behind another in a total order.

    `all_seen` says that whoever asks has seen what comes before, and so is told nothing wrong by a
    condition that holds for some of that, too.
    """
    bare = replace(state, columns=("id",), order=())

    def behind(last: Row | None, seen: Container[str]) -> set[str] | None:
        further, whole = (
            (TRUE, True) if last is None else after(state, order, last, all_seen=all_seen)
        )
        try:
            chains = plan(conjunction(query.tree, further), state.read_as)
        except NotExpressible:
            return None
        texts = [write(select(bare, chain, ("-id",), Limit(PAGE))) for chain in chains]
        if len(texts) > QUERIES or any(encoded_bytes(text) > state.url_bytes for text in texts):
            return None
        try:
            ids = {str(row.get("id")) for text in texts for row in fetch(text)}
        except ServiceError:  # a server that orders by a field may still not compare it
            return None
        found = {each for each in ids if each not in seen}
        return found if found or whole else None

    return behind


def after(state: State, order: tuple[str, ...], last: Row, *, all_seen: bool) -> tuple[Tree, bool]:
    """The condition that a row comes behind one in an order, and whether it is the whole of it.

    A server that shows NULL as the empty text does not tell which of them a value is. What has a
    value is then more than what comes behind, which does no harm if all that comes before is seen.
    """
    alternatives: list[Tree] = []
    equal: list[Tree] = []
    for name in order:
        field = state.module.field(name.removeprefix("-"))
        column, wire = named(field.name), last.get(field.name)
        if wire is None or (wire == "" and all_seen):
            alternatives.append(conjunction(*equal, _has_value(column)))
            continue
        text = str(wire) or (" " if field.type.family is Family.TEXT else "")
        if unsayable(text):
            return disjunction(*alternatives), False
        sign = Operator.LT if name.startswith("-") else Operator.GT
        alternatives.append(conjunction(*equal, Comparison(column, sign, Literal(text))))
        if not wire:
            return disjunction(*alternatives), False
        equal.append(Comparison(column, Operator.EQ, Literal(text)))
    return disjunction(*alternatives), True


def _has_value(column: Name) -> Tree:
    return Or(tuple(Comparison(column, sign, Literal("0")) for sign in (Operator.EQ, Operator.NE)))
