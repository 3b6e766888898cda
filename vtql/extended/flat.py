"""A query of the extended language as if its condition had no structure: for rules that look at
one field or value at a time."""

from __future__ import annotations

from typing import Any

from vtql.ast import Chain, Comparison, Condition, Connective, Link, Literal, Operator, Select
from vtql.extended.reduce import Empty, Extended
from vtql.logic.tree import And, Not, Or
from vtql.source import Span


def flat(made: Extended) -> Select:
    """The query with all its conditions in a row, in the order of the text."""
    first, *rest = _conditions(made.where) if made.where is not None else [None]
    links = tuple(Link(Connective.AND, each) for each in rest if each is not None)
    where = None if first is None else Chain(first, links)
    return Select(made.columns, made.module, where, made.order, made.limit, span=made.span)


def _conditions(tree: Any) -> list[Condition | None]:
    found: list[Condition | None] = []
    todo = [tree]
    while todo:
        match todo.pop():
            case And(parts) | Or(parts):
                todo += reversed(parts)
            case Not(part):
                todo.append(part)
            case Empty(field):
                nowhere = Span(field.span.end, field.span.end)  # so nothing is told of the value
                found.append(Comparison(field, Operator.EQ, Literal(" ", span=nowhere)))
            case condition:
                found.append(condition)
    return found
