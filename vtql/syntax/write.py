"""Tree to text: the only place where VTQL is spelled."""

from __future__ import annotations

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
    Order,
    Select,
    Star,
    Value,
)
from vtql.syntax.literals import quote


def write(select: Select) -> str:
    """The query as one line that a server runs as it is."""
    parts = ["SELECT", write_columns(select.columns), "FROM", select.module.text]
    if select.where:
        parts += "WHERE", write_chain(select.where)
    if select.order:
        parts += "ORDER BY", write_order(select.order)
    if select.limit:
        parts += "LIMIT", write_limit(select.limit)
    return " ".join(parts) + ";"


def write_columns(columns: Star | Count | Columns) -> str:
    """What stands between SELECT and FROM."""
    match columns:
        case Star():
            return "*"
        case Count():
            return "count(*)"
        case Columns():
            return ", ".join(name.text for name in columns.names)


def write_chain(chain: Chain) -> str:
    """What stands behind WHERE."""
    parts = [write_condition(chain.first)]
    for link in chain.links:
        parts += link.connective.value, write_condition(link.condition)
    return " ".join(parts)


def write_condition(condition: Condition) -> str:
    """One comparison or membership."""
    match condition:
        case Comparison():
            value = write_value(condition.value)
            return f"{condition.field.text} {condition.operator.value} {value}"
        case Membership():
            values = ", ".join(write_value(value) for value in condition.values)
            return f"{condition.field.text} IN ({values})"


def write_value(value: Value) -> str:
    """A literal in quotes, or a number or id as it is."""
    match value:
        case Literal():
            return quote(value.value)
        case Bare():
            return value.text


def write_order(order: Order) -> str:
    """What stands behind ORDER BY."""
    names = ", ".join(name.text for name in order.names)
    return f"{names} {order.direction.value}" if order.direction else names


def write_limit(limit: Limit) -> str:
    """What stands behind LIMIT."""
    return str(limit.count) if limit.offset is None else f"{limit.offset}, {limit.count}"
