"""Conditions that a server cannot decide, or not as the records show it, and that are decided here.

* **References.** A server shows a reference as null where the record holds 0, NULL, or the id of a record
  that is gone (measured on 8.4.0). Shown as None it is *no reference*, whatever is stored: no comparison with
  an id is true of it, `ne` and `exclude` included, and `isempty` is. A server compares what is stored: `!=`
  lets 0 and gone records through, and NULL and gone ones cannot be asked for at all.
* **Fields kept as text** (`schema.kept_as_text`). A server compares them as text, so that 10 comes before 5.
  Here the values themselves are compared; a value that the type cannot read matches nothing.

So a condition on such a field is a condition for the server, which may let more through, and a `Test` of the
rows that come. A tree of such conditions becomes `Part`s. Its minimal normal form has alternatives, each a set
of conditions that all hold; those with the same tests are one part, whose conditions the server gets as any
other and whose rows have to pass the tests. A record is wanted if some part gives it.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

from vtql.ast import Comparison, Condition, Literal, Membership, Operator, Value, text_of
from vtql.catalog.model import Field, Module
from vtql.catalog.server_tables import kept_as_text
from vtql.catalog.types import Family
from vtql.logic.bitset import numbers
from vtql.logic.dnf import normal_form
from vtql.logic.equality import one_of
from vtql.logic.tree import TRUE, And, Tree, conditions_of, conjunction, disjunction, side_by_side
from vtql.protocol import PAGE
from vtql.query.across import Found, Known, mapped
from vtql.query.pages import number_of
from vtql.query.row_tests import COMPARE, Test, check
from vtql.query.server import Row
from vtql.query.sorting import sort_key
from vtql.query.state import State


@dataclass(frozen=True, slots=True)
class Part:
    """Conditions for a server, and what is tested of the rows that come."""

    tree: Tree
    tests: tuple[Test, ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that are looked at."""
        return tuple(dict.fromkeys(test.field for test in self.tests))

    def passing(self, module: Module) -> Callable[[Row], bool]:
        """The function that tells whether a row passes all tests."""
        checks = [check(test, module.fields[test.field]) for test in self.tests]
        return lambda row: all(check(row) for check in checks)


def parts_of(state: State) -> tuple[Part, ...] | None:
    """The parts of a query set's condition; None where the server decides all of it.

    Raises:
        NotExpressible: the condition goes beyond a limit of `logic.limits`.
    """
    if state.as_stored or not any(
        _concerns(each, state.module) for each in conditions_of(state.tree)
    ):
        return None
    # what is no concern of this stays as it is: ten thousand ids that must not be, for one
    every = side_by_side(state.tree, And)
    mine = [
        part for part in every if any(_concerns(each, state.module) for each in conditions_of(part))
    ]
    others = [part for part in every if not any(part is each for each in mine)]
    form = normal_form(conjunction(*mine))
    groups: dict[frozenset[Test], list[Tree]] = {}
    for implicant in form.implicants:
        choices = [_choices(form.conditions[number], state.module) for number in numbers(implicant)]
        for chosen in product(*choices):
            tests = frozenset(test for _, found in chosen for test in found)
            if not any(test._replace(negated=not test.negated) in tests for test in tests):
                asked = [tree for tree, _ in chosen if tree is not TRUE]
                groups.setdefault(tests, []).append(conjunction(*asked))
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


def told(parts: Sequence[Part]) -> str:
    """What is tested here, as a phrase."""
    return ", ".join(dict.fromkeys(str(test) for part in parts for test in part.tests))


def has_one_id_each(part: Part) -> bool:
    """Whether each reference that is tested to be one has to be a certain id."""
    alone = {
        each.field.text
        for each in side_by_side(part.tree, And)
        if isinstance(each, Comparison) and each.operator is Operator.EQ
    }
    return says_nearly((part,)) and alone >= set(part.fields)


def read_first(
    state: State, parts: Sequence[Part], read: Callable[[State], Iterator[Row]]
) -> list[Row] | None:
    """The rows of a short slice from the beginning, asked for as such; None where that is not enough.

    Records that refer to what is gone are few. Where none of them is among the rows of the slice, these are
    the slice.
    """
    if state.start or state.stop is None or state.stop >= PAGE or len(parts) != 1:
        return None
    if not says_nearly(parts):
        return None
    came: list[Row] = []

    def counted(asked: State) -> Iterator[Row]:
        came.extend(read(replace(asked, stop=state.stop)))
        return iter(came)

    kept = list(_passed(state, parts[0], counted))
    return kept if len(kept) == len(came) else None


def nearly(state: State) -> State:
    """The query set that a server can be asked for as it is, where `says_nearly`."""

    def leaf(condition: Condition) -> Tree:
        trees = [tree for tree, _ in _choices(condition, state.module)]
        return trees[0] if len(trees) == 1 else condition

    return replace(state, tree=mapped(state.tree, leaf, {}), as_stored=True)


def read_parts(
    state: State, parts: Sequence[Part], read: Callable[[State], Iterator[Row]]
) -> Iterator[Row]:
    """The rows of the parts that pass, each once, in the order of the query set; without its slice.

    `read` gives the rows of a query set whose condition the server decides.
    """
    streams = [_passed(state, part, read) for part in parts]
    if len(streams) == 1:
        yield from streams[0]
        return
    # without an order the queries follow each other, so that the first row comes with the first page
    rows = (
        heapq.merge(*streams, key=sort_key(state.module, state.order))
        if state.order
        else _all(streams)
    )
    seen: set[int] = set()
    for row in rows:
        number = number_of(row["id"])
        if number not in seen:
            seen.add(number)
            yield row


def asked_of(state: State, part: Part) -> State:
    """The query set that a server is asked for a part: all of its rows, with the fields it is about."""
    columns = state.columns
    if columns is not None:
        columns = tuple(dict.fromkeys((*columns, *part.fields)))
    return replace(
        state, tree=part.tree, columns=columns, start=0, stop=None, tests=(), as_stored=True
    )


def _all(streams: Sequence[Iterator[Row]]) -> Iterator[Row]:
    for stream in streams:
        yield from stream


def _passed(state: State, part: Part, read: Callable[[State], Iterator[Row]]) -> Iterator[Row]:
    passes = part.passing(state.module)
    wanted = (
        None
        if state.columns is None
        else {*state.columns, "id", *(n.lstrip("-") for n in state.order)}
    )
    extra = () if wanted is None else tuple(name for name in part.fields if name not in wanted)
    for row in read(asked_of(state, part)):
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
    return not isinstance(first, (Found, Known))


def _choices(condition: Condition, module: Module) -> list[tuple[Tree, tuple[Test, ...]]]:
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
    return [(TRUE, (Test(field.name, operator, tuple(map(text_of, values))),))]


def _of_reference(
    condition: Condition, field: Field, *, text: bool
) -> list[tuple[Tree, tuple[Test, ...]]]:
    some, none = Test(field.name), Test(field.name, negated=True)
    zero = Comparison(condition.field, Operator.NE, Literal(_ZERO))
    if isinstance(condition, Membership) or condition.operator is Operator.EQ:
        values = _values(condition)
        named = [value for value in values if not is_nothing(value)]
        found: list[tuple[Tree, tuple[Test, ...]]] = []
        if len(named) < len(values):
            found.append((TRUE, (none,)))
        if named:
            found.append((one_of(condition.field, named), (some,)))
        return found
    if condition.operator is Operator.NE:
        zero = replace(zero, value=Literal(f"{text_of(condition.value).partition('x')[0]}x0"))
        if is_nothing(condition.value):
            return [(zero, (some,))]
        return [(conjunction(condition, zero), (some,))]
    if text and condition.operator in COMPARE:
        return [(TRUE, (some, Test(field.name, condition.operator, (text_of(condition.value),))))]
    return [(condition, (some,))]


_ZERO = "1x0"


def is_nothing(value: Value) -> bool:
    """Whether a value is the id of no record, such as `11x0`."""
    number = text_of(value).partition("x")[2]
    return number.isdecimal() and int(number) == 0


def _values(condition: Condition) -> tuple[Value, ...]:
    return (condition.value,) if isinstance(condition, Comparison) else condition.values
