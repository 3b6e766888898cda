"""What a lookup is about."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from vtql.ast import Name
from vtql.catalog.catalog import Catalog
from vtql.catalog.model import Field, Module
from vtql.catalog.timezones import NO_CLOCK, Clock
from vtql.catalog.types import TEXT

named = lru_cache(maxsize=1024)(Name)
"""The node of a field's name; there are few, and they are wanted often."""


class Target(NamedTuple):  # one for every condition, and made in half the time of a dataclass
    """A field that a lookup is about, and what is known around it.

    `name` is the field's as the tree has it; `plain` says that the field takes any text as it is.
    """

    field: Field
    module: Module
    catalog: Catalog
    clock: Clock
    notlike: Callable[[], bool]
    name: Name
    plain: bool


def target_of(
    field: Field,
    module: Module,
    catalog: Catalog,
    clock: Clock = NO_CLOCK,
    notlike: Callable[[], bool] = bool,
) -> Target:
    """A field as what a lookup is about."""
    plain = field.type.encode is TEXT.encode and not field.choices
    return Target(field, module, catalog, clock, notlike, named(field.name), plain)
