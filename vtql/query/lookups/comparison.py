"""Lookups that compare with one value or with several, and the type of the table's rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from vtql.ast import Comparison, Literal, Operator, text_of
from vtql.catalog.catalog import empty_value
from vtql.catalog.types import Family
from vtql.errors import FieldValueError
from vtql.logic.equality import one_of
from vtql.logic.tree import FALSE, And, Not, Tree
from vtql.query.values import Target, literal
from vtql.suggestions import short_repr


@dataclass(frozen=True, slots=True)
class Lookup:
    """A row of the table: the families of types it is for, what it takes, and its condition.

    `build` raises FieldValueError for a value that the lookup or the field does not take, and
    NotExpressible where VTQL cannot say it.
    """

    name: str
    families: frozenset[Family]
    takes: str
    build: Callable[[Target, Any], Tree]


def compared(target: Target, operator: Operator, value: Any) -> Comparison:
    """The condition that a field compares to a value so."""
    return Comparison(target.name, operator, literal(target, value, operator))


def between(target: Target, first: Any, end: Any | None) -> Tree:
    """From `first` on, and before `behind`; without an end where that is None."""
    begin = compared(target, Operator.GE, first)
    if end is None:
        return begin
    return And((begin, compared(target, Operator.LT, end)))


def compare(operator: Operator) -> Callable[[Target, Any], Tree]:
    """The lookup of an operator."""

    def build(target: Target, value: Any) -> Tree:
        return Comparison(target.name, operator, literal(target, value, operator))

    return build


def in_(target: Target, values: Any) -> Tree:
    """One of several values, each said once; of none, never.

    A set has no order of its own, and Python gives it another in every run; it is sorted, so that
    the same query is the same text.
    """
    if isinstance(values, str | bytes) or not isinstance(values, Iterable):
        raise FieldValueError(
            f"`{target.field.name}__in` takes several values, a list for one; not {short_repr(values)}"
        )
    literals = [literal(target, value) for value in values]
    if isinstance(values, set | frozenset):
        literals.sort(key=text_of)
    return one_of(target.name, literals) if literals else FALSE


def range_(target: Target, bounds: Any) -> Tree:
    """From the first value to the last, both included."""
    if isinstance(bounds, str) or not isinstance(bounds, tuple | list) or len(bounds) != 2:
        raise FieldValueError(
            f"`{target.field.name}__range` takes two values, the first and the last; "
            f"not {short_repr(bounds)}"
        )
    first, last = bounds
    return And((compared(target, Operator.GE, first), compared(target, Operator.LE, last)))


def isempty(target: Target, value: Any) -> Tree:
    """Whether a field is empty. Where a text is NULL, neither is true; a reference shown as None is empty."""
    return truth(target, "isempty", value, _empty(target))


def notempty(target: Target, value: Any) -> Tree:
    """The opposite of `isempty`, also of a field that is not NULL."""
    return truth(target, "notempty", value, Not(_empty(target)))


def truth(target: Target, name: str, value: Any, condition: Tree) -> Tree:
    """A condition for True, its opposite for False.

    Raises:
        FieldValueError: the value is neither.
    """
    if not isinstance(value, bool):
        raise FieldValueError(
            f"`{target.field.name}__{name}` takes True or False, not {short_repr(value)}"
        )
    return condition if value else Not(condition)


def _empty(target: Target) -> Comparison:
    empty = empty_value(target.field, target.catalog)
    return Comparison(target.name, Operator.EQ, Literal(empty))
