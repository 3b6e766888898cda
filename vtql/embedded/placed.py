"""A tree with its nodes where they stand in another text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, cast

from vtql.source import Span

T = TypeVar("T")


def placed(node: T, place: Callable[[Span], Span]) -> T:
    """The same tree, each span of it as `place` gives it."""
    value: Any = node
    changed: dict[str, Any] = {}
    for field in fields(value) if is_dataclass(value) else ():
        name = field.name
        part = getattr(value, name)
        if isinstance(part, Span):
            changed[name] = place(part)
        elif isinstance(part, tuple):
            changed[name] = tuple(placed(each, place) for each in part)
        else:
            changed[name] = placed(part, place)
    made: Any = replace(value, **changed) if changed else value
    return cast("T", made)
