"""The lookups: what may stand behind `__` in `filter(lastname__startswith="O'")`, a row each.

Text is compared as the server's collation compares it, without regard to case, accents and
trailing blanks; a pattern of LIKE keeps its trailing blanks. NULL matches nothing, `ne` included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from vtql.ast import Comparison, Literal, Operator
from vtql.errors import FieldError, FieldValueError
from vtql.logic.folding import one_of
from vtql.logic.tree import FALSE, And, Not, Tree
from vtql.query.values import Target, literal, sayable
from vtql.schema.empty import EMPTIABLE, empty_value
from vtql.schema.types import Family
from vtql.spelling import listing, suggestion
from vtql.syntax.literals import escape_like

ANY = frozenset(Family)
ORDERED = ANY - {Family.TRUTH}
TEXTS = frozenset({Family.TEXT})


@dataclass(frozen=True, slots=True)
class Lookup:
    """A row of the table: the families of types it is for, what it takes, and its condition."""

    name: str
    families: frozenset[Family]
    takes: str
    build: Callable[[Target, Any], Tree]


def _compare(operator: Operator) -> Callable[[Target, Any], Tree]:
    def build(target: Target, value: Any) -> Tree:
        return Comparison(target.name, operator, literal(target, value))

    return build


def _in(target: Target, values: Any) -> Tree:
    if isinstance(values, str | bytes) or not isinstance(values, Iterable):
        raise FieldValueError(
            f"`{target.field.name}__in` takes several values, a list for one; not {values!r}"
        )
    literals = [literal(target, value) for value in values]
    return one_of(target.name, literals) if literals else FALSE


def _range(target: Target, bounds: Any) -> Tree:
    if isinstance(bounds, str) or not isinstance(bounds, tuple | list) or len(bounds) != 2:
        raise FieldValueError(
            f"`{target.field.name}__range` takes two values, the first and the last; not {bounds!r}"
        )
    return And(
        (
            Comparison(target.name, Operator.GE, literal(target, bounds[0])),
            Comparison(target.name, Operator.LE, literal(target, bounds[1])),
        )
    )


def _like(before: str, after: str) -> Callable[[Target, Any], Tree]:
    """LIKE with a text in which wildcards mean themselves, and what stands around it."""

    def build(target: Target, value: Any) -> Tree:
        pattern = before + escape_like(_text(target, value)) + after
        return Comparison(target.name, Operator.LIKE, Literal(sayable(target.field, pattern)))

    return build


def _pattern(target: Target, value: Any) -> Tree:
    pattern = sayable(target.field, _text(target, value))
    return Comparison(target.name, Operator.LIKE, Literal(pattern))


def _text(target: Target, value: Any) -> str:
    if not isinstance(value, str):
        raise FieldValueError(f"a part of `{target.field.name}` is text, not {value!r}")
    return value


def _isempty(target: Target, value: Any) -> Tree:
    if value not in (True, False):
        raise FieldValueError(f"`{target.field.name}__isempty` takes True or False, not {value!r}")
    empty = empty_value(target.field, target.catalog)
    condition = Comparison(target.name, Operator.EQ, Literal(empty))
    return condition if value else Not(condition)


LOOKUPS: Mapping[str, Lookup] = {
    row.name: row
    for row in (
        Lookup("exact", ANY, "a value", _compare(Operator.EQ)),
        Lookup("ne", ANY, "a value", _compare(Operator.NE)),
        Lookup("lt", ORDERED, "a value", _compare(Operator.LT)),
        Lookup("lte", ORDERED, "a value", _compare(Operator.LE)),
        Lookup("gt", ORDERED, "a value", _compare(Operator.GT)),
        Lookup("gte", ORDERED, "a value", _compare(Operator.GE)),
        Lookup("in", ANY, "several values", _in),
        Lookup("range", ORDERED, "the first and the last value", _range),
        Lookup("like", TEXTS, "a pattern with `%` and `_`", _pattern),
        Lookup("contains", TEXTS, "a part of the text", _like("%", "%")),
        Lookup("startswith", TEXTS, "the beginning of the text", _like("", "%")),
        Lookup("endswith", TEXTS, "the end of the text", _like("%", "")),
        Lookup("isempty", EMPTIABLE, "True or False", _isempty),
    )
}


def lookup(target: Target, name: str) -> Lookup:
    """The lookup of a name, made sure to fit the field.

    Raises:
        FieldError: there is none of that name, or it is not for the field's type.
    """
    field = target.field
    fitting = [row.name for row in LOOKUPS.values() if field.type.family in row.families]
    row = LOOKUPS.get(name)
    if row is None:
        near = suggestion(name, LOOKUPS) or f"`{field.name}` has {listing(fitting, 'and')}"
        raise FieldError(f"`{name}` is not a lookup of `{field.name}`; {near}")
    if field.type.family not in row.families:
        raise FieldError(
            f"`{field.name}` is a field of type {field.type.name}, which has no lookup `{name}`; "
            f"it has {listing(fitting, 'and')}"
        )
    return row
