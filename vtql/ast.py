"""The tree of a query: the one representation that travels between packages.

A tree is a value: frozen, hashable, its children in tuples, equal to another that says the same
wherever either stood in a text. `where` is what the text says, a flat chain; what the chain
means depends on the precedence of AND and OR and lives in `vtql.logic`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from dataclasses import field as attribute
from enum import Enum
from typing import TypeAlias

from vtql.source import Span

NOWHERE = Span(0, 0)


class Operator(Enum):
    """The operators between a field and one value, as the language spells them.

    NOTLIKE is of Vtiger Cloud alone, and no text is parsed to it.
    """

    EQ = "="
    NE = "!="
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="
    LIKE = "LIKE"
    NOTLIKE = "NOTLIKE"

    __hash__ = object.__hash__  # that of an Enum costs more than what is looked up by it


class Connective(Enum):
    """What joins two conditions."""

    AND = "AND"
    OR = "OR"

    __hash__ = object.__hash__


class Direction(Enum):
    """The one direction of an order; it belongs to the last field, the others ascend."""

    ASC = "ASC"
    DESC = "DESC"


@dataclass(frozen=True, slots=True)
class Name:
    """The name of a module or field."""

    text: str
    span: Span = attribute(default=NOWHERE, kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Literal:
    """A quoted value: the text it means, never empty, for the language cannot say that.

    The span of a value that stands in brackets of its own, `= ('x')`, includes them.
    """

    value: str
    span: Span = attribute(default=NOWHERE, kw_only=True, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not self.value:
            raise ValueError("VTQL has no empty literal; `' '` equals the empty text on a server")


@dataclass(frozen=True, slots=True)
class Bare:
    """A value without quotes: a whole number or a record id, as it is spelled."""

    text: str
    span: Span = attribute(default=NOWHERE, kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class StageValues:
    """Values that an earlier stage of a query set finds; a query that is sent has none.

    `text` stands for them where people read the query. `stage` is what has to be asked for them, a
    value of the package that asks; None where it only has to be shown.
    """

    text: str
    stage: Hashable = None
    span: Span = attribute(default=NOWHERE, kw_only=True, compare=False, repr=False)


Value: TypeAlias = Literal | Bare | StageValues


def text_of(value: Value) -> str:
    """The text of a value, whether it stands in quotes or bare."""
    return value.value if isinstance(value, Literal) else value.text


@dataclass(frozen=True, slots=True)
class Comparison:
    """A field, an operator and one value."""

    field: Name
    operator: Operator
    value: Value

    @property
    def span(self) -> Span:
        """From the field to the value."""
        return Span(self.field.span.start, self.value.span.end)


@dataclass(frozen=True, slots=True)
class Membership:
    """A field and the values it may have, at least one."""

    field: Name
    values: tuple[Value, ...]
    span: Span = attribute(default=NOWHERE, kw_only=True, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not self.values:
            raise ValueError("VTQL has no empty list of values")


Condition: TypeAlias = Comparison | Membership


def values_of(condition: Condition) -> tuple[Value, ...]:
    """The values of a condition, in the order of the text."""
    return (condition.value,) if isinstance(condition, Comparison) else condition.values


@dataclass(frozen=True, slots=True)
class Link:
    """A further condition of a chain and what joins it to those before."""

    connective: Connective
    condition: Condition


@dataclass(frozen=True, slots=True)
class Chain:
    """Conditions in a row, without brackets."""

    first: Condition
    links: tuple[Link, ...] = ()

    @property
    def span(self) -> Span:
        """From the first condition to the last."""
        last = self.links[-1].condition if self.links else self.first
        return Span(self.first.span.start, last.span.end)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """All conditions of the chain, in their order."""
        return (self.first, *(link.condition for link in self.links))


@dataclass(frozen=True, slots=True)
class Star:
    """All fields."""

    span: Span = attribute(default=NOWHERE, kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Count:
    """How many records: `count(*)`."""

    span: Span = attribute(default=NOWHERE, kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Columns:
    """The named fields, at least one. A server adds `id`."""

    names: tuple[Name, ...]

    @property
    def span(self) -> Span:
        """From the first name to the last."""
        return Span(self.names[0].span.start, self.names[-1].span.end)

    def __post_init__(self) -> None:
        if not self.names:
            raise ValueError("a query names at least one field, or `*`")


@dataclass(frozen=True, slots=True)
class Order:
    """The fields to order by and the direction of the last one, or none said (it ascends)."""

    names: tuple[Name, ...]
    direction: Direction | None = None
    span: Span = attribute(default=NOWHERE, kw_only=True, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not self.names:
            raise ValueError("an order has at least one field")


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` records after the first `offset`; None where no offset is written."""

    count: int
    offset: int | None = None
    span: Span = attribute(default=NOWHERE, kw_only=True, compare=False, repr=False)

    def __post_init__(self) -> None:
        if self.count < 0 or (self.offset or 0) < 0:
            raise ValueError("a limit counts records, so it is not negative")


@dataclass(frozen=True, slots=True)
class Select:
    """A query."""

    columns: Star | Count | Columns
    module: Name
    where: Chain | None = None
    order: Order | None = None
    limit: Limit | None = None
    span: Span = attribute(default=NOWHERE, kw_only=True, compare=False, repr=False)


Node: TypeAlias = (
    Select | Star | Count | Columns | Name | Chain | Link | Comparison | Membership
    | Literal | Bare | StageValues | Order | Limit
)  # fmt: skip


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below a node, in the order of the text."""
    match node:
        case Select():
            parts = (node.columns, node.module, node.where, node.order, node.limit)
            yield from (part for part in parts if part is not None)
        case Columns() | Order():
            yield from node.names
        case Chain():
            yield node.first
            yield from node.links
        case Link():
            yield node.condition
        case Comparison():
            yield node.field
            yield node.value
        case Membership():
            yield node.field
            yield from node.values
        case _:
            return


def walk(node: Node) -> Iterator[Node]:
    """A node and all nodes below it, in the order of the text."""
    yield node
    for child in children(node):
        yield from walk(child)


def dump(node: Node, depth: int = 0) -> str:
    """The tree as indented text, a node a line: for people and for tests."""
    lines = ["  " * depth + _label(node)]
    lines += [dump(child, depth + 1) for child in children(node)]
    return "\n".join(lines)


def _label(node: Node) -> str:
    kind = type(node).__name__
    match node:
        case Name() | Bare() | StageValues():
            return f"{kind} {node.text}"
        case Literal():
            return f"{kind} {node.value!r}"
        case Comparison():
            return f"{kind} {node.operator.value}"
        case Link():
            return f"{kind} {node.connective.value}"
        case Order() if node.direction:
            return f"{kind} {node.direction.value}"
        case Limit() if node.offset is not None:
            return f"{kind} {node.count} after {node.offset}"
        case Limit():
            return f"{kind} {node.count}"
        case _:
            return kind
