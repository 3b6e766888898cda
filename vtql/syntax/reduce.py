"""What each production of the grammar makes: a function for every name behind `->`.

A terminal arrives as the match that found it, so a node is made once, with its span, and no
general tree stands in between.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from vtql.ast import Connective, Count, Direction, Operator, Select, Star
from vtql.source import Span
from vtql.syntax import build, clauses
from vtql.syntax.drive import Machine, Stop, drive, machine
from vtql.syntax.token import Token, place


def _star(star: Token) -> Star:
    return Star(span=place(star))


def _count(word: Token, _open: Token, _star: Token, close: Token) -> Count:
    return Count(span=Span(word.start(), place(close).end))


def _more(items: list[Any], _comma: Token, item: Any) -> list[Any]:
    items.append(item)
    return items


def _many(items: list[Any], _comma: Token, token: Token) -> list[Any]:
    items += build.literals(token)
    return items


REDUCERS: Mapping[str, Callable[..., Any]] = {
    "start": lambda query: query,
    "query": clauses.select,
    "star": _star,
    "count": _count,
    "columns": clauses.columns,
    "one": lambda item: [item],
    "more": _more,
    "several": build.literals,
    "many": _many,
    "name": build.name,
    "absent": lambda: None,
    "where": clauses.chain,
    "chain": lambda first: (first, []),
    "and_link": clauses.linked(Connective.AND),
    "or_link": clauses.linked(Connective.OR),
    "comparison": build.comparison,
    "plain": build.plain,
    "bracketed": build.bracketed,
    "membership": build.membership,
    "eq": lambda _: Operator.EQ,
    "ne": lambda _: Operator.NE,
    "lt": lambda _: Operator.LT,
    "le": lambda _: Operator.LE,
    "gt": lambda _: Operator.GT,
    "ge": lambda _: Operator.GE,
    "like": lambda _: Operator.LIKE,
    "literal": build.literal,
    "bare": build.bare,
    "order": clauses.order,
    "keyword": lambda word, *_: word,
    "ascending": lambda word: (Direction.ASC, word),
    "descending": lambda word: (Direction.DESC, word),
    "limit": clauses.limit,
    "limit_offset": clauses.limit_offset,
}


@cache
def plain_machine() -> Machine:
    """The parser of the language that a server is sent."""
    return machine("vtql", REDUCERS)


def read(text: str, start: int = 0, end: int | None = None) -> Select | Stop:
    """The tree of a text, or of its characters `start` to `end`; or where reading stopped."""
    made: Select | Stop = drive(plain_machine(), text, start, end)
    return made
