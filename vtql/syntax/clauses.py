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
from vtql.syntax.token import RefusedTokenError, Token, place

Links: TypeAlias = tuple[Condition, list[Link]]

OFFSET_DIGITS = 18
"""An offset with more digits does not fit the 64 bits of the server's database."""

COUNT_DIGITS = 600
"""A count may be any number, for a server makes 100 of a larger one; Python reads no more digits."""


def linked(connective: Connective) -> Callable[[Links, Token, Condition], Links]:
    """The function that adds a condition to a chain behind that connective."""

    def link(chain: Links, _word: Token, condition: Condition) -> Links:
        chain[1].append(Link(connective, condition))
        return chain

    return link


def chain(_word: Token, conditions: Links) -> Chain:
    """The conditions behind WHERE."""
    first, links = conditions
    return Chain(first, tuple(links))


def columns(names: list[Name]) -> Columns:
    """The columns behind SELECT."""
    return Columns(tuple(names))


def order(word: Token, names: list[Name], modifier: tuple[Direction, Token] | None) -> Order:
    """The fields behind ORDER BY and the direction at their end."""
    direction, end = (
        (modifier[0], place(modifier[1]).end) if modifier else (None, names[-1].span.end)
    )
    return Order(tuple(names), direction, span=Span(word.start(), end))


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
    return Limit(
        _records(number, COUNT_DIGITS),
        None if offset is None else _records(offset, OFFSET_DIGITS),
        span=Span(start, place(last).end),
    )


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
    span = Span(word.start(), place(semicolon).end)
    return Select(columns, module, where, order, limit, span=span)
