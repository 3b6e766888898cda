"""Where the query of a program goes from the string that it is written in.

A fix of a string is safe only if the string is the text that a server gets: it reaches a call that
sends queries, unchanged, in the function that it is written in. A string that the program completes
before it is sent is not the whole query, so nothing can be said about its end, and a fix of it may
break the query that is sent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from vtql.analysis import Analysis, analyze
from vtql.ast import Select
from vtql.diagnostics import Applicability, Diagnostic
from vtql.embedded.detect import Candidate, begins_like_a_query, is_vtql, module_of
from vtql.embedded.format_strings import likely
from vtql.embedded.template import Part, Placeholder, Template, join_parts, relocate
from vtql.profiles import profiles
from vtql.source import Source, Span

if TYPE_CHECKING:
    from vtql.catalog.catalog import Catalog


class Fate(Enum):
    """What becomes of the string of a program."""

    SENT = "it is sent as it stands"
    UNKNOWN = "nothing is known of it"
    COMPLETED = "the program adds to it, or changes it, before it is sent"


class Flow:
    """What is known of the ways of a string: where it goes, and which functions it is given to.

    `filled` are the ways in which it is filled in as a template: `percent`, `braces`, `dollars`.
    """

    def __init__(self) -> None:
        self.fates: set[Fate] = set()
        self.given_to: set[str] = set()
        self.filled: set[str] = set()

    @property
    def fate(self) -> Fate:
        """The fate of the string: it is sent as it stands only if all of its ways are known."""
        if Fate.COMPLETED in self.fates:
            return Fate.COMPLETED
        return Fate.SENT if self.fates == {Fate.SENT} else Fate.UNKNOWN


_SENDS = re.compile(
    r"(?:^|[._])(?:do_?|run_?|send_?|raw_?|execute_?)?query(?:_?async)?\Z|(?:^|\.)vtws_query\Z"
)
_SHOWS = re.compile(
    r"(?:^|\.)(?:print|pprint|echo|die|exit|print_r|var_dump|var_export|error_log|len|strlen|bool|"
    r"isinstance|is_string|empty|isset|trigger_error)\Z"
    r"|(?:^|[._])(?:console|\w*log\w*|warnings?)\.(?:\w+\.)*\w+\Z"
)
_ERRORS = re.compile(r"(?:Error|Exception|Warning)\Z")
ADDED = frozenset((
    "limit", "offset", "page", "page_size", "pagesize", "per_page", "size", "start", "count", "order",
    "order_by", "orderby", "sort", "where", "filter", "fields", "columns",
))  # fmt: skip
"""Names of arguments beside a query that a function may add to it."""


def sends(name: str) -> bool:
    """Whether a function, by its dotted name, sends the query that it is given as it stands.

    Functions that read all pages of a query, as their names say (`query_all`), add LIMIT to it.
    """
    return _SENDS.search(name.lower()) is not None


def shows(name: str) -> bool:
    """Whether a function, by its dotted name, only shows a text, measures it or raises an error."""
    return _SHOWS.search(name.lower()) is not None or _ERRORS.search(name) is not None


class Target(NamedTuple):
    """What queries are checked against."""

    language: str
    catalog: Catalog | None
    profile: str | None


def lint_template(template: Template, target: Target) -> tuple[Select | None, list[Diagnostic]]:
    """The tree of a string, None where it has placeholders or is no query, and its diagnostics."""
    if template.placeholders:
        from vtql.embedded.lint_string import lint_with_placeholders  # noqa: PLC0415 - 15 ms of start-up

        of_placeholders, common = lint_with_placeholders(
            template, target.language,
            lambda text: analyze(text, target.catalog, target.profile).diagnostics,
        )  # fmt: skip
        return None, of_placeholders + [_in_file(template, diagnostic) for diagnostic in common]
    analysis = analyze(template.text, target.catalog, target.profile)
    diagnostics = [_in_file(template, diagnostic) for diagnostic in analysis.diagnostics]
    select = analysis.select
    return select and relocate(select, template.place), diagnostics


def _in_file(template: Template, diagnostic: Diagnostic) -> Diagnostic:
    """A diagnostic of the text of a template as one of the file."""
    edits = [template.edit(edit) for edit in diagnostic.edits]
    kept = tuple(edit for edit in edits if edit is not None)
    return replace(
        diagnostic, span=template.place(diagnostic.span),
        edits=kept if len(kept) == len(edits) else (),
    )  # fmt: skip


class HostString(NamedTuple):
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


def analyze_strings(
    source: Source, strings: Iterable[HostString], purpose: Target, again: Callable[[str], Analysis]
) -> Analysis:
    """What is found in the queries among the strings of a file."""
    profiles(purpose.profile)  # which raises where there is none of that name
    selects: list[Select | None] = []
    told: list[Diagnostic] = []
    for string in sorted(strings, key=lambda each: each.span):
        template = _query_template(source, string, purpose.catalog)
        if template is not None:
            select, found = lint_template(template, purpose)
            selects.append(select)
            told += (_with_certainty(each, string.fate) for each in found)
    ordered = sorted(told, key=lambda each: each.span.start)
    return Analysis(source, tuple(selects), tuple(ordered), again)


def _with_certainty(diagnostic: Diagnostic, fate: Fate) -> Diagnostic:
    """A finding with a fix that is as safe as it is certain that its text is sent as it stands."""
    if fate is Fate.SENT or not diagnostic.edits:
        return diagnostic
    if fate is Fate.COMPLETED:
        return replace(diagnostic, edits=())
    return replace(diagnostic, applicability=Applicability.UNSAFE)


def _query_template(source: Source, string: HostString, catalog: Catalog | None) -> Template | None:
    """The template of a string that is VTQL; None of any other."""
    if not begins_like_a_query(_beginning(string.parts)) and not string.marked:
        return None
    parts = list(string.parts if string.filled else likely(string.parts))
    if string.fate is Fate.COMPLETED:
        parts.append(Placeholder(Span(string.span.end, string.span.end), seen=False))
    template = join_parts(parts, source.text)
    behind = module_of(template.text)
    module = behind[1] if behind else ""
    is_hole = template.mark in module
    if is_hole and behind:
        number = template.text.count(template.mark, 0, behind.end(1)) - 1
        module = template.placeholders[number].shown
    candidate = Candidate(
        template.text, template.mark, module, is_hole, string.given_to, catalog or (),
        False if string.alone and string.marked is None else string.marked,
    )  # fmt: skip
    return template if (behind or string.marked) and is_vtql(candidate) else None


def _beginning(parts: Sequence[Part]) -> str:
    for part in parts:
        if isinstance(part, Placeholder):
            return ""
        if part.value.strip():
            return part.value
    return ""
