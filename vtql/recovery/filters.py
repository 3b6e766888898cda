"""Which findings are told, and which of their repairs are certain beside the other findings."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import islice, pairwise, takewhile

from vtql.diagnostics import Diagnostic, Edit
from vtql.parser.vtiger_parser import SYNTAX, UNREADABLE
from vtql.recovery.constructs.structure import MODULE_ALIAS
from vtql.recovery.lexer import Token
from vtql.recovery.matcher import RESERVED, RecoveryState
from vtql.recovery.split import Statement
from vtql.recovery.syntax_codes import syntax_diagnostic
from vtql.source import Span

INSERTED = ("missing-token", "missing-from")
"""What tells of something to put in."""

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
"""What tells of something that goes with all that stands in it."""

GENERIC = ("unexpected-token", "unreadable-text")
"""What tells no more of a place than that it has none there: no news where its name is told."""

ENDS = ("missing-semicolon", "incomplete-query")

OTHER_MODULES = ("join", "subquery", "set-operation")
OF_A_MODULE = ("alias", "qualified-name")

INDEPENDENT = ("unclosed-literal", "empty-literal", "long-literal", "undoubled-quote",
                "comment", "odd-blank", "missing-semicolon", "incomplete-query")  # fmt: skip
GUESSED = ("unclosed-literal", "long-literal", "undoubled-quote")
"""What tells of a literal that goes on as something else than it is."""


def keep_certain_fixes(diagnostics: list[Diagnostic], *, exact: bool) -> list[Diagnostic]:
    """The findings, without the repairs that are none where something else is not `known`."""
    if not exact:  # nobody knows what else was meant, so nothing is put in
        diagnostics = [
            replace(diagnostic, edits=()) if diagnostic.slug in INSERTED else diagnostic
            for diagnostic in diagnostics
        ]
    return _keep_qualifiers(_without_fixes_after_guess(diagnostics))


def has_guessed_literal(diagnostics: Sequence[Diagnostic]) -> bool:
    """Whether one tells of a literal of which nobody knows what it was meant to be."""
    return any(diagnostic.slug in GUESSED and not diagnostic.edits for diagnostic in diagnostics)


def without_duplicates(diagnostics: list[Diagnostic]) -> list[Diagnostic]:
    """The findings without those inside of what goes as a whole; those of literals and ends stay."""
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
    """The findings, without repairs behind a literal of which nobody knows where it ends."""
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
    """The findings, with no name of a module taken off where other modules stand that it tells apart."""
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
    """The finding for a comment, without a repair behind a literal whose end is guessed."""
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
    state: RecoveryState, pieces: Sequence[Token], catalog_fields: Collection[str]
) -> None:
    """Put no quotes around a word that is the name of a field here, or one of those `known`."""
    if not any(
        diagnostic.slug == "bare-word" and diagnostic.edits for diagnostic in state.diagnostics
    ):
        return
    fields = {*catalog_fields, *_field_names(pieces)}
    for place, diagnostic in enumerate(state.diagnostics):
        word = state.text[diagnostic.span.start : diagnostic.span.end]
        if diagnostic.slug == "bare-word" and diagnostic.edits and word in fields:
            state.diagnostics[place] = _two_fields(diagnostic, word)
            state.exact = False


def keep_foreign_qualifiers(state: RecoveryState, pieces: Sequence[Token]) -> None:
    """Take no name off that is neither the module's nor its alias: the field is of another module."""
    if not any(
        diagnostic.slug == "qualified-name" and diagnostic.edits for diagnostic in state.diagnostics
    ):
        return
    own = _names_of_module(pieces)
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


def keep_possible_modules(state: RecoveryState, pieces: Sequence[Token]) -> None:
    """Take no second name from a module that may be another module: nothing says that it is an alias."""
    for place, diagnostic in enumerate(state.diagnostics):
        if state.rows.get(diagnostic) is not MODULE_ALIAS or not diagnostic.edits:
            continue
        alias = state.text[diagnostic.span.start : diagnostic.span.end]
        if len(alias) <= LONGEST_ALIAS or alias.lower().startswith("as "):
            continue
        if not any(
            _unquoted(piece.text) == _unquoted(alias) and following.kind == "DOT"
            for piece, following in pairwise(pieces)
        ):
            state.diagnostics[place] = replace(
                diagnostic,
                help="the module alone; another module is asked for in a query of its own",
                edits=(),
            )
            state.exact = False


def _names_of_module(pieces: Sequence[Token]) -> set[str]:
    """The name of the module behind FROM, and its alias."""
    words = [piece.word for piece in pieces]
    if "from" not in words:
        return set()
    at = words.index("from") + 1
    named = [piece for piece in pieces[at : at + 3] if piece.word != "as"]
    names = takewhile(lambda piece: piece.word not in RESERVED, named)
    return {_unquoted(piece.text) for piece in islice(names, 2)}


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


def _field_names(pieces: Sequence[Token]) -> set[str]:
    """The words that stand as fields: before FROM, and before an operator."""
    words = [piece.word for piece in pieces]
    columns = words.index("from") if "from" in words else 0
    return {
        piece.text
        for place, piece in enumerate(pieces)
        if piece.kind == "NAME"
        and (place < columns or (place + 1 < len(pieces) and _operates(pieces[place + 1])))
    }


def _operates(piece: Token) -> bool:
    return piece.kind in _OPERATORS or piece.word in _WORDS
