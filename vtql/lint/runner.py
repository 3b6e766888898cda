"""Lint one text: apply settings and suppression comments to its findings, and fix them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from vtql.analysis import Analysis
from vtql.diagnostics import Applicability, Diagnostic
from vtql.fixes import FixResult, View, apply_fixes
from vtql.lint.settings import Settings
from vtql.source import Source

if TYPE_CHECKING:
    from vtql.lint.suppression_comments import Suppression


class LintResult(NamedTuple):
    """A text and the findings that are reported, in the order of the text."""

    source: Source
    diagnostics: tuple[Diagnostic, ...]


def apply_settings(
    analysis: Analysis, comments: Iterable[Suppression], settings: Settings, *, catalogued: bool
) -> LintResult:
    """The findings to report, with their severity, and what is wrong with suppression comments.

    `catalogued` says whether names and values were checked against metadata.
    """
    diagnostics = [
        diagnostic for diagnostic in analysis.diagnostics if diagnostic.code not in settings.off
    ]
    suppressions = list(comments)
    if suppressions:
        from vtql.lint.suppressions import apply_suppressions  # noqa: PLC0415 - few texts have any

        diagnostics = apply_suppressions(
            analysis.source.text, diagnostics, suppressions, settings, catalogued=catalogued
        )
    return LintResult(
        analysis.source, tuple(_with_severity(diagnostic, settings) for diagnostic in diagnostics)
    )


def _with_severity(diagnostic: Diagnostic, settings: Settings) -> Diagnostic:
    level = settings.levels.get(diagnostic.code, diagnostic.severity)
    return diagnostic if level is diagnostic.severity else replace(diagnostic, severity=level)


class Linted(NamedTuple):
    """The analysis of a text, and the findings of it that are reported."""

    analysis: Analysis
    result: LintResult


def fix_text(
    first: Linted, lint: Callable[[str], Linted], accept: Collection[Applicability]
) -> FixResult[Linted]:
    """Apply the fixes of reported findings, of each applicability that is accepted."""
    return apply_fixes(first, lint, _view, accept)


def _view(linted: Linted) -> View:
    result = linted.result
    return View(result.source.text, linted.analysis.diagnostics, result.diagnostics)
