"""What a lookup is: a row of the table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from vtql.ast import Comparison, Operator
from vtql.catalog.types import Family
from vtql.logic.tree import And, Tree
from vtql.query.target import Target
from vtql.query.values import literal


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


def between(target: Target, first: Any, behind: Any | None) -> Tree:
    """From `first` on, and before `behind`; without an end where that is None."""
    begin = compared(target, Operator.GE, first)
    if behind is None:
        return begin
    return And((begin, compared(target, Operator.LT, behind)))
