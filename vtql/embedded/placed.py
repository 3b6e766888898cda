"""A tree with its nodes where they stand in another text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar, cast

from vtql.dataclass import replace
from vtql.source import Span

T = TypeVar("T")


def placed(node: T, place: Callable[[Span], Span]) -> T:
    """The same tree, each span of it as `place` gives it."""
    value: Any = node
    if not is_dataclass(value) or isinstance(value, type):
        return node
    changed: dict[str, Any] = {}
    for field in fields(value):
        part = getattr(value, field.name)
        if isinstance(part, Span):
            changed[field.name] = place(part)
        elif isinstance(part, tuple):
            changed[field.name] = tuple(placed(each, place) for each in part)
        else:
            changed[field.name] = placed(part, place)
    made: Any = replace(value, **changed)
    return cast("T", made)
