"""A Python value in a condition: checked against its field, then a literal."""

from __future__ import annotations

from typing import Any

from vtql.ast import Literal, Operator
from vtql.catalog.catalog import EMPTIABLE, empty_value
from vtql.catalog.model import Field
from vtql.catalog.types import MULTI, Family
from vtql.errors import FieldValueError, NotExpressible
from vtql.parser.literals import SHORT, unwritable_reason
from vtql.query.choices import check_choice
from vtql.query.moments import storable
from vtql.query.target import Target
from vtql.suggestions import listing

_WHOLE = (Operator.EQ, Operator.NE)
_TIMES = (Family.MOMENT, Family.TIME)
_ID, _CHOICES = Family.ID, Family.CHOICES  # Python takes its time to find a member


def literal(target: Target, value: Any, operator: Operator = Operator.EQ) -> Literal:
    """The literal that a value is behind an operator in a condition on a field.

    The empty text becomes `' '`: the language has no empty literal, and a server's comparison
    ignores trailing blanks (measured, Empty and NULL).

    Raises:
        FieldValueError: the field's type does not take the value, or no literal can hold it.
        NotExpressible: the value is None, and the field is no reference, or not compared as a whole.
    """
    if target.plain and type(value) is str and 0 < len(value) < SHORT and value.isascii():
        return Literal(value)  # nearly every value, in a third of the time
    field = target.field
    if value is None and field.type.name == "reference" and operator in _WHOLE:
        return Literal(empty_value(field, target.catalog))
    if value is None:
        raise NotExpressible(
            f"VTQL cannot ask whether `{field.name}` is NULL; `{field.name}__isempty=True` finds "
            "empty texts and references"
            if field.type.family in EMPTIABLE
            else f"VTQL cannot ask whether `{field.name}` is NULL; a field of type "
            f"{field.type.name} is never empty otherwise, and every comparison leaves NULL out"
        )
    family = field.type.family
    if family in _TIMES:
        value = storable(target, value, operator)
    text = field.encode(value)
    if family is _ID:
        check_prefix(target, text)
    elif field.choices and operator in _WHOLE:
        for choice in text.split(MULTI) if family is _CHOICES else (text,):
            check_choice(field, choice)
    if text and text.isascii() and len(text) < SHORT:
        return Literal(text)
    return Literal(sayable(field, text or " "))


def sayable(field: Field, text: str) -> str:
    """The text itself, if a literal can mean it.

    Raises:
        FieldValueError: none can.
    """
    reason = unwritable_reason(text)
    if reason:
        raise FieldValueError(f"the value for `{field.name}` cannot be written: {reason}")
    return text


def check_prefix(target: Target, record_id: str) -> None:
    """An id of a module that the field cannot point at.

    A server ignores the prefix and would match another record that has the same number.
    """
    allowed = modules_of(target)
    prefixes = {target.catalog[name].id_prefix: name for name in allowed if name in target.catalog}
    if len(prefixes) < len(allowed) or not prefixes:
        return  # a module is not described, so nobody can tell
    prefix = record_id.partition("x")[0]
    if prefix not in prefixes:
        other = target.catalog.module_of_prefix(prefix)
        known = ", ".join(f"{prefix}x… ({name})" for prefix, name in prefixes.items())
        raise FieldValueError(
            f"`{target.field.name}` of {target.module.name} holds ids of {listing(allowed)}: "
            f"{known}; '{record_id}' is an id of {f'`{other}`' if other else 'another module'}"
        )


def modules_of(target: Target) -> tuple[str, ...]:
    """The modules whose ids a field holds."""
    if target.field.name == "id":
        return (target.module.name,)
    if target.field.type.name == "owner":
        return ("Users", "Groups")
    return target.field.refers_to
