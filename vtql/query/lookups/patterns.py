"""Lookups that look into a text, and into the choices of a multipicklist."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import Enum
from typing import Any

from vtql.ast import Comparison, Literal, Operator
from vtql.catalog.types import MULTI
from vtql.errors import FieldValueError, NotExpressible
from vtql.logic.tree import Or, Tree
from vtql.parser.literals import escape_like
from vtql.query.values import Target, check_choice, sayable
from vtql.suggestions import short_repr


def like(target: Target, pattern: Any) -> Tree:
    """As a pattern says, in which `%` and `_` are wildcards and a backslash takes that away."""
    return _like(target, _text(target, "like", pattern))


def part(name: str, before: str, after: str) -> Callable[[Target, Any], Tree]:
    """LIKE with a text in which wildcards mean themselves, and what stands around it."""

    def build(target: Target, value: Any) -> Tree:
        return _like(target, before + escape_like(_text(target, name, value)) + after)

    return build


def notlike(target: Target, pattern: Any) -> Tree:
    """Not as a pattern says. Vtiger Cloud has it (a field report), no server that was measured."""
    text = _text(target, "notlike", pattern)
    if not target.notlike():
        raise NotExpressible(
            f"`{target.field.name}__notlike` needs an operator that Vtiger Cloud has and no "
            "open-source Vtiger; `ne` excludes a whole value, and `.where(…)` tests records in Python"
        )
    return replace(_like(target, text), operator=Operator.NOTLIKE)


def includes(target: Target, value: Any) -> Tree:
    """One of the choices of a multipicklist is this one, whole.

    The choices are stored as one text, `a |##| b`, so there are four places in which one can be.
    """
    choice = _text(
        target, "includes", value, "one choice; `&` and `|` between `Q` objects join several"
    )
    if not choice.strip() or MULTI.strip() in choice:
        raise FieldValueError(
            f"`{target.field.name}__includes` takes one choice, and {short_repr(value)} is none: a server "
            f"stores several as one text with `{MULTI.strip()}` between them"
        )
    check_choice(target.field, choice)
    pattern = escape_like(choice)
    return Or(
        (
            Comparison(target.name, Operator.EQ, Literal(sayable(target.field, choice))),
            _like(target, f"{pattern}{MULTI}%"),
            _like(target, f"%{MULTI}{pattern}"),
            _like(target, f"%{MULTI}{pattern}{MULTI}%"),
        )
    )


def _like(target: Target, pattern: str) -> Comparison:
    return Comparison(target.name, Operator.LIKE, Literal(sayable(target.field, pattern)))


def _text(target: Target, name: str, value: Any, expected: str = "text") -> str:
    text = value.value if isinstance(value, Enum) else value  # as where whole values are compared
    if not isinstance(text, str):
        raise FieldValueError(
            f"`{target.field.name}__{name}` takes {expected}, not {short_repr(value)}"
        )
    return str.__str__(text)
