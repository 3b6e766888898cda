"""Modules and their fields: what is known of a name, and a value's way there and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from vtql.catalog.types import Family, FieldType
from vtql.errors import DecodeError, FieldError, FieldValueError, NotExpressible
from vtql.parser.names import unwritable_name_reason
from vtql.suggestions import short_repr, suggestion

_MAY_BE_EMPTY = (Family.TEXT, Family.CHOICES)


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a module.

    `refers_to` are the modules a reference may point at, `choices` the values of a picklist that
    the describing user's role may see; both are empty for other types.
    """

    name: str
    label: str
    type: FieldType
    mandatory: bool = False
    editable: bool = True
    nullable: bool = True
    unique: bool = False
    default: str | None = None
    refers_to: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()

    def decode(self, wire: Any) -> Any:
        """The Python value of what a server sent; None for null, and for '' unless it is text.

        Raises:
            DecodeError: the type cannot read it.
        """
        if wire is None or (wire == "" and self.type.family not in _MAY_BE_EMPTY):
            return None
        try:
            return self.type.decode(wire if isinstance(wire, str) else _plain(wire))
        except (ValueError, ArithmeticError):
            raise DecodeError(
                f"`{self.name}` is a field of type {self.type.name} and cannot read {wire!r}"
            ) from None

    def encode(self, value: Any) -> str:
        """The text in which a Python value travels; that of a member of an Enum is its value's.

        Raises:
            FieldValueError: the type does not take it.
        """
        try:
            return self.type.encode(value.value if isinstance(value, Enum) else value)
        except (ValueError, OverflowError) as error:
            raise FieldValueError(
                f"`{self.name}` is a field of type {self.type.name}: {error}, not {short_repr(value)}"
            ) from None


@dataclass(frozen=True, slots=True, eq=False)
class Module:
    """A module and its fields by name, in the order of `describe`.

    `unnameable` says of the fields that no query can name why that is so; `select *` reads them.
    """

    name: str
    label: str
    id_prefix: str
    is_entity: bool
    label_fields: tuple[str, ...] = ()
    fields: Mapping[str, Field] = field(default_factory=dict, repr=False)
    unnameable: Mapping[str, str] = field(default_factory=dict, repr=False)

    def field(self, name: str) -> Field:
        """The field of a name.

        Raises:
            FieldError: there is none; the nearest names come first.
        """
        if not isinstance(name, str):
            raise FieldError(
                f"fields are named one by one, each by its name as text; not {short_repr(name)}"
            )
        try:
            return self.fields[name]
        except KeyError:
            raise FieldError(self.unknown(name)) from None

    def queried(self, name: str) -> Field:
        """The field of a name, to stand in a query.

        Raises:
            FieldError: there is none; the nearest names come first.
            NotExpressible: no query can name it.
        """
        field = self.field(name)
        if name in self.unnameable:
            raise NotExpressible(
                f"{short_repr(name)} of {self.name} cannot be named in a query: {self.unnameable[name]}; "
                "a query set without `only` and `values` reads all fields, and a record has it as an "
                "item"
            )
        return field

    def check_name(self) -> None:
        """Make sure that a query can name the module.

        Raises:
            NotExpressible: none can.
        """
        why = unwritable_name_reason(self.name)
        if why:
            raise NotExpressible(f"no query can name the module {short_repr(self.name)}: {why}")

    def unknown(self, name: str) -> str:
        """The message that says there is no such field."""
        near = suggestion(name, self.fields)
        return f"{self.name} has no field `{name}`" + (f"; {near}" if near else "")


def _plain(wire: Any) -> str:
    return {True: "1", False: "0"}.get(wire, str(wire)) if isinstance(wire, bool) else str(wire)
