"""The resolved settings of a text: which rules are enabled, and their severity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from vtql.diagnostics import Severity


class Settings(NamedTuple):
    """The settings of a run; `vtql.lint.settings_table` resolves them. By default, all rules are enabled.

    `off` are disabled codes, `off_in` pairs of a glob and the codes disabled in the files it
    matches, `levels` the severity of codes that do not have that of their rule.
    """

    off: frozenset[str] = frozenset()
    levels: Mapping[str, Severity] = {}
    off_in: tuple[tuple[str, frozenset[str]], ...] = ()
    catalog: str | None = None
    profile: str | None = None
    exclude: tuple[str, ...] = ()
    fail_level: Severity = Severity.WARNING

    def at(self, path: str) -> Settings:
        """The settings of a file, by its path relative to the folder of the configuration."""
        if not self.off_in:
            return self
        from vtql.lint.globs import matches  # noqa: PLC0415 - few settings have globs

        more = [codes for pattern, codes in self.off_in if matches(pattern, path)]
        return self._replace(off=self.off.union(*more))

    def fails(self, level: Severity) -> bool:
        """Whether a finding of that severity makes the exit status 1."""
        order = list(Severity)
        return order.index(level) <= order.index(self.fail_level)
