"""What each production of the grammar makes: a function for every name behind `->`.

A terminal arrives as the match that found it, so a node is made once, with its span, and no
general tree stands in between.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from vtql.ast import (
    Bare,
    Chain,
    Columns,
    Comparison,
    Condition,
    Connective,
    Count,
    Direction,
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
from vtql.source import Span
from vtql.syntax.literals import unquote

Token: TypeAlias = re.Match[str]

DIGITS = 18
"""A LIMIT with more digits does not fit the 64 bits of the server's database."""


class NumberTooLargeError(Exception):
    """A production met a number that it cannot hold; `token` is its place."""

    def __init__(self, token: Token) -> None:
        super().__init__(token.group())
        self.token = token


def _span(first: Token, last: Token) -> Span:
    return Span(first.start(), last.end())


def _query(
    select: Token, columns: Star | Count | Columns, _from: Token, module: Name,
    where: Chain | None, order: Order | None, limit: Limit | None, semicolon: Token,
) -> Select:  # fmt: skip
    return Select(columns, module, where, order, limit, span=_span(select, semicolon))


def _columns(names: list[Name]) -> Columns:
    return Columns(tuple(names), span=Span(names[0].span.start, names[-1].span.end))


def _chain(first: Condition) -> tuple[Condition, list[Link]]:
    return first, []


def _link(connective: Connective) -> Callable[..., tuple[Condition, list[Link]]]:
    def link(
        chain: tuple[Condition, list[Link]], _word: Token, condition: Condition
    ) -> tuple[Condition, list[Link]]:
        chain[1].append(Link(connective, condition))
        return chain

    return link


def _where(_word: Token, chain: tuple[Condition, list[Link]]) -> Chain:
    first, links = chain
    last = links[-1].condition if links else first
    return Chain(first, tuple(links), span=Span(first.span.start, last.span.end))


def _comparison(field: Name, operator: Operator, value: Value) -> Comparison:
    return Comparison(field, operator, value, span=Span(field.span.start, value.span.end))


def _bracketed(
    field: Name, operator: Operator, _open: Token, value: Value, close: Token
) -> Comparison:
    return Comparison(field, operator, value, span=Span(field.span.start, close.end()))


def _membership(
    field: Name, _in: Token, _open: Token, values: list[Value], close: Token
) -> Membership:
    return Membership(field, tuple(values), span=Span(field.span.start, close.end()))


def _order(start: Token, names: list[Name], direction: tuple[Direction, Token] | None) -> Order:
    last = direction[1].end() if direction else names[-1].span.end
    said = direction[0] if direction else None
    return Order(tuple(names), said, span=Span(start.start(), last))


def _records(number: Token) -> int:
    if len(number.group()) > DIGITS:
        raise NumberTooLargeError(number)
    return int(number.group())


def _limit(word: Token, count: Token) -> Limit:
    return Limit(_records(count), span=_span(word, count))


def limit_offset(word: Token, offset: Token, _comma: Token, count: Token) -> Limit:
    return Limit(_records(count), _records(offset), span=_span(word, count))


def _more(items: list[Any], _comma: Token, item: Any) -> list[Any]:
    items.append(item)
    return items


REDUCERS: Mapping[str, Callable[..., Any]] = {
    "start": lambda query: query,
    "query": _query,
    "star": lambda star: Star(span=_span(star, star)),
    "count": lambda word, _open, _star, close: Count(span=_span(word, close)),
    "columns": _columns,
    "one": lambda item: [item],
    "more": _more,
    "name": lambda word: Name(word.group(), span=_span(word, word)),
    "absent": lambda: None,
    "where": _where,
    "chain": _chain,
    "and_link": _link(Connective.AND),
    "or_link": _link(Connective.OR),
    "comparison": _comparison,
    "bracketed": _bracketed,
    "membership": _membership,
    "eq": lambda _: Operator.EQ,
    "ne": lambda _: Operator.NE,
    "lt": lambda _: Operator.LT,
    "le": lambda _: Operator.LE,
    "gt": lambda _: Operator.GT,
    "ge": lambda _: Operator.GE,
    "like": lambda _: Operator.LIKE,
    "literal": lambda token: Literal(unquote(token.group()), span=_span(token, token)),
    "bare": lambda token: Bare(token.group(), span=_span(token, token)),
    "order": _order,
    "keyword": lambda word, *_: word,
    "ascending": lambda word: (Direction.ASC, word),
    "descending": lambda word: (Direction.DESC, word),
    "limit": _limit,
    "limit_offset": limit_offset,
}
