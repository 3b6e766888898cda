"""A program's strings judged: what the languages have in common."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from vtql.analysis import Analysis
from vtql.ast import Select
from vtql.diagnostics import Applicability, Diagnostic
from vtql.embedded.flow import Fate
from vtql.embedded.judging import Purpose, judged
from vtql.embedded.parts import Hole, Part, Template, joined
from vtql.embedded.recognition import Candidate, begins_like_a_query, is_vtql, module_of
from vtql.embedded.templates import likely
from vtql.profiles import profiles
from vtql.source import Source, Span

if TYPE_CHECKING:
    from vtql.catalog.catalog import Catalog


class Found(NamedTuple):
    """A string of a program: its parts, and what is known around it.

    `given_to` are the functions that take it; `alone` says that nothing does (a docstring); `fate`
    what becomes of it; `filled` that all its holes are known.
    """

    parts: Sequence[Part]
    span: Span
    given_to: Collection[str] = ()
    alone: bool = False
    fate: Fate = Fate.UNKNOWN
    filled: bool = False
    marked: bool | None = None


def may_have_queries(text: str) -> bool:
    """Whether a file has the words of a query at all; most have not, and need no reading."""
    lower = text.lower()
    return "select" in lower and "from" in lower


def analysis_of(
    source: Source, strings: Iterable[Found], purpose: Purpose, again: Callable[[str], Analysis]
) -> Analysis:
    """What is found in the queries among the strings of a file."""
    profiles(purpose.profile)  # which raises where there is none of that name
    selects: list[Select | None] = []
    told: list[Diagnostic] = []
    for string in sorted(strings, key=lambda each: each.span):
        template = _query(source, string, purpose.catalog)
        if template is not None:
            select, found = judged(template, purpose)
            selects.append(select)
            told += (_as_sure(each, string.fate) for each in found)
    ordered = sorted(told, key=lambda each: each.span.start)
    return Analysis(source, tuple(selects), tuple(ordered), again)


def _as_sure(diagnostic: Diagnostic, fate: Fate) -> Diagnostic:
    """A finding with a fix that is as safe as it is certain that its text is sent as it stands."""
    if fate is Fate.SENT or not diagnostic.edits:
        return diagnostic
    if fate is Fate.COMPLETED:
        return replace(diagnostic, edits=())
    return replace(diagnostic, applicability=Applicability.UNSAFE)


def _query(source: Source, string: Found, catalog: Catalog | None) -> Template | None:
    """The template of a string that is VTQL; None of any other."""
    if not begins_like_a_query(_beginning(string.parts)) and not string.marked:
        return None
    parts = list(string.parts if string.filled else likely(string.parts))
    if string.fate is Fate.COMPLETED:
        parts.append(Hole(Span(string.span.end, string.span.end), seen=False))
    template = joined(parts, source.text)
    behind = module_of(template.text)
    module = behind[1] if behind else ""
    is_hole = template.mark in module
    if is_hole and behind:
        number = template.text.count(template.mark, 0, behind.end(1)) - 1
        module = template.holes[number].shown
    candidate = Candidate(
        template.text, template.mark, module, is_hole, string.given_to, catalog or (),
        False if string.alone and string.marked is None else string.marked,
    )  # fmt: skip
    return template if (behind or string.marked) and is_vtql(candidate) else None


def _beginning(parts: Sequence[Part]) -> str:
    for part in parts:
        if isinstance(part, Hole):
            return ""
        if part.value.strip():
            return part.value
    return ""
