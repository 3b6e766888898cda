"""What each production of the grammar makes: a function for every name behind `->`.

A terminal arrives as the match that found it, so a node is made once, with its span, and no
general tree stands in between.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
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
from vtql.parser.lalr import Machine, RefusedTokenError, Stop, Token, drive, machine, place, tables
from vtql.parser.literals import LITERAL_BYTES, QUOTED, UNESCAPED, read_literal, too_long
from vtql.source import Span

PLAIN = LITERAL_BYTES // 4
"""A literal of no more characters, of four bytes at most each, cannot be too long."""

LONGEST_WORD = len("orderby")

OPERATORS = {operator.value: operator for operator in Operator}


def name(token: Token) -> Name:
    """The name that a word is."""
    group = token.lastindex
    return Name(token[group], span=Span(*token.span(group)))


def bare(token: Token) -> Bare:
    """The value that a number or id is."""
    group = token.lastindex
    return Bare(token[group], span=Span(*token.span(group)))


def literal(token: Token) -> Literal:
    """What a literal in quotes means.

    Raises:
        RefusedTokenError: it is longer than a server reads.
    """
    group = token.lastindex
    return _literal(token[group], token.span(group))


def literals(token: Token) -> list[Value]:
    """What the literals of a list mean, which the scanner took for one token.

    Raises:
        RefusedTokenError: one of them is longer than a server reads.
    """
    place = token.span(token.lastindex)
    text = token[token.lastindex]
    if "''" in text or "\\" in text:
        return [_literal(match[0], match.span()) for match in QUOTED.finditer(token.string, *place)]
    values: list[Value] = []
    for match in UNESCAPED.finditer(token.string, *place):
        value = match[1]
        if len(value) > PLAIN and too_long(value):
            raise RefusedTokenError(match.start())
        values.append(Literal(value, span=Span(*match.span())))
    return values


def _literal(text: str, place: tuple[int, int]) -> Literal:
    value = text[1:-1]
    if len(value) > PLAIN and too_long(value):
        raise RefusedTokenError(place[0])
    if "'" in value or "\\" in value:
        value = read_literal(text)
    return Literal(value, span=Span(*place))


def plain(token: Token) -> Comparison:
    """A condition that the scanner found as one token: a name, a sign and a literal.

    Raises:
        RefusedTokenError: the name is a word that names no field, or the literal too long.
    """
    group = token.lastindex
    text, sign, value = token[group + 1], token[group + 2], token[group + 3]
    if len(text) <= LONGEST_WORD and text.lower() in _words_that_name_no_field():
        raise RefusedTokenError(token.start())
    start, end = token.span(group + 3)
    if len(value) > PLAIN and too_long(value):
        raise RefusedTokenError(start - 1)
    return Comparison(
        Name(text, span=Span(*token.span(group + 1))),
        OPERATORS[sign],
        Literal(value, span=Span(start - 1, end + 1)),
    )


def comparison(field: Name, operator: Operator, value: Value) -> Comparison:
    """The condition that a field compares to a value so."""
    return Comparison(field, operator, value)


@cache
def _words_that_name_no_field() -> frozenset[str]:
    """The words of the language that `field` in the grammar does not have."""
    table = tables("vtql")
    fields = {rule.symbols[0] for rule in table.rules if rule.origin == "field"}
    return frozenset(word for word, kind in table.keywords.items() if kind not in fields)


def bracketed(
    field: Name, operator: Operator, opening: Token, value: Value, close: Token
) -> Comparison:
    """A comparison whose value stands in brackets."""
    span = Span(opening.start(), place(close).end)
    return Comparison(field, operator, replace(value, span=span))


def membership(
    field: Name, _in: Token, _open: Token, values: list[Value], close: Token
) -> Membership:
    """A field and the values that it may have."""
    return Membership(field, tuple(values), span=Span(field.span[0], place(close).end))


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


def _star(star: Token) -> Star:
    return Star(span=place(star))


def _count(word: Token, _open: Token, _star: Token, close: Token) -> Count:
    return Count(span=Span(word.start(), place(close).end))


def _more(items: list[Any], _comma: Token, item: Any) -> list[Any]:
    items.append(item)
    return items


def _many(items: list[Any], _comma: Token, token: Token) -> list[Any]:
    items += literals(token)
    return items


REDUCERS: Mapping[str, Callable[..., Any]] = {
    "start": lambda query: query,
    "query": select,
    "star": _star,
    "count": _count,
    "columns": columns,
    "one": lambda item: [item],
    "more": _more,
    "several": literals,
    "many": _many,
    "name": name,
    "absent": lambda: None,
    "where": chain,
    "chain": lambda first: (first, []),
    "and_link": linked(Connective.AND),
    "or_link": linked(Connective.OR),
    "comparison": comparison,
    "plain": plain,
    "bracketed": bracketed,
    "membership": membership,
    "eq": lambda _: Operator.EQ,
    "ne": lambda _: Operator.NE,
    "lt": lambda _: Operator.LT,
    "le": lambda _: Operator.LE,
    "gt": lambda _: Operator.GT,
    "ge": lambda _: Operator.GE,
    "like": lambda _: Operator.LIKE,
    "literal": literal,
    "bare": bare,
    "order": order,
    "keyword": lambda word, *_: word,
    "ascending": lambda word: (Direction.ASC, word),
    "descending": lambda word: (Direction.DESC, word),
    "limit": limit,
    "limit_offset": limit_offset,
}


@cache
def plain_machine() -> Machine:
    """The parser of the language that a server is sent."""
    return machine("vtql", REDUCERS)


def read(text: str, start: int = 0, end: int | None = None) -> Select | Stop:
    """The tree of a text, or of its characters `start` to `end`; or where reading stopped."""
    result: Select | Stop = drive(plain_machine(), text, start, end)
    return result
