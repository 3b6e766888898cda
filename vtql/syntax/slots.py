"""Nodes made quickly, by filling their slots.

A frozen dataclass guards itself when it is made, and that takes as long as all the rest of parsing.
The parser knows what the guards ask (a literal is not empty, for its token is not), so its
functions fill the slots directly, and so do the lookups of query sets. Everybody else makes nodes by
their classes.
"""

from __future__ import annotations

from typing import Any

new: Any = object.__new__
"""`new(Name)` is a name with empty slots."""

make: Any = tuple.__new__
"""`make(Span, (start, end))` is a span."""


def setters(kind: type, *names: str) -> tuple[Any, ...]:
    """The functions that fill the slots of a class."""
    return tuple(kind.__dict__[name].__set__ for name in names)
