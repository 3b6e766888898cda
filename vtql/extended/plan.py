"""`Plan`: what a server will be asked."""

from __future__ import annotations

from dataclasses import dataclass

from vtql.ast import Select
from vtql.syntax.write import write


@dataclass(frozen=True, slots=True)
class Plan:
    """The queries that together mean what was asked for; of several, rows merge by `id`."""

    selects: tuple[Select, ...]

    @property
    def statements(self) -> list[str]:
        """The queries as VTQL, each of which runs as it stands."""
        return [write(select) for select in self.selects]
