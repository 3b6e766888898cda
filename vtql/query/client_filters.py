"""Conditions that a server cannot decide, or not as its records show it, decided on the rows that come.

* **References.** A server shows a reference as null where the record holds 0, NULL, or the id of a deleted
  record (measured on 8.4.0). Shown as None it is *no reference*, whatever is stored: no comparison with an
  id is true of it, `ne` and `exclude` included, and `isempty` is. A server compares what is stored: `!=` lets
  0 and deleted records through, and NULL and deleted ones cannot be asked for at all.
* **Fields kept as text** (`catalog.server_tables`). A server compares them as text, so that 10 comes before
  5. Here the values themselves are compared; a value that the type cannot read matches nothing.

So a condition on such a field is a condition for the server, which may let more through, and a `RowTest` of
the rows that come. A tree of such conditions becomes `Part`s. Its minimal normal form has alternatives, each
a set of conditions that all hold; those with the same tests are one part, whose conditions the server gets
as any other and whose rows have to pass the tests. A record matches if some part gives it.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from operator import eq, ge, gt, le, lt, ne
from typing import Any, NamedTuple

from vtql.ast import (
    Comparison,
    Condition,
    Literal,
    Membership,
    Operator,
    StageValues,
    Value,
    text_of,
)
from vtql.catalog.model import Field, Module
from vtql.catalog.server_tables import kept_as_text
from vtql.catalog.types import Family
from vtql.errors import DecodeError
from vtql.logic.bitset import numbers
from vtql.logic.dnf import normal_form
from vtql.logic.equality import one_of
from vtql.logic.tree import TRUE, And, Tree, conditions_of, conjunction, disjunction, side_by_side
from vtql.protocol import PAGE
from vtql.query.connection import Row
from vtql.query.id_paging import number_of
from vtql.query.relations import ExistingId, map_conditions
from vtql.query.sorting import sort_key
from vtql.query.spec import QuerySpec

COMPARE: Mapping[Operator, Callable[[Any, Any], bool]] = {
    Operator.EQ: eq, Operator.NE: ne, Operator.LT: lt, Operator.LE: le, Operator.GT: gt,
    Operator.GE: ge,
}  # fmt: skip


class RowTest(NamedTuple):
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


def row_check(test: RowTest, field: Field) -> Callable[[Row], bool]:
    """The function that tells whether a row passes a test."""
    read = _number if field.type.family is Family.ID else field.decode

    def value_of(row: Row) -> Any:
        try:
            value = field.decode(row.get(field.name))
            return (
                None
                if value is None
                else read(value if field.type.family is Family.ID else row[field.name])
            )
        except (DecodeError, ValueError):
            return None

    if test.operator is None:
        return lambda row: (field.decode(row.get(field.name)) is None) is test.negated
    operands = [read(text) for text in test.values]
    compare = COMPARE[test.operator]

    def holds(row: Row) -> bool:
        value = value_of(row)
        return value is not None and any(compare(value, operand) for operand in operands)

    return holds


def _number(record_id: str) -> int:
    return int(record_id.rpartition("x")[2])


@dataclass(frozen=True, slots=True)
class Part:
    """Conditions for a server, and what is tested of the rows that come."""

    tree: Tree
    tests: tuple[RowTest, ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that are looked at."""
        return tuple(dict.fromkeys(test.field for test in self.tests))

    def passing(self, module: Module) -> Callable[[Row], bool]:
        """The function that tells whether a row passes all tests."""
        checks = [row_check(test, module.fields[test.field]) for test in self.tests]
        return lambda row: all(check(row) for check in checks)


def parts_of(spec: QuerySpec) -> tuple[Part, ...] | None:
    """The parts of a query set's condition; None where the server decides all of it.

    Raises:
        NotExpressible: the condition goes beyond a limit of `logic.limits`.
    """
    if spec.as_stored or not any(
        _concerns(condition, spec.module) for condition in conditions_of(spec.tree)
    ):
        return None
    # what is no concern of this stays as it is: ten thousand ids that must not be, for one
    conjuncts = side_by_side(spec.tree, And)
    mine = [
        part
        for part in conjuncts
        if any(_concerns(condition, spec.module) for condition in conditions_of(part))
    ]
    others = [part for part in conjuncts if not any(part is condition for condition in mine)]
    form = normal_form(conjunction(*mine))
    groups: dict[frozenset[RowTest], list[Tree]] = {}
    for implicant in form.implicants:
        choices = [_choices(form.conditions[number], spec.module) for number in numbers(implicant)]
        for alternative in product(*choices):
            tests = frozenset(test for _, part_tests in alternative for test in part_tests)
            if not any(test._replace(negated=not test.negated) in tests for test in tests):
                server_trees = [tree for tree, _ in alternative if tree is not TRUE]
                groups.setdefault(tests, []).append(conjunction(*server_trees))
    return tuple(
        Part(
            conjunction(*others, *(() if TRUE in trees else (disjunction(*trees),))),
            tuple(sorted(tests, key=str)),
        )
        for tests, trees in groups.items()
    )


def says_nearly(parts: Sequence[Part]) -> bool:
    """Whether the conditions for the server find what is wanted, but for records that are gone."""
    return all(test.operator is None and not test.negated for part in parts for test in part.tests)


def describe_parts(parts: Sequence[Part]) -> str:
    """What is tested here, as a phrase."""
    return ", ".join(dict.fromkeys(str(test) for part in parts for test in part.tests))


def has_one_id_each(part: Part) -> bool:
    """Whether each reference that is tested to be one has to be a certain id."""
    alone = {
        condition.field.text
        for condition in side_by_side(part.tree, And)
        if isinstance(condition, Comparison) and condition.operator is Operator.EQ
    }
    return says_nearly((part,)) and alone >= set(part.fields)


def read_first(
    spec: QuerySpec, parts: Sequence[Part], read: Callable[[QuerySpec], Iterator[Row]]
) -> list[Row] | None:
    """The rows of a short slice from the beginning, asked for as such; None where that is not enough.

    Records that refer to what is gone are few. Where none of them is among the rows of the slice, these are
    the slice.
    """
    if spec.start or spec.stop is None or spec.stop >= PAGE or len(parts) != 1:
        return None
    if not says_nearly(parts):
        return None
    came: list[Row] = []

    def counted(part_spec: QuerySpec) -> Iterator[Row]:
        came.extend(read(replace(part_spec, stop=spec.stop)))
        return iter(came)

    passing = list(_passing(spec, parts[0], counted))
    return passing if len(passing) == len(came) else None


def without_client_tests(spec: QuerySpec) -> QuerySpec:
    """The query set that a server can be asked for as it is, where `says_nearly`."""

    def leaf(condition: Condition) -> Tree:
        trees = [tree for tree, _ in _choices(condition, spec.module)]
        return trees[0] if len(trees) == 1 else condition

    return replace(spec, tree=map_conditions(spec.tree, leaf, {}), as_stored=True)


def read_parts(
    spec: QuerySpec, parts: Sequence[Part], read: Callable[[QuerySpec], Iterator[Row]]
) -> Iterator[Row]:
    """The rows of the parts that pass, each once, in the order of the query set; without its slice.

    `read` gives the rows of a query set whose condition the server decides.
    """
    streams = [_passing(spec, part, read) for part in parts]
    if len(streams) == 1:
        yield from streams[0]
        return
    # without an order the queries follow each other, so that the first row comes with the first page
    rows = (
        heapq.merge(*streams, key=sort_key(spec.module, spec.order))
        if spec.order
        else _chained(streams)
    )
    seen: set[int] = set()
    for row in rows:
        number = number_of(row["id"])
        if number not in seen:
            seen.add(number)
            yield row


def spec_of_part(spec: QuerySpec, part: Part) -> QuerySpec:
    """The query set that a server is asked for a part: all of its rows, with the fields it is about."""
    columns = spec.columns
    if columns is not None:
        columns = tuple(dict.fromkeys((*columns, *part.fields)))
    return replace(
        spec, tree=part.tree, columns=columns, start=0, stop=None, tests=(), as_stored=True
    )


def _chained(streams: Sequence[Iterator[Row]]) -> Iterator[Row]:
    for stream in streams:
        yield from stream


def _passing(
    spec: QuerySpec, part: Part, read: Callable[[QuerySpec], Iterator[Row]]
) -> Iterator[Row]:
    passes = part.passing(spec.module)
    names = (
        None
        if spec.columns is None
        else {*spec.columns, "id", *(n.lstrip("-") for n in spec.order)}
    )
    extra = () if names is None else tuple(name for name in part.fields if name not in names)
    for row in read(spec_of_part(spec, part)):
        if passes(row):
            yield (
                {name: value for name, value in row.items() if name not in extra} if extra else row
            )


def _concerns(condition: Condition, module: Module) -> bool:
    """Whether a condition is about a reference or a field kept as text."""
    field = module.fields.get(condition.field.text)
    if field is None or field.name == "id":
        return False
    if field.type.name != "reference" and not kept_as_text(module.name, field.name):
        return False
    first = condition.value if isinstance(condition, Comparison) else condition.values[0]
    return not isinstance(first, (StageValues, ExistingId))


def _choices(condition: Condition, module: Module) -> list[tuple[Tree, tuple[RowTest, ...]]]:
    """A condition as alternatives of a condition for the server and what is tested of the rows."""
    if not _concerns(condition, module):
        return [(condition, ())]
    field = module.fields[condition.field.text]
    if field.type.family is Family.ID:
        return _of_reference(condition, field, text=kept_as_text(module.name, field.name))
    if isinstance(condition, Comparison) and condition.operator not in COMPARE:
        return [(condition, ())]  # a pattern is about the text
    values = _values(condition)
    operator = condition.operator if isinstance(condition, Comparison) else Operator.EQ
    return [(TRUE, (RowTest(field.name, operator, tuple(map(text_of, values))),))]


def _of_reference(
    condition: Condition, field: Field, *, text: bool
) -> list[tuple[Tree, tuple[RowTest, ...]]]:
    some, none = RowTest(field.name), RowTest(field.name, negated=True)
    zero = Comparison(condition.field, Operator.NE, Literal(_ZERO))
    if isinstance(condition, Membership) or condition.operator is Operator.EQ:
        values = _values(condition)
        ids = [value for value in values if not is_nothing(value)]
        alternatives: list[tuple[Tree, tuple[RowTest, ...]]] = []
        if len(ids) < len(values):
            alternatives.append((TRUE, (none,)))
        if ids:
            alternatives.append((one_of(condition.field, ids), (some,)))
        return alternatives
    if condition.operator is Operator.NE:
        zero = replace(zero, value=Literal(f"{text_of(condition.value).partition('x')[0]}x0"))
        if is_nothing(condition.value):
            return [(zero, (some,))]
        return [(conjunction(condition, zero), (some,))]
    if text and condition.operator in COMPARE:
        return [
            (TRUE, (some, RowTest(field.name, condition.operator, (text_of(condition.value),))))
        ]
    return [(condition, (some,))]


_ZERO = "1x0"


def is_nothing(value: Value) -> bool:
    """Whether a value is the id of no record, such as `11x0`."""
    number = text_of(value).partition("x")[2]
    return number.isdecimal() and int(number) == 0


def _values(condition: Condition) -> tuple[Value, ...]:
    return (condition.value,) if isinstance(condition, Comparison) else condition.values
