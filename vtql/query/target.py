"""What a lookup is about."""

from __future__ import annotations

from dataclasses import dataclass

from vtql.ast import Name
from vtql.schema.catalog import Catalog
from vtql.schema.model import Field, Module
from vtql.schema.times.zones import NO_CLOCK, Clock


@dataclass(frozen=True, slots=True)
class Target:
    """A field that a lookup is about, and what is known around it."""

    field: Field
    module: Module
    catalog: Catalog
    clock: Clock = NO_CLOCK

    @property
    def name(self) -> Name:
        """The field's name as the tree has it."""
        return Name(self.field.name)
