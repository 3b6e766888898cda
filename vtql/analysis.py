"""Analyse a text: syntax errors, and the findings of the rules."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from vtql.ast import Select
from vtql.diagnostics import Applicability, Diagnostic, apply_edit_groups
from vtql.fixes import View, apply_fixes
from vtql.parser.node_builders import plain_machine, read
from vtql.profiles import profiles
from vtql.rules.registry import RULES
from vtql.rules.runner import MAX_FINDINGS, Target, run_rules, too_many_findings
from vtql.source import MARK, Source, must_be_text
from vtql.statements import ParsedQuery, queries

if TYPE_CHECKING:
    from vtql.catalog.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Analysis:
    """The findings in a text, in order, and the trees of its queries.

    `selects` has an item for each query of the text, None for one that is no VTQL.
    """

    source: Source
    selects: tuple[Select | None, ...]
    diagnostics: tuple[Diagnostic, ...]
    again: Callable[[str], Analysis] | None = field(default=None, repr=False, compare=False)
    """Analyses another text with the same arguments; None if that is not possible."""

    @property
    def select(self) -> Select | None:
        """The tree of the one query of the text; None where it has none, or more than one."""
        return self.selects[0] if len(self.selects) == 1 else None

    def fixed(self, accept: Collection[Applicability] = (Applicability.SAFE,)) -> str:
        """The text with all fixes of these kinds applied.

        Fixes that overlap are applied in several rounds; one that would break something else is not
        applied.
        """
        if self.again is None:
            edits = (
                diagnostic.edits
                for diagnostic in self.diagnostics
                if diagnostic.applicability in accept
            )
            return apply_edit_groups(self.source.text, edits)
        return apply_fixes(self, self.again, _view, accept).last.source.text


def _view(analysis: Analysis) -> View:
    return View(analysis.source.text, analysis.diagnostics, analysis.diagnostics)


def analyze(
    text: str, catalog: Catalog | None = None, profile: str | None = None, *, name: str = "<query>"
) -> Analysis:
    """Find what is wrong with the text of a query as it is sent to a server.

    Args:
        text: the query, any text at all.
        catalog: the metadata to check names and values against; without it, syntax only.
        profile: the kind of server, a name of `vtql.profiles`; None means all of them: an error is
            what a server from Vtiger 7 on refuses, a warning what only some answer wrongly.
        name: what a message calls the text, a file's path for instance.

    Raises:
        ValueError: there is no profile of that name. No text makes it raise.
    """
    must_be_text(text)
    target = Target(Source(text, name), catalog, profiles(profile))
    again = partial(analyze, catalog=catalog, profile=profile, name=name)
    select = read(text)
    if isinstance(select, Select):
        return _analysis(target, again, [select], run_rules(target, select, RULES))
    from vtql.statement_analysis import analyze_request  # noqa: PLC0415 - a query that is one need not load it

    return _analysis(target, again, *analyze_request(target))


def analyze_script(
    text: str, catalog: Catalog | None = None, profile: str | None = None, *, name: str = "<script>"
) -> Analysis:
    """Find what is wrong with the queries of a file: any number of them, with `-- comments`.

    A byte order mark at its beginning is no part of it.
    Arguments and exceptions are those of `analyze`.
    """
    must_be_text(text)
    again = partial(analyze_script, catalog=catalog, profile=profile, name=name)
    if text.startswith(MARK):
        return replace(again(f" {text.removeprefix(MARK)}"), source=Source(text, name), again=again)
    target = Target(Source(text, name), catalog, profiles(profile))
    return _analysis(target, again, *_analyze_statements(target))


def _analyze_statements(target: Target) -> tuple[list[Select | None], list[Diagnostic]]:
    selects: list[Select | None] = []
    diagnostics: list[Diagnostic] = []
    for statement in queries(target.source.text, plain_machine()):
        if not isinstance(statement, ParsedQuery):
            from vtql.statement_analysis import analyze_statement  # noqa: PLC0415 - see above

            if not statement.tokens:
                diagnostics += statement.findings
                continue
        if len(diagnostics) >= MAX_FINDINGS:
            diagnostics.append(too_many_findings(statement.span))
            break
        if isinstance(statement, ParsedQuery):
            selects.append(statement.tree)
            diagnostics += run_rules(target, statement.tree, RULES, statement.inside)
        else:
            select, more = analyze_statement(target, statement)
            selects.append(select)
            diagnostics += more
    return selects, diagnostics


def _analysis(
    target: Target,
    again: Callable[[str], Analysis],
    selects: Iterable[Select | None],
    diagnostics: Iterable[Diagnostic],
) -> Analysis:
    ordered = sorted(diagnostics, key=lambda diagnostic: diagnostic.span.start)
    return Analysis(target.source, tuple(selects), tuple(ordered), again)
