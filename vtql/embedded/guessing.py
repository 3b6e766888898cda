"""What is found in a query with holes: what is found however they are filled, and touches none.

Its edits are told if each lies inside one text of the file, is the same for all fillings, and can be
spelled there; a finding that loses one of its edits loses all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from vtql.analysis import analyze
from vtql.diagnostics import Diagnostic, Edit
from vtql.embedded.filled import Filled
from vtql.embedded.filling import fillings
from vtql.embedded.judging import Purpose
from vtql.embedded.parts import Template
from vtql.embedded.spliced_value import Splice, spliced_value
from vtql.embedded.standing import Standing
from vtql.embedded.too_many_holes import MOST, too_many_holes
from vtql.source import Span

WHATEVER_IS_FILLED_IN = ("mixed-connectives",)
"""Findings about the form of a query, which what stands in its values does not change."""

_SAYS_THE_SAME = "` says the same; "
"""What ends the part of a help that quotes the repaired query."""


def guessed(template: Template, purpose: Purpose) -> tuple[list[Diagnostic], list[Diagnostic]]:
    """What is found in a string with holes: of the holes, in places of the file; of the rest, in the text."""
    if len(template.holes) > MOST:
        span = template.place(Span(0, len(template.text)))
        return [too_many_holes(len(template.holes), span)], []
    ends_in_a_hole = template.text.rstrip(" \t\r\n").endswith(template.mark)
    open_end = ends_in_a_hole and not template.holes[-1].whole
    whole = [hole.whole for hole in template.holes]
    told: list[Diagnostic] = []
    findings: list[dict[_Key, Diagnostic]] = []
    for filled in fillings(template.text, template.mark, whole):
        if not findings:
            told += _splices(template, filled, purpose.language)
            standing = Standing(template.text, template.mark, filled.roles)
        findings.append(_of_a_filling(filled, purpose, open_end=open_end))
        if not findings[-1]:
            return told, []
    common = [
        _common([each[key] for each in findings])
        for key in (findings[0] if findings else ())
        if all(key in others for others in findings)
        and (findings[0][key].slug in WHATEVER_IS_FILLED_IN or standing.stands(findings[0][key]))
    ]
    return told, common


_Key = tuple[str, Span, str]


def _of_a_filling(filled: Filled, purpose: Purpose, *, open_end: bool) -> dict[_Key, Diagnostic]:
    """What is found with the holes filled in one way, in the places of the text with marks.

    With an open end a hole is the last of the text, so that it may have the semicolon.
    """
    found: dict[_Key, Diagnostic] = {}
    for each in analyze(filled.text, purpose.catalog, purpose.profile).diagnostics:
        if filled.touches(each.span) and not _stands_whatever(filled, each, open_end=open_end):
            continue
        span = filled.back(each.span)
        edits = tuple(
            Edit(filled.back(edit.span), edit.text)
            for edit in each.edits
            if each.slug == "missing-semicolon" or not filled.touches(edit.span)
        )
        if len(edits) < len(each.edits):
            edits = ()
        found[each.code, span, each.message] = replace(each, span=span, edits=edits)
    return found


def _stands_whatever(filled: Filled, found: Diagnostic, *, open_end: bool) -> bool:
    """Whether a finding that touches a hole is none about what is in it."""
    if found.slug == "missing-semicolon":
        return not open_end
    return found.slug in WHATEVER_IS_FILLED_IN and _has_only_values(filled, found.span)


def _has_only_values(filled: Filled, span: Span) -> bool:
    """Whether all that a program fills in inside a span are values of conditions."""
    return all(
        role in ("literal", "value", "number")
        for role, hole in zip(filled.roles, filled.places, strict=True)
        if span.start <= hole < span.end
    )


def _common(findings: Sequence[Diagnostic]) -> Diagnostic:
    """A finding without what the fillings say differently of it."""
    first = findings[0]
    if any(other.edits != first.edits for other in findings):
        first = replace(first, edits=())
    helps = {other.help.rpartition(_SAYS_THE_SAME)[2] for other in findings}
    if any(other.help != first.help for other in findings):
        longest = max(helps, key=len)
        first = replace(first, help=longest if all(map(longest.endswith, helps)) else "")
    return first


def _splices(template: Template, filled: Filled, language: str) -> Iterator[Diagnostic]:
    """The findings that values are put into the text as they are."""
    for hole, role in zip(template.holes, filled.roles, strict=True):
        for found in spliced_value.check(Splice(hole, role, language)):
            yield Diagnostic(
                spliced_value.code, spliced_value.slug, found.severity or spliced_value.severity,
                found.message, found.span, found.help, found.edits, found.applicability,
            )  # fmt: skip
