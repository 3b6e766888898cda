"""Equalities on one field as one condition: fewer, larger conditions make fewer chains.

Under OR they unite: `a = 1 or a in (2, 3)` is `a in (1, 2, 3)`. Under AND they intersect, but only
where different spellings are different values to the server: record ids, whole numbers, dates.
Texts are compared by a collation (`Smith` is `smith`), so two memberships of texts stay two.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from vtql.ast import Bare, Comparison, Condition, Membership, Name, Operator, Value, text_of

_SHAPES = re.compile(
    r"(?P<id>[1-9][0-9]*x(0|[1-9][0-9]*))"
    r"|(?P<number>0|-?[1-9][0-9]*)"
    r"|(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"|(?P<moment>[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2})"
)


def equality(condition: Condition) -> tuple[Name, tuple[Value, ...]] | None:
    """The field and the values of an equality or membership; None of anything else."""
    if isinstance(condition, Membership):
        return condition.field, condition.values
    if condition.operator is Operator.EQ:
        return condition.field, (condition.value,)
    return None


def one_of(field: Name, values: Iterable[Value]) -> Condition:
    """The condition that a field has one of the values, at least one; each is said once."""
    unique = tuple({text_of(value): value for value in values}.values())
    if len(unique) == 1:
        return Comparison(field, Operator.EQ, unique[0])
    return Membership(field, _zero_last(unique))


def _zero_last(values: tuple[Value, ...]) -> tuple[Value, ...]:
    """The values in an order that a server reads: it takes a bare 0 in front for no value at all.

    In quotes it would be another value to a text, which a number is compared with as a number
    (both measured on 8.4); so it changes its place and not its spelling.
    """
    first, *others = values
    return (*others, first) if first == Bare("0") and others else values


def shape(values: Iterable[Value]) -> str | None:
    """How all of the values are spelled, if each spelling is a value of its own; else None."""
    shapes = set()
    for value in values:
        match = _SHAPES.fullmatch(text_of(value))
        if match is None:
            return None
        shapes.add(match.lastgroup)
    return shapes.pop() if len(shapes) == 1 else None


def in_all(lists: Sequence[Sequence[Value]]) -> list[Value]:
    """The values of the first list that are in each of the others, too."""
    first, *others = lists
    allowed = [set(map(text_of, texts)) for texts in others]
    return [value for value in first if all(text_of(value) in texts for texts in allowed)]
