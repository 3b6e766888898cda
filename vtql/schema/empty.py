"""What an empty field equals on a server (measured on 8.4: Empty and NULL)."""

from __future__ import annotations

from vtql.errors import FieldError
from vtql.schema.catalog import Catalog
from vtql.schema.model import Field
from vtql.schema.types import Family

EMPTIABLE = frozenset({Family.TEXT, Family.CHOICES, Family.ID})
"""The families whose fields can be empty; a number, a date and a checkbox are NULL or something."""


def empty_value(field: Field, catalog: Catalog) -> str:
    """The value that finds records whose field is empty: a blank for text, `11x0` for references.

    Raises:
        FieldError: a field of that type is never empty.
    """
    if field.type.family not in EMPTIABLE:
        raise FieldError(
            f"`{field.name}` is a field of type {field.type.name}, which is never empty on a server, "
            "only NULL; VTQL cannot ask for that"
        )
    if field.type.family is Family.ID:
        known = [name for name in field.refers_to if name in catalog]
        return f"{catalog[known[0]].id_prefix if known else 1}x0"
    return " "
