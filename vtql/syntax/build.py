"""Tokens to names, values and conditions: the functions that the parser calls by the thousand.

A token is a match whose last group is what it matched; behind that come the blanks that follow.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from vtql.ast import Bare, Comparison, Literal, Membership, Name, Operator, Value
from vtql.source import Span
from vtql.syntax.literals import LITERAL_BYTES, QUOTED, UNESCAPED, too_long, unquote
from vtql.syntax.tables import tables
from vtql.syntax.token import RefusedTokenError, Token, place

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
    spelled = token[token.lastindex]
    if "''" in spelled or "\\" in spelled:
        return [_literal(match[0], match.span()) for match in QUOTED.finditer(token.string, *place)]
    values: list[Value] = []
    for match in UNESCAPED.finditer(token.string, *place):
        value = match[1]
        if len(value) > PLAIN and too_long(value):
            raise RefusedTokenError(match.start())
        values.append(Literal(value, span=Span(*match.span())))
    return values


def _literal(spelled: str, place: tuple[int, int]) -> Literal:
    value = spelled[1:-1]
    if len(value) > PLAIN and too_long(value):
        raise RefusedTokenError(place[0])
    if "'" in value or "\\" in value:
        value = unquote(spelled)
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
