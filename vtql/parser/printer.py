"""Tree to text: the only place where VTQL is spelled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vtql.ast import (
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
from vtql.parser.literals import write_literal

_SIGNS = {operator: operator.value for operator in Operator}  # `value` itself takes its time

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
    order = ", ".join([name.text for name in select.order.names]) if select.order else ""
    if select.order and select.order.direction:
        order += f" {select.order.direction.value}"
    return write_clauses(
        ", ".join(write_columns(select.columns)),
        select.module.text,
        write_chain(select.where) if select.where else "",
        order,
        write_limit(select.limit) if select.limit else "",
    )


def write_clauses(columns: str, module: str, where: str, order: str, limit: str) -> str:
    """The query of what stands behind each of its words; the last three may be empty."""
    text = f"SELECT {columns}"
    text += f" FROM {module}"
    if where:
        text += f" WHERE {where}"
    if order:
        text += f" ORDER BY {order}"
    if limit:
        text += f" LIMIT {limit}"
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
        value = condition.value
        text = write_literal(value.value) if isinstance(value, Literal) else value.text
        return f"{condition.field.text} {_SIGNS[condition.operator]} {text}"
    return f"{condition.field.text} IN ({', '.join(map(write_value, condition.values))})"


def _condition_part(before: str, condition: Condition, spell: Spell) -> Part:
    start = condition.span.start
    match condition:
        case Comparison(field, operator, value):
            sign = spell(operator.value)  # of a sign the same
            return Part(f"{before}{field.text} {sign} {write_value(value)}", start)
        case Membership(field, values):
            head = f"{before}{field.text} {spell('IN')} ("
            return Part(head, start, tuple(map(write_value, values)), ")")


def write_value(value: Value) -> str:
    """A literal in quotes, or a number or id as it is."""
    return write_literal(value.value) if isinstance(value, Literal) else value.text


def write_limit(limit: Limit) -> str:
    """What stands behind LIMIT."""
    return write_window(limit.count, limit.offset)


def write_window(count: int, offset: int | None) -> str:
    """A limit of so many records, behind so many."""
    return str(count) if offset is None else f"{offset}, {count}"
