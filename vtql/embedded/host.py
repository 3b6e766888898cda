"""The queries of a host file: what all host languages have in common.

A language gives the string literals of a file, each with where it goes (`Fate`). A fix of a string is
safe only if the string is the text that a server gets: it reaches a call that sends queries,
unchanged, in the function that it is written in. A string that is completed before it is sent is not
the whole query, so nothing can be said about its end, and a fix of it may break the query that is
sent.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from enum import Enum
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from vtql.analysis import Analysis, analyze
from vtql.ast import Select
from vtql.diagnostics import Applicability, Diagnostic
from vtql.embedded.detect import Candidate, begins_like_a_query, is_vtql, module_of
from vtql.embedded.format_strings import likely
from vtql.embedded.host_languages import HostLanguage
from vtql.embedded.template import Part, Placeholder, Template, join_parts, relocate
from vtql.profiles import profiles
from vtql.rules.unreadable_source import unreadable
from vtql.source import Source, Span

if TYPE_CHECKING:
    from vtql.catalog.catalog import Catalog


class Fate(Enum):
    """What becomes of a string."""

    SENT = "it is sent unchanged"
    UNKNOWN = "nothing is known of it"
    COMPLETED = "it is added to, or changed, before it is sent"


class Flow:
    """Where a string goes: its fates, and the functions that it is given to.

    `format_styles` are those in which it is formatted: `percent`, `braces`, `dollars`.
    """

    def __init__(self) -> None:
        self.fates: set[Fate] = set()
        self.given_to: set[str] = set()
        self.format_styles: set[str] = set()

    @property
    def fate(self) -> Fate:
        """The fate of the string: it is sent unchanged only if all of its ways are known."""
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
"""Names of further arguments that a function may add to its query."""


def sends(name: str) -> bool:
    """Whether a function, by its dotted name, sends the query that it is given unchanged.

    Functions that read all pages of a query, as their names say (`query_all`), add LIMIT to it.
    """
    return _SENDS.search(name.lower()) is not None


def shows(name: str) -> bool:
    """Whether a function, by its dotted name, only shows a text, measures it or raises an error."""
    return _SHOWS.search(name.lower()) is not None or _ERRORS.search(name) is not None


class HostString(NamedTuple):
    """A string literal of a host file, or several that are concatenated: its parts and its context.

    `given_to` are the functions that take it; `alone` says that nothing does (a docstring). `formatted`
    says that all its placeholders are known, and `marked` what a marker says of it, if there is one.
    """

    parts: Sequence[Part]
    span: Span
    given_to: Collection[str] = ()
    alone: bool = False
    fate: Fate = Fate.UNKNOWN
    formatted: bool = False
    marked: bool | None = None


def analyze_source(
    language: HostLanguage, text: str, catalog: Catalog | None = None, profile: str | None = None, *,
    name: str,
) -> Analysis:  # fmt: skip
    """Analyze the queries of a source file: see `vtql.embedded.analyze_host_file`."""
    source, target = Source(text, name), Target(language, catalog, profile)
    again = partial(analyze_source, language, catalog=catalog, profile=profile, name=name)
    profiles(profile)  # which raises where there is none of that name
    if not may_have_queries(text):
        return Analysis(source, (), (), again)
    module = import_module(f"vtql.embedded.{language.module}")
    try:
        strings: Iterable[HostString] = module.strings(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return Analysis(source, (), (unreadable(source, error, language.name),), again)
    selects: list[Select | None] = []
    diagnostics: list[Diagnostic] = []
    for string in sorted(strings, key=lambda string: string.span):
        template = _query_template(source, string, catalog)
        if template is not None:
            select, of_string = lint_template(template, target)
            selects.append(select)
            diagnostics += (_with_certainty(diagnostic, string.fate) for diagnostic in of_string)
    ordered = sorted(diagnostics, key=lambda diagnostic: diagnostic.span.start)
    return Analysis(source, tuple(selects), tuple(ordered), again)


def may_have_queries(text: str) -> bool:
    """Whether a file has the words of a query at all; most have not, and need no reading."""
    lower = text.lower()
    return "select" in lower and "from" in lower


def _query_template(source: Source, string: HostString, catalog: Catalog | None) -> Template | None:
    """The template of a string that is VTQL; None of any other."""
    if not begins_like_a_query(_first_text(string.parts)) and not string.marked:
        return None
    parts = list(string.parts if string.formatted else likely(string.parts))
    if string.fate is Fate.COMPLETED:
        parts.append(Placeholder(Span(string.span.end, string.span.end), certain=False))
    template = join_parts(parts, source.text)
    match = module_of(template.text)
    module = match[1] if match else ""
    is_placeholder = template.mark in module
    if is_placeholder and match:
        number = template.text.count(template.mark, 0, match.end(1)) - 1
        module = template.placeholders[number].expression
    candidate = Candidate(
        template.text, template.mark, module, is_placeholder, string.given_to, catalog or (),
        False if string.alone and string.marked is None else string.marked,
    )  # fmt: skip
    return template if (match or string.marked) and is_vtql(candidate) else None


def _first_text(parts: Sequence[Part]) -> str:
    """The text that a string begins with; empty where it begins with a placeholder."""
    for part in parts:
        if isinstance(part, Placeholder):
            return ""
        if part.value.strip():
            return part.value
    return ""


class Target(NamedTuple):
    """What queries are checked against."""

    language: HostLanguage
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


def _with_certainty(diagnostic: Diagnostic, fate: Fate) -> Diagnostic:
    """A diagnostic whose fix is as safe as it is certain that its text is sent unchanged."""
    if fate is Fate.SENT or not diagnostic.edits:
        return diagnostic
    if fate is Fate.COMPLETED:
        return replace(diagnostic, edits=())
    return replace(diagnostic, applicability=Applicability.UNSAFE)
