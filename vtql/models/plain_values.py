"""The values of a record as plain data, so that what cannot travel is refused before anything is sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import Enum
from typing import Any

from vtql.errors import ArgumentError, FieldValueError
from vtql.suggestions import short_repr

DEEPEST = 30
"""Lists and mappings inside each other; the lines of an invoice are two deep."""


def plain_text(values: Any) -> str:
    """Values as JSON, the same in every process for the same values; sets are sorted.

    Raises:
        ArgumentError: the name of a field is no text.
        FieldValueError: something is nested too deep or in itself, holds half of a surrogate pair, or
            cannot be written as text.
    """
    try:
        return json.dumps(_plain(values, 0), sort_keys=True)
    except (ArgumentError, FieldValueError):
        raise
    except Exception as error:  # noqa: BLE001 - values are anybody's, and so is what they raise
        raise FieldValueError(
            f"a value cannot be written as text ({type(error).__name__}: {short_repr(str(error))})"
        ) from None


def _plain(value: Any, depth: int) -> Any:
    if depth > DEEPEST:
        raise FieldValueError(
            f"a value is nested more than {DEEPEST} deep, or in itself; a field takes one value"
        )
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return _whole_text(str.__str__(value))
        case Enum():
            return _plain(value.value, depth + 1)
        case Mapping():
            return {_name(name): _plain(value[name], depth + 1) for name in value}
        case list() | tuple():
            return [_plain(item, depth + 1) for item in value]
        case set() | frozenset():
            return sorted(json.dumps(_plain(item, depth + 1), sort_keys=True) for item in value)
    record = getattr(value, "id", None)  # a record stands for its id
    return [type(value).__name__, record if isinstance(record, str) else repr(value)]


def _name(name: Any) -> str:
    if not isinstance(name, str):
        raise ArgumentError(f"the name of a field is a text, not {short_repr(name)}")
    return _whole_text(str.__str__(name))


def _whole_text(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise FieldValueError(
            f"a text holds half of a surrogate pair at character {error.start}, {text[error.start]!a}: "
            "that is not a character, and cannot be sent"
        ) from None
    return text
