"""Which findings stand whatever a program fills in: those that nothing in a hole could answer.

The fillings of `vtql.embedded.placeholders` are few, and a hole may hold what none of them tries: `id =`
before a value, the end of one name and the beginning of another. So a finding needs what it is about
to be written out, and the table `BEYOND` has what some are about besides the place they are told at:
that no LIMIT is there can be said only where no hole could hold one.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from vtql.analysis import analyze
from vtql.diagnostics import Diagnostic, Edit
from vtql.embedded.automaton import Token, tokenize
from vtql.embedded.host import Target
from vtql.embedded.placeholders import InterpolatedText, interpolated_texts
from vtql.embedded.spliced_value import Splice, spliced_value
from vtql.embedded.template import Template
from vtql.embedded.too_many_holes import MOST, too_many_holes
from vtql.source import Span

COLUMNS, MODULE, WHERE, ORDER, LIMIT = range(5)
"""The clauses, in their order."""

VALUES = ("literal", "value", "number")
"""Roles of holes that leave the clauses as they are written."""

BEYOND: Mapping[str, Sequence[int]] = {
    "hijacked-module": (COLUMNS, MODULE),
    "unjoined-order": (COLUMNS, MODULE, WHERE, ORDER),
    "dropped-nulls": (WHERE,),
    "never-true": (WHERE,),
    "always-true": (WHERE,),
    "duplicate-condition": (WHERE,),
    "or-chain": (WHERE,),
    "filtered-out": (MODULE, WHERE),
    "count-unanswered": (COLUMNS, MODULE),
    "capped-limit": (LIMIT,),
    "unordered-paging": (COLUMNS, ORDER, LIMIT),
    "no-limit": (COLUMNS, MODULE, WHERE, ORDER, LIMIT),
    "zero-limit": (LIMIT,),
    "limited-count": (COLUMNS,),
    "multiplied-rows": (MODULE,),
    "wide-star": (MODULE,),
    "exposed-secret": (MODULE,),
    "implicit-filter": (MODULE, WHERE),
}
"""The clauses that a finding is about besides its own place."""

_BEGINS = {"SELECT": COLUMNS, "FROM": MODULE, "WHERE": WHERE, "ORDER": ORDER, "LIMIT": LIMIT}
_LINKS = (*_BEGINS, "AND", "OR")
_OF_A_MODULE = ("VT1", "VT2")


class Dependence:
    """A text with marks for its holes: which of its clauses are written out, and where they are not."""

    def __init__(self, text: str, mark: str, roles: Sequence[str]) -> None:
        self.text, self.mark = text, mark
        self._holes = [at for at, role in zip(_mark_offsets(text, mark), roles, strict=True)
                       if role not in VALUES]  # fmt: skip
        tokens = list(tokenize(text, mark)) if self._holes else []
        self._links = _links(tokens)
        self._unknown = _unknown(tokens, self._holes)

    def stands(self, found: Diagnostic) -> bool:
        """Whether a finding, in a place of this text, is one however the holes are filled."""
        if found.slug == "missing-blank" and self.text.startswith(self.mark, found.span.end):
            return False
        if not self._holes or found.code.startswith("VT0"):
            return True
        needed = (MODULE,) if found.code.startswith(_OF_A_MODULE) else ()
        if not self._unknown.isdisjoint((*needed, *BEYOND.get(found.slug, ()))):
            return False
        return self._is_written_out(found.span)

    def _is_written_out(self, span: Span) -> bool:
        """Whether no hole stands before a place in its condition, or in its item of a list."""
        number = bisect_left(self._links, span.start + 1) - 1
        start = self._links[number] if number >= 0 else 0
        hole = bisect_left(self._holes, start)
        return hole == len(self._holes) or self._holes[hole] >= span.start


def _mark_offsets(text: str, mark: str) -> Iterator[int]:
    at = text.find(mark)
    while at >= 0:
        yield at
        at = text.find(mark, at + 1)


def _links(tokens: Sequence[Token]) -> list[int]:
    """Where something new begins: a clause, a condition, an item of a list without brackets."""
    found: list[int] = []
    depth = 0
    for token in tokens:
        depth += (token.kind == "OPEN") - (token.kind == "CLOSE")
        if token.kind in _LINKS or (token.kind == "COMMA" and depth < 1):
            found.append(token.span.start)
    return found


def _unknown(tokens: Sequence[Token], holes: Sequence[int]) -> frozenset[int]:
    """The clauses that a hole could be of: from the one written before it to the one behind it."""
    written: list[tuple[int, int]] = []
    last = ""
    for token in tokens:
        if token.kind in _BEGINS:
            written.append((token.span.start, _BEGINS[token.kind]))
        elif token.kind == "NAME" and last == "FROM":
            written.append((token.span.end, WHERE))
        last = token.kind
    unknown: set[int] = set()
    for hole in holes:
        place = bisect_left(written, (hole, -1))
        first = written[place - 1][1] if place else COLUMNS
        behind = written[place][1] if place < len(written) else LIMIT + 1
        unknown.update(range(first, max(behind, first + 1)))
    return frozenset(unknown)


INDEPENDENT = ("mixed-connectives",)
"""Findings about the form of a query, which what stands in its values does not change."""

_SAME_RESULT = "` says the same; "
"""What ends the part of a help that quotes the repaired query."""


def lint_with_placeholders(
    template: Template, purpose: Target
) -> tuple[list[Diagnostic], list[Diagnostic]]:
    """What is found in a string with holes: of the holes, in places of the file; of the rest, in the text."""
    if len(template.holes) > MOST:
        span = template.place(Span(0, len(template.text)))
        return [too_many_holes(len(template.holes), span)], []
    ends_in_a_hole = template.text.rstrip(" \t\r\n").endswith(template.mark)
    open_end = ends_in_a_hole and not template.holes[-1].whole
    whole = [hole.whole for hole in template.holes]
    told: list[Diagnostic] = []
    findings: list[dict[_Key, Diagnostic]] = []
    for filled in interpolated_texts(template.text, template.mark, whole):
        if not findings:
            told += _spliced_values(template, filled, purpose.language)
            standing = Dependence(template.text, template.mark, filled.roles)
        findings.append(_diagnostics_by_key(filled, purpose, open_end=open_end))
        if not findings[-1]:
            return told, []
    common = [
        _common([each[key] for each in findings])
        for key in (findings[0] if findings else ())
        if all(key in others for others in findings)
        and (findings[0][key].slug in INDEPENDENT or standing.stands(findings[0][key]))
    ]
    return told, common


_Key = tuple[str, Span, str]


def _diagnostics_by_key(
    filled: InterpolatedText, purpose: Target, *, open_end: bool
) -> dict[_Key, Diagnostic]:
    """What is found with the holes filled in one way, in the places of the text with marks.

    With an open end a hole is the last of the text, so that it may have the semicolon.
    """
    found: dict[_Key, Diagnostic] = {}
    for each in analyze(filled.text, purpose.catalog, purpose.profile).diagnostics:
        if filled.touches(each.span) and not _is_independent(filled, each, open_end=open_end):
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


def _is_independent(filled: InterpolatedText, found: Diagnostic, *, open_end: bool) -> bool:
    """Whether a finding that touches a hole is none about what is in it."""
    if found.slug == "missing-semicolon":
        return not open_end
    return found.slug in INDEPENDENT and _has_only_values(filled, found.span)


def _has_only_values(filled: InterpolatedText, span: Span) -> bool:
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
    helps = {other.help.rpartition(_SAME_RESULT)[2] for other in findings}
    if any(other.help != first.help for other in findings):
        longest = max(helps, key=len)
        first = replace(first, help=longest if all(map(longest.endswith, helps)) else "")
    return first


def _spliced_values(
    template: Template, filled: InterpolatedText, language: str
) -> Iterator[Diagnostic]:
    """The findings that values are put into the text as they are."""
    for hole, role in zip(template.holes, filled.roles, strict=True):
        for found in spliced_value.check(Splice(hole, role, language)):
            yield Diagnostic(
                spliced_value.code, spliced_value.slug, found.severity or spliced_value.severity,
                found.message, found.span, found.help, found.edits, found.applicability,
            )  # fmt: skip
