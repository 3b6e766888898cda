"""The extended language: its productions, and text to a query with a tree for a condition."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

from vtql.ast import (
    Chain,
    Columns,
    Comparison,
    Condition,
    Connective,
    Count,
    Limit,
    Link,
    Literal,
    Membership,
    Name,
    Operator,
    Order,
    Select,
    Star,
    Value,
)
from vtql.logic.tree import And, Not, Or, Tree
from vtql.parser import node_builders
from vtql.parser.lalr import Machine, RefusedTokenError, Stop, Token, drive, machine, place
from vtql.parser.literals import read_literal, too_long_to_write
from vtql.parser.node_builders import REDUCERS
from vtql.source import Span

_EMPTY = len("''")
_BARE = re.compile(r"[+-]?[0-9]+|[0-9]+x[0-9]+")


@dataclass(frozen=True, slots=True)
class Empty:
    """`field IS EMPTY`: which condition that is depends on the field's type."""

    field: Name


Filter: TypeAlias = "Tree | Empty"
"""A boolean tree whose leaves may also be tests for emptiness."""


@dataclass(frozen=True, slots=True)
class ExtendedQuery:
    """A query in the extended language: as `Select`, with a tree for a condition."""

    columns: Star | Count | Columns
    module: Name
    where: Any
    order: Order | None
    limit: Limit | None
    span: Span


def _query(
    select: Token, columns: Star | Count | Columns, _from: Token, module: Name, where: Any,
    order: Order | None, limit: Limit | None, end: Token | None,
) -> ExtendedQuery:  # fmt: skip
    last = place(end).end if end else select.start()
    return ExtendedQuery(columns, module, where, order, limit, Span(select.start(), last))


def _quoted(token: Token) -> Literal:
    """A literal, empty perhaps, in single or double quotes.

    Raises:
        RefusedTokenError: in the quotes that it is sent in, it is longer than a server reads.
    """
    value = read_literal(token[token.lastindex]) or " "
    if too_long_to_write(value):
        raise RefusedTokenError(token.start())
    return Literal(value, span=place(token))


def _comparison(field: Name, operator: Operator, value: Value) -> Comparison:
    """A comparison; LIKE with nothing is the empty text, which LIKE keeps apart from a blank."""
    if operator is Operator.LIKE and value == Literal(" ") and len(range(*value.span)) == _EMPTY:
        operator = Operator.EQ
    return Comparison(field, operator, value)


def _bare(token: Token) -> Value:
    """A number or id as it is; a decimal in the quotes that it needs."""
    text = token[token.lastindex]
    return node_builders.bare(token) if _BARE.fullmatch(text) else Literal(text, span=place(token))


def _between(field: Name, _between: Token, low: Value, _and: Token, high: Value) -> Tree:
    return And((Comparison(field, Operator.GE, low), Comparison(field, Operator.LE, high)))


def _combine(kind: type[And | Or]) -> Callable[[list[Tree]], Tree]:
    return lambda parts: kind(tuple(parts)) if len(parts) > 1 else parts[0]


EXTENDED: Mapping[str, Callable[..., Any]] = {
    **REDUCERS,
    "extended": _query,
    "filter": lambda _where, tree: tree,
    "any": _combine(Or),
    "all": _combine(And),
    "same": lambda tree: tree,
    "group": lambda _open, tree, _close: tree,
    "not_tree": lambda _not, tree: Not(tree),
    "not_like": lambda field, _not, _like, value: Not(_comparison(field, Operator.LIKE, value)),
    "not_in": lambda field, _not, _in, _open, values, _close: Not(Membership(field, tuple(values))),
    "between": _between,
    "not_between": lambda field, _not, *rest: Not(_between(field, *rest)),
    "is_empty": lambda field, *_: Empty(field),
    "is_not_empty": lambda field, *_: Not(Empty(field)),  # type: ignore[arg-type] # resolved later
    "comparison": _comparison,
    "literal": _quoted,
    "double": _quoted,
    "bare": _bare,
    "offset_limit": node_builders.offset_limit,
}


@cache
def extended_parser() -> Machine:
    """The parser of the extended language."""
    return machine("extended", EXTENDED)


def parse_extended(text: str) -> ExtendedQuery | Stop:
    """The query that a text is, or where reading stopped."""
    result: ExtendedQuery | Stop = drive(extended_parser(), text)
    return result


def flattened(query: ExtendedQuery) -> Select:
    """The query with all its conditions in a row, in the order of the text."""
    first, *rest = _conditions(query.where) if query.where is not None else [None]
    links = tuple(Link(Connective.AND, condition) for condition in rest if condition is not None)
    where = None if first is None else Chain(first, links)
    return Select(query.columns, query.module, where, query.order, query.limit, span=query.span)


def _conditions(tree: Any) -> list[Condition | None]:
    conditions: list[Condition | None] = []
    todo = [tree]
    while todo:
        match todo.pop():
            case And(parts) | Or(parts):
                todo += reversed(parts)
            case Not(part):
                todo.append(part)
            case Empty(field):
                nowhere = Span(field.span.end, field.span.end)  # so nothing is told of the value
                conditions.append(Comparison(field, Operator.EQ, Literal(" ", span=nowhere)))
            case condition:
                conditions.append(condition)
    return conditions
