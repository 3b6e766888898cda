"""The findings of a query with placeholders: those that hold whatever the program interpolates.

A query is analyzed with two interpolations, as different as can be (`vtql.embedded.placeholders`). What is found for one of them and not for another depends on a
placeholder and is not reported. Nor is a finding that touches a placeholder.

The values that are tried are few, and a placeholder may hold what none of them is: `id =` before a
value, the end of one name and the beginning of another. So a finding also needs the text that it
depends on to be written out. That is its own condition or item of a list, and the clauses on the row
of its rule (`Rule.depends_on`): that a query has no LIMIT is reported only where no placeholder could
hold one.

Edits are kept if each lies inside one text of the file, is the same for all interpolated values, and
can be escaped there; a finding that loses one of its edits loses all of them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

from vtql.diagnostics import Diagnostic, Edit
from vtql.embedded.automaton import Token, tokenize
from vtql.embedded.host_languages import HostLanguage
from vtql.embedded.placeholders import InterpolatedText, interpolated_texts
from vtql.embedded.template import Template
from vtql.rules.context import Dependence
from vtql.rules.registry import RULES
from vtql.rules.spliced_value import Splice, spliced_value
from vtql.rules.too_many_placeholders import MOST, too_many_placeholders
from vtql.source import Span

Analyze: TypeAlias = Callable[[str], Sequence[Diagnostic]]
"""Gives the diagnostics of the text of a query."""

VALUE_ROLES = ("literal", "value", "number")
"""Roles of placeholders that leave the clauses as they are written."""

DEPENDENCES = {rule.slug: rule.depends_on for rule in RULES}


_FIRST_KEYWORDS = {
    "SELECT": Dependence.COLUMNS,
    "FROM": Dependence.MODULE,
    "WHERE": Dependence.WHERE,
    "ORDER": Dependence.ORDER,
    "LIMIT": Dependence.LIMIT,
}
_SEPARATORS = (*_FIRST_KEYWORDS, "AND", "OR")

_Key: TypeAlias = tuple[Span, str]
"""The place and message of a diagnostic."""


def lint_with_placeholders(
    template: Template, language: HostLanguage, analyze: Analyze
) -> tuple[list[Diagnostic], list[Diagnostic]]:
    """The diagnostics of the placeholders, in places of the file, and of the rest, in those of the text."""
    if len(template.placeholders) > MOST:
        span = template.place(Span(0, len(template.text)))
        return [too_many_placeholders(len(template.placeholders), span)], []
    ends_in_a_placeholder = template.text.rstrip(" \t\r\n").endswith(template.mark)
    open_end = ends_in_a_placeholder and not template.placeholders[-1].whole
    whole = [placeholder.whole for placeholder in template.placeholders]
    of_placeholders: list[Diagnostic] = []
    runs: list[dict[_Key, Diagnostic]] = []
    for interpolated in interpolated_texts(template.text, template.mark, whole):
        if not runs:
            of_placeholders += _spliced_values(template, interpolated, language)
            fixed = FixedText(template.text, template.mark, interpolated.roles)
        runs.append(_diagnostics_by_key(interpolated, analyze, open_end=open_end))
        if not runs[-1]:
            return of_placeholders, []
    common = [
        _merged([run[key] for run in runs])
        for key in (runs[0] if runs else ())
        if all(key in run for run in runs) and fixed.determines(runs[0][key])
    ]
    return of_placeholders, common


def _diagnostics_by_key(
    interpolated: InterpolatedText, analyze: Analyze, *, open_end: bool
) -> dict[_Key, Diagnostic]:
    """The diagnostics with one set of interpolated values, in places of the text with marks.

    With an open end a placeholder is the last of the text, so that it may have the semicolon.
    """
    diagnostics: dict[_Key, Diagnostic] = {}
    for diagnostic in analyze(interpolated.text):
        if interpolated.touches(diagnostic.span) and not _is_independent(
            interpolated, diagnostic, open_end=open_end
        ):
            continue
        span = interpolated.back(diagnostic.span)
        edits = tuple(
            Edit(interpolated.back(edit.span), edit.text)
            for edit in diagnostic.edits
            if diagnostic.slug == "missing-semicolon" or not interpolated.touches(edit.span)
        )
        if len(edits) < len(diagnostic.edits):
            edits = ()
        key = (span, diagnostic.text)
        diagnostics[key] = replace(diagnostic, span=span, edits=edits)
    return diagnostics


def _is_independent(
    interpolated: InterpolatedText, diagnostic: Diagnostic, *, open_end: bool
) -> bool:
    """Whether a diagnostic that touches a placeholder does not depend on what is in it."""
    if diagnostic.slug == "missing-semicolon":
        return not open_end
    return _depends_on_connectives(diagnostic) and _has_only_values(interpolated, diagnostic.span)


def _depends_on_connectives(diagnostic: Diagnostic) -> bool:
    return Dependence.CONNECTIVES in DEPENDENCES.get(diagnostic.slug, ())


def _has_only_values(interpolated: InterpolatedText, span: Span) -> bool:
    """Whether all placeholders inside a span are values of conditions."""
    return all(
        role in VALUE_ROLES
        for role, place in zip(interpolated.roles, interpolated.places, strict=True)
        if span.start <= place < span.end
    )


def _merged(diagnostics: Sequence[Diagnostic]) -> Diagnostic:
    """A diagnostic without the edits and help in which the interpolated values show."""
    general = [diagnostic for diagnostic in diagnostics if not diagnostic.equivalent] or diagnostics
    first = general[0]
    if any(diagnostic.edits != first.edits for diagnostic in diagnostics):
        first = replace(first, edits=())
    if any(diagnostic.equivalent != first.equivalent for diagnostic in diagnostics):
        first = replace(first, equivalent="")
    if any(diagnostic.help != first.help for diagnostic in general):
        first = replace(first, help="")
    return first


def _spliced_values(
    template: Template, interpolated: InterpolatedText, language: HostLanguage
) -> Iterator[Diagnostic]:
    """The findings of values that are interpolated as they are."""
    for placeholder, role in zip(template.placeholders, interpolated.roles, strict=True):
        if placeholder.safe or placeholder.whole or not placeholder.certain:
            continue
        splice = Splice(
            placeholder.expression, placeholder.span, role,
            language.safe_value, language.safe_name, language.safe_number,
        )  # fmt: skip
        for finding in spliced_value.check(splice):
            yield finding.diagnostic(spliced_value.code, spliced_value.slug, spliced_value.severity)


class FixedText:
    """A text with marks for its placeholders: which of its clauses are written out, and where."""

    def __init__(self, text: str, mark: str, roles: Sequence[str]) -> None:
        self.text, self.mark = text, mark
        self._offsets = [offset for offset, role in zip(_mark_offsets(text, mark), roles, strict=True)
                         if role not in VALUE_ROLES]  # fmt: skip
        tokens = list(tokenize(text, mark)) if self._offsets else []
        self._separators = _separators(tokens)
        self._open = _open_clauses(tokens, self._offsets)

    def determines(self, diagnostic: Diagnostic) -> bool:
        """Whether a diagnostic, in a place of this text, holds whatever is interpolated."""
        depends_on = DEPENDENCES.get(diagnostic.slug, ())
        if Dependence.CONNECTIVES in depends_on:
            return True
        if Dependence.NEXT_TOKEN in depends_on and self.text.startswith(
            self.mark, diagnostic.span.end
        ):
            return False
        if diagnostic.code.startswith("VT0"):
            return True
        return self._open.isdisjoint(depends_on) and self._is_written_out(diagnostic.span)

    def _is_written_out(self, span: Span) -> bool:
        """Whether no placeholder comes before a span in its condition, or in its item of a list."""
        number = bisect_left(self._separators, span.start + 1) - 1
        start = self._separators[number] if number >= 0 else 0
        following = bisect_left(self._offsets, start)
        return following == len(self._offsets) or self._offsets[following] >= span.start


def _mark_offsets(text: str, mark: str) -> Iterator[int]:
    offset = text.find(mark)
    while offset >= 0:
        yield offset
        offset = text.find(mark, offset + 1)


def _separators(tokens: Sequence[Token]) -> list[int]:
    """Where a clause, a condition, or an item of a list without brackets begins."""
    offsets: list[int] = []
    depth = 0
    for token in tokens:
        depth += (token.kind == "OPEN") - (token.kind == "CLOSE")
        if token.kind in _SEPARATORS or (token.kind == "COMMA" and depth < 1):
            offsets.append(token.span.start)
    return offsets


def _open_clauses(tokens: Sequence[Token], offsets: Sequence[int]) -> frozenset[int]:
    """The clauses that a placeholder may be a part of: from the one before it to the one after it."""
    written: list[tuple[int, int]] = []
    last = ""
    for token in tokens:
        if token.kind in _FIRST_KEYWORDS:
            written.append((token.span.start, _FIRST_KEYWORDS[token.kind]))
        elif token.kind == "NAME" and last == "FROM":
            written.append((token.span.end, Dependence.WHERE))
        last = token.kind
    clauses: set[int] = set()
    for offset in offsets:
        number = bisect_left(written, (offset,))
        first = written[number - 1][1] if number else Dependence.COLUMNS
        following = written[number][1] if number < len(written) else Dependence.LIMIT + 1
        clauses.update(range(first, max(following, first + 1)))
    return frozenset(clauses)
