"""Tree to text: the only place where VTQL is spelled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vtql.ast import (
    Bare,
    Chain,
    Columns,
    Comparison,
    Condition,
    Count,
    Limit,
    Literal,
    Membership,
    Operator,
    Select,
    Star,
    Value,
)
from vtql.syntax.literals import quote

Spell = Callable[[str], str]
"""How a word of the language is written, given in capitals."""


@dataclass(frozen=True, slots=True)
class Part:
    """A clause or a condition, which a long query has on a line of its own.

    `items` stand between `head` and `tail`, with a comma and a blank in between; a part without
    items is its head. `start` is the offset from which on a text belongs to the part.
    """

    head: str
    start: int
    items: tuple[str, ...] = ()
    tail: str = ""

    @property
    def text(self) -> str:
        """The part on one line."""
        return self.head + ", ".join(self.items) + self.tail


def write(select: Select) -> str:
    """The query as one line that a server runs as it is."""
    text = f"SELECT {', '.join(write_columns(select.columns))}"
    text += f" FROM {select.module.text}"
    if select.where:
        text += f" WHERE {write_chain(select.where)}"
    if select.order:
        text += f" ORDER BY {', '.join([name.text for name in select.order.names])}"
        if select.order.direction:
            text += f" {select.order.direction.value}"
    if select.limit:
        text += f" LIMIT {write_limit(select.limit)}"
    return f"{text};"


def write_parts(select: Select, spell: Spell = str) -> list[Part]:
    """The clauses and conditions of a query, without the semicolon, in their order."""
    start = select.span.start
    columns = write_columns(select.columns)
    parts = [
        Part(f"{spell('SELECT')} ", start, tuple(columns)),
        Part(f"{spell('FROM')} {select.module.text}", select.module.span.start),
    ]
    if select.where:
        words = ["WHERE", *(link.connective.value for link in select.where.links)]
        for word, condition in zip(words, select.where.conditions, strict=True):
            parts.append(_condition_part(f"{spell(word)} ", condition, spell))
    if select.order:
        names = tuple(name.text for name in select.order.names)
        direction = f" {spell(select.order.direction.value)}" if select.order.direction else ""
        parts.append(Part(f"{spell('ORDER BY')} ", select.order.span.start, names, direction))
    if select.limit:
        text = f"{spell('LIMIT')} {write_limit(select.limit)}"
        parts.append(Part(text, select.limit.span.start))
    return parts


def write_columns(columns: Star | Count | Columns) -> list[str]:
    """What stands between SELECT and FROM, with commas in between."""
    match columns:
        case Star():
            return ["*"]
        case Count():
            return ["count(*)"]
        case Columns():
            return [name.text for name in columns.names]


def write_chain(chain: Chain) -> str:
    """What stands behind WHERE."""
    parts = [write_condition(chain.first)]
    for link in chain.links:
        parts += link.connective.value, write_condition(link.condition)
    return " ".join(parts)


def write_condition(condition: Condition) -> str:
    """One comparison or membership."""
    if isinstance(condition, Comparison):
        value = write_value(condition.value)
        return f"{condition.field.text} {condition.operator.value} {value}"
    return f"{condition.field.text} IN ({', '.join(map(write_value, condition.values))})"


def _condition_part(before: str, condition: Condition, spell: Spell) -> Part:
    start = condition.span.start
    match condition:
        case Comparison(field, operator, value):
            sign = spell(operator.value) if operator is Operator.LIKE else operator.value
            return Part(f"{before}{field.text} {sign} {write_value(value)}", start)
        case Membership(field, values):
            head = f"{before}{field.text} {spell('IN')} ("
            return Part(head, start, tuple(map(write_value, values)), ")")


def write_value(value: Value) -> str:
    """A literal in quotes, or a number or id as it is."""
    match value:
        case Literal():
            return quote(value.value)
        case Bare():
            return value.text


def write_limit(limit: Limit) -> str:
    """What stands behind LIMIT."""
    return str(limit.count) if limit.offset is None else f"{limit.offset}, {limit.count}"
