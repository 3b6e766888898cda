"""What the settings come to for a text: which findings are told, and what they weigh."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from vtql.diagnostics import Severity


class Settings(NamedTuple):
    """What several places (see `vtql.lint.settings_table`) came to; as it is made, all is told.

    `off` are codes that are not told; `levels` the weight of codes whose own is not wanted;
    `off_in` pairs of a pattern of paths and the codes that are not told there.
    """

    off: frozenset[str] = frozenset()
    levels: Mapping[str, Severity] = {}
    off_in: tuple[tuple[str, frozenset[str]], ...] = ()
    catalog: str | None = None
    profile: str | None = None
    exclude: tuple[str, ...] = ()
    fail_level: Severity = Severity.WARNING

    def at(self, path: str) -> Settings:
        """The settings of a file, by its path from the folder that patterns begin at."""
        if not self.off_in:
            return self
        from vtql.lint.globs import matches  # noqa: PLC0415 - few have patterns

        more = [codes for pattern, codes in self.off_in if matches(pattern, path)]
        return self._replace(off=self.off.union(*more))

    def fails(self, level: Severity) -> bool:
        """Whether a finding of that weight makes the exit status 1."""
        order = list(Severity)
        return order.index(level) <= order.index(self.fail_level)
