"""Tests of the rows that come: conditions on the value of a field as it is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import eq, ge, gt, le, lt, ne
from typing import Any, NamedTuple

from vtql.ast import Operator
from vtql.catalog.model import Field
from vtql.catalog.types import Family
from vtql.errors import DecodeError
from vtql.query.server import Row

COMPARE: Mapping[Operator, Callable[[Any, Any], bool]] = {
    Operator.EQ: eq, Operator.NE: ne, Operator.LT: lt, Operator.LE: le, Operator.GT: gt,
    Operator.GE: ge,
}  # fmt: skip


class Test(NamedTuple):
    """A condition on the shown value of a field: that it compares so, or `in` one of the values.

    Without an operator it is that there is a value at all, or with `negated` that there is none.
    """

    field: str
    operator: Operator | None = None
    values: tuple[str, ...] = ()
    negated: bool = False

    def __str__(self) -> str:
        if self.operator is None:
            return f"`{self.field}` is {'no' if self.negated else 'a'} reference"
        sign = "IN" if len(self.values) > 1 else self.operator.value
        return f"`{self.field}` {sign} {', '.join(self.values)}, by its value and not as text"


def check(test: Test, field: Field) -> Callable[[Row], bool]:
    """The function that tells whether a row passes a test."""
    read = _number if field.type.family is Family.ID else field.decode

    def value_of(row: Row) -> Any:
        try:
            shown = field.decode(row.get(field.name))
            return (
                None
                if shown is None
                else read(shown if field.type.family is Family.ID else row[field.name])
            )
        except (DecodeError, ValueError):
            return None

    if test.operator is None:
        return lambda row: (field.decode(row.get(field.name)) is None) is test.negated
    wanted = [read(text) for text in test.values]
    compare = COMPARE[test.operator]

    def holds(row: Row) -> bool:
        value = value_of(row)
        return value is not None and any(compare(value, each) for each in wanted)

    return holds


def _number(record_id: str) -> int:
    return int(record_id.rpartition("x")[2])
