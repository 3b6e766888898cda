"""Values that came from a server and that the type of their field cannot read.

A server can send them: it keeps some fields as text whatever `describe` calls them, and stores what it
is given. Who asks for such a value by its name gets a `DecodeError`; who reads or exports records gets the
text, and one warning that says how many there were.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from vtql.errors import DecodeError, UnreadValue

if TYPE_CHECKING:
    from vtql.schema.model import Field


class UnreadText(str):
    """The text that a server sent where the type of the field cannot read it."""

    __slots__ = ()


def decode_or_text(field: Field, wire: Any) -> Any:
    """The Python value of what a server sent, or its text where the type cannot read it."""
    try:
        return field.decode(wire)
    except DecodeError:
        return UnreadText(wire)


def count_unread(unread: dict[str, int], name: str) -> None:
    """Count one more value of a field that could not be read."""
    unread[name] = unread.get(name, 0) + 1


def unread_message(unread: Mapping[str, int], instead: str) -> str:
    """How many values could not be read, field by field, and what is given in their place."""
    total = sum(unread.values())
    fields = ", ".join(f"{number:,} of `{name}`" for name, number in unread.items())
    values = "value does" if total == 1 else "values do"
    return f"{total:,} {values} not fit the type of the field ({fields}); {instead}"


def warn_caller(message: str, category: type[Warning]) -> None:
    """Warn of the line that called into the package."""
    frame, level = inspect.currentframe(), 1
    while frame is not None and str(frame.f_globals.get("__name__")).startswith("vtql."):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, category, stacklevel=level)


def warn_unread(unread: Mapping[str, int], instead: str) -> None:
    """Warn of the values that could not be read, if there are any."""
    if unread:
        warn_caller(unread_message(unread, instead), UnreadValue)


def as_values(row: Mapping[str, Any], fields: Mapping[str, Field]) -> dict[str, Any]:
    """The Python values of all fields of a row; those that cannot be read as text, with a warning."""
    values = {name: decode_or_text(fields[name], row[name]) for name in row if name in fields}
    unread = {name: 1 for name, value in values.items() if type(value) is UnreadText}
    warn_unread(unread, "their text is given as it came")
    return values
