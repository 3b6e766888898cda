"""Findings as they are told: what the settings leave out, what a remark in the text ignores."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from vtql.analysis import Analysis
from vtql.diagnostics import Diagnostic
from vtql.lint.remarks import Remark
from vtql.lint.settings import Settings
from vtql.source import Source


class Told(NamedTuple):
    """A text and the findings that are told of it, in its order."""

    source: Source
    diagnostics: tuple[Diagnostic, ...]


def judged(
    found: Analysis, remarks: Iterable[Remark], settings: Settings, *, catalogued: bool
) -> Told:
    """The findings that are left to tell, each with its weight, and what is wrong with the remarks.

    `catalogued` says whether names and values were checked against metadata.
    """
    told = [each for each in found.diagnostics if each.code not in settings.off]
    said = list(remarks)
    if said:
        from vtql.lint.ignoring import unignored  # noqa: PLC0415 - few texts have remarks

        told = unignored(found.source.text, told, said, settings, catalogued=catalogued)
    return Told(found.source, tuple(_weighed(each, settings) for each in told))


def _weighed(found: Diagnostic, settings: Settings) -> Diagnostic:
    level = settings.levels.get(found.code, found.severity)
    return found if level is found.severity else replace(found, severity=level)
