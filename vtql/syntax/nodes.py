"""Nodes that stand nowhere, made quickly by those who know what their classes would make sure of."""

from __future__ import annotations

from vtql.ast import NOWHERE, Comparison, Literal, Name, Operator, Value
from vtql.syntax.slots import new, setters

_value, _literal_span = setters(Literal, "value", "span")
_field, _operator, _literal = setters(Comparison, "field", "operator", "value")


def literal_of(text: str) -> Literal:
    """The literal of a text that is not empty."""
    node: Literal = new(Literal)
    _value(node, text)
    _literal_span(node, NOWHERE)
    return node


def comparison(name: Name, operator: Operator, value: Value) -> Comparison:
    """The condition that a field compares to a value so."""
    node: Comparison = new(Comparison)
    _field(node, name)
    _operator(node, operator)
    _literal(node, value)
    return node
