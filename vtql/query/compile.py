"""`compile`: a query in the extended language, with brackets and NOT, to plain VTQL."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from vtql.ast import (
    Bare,
    Columns,
    Comparison,
    Condition,
    Count,
    Limit,
    Literal,
    Membership,
    Name,
    Operator,
    Order,
    Select,
    Star,
    Value,
)
from vtql.errors import NotExpressible
from vtql.logic.plan import Reading, plan
from vtql.logic.tree import FALSE, TRUE, And, Not, Or, Tree, conjunction, disjunction
from vtql.query.lookups import lookup
from vtql.query.plan import Plan
from vtql.query.values import Target
from vtql.schema.catalog import Catalog
from vtql.schema.model import Module
from vtql.source import Source
from vtql.syntax.faults import Fault
from vtql.syntax.literals import unquote
from vtql.syntax.parse import drive, syntax_error
from vtql.syntax.reduce import REDUCERS, limit_offset

GRAMMAR = "extended.lark"
_PLAIN = re.compile(r"[+-]?[0-9]+|[0-9]+x[0-9]+")


@dataclass(frozen=True, slots=True)
class _Empty:
    """`field IS EMPTY`: which condition that is depends on the field's type."""

    field: Name


@dataclass(frozen=True, slots=True)
class _Extended:
    """A query in the extended language: as `Select`, with a tree for a condition."""

    columns: Star | Count | Columns
    module: Name
    where: Any
    order: Order | None
    limit: Limit | None


def compile_text(text: str, catalog: Catalog | None = None, reading: Reading = "portable") -> Plan:
    """The fewest plain queries that mean a query in the extended language.

    Args:
        text: VTQL with brackets, NOT, BETWEEN, NOT IN, `<>`, IS EMPTY, double quotes, OFFSET.
        catalog: metadata to check names against.
        reading: how the server reads and/or; `portable` suits all.

    Raises:
        QuerySyntaxError: the text is not of that language.
        ModuleError, FieldError: the catalog has no such name.
        NotExpressible: VTQL cannot say it.
    """
    made = drive(text, GRAMMAR, EXTENDED)
    if isinstance(made, Fault):
        raise syntax_error(Source(text), made)
    module = None if catalog is None else catalog[made.module.text]
    if module is not None:
        names = [*getattr(made.columns, "names", ()), *(made.order.names if made.order else ())]
        for name in names:
            module.field(name.text)
    tree = TRUE if made.where is None else _resolved(made.where, module, catalog)
    return Plan(tuple(_selects(made, tree, reading)))


def _selects(made: _Extended, tree: Tree, reading: Reading) -> list[Select]:
    chains = plan(tree, reading)
    if not chains:
        return [Select(made.columns, made.module, None, made.order, Limit(0))]
    whole = isinstance(made.columns, Count) or made.limit is not None or made.order is not None
    if len(chains) > 1 and whole:
        raise NotExpressible(
            f"the condition takes {len(chains)} queries, and a server neither counts, orders nor "
            "cuts their rows together; leave out count(*), ORDER BY and LIMIT"
        )
    return [Select(made.columns, made.module, chain, made.order, made.limit) for chain in chains]


def _resolved(tree: Any, module: Module | None, catalog: Catalog | None) -> Tree:
    match tree:
        case And():
            return And(tuple(_resolved(part, module, catalog) for part in tree.parts))
        case Or():
            return Or(tuple(_resolved(part, module, catalog) for part in tree.parts))
        case Not():
            return Not(_resolved(tree.part, module, catalog))
        case _Empty():
            return _emptiness(tree.field, module, catalog)
        case _:
            condition: Condition = tree
            if module is not None:
                module.field(condition.field.text)
            return condition


def _emptiness(name: Name, module: Module | None, catalog: Catalog | None) -> Tree:
    if module is None or catalog is None:
        return Comparison(name, Operator.EQ, Literal(" "))
    target = Target(module.field(name.text), module, catalog)
    return lookup(target, "isempty").build(target, True)  # noqa: FBT003 - the value of the lookup


def _literal(token: re.Match[str]) -> Literal:
    return Literal(unquote(token.group()) or " ")


def _bare(token: re.Match[str]) -> Value:
    text = token.group()
    return Bare(text) if _PLAIN.fullmatch(text) else Literal(text)


def _between(field: Name, _between: Any, low: Value, _and: Any, high: Value) -> Tree:
    return And((Comparison(field, Operator.GE, low), Comparison(field, Operator.LE, high)))


def _members(field: Name, values: list[Value]) -> Tree:
    return Membership(field, tuple(values)) if values else FALSE


EXTENDED: Mapping[str, Callable[..., Any]] = {
    **REDUCERS,
    "extended": lambda _select, columns, _from, module, where, order, limit, _end: _Extended(
        columns, module, where, order, limit
    ),
    "same": lambda tree: tree,
    "inner": lambda *parts: parts[1],
    "or_tree": lambda one, _or, other: disjunction(one, other),
    "and_tree": lambda one, _and, other: conjunction(one, other),
    "not_tree": lambda _not, tree: Not(tree),
    "not_like": lambda field, _not, _like, value: Not(Comparison(field, Operator.LIKE, value)),
    "not_in": lambda field, _not, _in, _open, values, _close: Not(_members(field, values)),
    "between": _between,
    "is_empty": lambda field, *_: _Empty(field),
    "is_not_empty": lambda field, *_: Not(_Empty(field)),  # type: ignore[arg-type] # resolved later
    "literal": _literal,
    "double": _literal,
    "bare": _bare,
    "offset_limit": lambda word, count, comma, offset: limit_offset(word, offset, comma, count),
}
