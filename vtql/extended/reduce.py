"""What each production of the extended grammar makes: a query with a tree for a condition."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from vtql.ast import (
    Columns,
    Comparison,
    Count,
    Limit,
    Literal,
    Membership,
    Name,
    Operator,
    Order,
    Star,
    Value,
)
from vtql.logic.tree import And, Not, Or, Tree
from vtql.parser import node_builders
from vtql.parser.lalr import RefusedTokenError, Token, place
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
class Extended:
    """A query in the extended language: as `Select`, with a tree for a condition."""

    columns: Star | Count | Columns
    module: Name
    where: Any
    order: Order | None
    limit: Limit | None
    span: Span


def _extended(
    select: Token, columns: Star | Count | Columns, _from: Token, module: Name, where: Any,
    order: Order | None, limit: Limit | None, end: Token | None,
) -> Extended:  # fmt: skip
    last = place(end).end if end else select.start()
    return Extended(columns, module, where, order, limit, Span(select.start(), last))


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
    spelled = token[token.lastindex]
    return (
        node_builders.bare(token)
        if _BARE.fullmatch(spelled)
        else Literal(spelled, span=place(token))
    )


def _between(field: Name, _between: Token, low: Value, _and: Token, high: Value) -> Tree:
    return And((Comparison(field, Operator.GE, low), Comparison(field, Operator.LE, high)))


def _joined(kind: type[And | Or]) -> Callable[[list[Tree]], Tree]:
    return lambda parts: kind(tuple(parts)) if len(parts) > 1 else parts[0]


EXTENDED: Mapping[str, Callable[..., Any]] = {
    **REDUCERS,
    "extended": _extended,
    "filter": lambda _where, tree: tree,
    "any": _joined(Or),
    "all": _joined(And),
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
