"""Recovers a broken statement: its findings, and the nearest query of the extended language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise, takewhile

from vtql.ast import Select
from vtql.diagnostics import Diagnostic, Edit, apply_edits, paint
from vtql.errors import QuerySyntaxError
from vtql.parser.lalr import Stop
from vtql.parser.node_builders import plain_machine
from vtql.parser.vtiger_parser import DENIED, SYNTAX, UNREADABLE, effect_of_head
from vtql.recovery.constructs import CONSTRUCTS
from vtql.recovery.constructs.structure import MODULE_ALIAS
from vtql.recovery.error_repair import expand_unknowns, repair_errors
from vtql.recovery.keywords import (
    OTHER_STATEMENTS,
    empty_query,
    missing_semicolon,
    not_a_query,
    other_statement,
    reorder_clauses,
    repair_keywords,
    wrapped_query,
    wrong_terminator,
)
from vtql.recovery.lexer import (
    EMPTY_STATEMENT,
    Statement,
    Token,
    merge_values,
    parse_tokens,
    statements,
)
from vtql.recovery.matcher import RESERVED, RecoveryState
from vtql.recovery.syntax_codes import syntax_diagnostic
from vtql.source import Source, Span

OTHER_TERMINATORS = (".", ":")
"""Signs that end a query in place of its semicolon."""

MAX_TOKENS = 50_000
"""Pieces of a statement that are looked at; a server's URL ends long before."""

MAX_DIAGNOSTICS = 100
"""Findings of one statement that are reported."""

ALLOWED_IN_EXTENDED = ("missing-semicolon", "empty-literal")
"""Findings of literals and of the end that the extended language allows."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """A statement that is no VTQL.

    `tokens` are the nearest text in the extended language, None where there is none near. `exact`
    tells that it means what was written, `extended` that it needs compiling to be VTQL; `plain` is
    the tree where only the semicolon is missing; `foreign` are the findings that the extended
    language does not allow.
    """

    findings: tuple[Diagnostic, ...]
    foreign: tuple[Diagnostic, ...]
    tokens: tuple[Token, ...] | None
    exact: bool
    extended: bool
    plain: Select | None = None


def recover_statement(text: str, statement: Statement, fields: Collection[str] = ()) -> Recovered:
    """The findings of a statement that the grammar does not accept, with the fixes that are certain.

    `fields` are names that the module is known to have.
    """
    recovered = _with_effect_of_head(_recover(text, statement, fields), text, statement)
    edits = [edit for diagnostic in recovered.findings for edit in diagnostic.edits]
    if {diagnostic.slug for diagnostic in recovered.findings} <= {"missing-semicolon"}:
        return recovered
    is_looked_at = len(statement.tokens) <= MAX_TOKENS
    if not edits or (is_looked_at and _fixes_hold(text, statement, recovered, edits)):
        return recovered
    findings, foreign = (
        tuple(replace(diagnostic, edits=()) for diagnostic in diagnostic)
        for diagnostic in (recovered.findings, recovered.foreign)
    )
    return replace(recovered, findings=findings, foreign=foreign)


def _with_effect_of_head(recovered: Recovered, text: str, statement: Statement) -> Recovered:
    """The same where a server reads no further than the head of the statement: one effect for all."""
    if not statement.tokens:
        return recovered
    effect = effect_of_head(text[statement.tokens[0].start() : statement.tokens[-1].end()])
    if not effect:
        return recovered
    findings, foreign = (
        tuple(
            diagnostic
            if diagnostic.server_effect in ("", DENIED)  # the module comes first
            else replace(diagnostic, server_effect=effect)
            for diagnostic in diagnostics
        )
        for diagnostics in (recovered.findings, recovered.foreign)
    )
    return replace(recovered, findings=findings, foreign=foreign)


def _fixes_hold(text: str, statement: Statement, recovered: Recovered, edits: list[Edit]) -> bool:
    """Whether the fixed statement is one statement, has no new findings, and means the same where the
    meaning is known."""
    if not statement.tokens or statement.tokens[0].kind == "SEMICOLON":
        return True
    start, end = statement.tokens[0].start(), statement.tokens[-1].end()
    own = (
        Edit(Span(edit.span.start - start, edit.span.end - start), edit.text)
        for edit in edits
        if edit.span.start >= start
    )
    fixed = apply_edits(text[start:end], own)
    again = list(statements(fixed))
    if len(again) != 1:
        return False
    after = _recover(fixed, again[0])
    codes = Counter(edit.code for edit in after.findings)
    if codes - Counter(edit.code for edit in recovered.findings if not edit.edits):
        return False
    return not recovered.exact or _normalized(after.tokens) == _normalized(recovered.tokens)


def _normalized(tokens: tuple[Token, ...] | None) -> list[str]:
    return [token.text if token.kind == "LITERAL" else token.text.lower() for token in tokens or ()]


def _recover(text: str, statement: Statement, fields: Collection[str] = ()) -> Recovered:
    state = RecoveryState(text, list(statement.tokens), list(statement.findings))
    if not statement.tokens or statement.tokens[0].kind == "SEMICOLON":
        return _recovered(state, [empty_query(text, statement)], None)
    verb = statement.tokens[0].word
    if verb in OTHER_STATEMENTS:
        own = text[statement.tokens[0].start() : statement.tokens[-1].end()]
        return _recovered(state, [other_statement(statement.tokens[0], own)], None)
    instead = wrapped_query(text, statement.tokens) or not_a_query(text, statement.tokens)
    if instead is not None:
        return _recovered(RecoveryState(text, [], []), [instead], None)
    given_up = any(diagnostic.slug == "too-many-findings" for diagnostic in statement.findings)
    ends = given_up or statement.tokens[-1].kind == "SEMICOLON"
    ending = [] if ends else [missing_semicolon(statement)]
    last = statement.tokens[-1]
    if last.text in OTHER_TERMINATORS and len(statement.tokens) > 1:
        state.tokens, ending = state.tokens[:-1], [wrong_terminator(last)]
    if not statement.findings:
        plain = _plain([*state.tokens, *([] if ends else [_semicolon(state.tokens)])])
        if plain is not None:
            return replace(_recovered(state, ending, state.tokens), plain=plain)
    if len(state.tokens) > MAX_TOKENS or given_up:
        return _recover_prefix(state, ending, given_up=given_up)
    state.tokens = merge_values(text, state.tokens)
    repair_keywords(state)
    for apply, row in CONSTRUCTS:
        apply(row, state)
    reorder_clauses(state)
    expand_unknowns(state)
    repaired = repair_errors(state)
    keep_field_names(state, statement.tokens, fields)
    keep_foreign_qualifiers(state, statement.tokens)
    keep_possible_modules(state, statement.tokens)
    keys = state.keys()
    begun = "from" in keys.present or keys.all[:1] == ["select"]
    if not begun or any(diagnostic.slug == "incomplete-query" for diagnostic in state.diagnostics):
        ending = []  # where the end or all of it is missing, its semicolon is no news
    return _recovered(state, ending, repaired)


def _recover_prefix(state: RecoveryState, ending: list[Diagnostic], *, given_up: bool) -> Recovered:
    """The findings of the beginning of a very long statement, without fixes.

    A finding that reaches the end of what is read is left out, for its rest is unknown.
    """
    if not given_up:
        ending = [*ending, _too_long(state.tokens[MAX_TOKENS])]
    state.tokens = merge_values(state.text, state.tokens[:MAX_TOKENS])
    end = state.tokens[-1].end()
    before = set(state.diagnostics)
    for apply, row in CONSTRUCTS:
        apply(row, state)
    state.diagnostics = [
        diagnostic if diagnostic in before else replace(diagnostic, edits=())
        for diagnostic in state.diagnostics
        if diagnostic in before or diagnostic.span.end < end
    ]
    return _recovered(state, ending, None)


def _plain(tokens: list[Token]) -> Select | None:
    tree = parse_tokens(plain_machine(), tokens)
    return tree if isinstance(tree, Select) else None


def _semicolon(tokens: list[Token]) -> Token:
    end = tokens[-1].end()
    return Token("SEMICOLON", ";", (end, end))


def _recovered(
    state: RecoveryState, ending: list[Diagnostic], repaired: list[Token] | None
) -> Recovered:
    diagnostics = sorted(
        dict.fromkeys([*state.diagnostics, *ending]),
        key=lambda diagnostic: (diagnostic.span, diagnostic.code),
    )
    diagnostics = without_duplicates(diagnostics)
    diagnostics = keep_certain_fixes(diagnostics, exact=repaired is not None and state.exact)
    findings = _first_diagnostics(diagnostics, state.omitted)
    foreign = _first_diagnostics(
        [diagnostic for diagnostic in diagnostics if not _is_extended(state, diagnostic)],
        state.omitted,
    )
    if repaired is None:
        return Recovered(findings, foreign, None, exact=False, extended=state.extended)
    tokens = tuple(token for token in repaired if token.kind != "SEMICOLON")
    exact = state.exact and not has_guessed_literal(diagnostics)
    return Recovered(findings, foreign, (*tokens, _semicolon(repaired)), exact, state.extended)


def _is_extended(state: RecoveryState, diagnostic: Diagnostic) -> bool:
    """Whether the extended language allows what is reported."""
    row = state.rows.get(diagnostic)
    return diagnostic.slug in ALLOWED_IN_EXTENDED or (row is not None and row.in_extended)


def _first_diagnostics(findings: list[Diagnostic], untold: int) -> tuple[Diagnostic, ...]:
    """The findings of a statement, `MOST` of them: who reads more?"""
    remaining = len(findings) - MAX_DIAGNOSTICS + untold
    if len(findings) <= MAX_DIAGNOSTICS:
        return tuple(findings)
    summary = syntax_diagnostic(
        "too-many-findings", findings[MAX_DIAGNOSTICS].span,
        f"this query has {remaining} more findings from here on", "those before first",
    )  # fmt: skip
    return (*findings[:MAX_DIAGNOSTICS], summary)


def _too_long(token: Token) -> Diagnostic:
    return syntax_diagnostic(
        "too-many-findings", Span(*token.place),
        f"this query goes on, and only its first {MAX_TOKENS} words and signs are looked at",
        "a server takes a query of some 8,000 bytes",
    )  # fmt: skip


SHOWN = 20
"""Findings that the text of an exception shows."""


def parse_statement(statement: Statement) -> Select | Stop:
    """The tree of a statement, comments in it passed over."""
    if not statement.tokens or statement.findings:
        return Stop(0)
    tree: Select | Stop = parse_tokens(plain_machine(), statement.tokens)
    return tree


def parse_or_diagnose(
    text: str, statement: Statement
) -> tuple[Select | None, tuple[Diagnostic, ...]]:
    """The tree of a statement, or its findings; one of comments alone has only those of comments."""
    tree = parse_statement(statement)
    if isinstance(tree, Select):
        return tree, ()
    if not statement.tokens:
        return None, statement.findings
    return None, recover_statement(text, statement).findings


def query_errors(text: str) -> tuple[Diagnostic, ...]:
    """What keeps a text from being one query."""
    seen: list[Statement] = []
    diagnostics: list[Diagnostic] = []
    for statement in statements(text):
        seen.append(statement)
        diagnostics += parse_or_diagnose(text, statement)[1]
        if len(diagnostics) > SHOWN:
            break
    if not any(statement.tokens for statement in seen):
        diagnostics += recover_statement(text, EMPTY_STATEMENT).findings
    diagnostics = without_inner_semicolons(diagnostics, seen)
    diagnostics += islice(request_diagnostics(seen), SHOWN)
    return tuple(sorted(diagnostics, key=lambda diagnostic: diagnostic.span))


def syntax_error(source: Source, diagnostics: tuple[Diagnostic, ...]) -> QuerySyntaxError:
    """The exception that shows findings in their source, the first `SHOWN` of them."""
    painted = [paint(source, diagnostic) for diagnostic in diagnostics[:SHOWN]]
    if len(diagnostics) > SHOWN:
        painted.append(f"and {len(diagnostics) - SHOWN} more")
    return QuerySyntaxError("\n\n".join(painted), diagnostics)


INSERTED = ("missing-token", "missing-from")
"""Findings whose fix inserts something."""

ENCLOSING = (
    "arithmetic",
    "join",
    "set-operation",
    "subquery",
    "group-by",
    "having",
    "function",
    "other-condition",
)
"""Findings that cover all others inside their span."""

GENERIC = ("unexpected-token", "unreadable-text")
"""Findings that are left out where another one has the same span."""

ENDS = ("missing-semicolon", "incomplete-query")

OTHER_MODULES = ("join", "subquery", "set-operation")
OF_A_MODULE = ("alias", "qualified-name")

INDEPENDENT = ("unclosed-literal", "empty-literal", "long-literal", "undoubled-quote",
                "comment", "odd-blank", "missing-semicolon", "incomplete-query")  # fmt: skip
GUESSED = ("unclosed-literal", "long-literal", "undoubled-quote")
"""Findings of a literal whose text is guessed."""


def keep_certain_fixes(diagnostics: list[Diagnostic], *, exact: bool) -> list[Diagnostic]:
    """The findings, without insertions where the rest of the query is not `exact`."""
    if not exact:  # nobody knows what else was meant, so nothing is put in
        diagnostics = [
            replace(diagnostic, edits=()) if diagnostic.slug in INSERTED else diagnostic
            for diagnostic in diagnostics
        ]
    return _keep_qualifiers(_without_fixes_after_guess(diagnostics))


def has_guessed_literal(diagnostics: Sequence[Diagnostic]) -> bool:
    """Whether the text of a literal is guessed."""
    return any(diagnostic.slug in GUESSED and not diagnostic.edits for diagnostic in diagnostics)


def without_duplicates(diagnostics: list[Diagnostic]) -> list[Diagnostic]:
    """The findings without those inside the span of an enclosing one; those of literals and ends stay."""
    kept: list[Diagnostic] = []
    reached = -1
    named = {
        diagnostic.span for diagnostic in diagnostics if diagnostic.slug not in (*GENERIC, *ENDS)
    }
    for diagnostic in sorted(
        diagnostics, key=lambda diagnostic: (diagnostic.span.start, -diagnostic.span.end)
    ):
        if diagnostic.slug in GENERIC and diagnostic.span in named:
            continue
        if diagnostic.slug in INDEPENDENT or diagnostic.span.end > reached:
            kept.append(diagnostic)
        if diagnostic.slug in ENCLOSING:
            reached = max(reached, diagnostic.span.end)
    return sorted(kept, key=lambda diagnostic: (diagnostic.span, diagnostic.code))


def _without_fixes_after_guess(diagnostics: list[Diagnostic]) -> list[Diagnostic]:
    """The findings, without fixes after a literal whose end is guessed."""
    guesses = [
        diagnostic.span.start
        for diagnostic in diagnostics
        if diagnostic.slug in GUESSED and not diagnostic.edits
    ]
    start = min(guesses, default=None)
    if start is None:
        return diagnostics
    return [
        diagnostic if diagnostic.span.start < start else replace(diagnostic, edits=())
        for diagnostic in diagnostics
    ]


def _keep_qualifiers(diagnostics: list[Diagnostic]) -> list[Diagnostic]:
    """The findings; qualifiers and aliases are kept where the query names other modules."""
    if not any(diagnostic.slug in OTHER_MODULES for diagnostic in diagnostics):
        return diagnostics
    return [
        replace(diagnostic, edits=()) if diagnostic.slug in OF_A_MODULE else diagnostic
        for diagnostic in diagnostics
    ]


_UNCLOSED = "unclosed-literal"


def request_diagnostics(statements: Sequence[Statement]) -> Iterator[Diagnostic]:
    """What keeps the text of these statements from being sent as it is."""
    for statement in statements:
        guessed = min(
            (
                diagnostic.span.start
                for diagnostic in statement.findings
                if diagnostic.slug == _UNCLOSED
            ),
            default=None,
        )
        for comment in statement.comments:
            if comment.kind == "COMMENT":
                yield _comment(comment, guessed)
    queries = [
        diagnostic
        for diagnostic in statements
        if diagnostic.tokens and diagnostic.tokens[0].kind != "SEMICOLON"
    ]
    yield from map(several_queries, queries[1:])


def without_inner_semicolons(
    faults: Sequence[Diagnostic], statements: Sequence[Statement]
) -> list[Diagnostic]:
    """The findings, without semicolons missing between queries, which no request has more than one of."""
    last = max((diagnostic.span.start for diagnostic in statements if diagnostic.tokens), default=0)
    return [
        diagnostic
        for diagnostic in faults
        if diagnostic.slug != "missing-semicolon" or diagnostic.span.start >= last
    ]


def several_queries(statement: Statement) -> Diagnostic:
    """The finding that a statement is not the only one."""
    return syntax_diagnostic(
        "several-queries", statement.span,
        "a request takes one query, and this is another",
        "a request each; in a `.vtql` file they may stand one behind the other",
        effect=SYNTAX,
    )  # fmt: skip


def _comment(comment: Token, guessed: int | None) -> Diagnostic:
    """The finding for a comment, without a fix after a literal whose end is guessed."""
    span = Span(*comment.place)
    certain = guessed is None or span.start <= guessed
    return syntax_diagnostic(
        "comment", span, "a server knows no comments",
        "without it; in a `.vtql` file it may stand, and is not sent",
        (Edit(span, ""),) if certain else (), effect=UNREADABLE
    )  # fmt: skip


LONGEST_ALIAS = 3
"""Letters of a name that is an alias and no module."""

_OPERATORS = frozenset(("EQ", "NE", "LT", "LE", "GT", "GE", "OPERATOR"))
_WORDS = frozenset(("like", "in", "not", "is", "between"))


def keep_field_names(
    state: RecoveryState, tokens: Sequence[Token], catalog_fields: Collection[str]
) -> None:
    """Drop the fix that quotes a word which is the name of a field, here or in the catalog."""
    if not any(
        diagnostic.slug == "bare-word" and diagnostic.edits for diagnostic in state.diagnostics
    ):
        return
    fields = {*catalog_fields, *_field_names(tokens)}
    for place, diagnostic in enumerate(state.diagnostics):
        word = state.text[diagnostic.span.start : diagnostic.span.end]
        if diagnostic.slug == "bare-word" and diagnostic.edits and word in fields:
            state.diagnostics[place] = _two_fields(diagnostic, word)
            state.exact = False


def keep_foreign_qualifiers(state: RecoveryState, tokens: Sequence[Token]) -> None:
    """Take no name off that is neither the module's nor its alias: the field is of another module."""
    if not any(
        diagnostic.slug == "qualified-name" and diagnostic.edits for diagnostic in state.diagnostics
    ):
        return
    own = _names_of_module(tokens)
    for place, diagnostic in enumerate(state.diagnostics):
        path = state.text[diagnostic.span.start : diagnostic.span.end]
        qualifier, *steps = path.split(".")
        if (
            diagnostic.slug == "qualified-name"
            and diagnostic.edits
            and (len(steps) > 1 or _unquoted(qualifier) not in own)
        ):
            state.diagnostics[place] = replace(
                diagnostic,
                help="a query has one module; a field of another one is read by a query of its own",
                edits=(),
            )
            state.exact = False


def keep_possible_modules(state: RecoveryState, tokens: Sequence[Token]) -> None:
    """Drop the fix that removes a second name after the module, which may be another module."""
    for place, diagnostic in enumerate(state.diagnostics):
        if state.rows.get(diagnostic) is not MODULE_ALIAS or not diagnostic.edits:
            continue
        alias = state.text[diagnostic.span.start : diagnostic.span.end]
        if len(alias) <= LONGEST_ALIAS or alias.lower().startswith("as "):
            continue
        if not any(
            _unquoted(token.text) == _unquoted(alias) and following.kind == "DOT"
            for token, following in pairwise(tokens)
        ):
            state.diagnostics[place] = replace(
                diagnostic,
                help="the module alone; another module is asked for in a query of its own",
                edits=(),
            )
            state.exact = False


def _names_of_module(tokens: Sequence[Token]) -> set[str]:
    """The name of the module after FROM, and its alias."""
    words = [token.word for token in tokens]
    if "from" not in words:
        return set()
    at = words.index("from") + 1
    named = [token for token in tokens[at : at + 3] if token.word != "as"]
    names = takewhile(lambda token: token.word not in RESERVED, named)
    return {_unquoted(token.text) for token in islice(names, 2)}


def _unquoted(name: str) -> str:
    return name.strip(' \t\r\n"`[]')


def _two_fields(diagnostic: Diagnostic, word: str) -> Diagnostic:
    return replace(
        diagnostic,
        message=f"`{word}` stands without quotes, and is the name of a field",
        server_effect="a server puts it into SQL as a column, which compares two fields where the column "
        "is called so",
        help=f"for a value `'{word}'`; two fields are compared in Python",
        edits=(),
    )


def _field_names(tokens: Sequence[Token]) -> set[str]:
    """The words that stand as fields: before FROM, and before an operator."""
    words = [token.word for token in tokens]
    columns = words.index("from") if "from" in words else 0
    return {
        token.text
        for place, token in enumerate(tokens)
        if token.kind == "NAME"
        and (place < columns or (place + 1 < len(tokens) and _operates(tokens[place + 1])))
    }


def _operates(token: Token) -> bool:
    return token.kind in _OPERATORS or token.word in _WORDS
