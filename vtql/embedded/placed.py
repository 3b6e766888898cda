"""A tree with its nodes where they stand in another text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from vtql.dataclass import parts, replace
from vtql.source import Span

T = TypeVar("T")


def placed(node: T, place: Callable[[Span], Span]) -> T:
    """The same tree, each span of it as `place` gives it."""
    value: Any = node
    changed: dict[str, Any] = {}
    for name in parts(value):
        part = getattr(value, name)
        if isinstance(part, Span):
            changed[name] = place(part)
        elif isinstance(part, tuple):
            changed[name] = tuple(placed(each, place) for each in part)
        else:
            changed[name] = placed(part, place)
    made: Any = replace(value, **changed) if changed else value
    return cast("T", made)
