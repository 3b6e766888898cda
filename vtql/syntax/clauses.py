"""Conditions and names to clauses, and those to a query."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from vtql.ast import (
    Chain,
    Columns,
    Condition,
    Connective,
    Count,
    Direction,
    Limit,
    Link,
    Name,
    Order,
    Select,
    Star,
)
from vtql.source import Span
from vtql.syntax.slots import make, new, setters
from vtql.syntax.token import RefusedTokenError, Token, place

Links: TypeAlias = tuple[Condition, list[Link]]

OFFSET_DIGITS = 18
"""An offset with more digits does not fit the 64 bits of the server's database."""

COUNT_DIGITS = 600
"""A count may be any number, for a server makes 100 of a larger one; Python reads no more digits."""

_link_connective, _link_condition = setters(Link, "connective", "condition")
_first, _links = setters(Chain, "first", "links")
_order_names, _direction, _order_span = setters(Order, "names", "direction", "span")
_limit_count, _limit_offset, _limit_span = setters(Limit, "count", "offset", "span")
(_names,) = setters(Columns, "names")
_select_columns, _select_module, _select_where, _select_order, _select_limit, _select_span = (
    setters(Select, "columns", "module", "where", "order", "limit", "span")
)


def linked(connective: Connective) -> Callable[[Links, Token, Condition], Links]:
    """The function that adds a condition to a chain behind that connective."""

    def link(chain: Links, _word: Token, condition: Condition) -> Links:
        node: Link = new(Link)
        _link_connective(node, connective)
        _link_condition(node, condition)
        chain[1].append(node)
        return chain

    return link


def chain(_word: Token, conditions: Links) -> Chain:
    """The conditions behind WHERE."""
    first, links = conditions
    node: Chain = new(Chain)
    _first(node, first)
    _links(node, tuple(links))
    return node


def columns(names: list[Name]) -> Columns:
    """The columns behind SELECT."""
    node: Columns = new(Columns)
    _names(node, tuple(names))
    return node


def order(word: Token, names: list[Name], said: tuple[Direction, Token] | None) -> Order:
    """The fields behind ORDER BY and the direction at their end."""
    node: Order = new(Order)
    _order_names(node, tuple(names))
    _direction(node, said[0] if said else None)
    end = place(said[1]).end if said else names[-1].span[1]
    _order_span(node, make(Span, (word.start(), end)))
    return node


def limit(word: Token, number: Token) -> Limit:
    """LIMIT with a count.

    Raises:
        RefusedTokenError: a number is larger than a database can count.
    """
    return _limit(None, number, word.start(), number)


def limit_offset(word: Token, offset: Token, _comma: Token, number: Token) -> Limit:
    """LIMIT with an offset and a count.

    Raises:
        RefusedTokenError: a number is larger than a database can count.
    """
    return _limit(offset, number, word.start(), number)


def offset_limit(word: Token, number: Token, _word: Token, offset: Token) -> Limit:
    """LIMIT with a count and OFFSET, of the extended language.

    Raises:
        RefusedTokenError: a number is larger than a database can count.
    """
    return _limit(offset, number, word.start(), offset)


def _limit(offset: Token | None, number: Token, start: int, last: Token) -> Limit:
    node: Limit = new(Limit)
    _limit_count(node, _records(number, COUNT_DIGITS))
    _limit_offset(node, None if offset is None else _records(offset, OFFSET_DIGITS))
    _limit_span(node, make(Span, (start, place(last).end)))
    return node


def _records(number: Token, most: int) -> int:
    digits = number[number.lastindex or 0]
    if len(digits) > most:
        raise RefusedTokenError(number.start())
    return int(digits)


def select(
    word: Token, columns: Star | Count | Columns, _from: Token, module: Name,
    where: Chain | None, order: Order | None, limit: Limit | None, semicolon: Token,
) -> Select:  # fmt: skip
    """A query."""
    node: Select = new(Select)
    _select_columns(node, columns)
    _select_module(node, module)
    _select_where(node, where)
    _select_order(node, order)
    _select_limit(node, limit)
    _select_span(node, make(Span, (word.start(), place(semicolon).end)))
    return node
