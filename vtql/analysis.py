"""Analyze a text: its syntax errors, and the findings of the rules.

A query that parses goes to the rules at once. The rest goes through recovery, which is loaded only then.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from vtql.ast import Select
from vtql.catalog.families import Family
from vtql.diagnostics import Applicability, Diagnostic, Edit, Severity, apply_edit_groups
from vtql.errors import VtqlError
from vtql.fixes import View, apply_fixes
from vtql.parser.node_builders import plain_machine, read
from vtql.profiles import profiles
from vtql.rules.context import Dependence
from vtql.rules.registry import RULES
from vtql.rules.runner import MAX_FINDINGS, Target, run_rules, too_many_findings
from vtql.sanitize import visible
from vtql.source import MARK, Source, Span, must_be_text
from vtql.statements import ParsedQuery, queries

if TYPE_CHECKING:
    from vtql.catalog.catalog import Catalog
    from vtql.extended.parse import ExtendedQuery
    from vtql.recovery.lexer import Statement, Token
    from vtql.recovery.recover import Recovered


PARTIAL_RULES = tuple(
    rule
    for rule in RULES
    if rule.code.startswith(("VT1", "VT2")) and set(rule.depends_on) <= {Dependence.MODULE}
)
"""The rules about single names or values, which also apply to half-understood queries."""


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
        if not isinstance(statement, ParsedQuery) and not statement.tokens:
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


def analyze_request(target: Target) -> tuple[list[Select | None], list[Diagnostic]]:
    """The trees and the findings of a request that does not parse."""
    from vtql.recovery.lexer import (  # noqa: PLC0415 - a query that parses needs no recovery
        EMPTY_STATEMENT,
        statements,
    )
    from vtql.recovery.recover import (  # noqa: PLC0415 - the same
        recover_statement,
        request_diagnostics,
        without_inner_semicolons,
    )

    analyzed: list[Statement] = []
    all_statements = statements(target.source.text)
    selects, diagnostics = analyze_statements(
        target, _recorded(islice(all_statements, MAX_FINDINGS + 1), analyzed)
    )
    cut_off = diagnostics[-1:] and diagnostics[-1].slug == "too-many-findings"
    if len(analyzed) > MAX_FINDINGS and not cut_off:
        diagnostics += [
            too_many_findings(rest.span) for rest in islice(all_statements, 1) if rest.tokens
        ]
    if not any(statement.tokens for statement in analyzed):
        diagnostics += recover_statement(target.source.text, EMPTY_STATEMENT).findings
        selects = [None]
    diagnostics = [*without_inner_semicolons(diagnostics, analyzed), *request_diagnostics(analyzed)]
    broken = any(rest.code.startswith("VT0") for rest in diagnostics)
    return [None] if broken else selects, diagnostics


def _recorded(source: Iterable[Statement], record: list[Statement]) -> Iterator[Statement]:
    """The statements, appended to `record` as they are consumed."""
    for statement in source:
        record.append(statement)
        yield statement


def analyze_statements(
    target: Target, parsed: Iterable[Statement]
) -> tuple[list[Select | None], list[Diagnostic]]:
    """The trees and the findings of statements, in order."""
    selects: list[Select | None] = []
    diagnostics: list[Diagnostic] = []
    for statement in parsed:
        if not statement.tokens:
            diagnostics += statement.findings
            continue
        if len(diagnostics) >= MAX_FINDINGS:
            diagnostics.append(too_many_findings(statement.span))
            break
        select, more = analyze_statement(target, statement)
        selects.append(select)
        diagnostics += more
    return selects, diagnostics


def analyze_statement(
    target: Target, statement: Statement
) -> tuple[Select | None, list[Diagnostic]]:
    """The tree and the findings of a statement with tokens."""
    from vtql.recovery.lexer import parse_tokens  # noqa: PLC0415 - as above
    from vtql.recovery.recover import parse_statement, recover_statement  # noqa: PLC0415 - the same

    text = target.source.text
    select = parse_statement(statement)
    if isinstance(select, Select):
        comments = tuple(Span(*comment.place) for comment in statement.inside)
        return select, list(run_rules(target, select, RULES, comments))
    recovered = recover_statement(text, statement, _fields(target, statement))
    tokens = recovered.tokens or ()
    plain = recovered.plain
    if plain is None and tokens and not recovered.extended:
        plain = parse_tokens(plain_machine(), tokens)
    findings = [
        _adjusted(target, finding)
        for finding in recovered.findings
        if not _is_optional(target, finding)
    ]
    if isinstance(plain, Select) and not findings:
        return plain, list(run_rules(target, plain, RULES))
    if recovered.plain is not None:  # all but its semicolon is there
        comments = tuple(Span(*comment.place) for comment in statement.inside)
        return None, [*findings, *run_rules(target, recovered.plain, RULES, comments)]
    if isinstance(plain, Select):
        return None, findings + _findings_in_parts(target, plain, tokens)
    if tokens:
        findings, nearest = with_equivalents(target, statement, recovered, findings)
        findings += _findings_in_parts(target, nearest, tokens) if nearest else ()
    return None, findings


def _fields(target: Target, statement: Statement) -> Collection[str]:
    """The names of the fields of the module after FROM, if the catalog has it."""
    if target.catalog is not None:
        for last, token in pairwise(statement.tokens):
            if last.kind == "NAME" and last.word == "from" and token.text in target.catalog:
                return target.catalog[token.text].fields
    return ()


def _findings_in_parts(
    target: Target, nearest: Select, tokens: Sequence[Token]
) -> list[Diagnostic]:
    """The findings about names and values of a half-understood query."""
    unknown = {token.place for token in tokens if "…" in token.text}
    return [
        finding
        for finding in run_rules(target, nearest, PARTIAL_RULES)
        if finding.span.start < finding.span.end and finding.span not in unknown
    ]


def _is_optional(target: Target, finding: Diagnostic) -> bool:
    """Whether a missing semicolon is fine for all servers of the target."""
    return finding.slug == "missing-semicolon" and not any(
        profile.semicolon for profile in target.servers
    )


def _adjusted(target: Target, finding: Diagnostic) -> Diagnostic:
    """The finding with its severity and applicability for the servers and the catalog of the target.

    It is an info where all servers have the operator. `true` and `false` are the texts '1' and '0'
    for a checkbox only: any other field is compared with a number.
    """
    word = target.source.text[finding.span.start : finding.span.end].lower()
    if (
        word == "notlike"
        and finding.slug == "not-like"
        and all(profile.notlike for profile in target.servers)
    ):
        return replace(finding, severity=Severity.INFO, edits=())
    if (
        finding.slug == "bare-word"
        and word in ("true", "false")
        and not _is_checkbox_value(target, finding)
    ):
        return replace(finding, applicability=Applicability.UNSAFE)
    return finding


_COMPARED = re.compile(r"(\w+)\s*[=!<>]+\s*\Z")
_OF_MODULE = re.compile(r"\bfrom\s+(\w+)", re.IGNORECASE)


def _is_checkbox_value(target: Target, finding: Diagnostic) -> bool:
    """Whether a value is compared with a checkbox that is stored as '1' and '0'."""
    before = target.source.text[: finding.span.start].rpartition(";")[2]
    name, module = _COMPARED.search(before), _OF_MODULE.search(before)
    if target.catalog is None or name is None or module is None or module[1] not in target.catalog:
        return False
    field = target.catalog[module[1]].fields.get(name[1])
    return field is not None and field.type.family is Family.TRUTH and field.type.encode("1") == "1"


MAX_EQUIVALENT_LENGTH = 300
"""Length up to which a message quotes a compiled query; the fix has it in any case."""


def with_equivalents(
    target: Target, statement: Statement, recovered: Recovered, findings: list[Diagnostic]
) -> tuple[list[Diagnostic], Select | None]:
    """The findings of a statement with the equivalent query as their fix, and the nearest plain query;
    None for a statement that is not in the extended language."""
    from vtql.extended.parse import (  # noqa: PLC0415 - most errors are not of that kind
        ExtendedQuery,
        extended_parser,
        flattened,
    )
    from vtql.recovery.lexer import parse_tokens  # noqa: PLC0415 - as above

    query = parse_tokens(extended_parser(), recovered.tokens or ())
    if not isinstance(query, ExtendedQuery):
        return findings, None
    return _with_fix(target, statement, recovered, query, findings), flattened(query)


def _with_equivalent(diagnostic: Diagnostic, query: str) -> Diagnostic:
    """The finding with its equivalent query."""
    help_ = (
        "`vtql compile` does that for any condition"
        if diagnostic.slug == "brackets"
        else diagnostic.help
    )
    return replace(diagnostic, equivalent=query, help=help_)


def _with_fix(
    target: Target,
    statement: Statement,
    recovered: Recovered,
    extended_query: ExtendedQuery,
    findings: list[Diagnostic],
) -> list[Diagnostic]:
    """The findings, each with the compiled query as its fix where it is equivalent."""
    span = statement.span
    if not findings or not recovered.exact or not recovered.extended:
        return findings
    from vtql.extended.compile import compile_query  # noqa: PLC0415 - see above

    try:
        (query,) = compile_query(extended_query, target.catalog).statements
    except (VtqlError, ValueError):
        return findings
    first, *others = findings
    if not statement.inside:  # a comment would go with what is replaced
        first, *others = (replace(finding, edits=(Edit(span, query),)) for finding in findings)
    if len(query) <= MAX_EQUIVALENT_LENGTH:
        first = _with_equivalent(first, visible(query))
    return [first, *others]
