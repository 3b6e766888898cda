"""Error repair with the grammar, for what no table matches: insert, replace or delete a token.

The tokens run through the tables of the extended grammar. Where one does not fit, each small repair
is tried for how many tokens fit after it, up to `LOOKAHEAD`. The repair that gets furthest wins, the
earlier one of two that get equally far. A run of deleted tokens is one finding, and a statement
that needs more than `MAX_REPAIRS` is given up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from vtql.parser.lalr import END, Stack, shift, shifted_as_name, start_stack, tables
from vtql.parser.vtiger_parser import SYNTAX
from vtql.recovery import messages
from vtql.recovery.constructs.conditions import CONDITION_BRACKET
from vtql.recovery.lexer import Token
from vtql.recovery.matcher import RecoveryState, unknown_comparison
from vtql.recovery.messages import expected_tokens
from vtql.recovery.syntax_codes import syntax_diagnostic

MAX_REPAIRS = 20
LOOKAHEAD = 4
"""Tokens that a repair is tried on."""

ANYTHING = ("LITERAL", "NAME", "NUMBER")
TEXTS = {"LITERAL": "'…'", "NAME": "…", "NUMBER": "0", "FROM": "FROM", "WHERE": "WHERE", "COMMA": ",", "AND": "AND",
         "EQ": "=", "CLOSE": ")", "OPEN": "(", "SELECT": "SELECT", "STAR": "*", "BY": "BY"}  # fmt: skip
"""What stands for a terminal that was missing."""

INSERTIONS = (
    ("COMMA",), ("FROM",), ("WHERE",), ("STAR",), ("AND",), ("EQ",), ("CLOSE",), ("BY",), ("NAME",), ("LITERAL",),
    ("EQ", "LITERAL"), ("FROM", "NAME"), ("SELECT",), ("NAME", "EQ"), ("OPEN",), ("NUMBER",),
    ("STAR", "FROM"), ("SELECT", "STAR"), ("STAR", "FROM", "NAME"),
    ("NAME", "EQ", "LITERAL"), ("SELECT", "STAR", "FROM", "NAME"), ("CLOSE", "CLOSE"),
    ("AND", "LITERAL"),
)  # fmt: skip
ENDINGS = (
    (), ("LITERAL",), ("NAME",), ("NUMBER",), ("EQ", "LITERAL"), ("NAME", "EQ", "LITERAL"),
    ("FROM", "NAME"), ("STAR", "FROM", "NAME"), ("BY", "NAME"), ("OPEN", "LITERAL", "CLOSE"),
    ("CLOSE", "FROM", "NAME"), ("STAR", "CLOSE", "FROM", "NAME"), ("AND", "LITERAL"),
)  # fmt: skip
"""Endings of a query that ends too early; open brackets are closed after them."""


COMPLETIONS = (("LITERAL",), ("EQ", "LITERAL"), ("NAME", "EQ", "LITERAL"), ("NUMBER",), ("NAME",),
               ("OPEN", "LITERAL", "CLOSE"), ("AND", "LITERAL"), ("CLOSE",), ("LITERAL", "CLOSE"))  # fmt: skip
"""What may be missing where tokens were deleted, before a word that begins something else."""

RESUMING = frozenset(("and", "or", "where", "order", "orderby", "limit", "from"))
EXTENDED_WORDS = frozenset(("not", "between", "is", "empty", "offset"))


@dataclass(frozen=True, slots=True)
class Repair:
    """A repair of a token: what to insert before it and what to replace it with, None to delete it."""

    inserted: tuple[str, ...] = ()
    piece: Token | None = None


def repair_errors(state: RecoveryState) -> list[Token] | None:
    """The tokens of a statement as the extended grammar accepts them; None where it is given up."""
    tokens = [token for token in state.tokens if token.kind != "SEMICOLON"]
    stack, repaired = start_stack(), list[Token]()
    repairs, at = 0, 0
    own = state.text[tokens[0].start() : tokens[-1].end()] if tokens else ""
    while at < len(tokens):
        shifted = _shift_token(stack, tokens[at])
        if shifted is not None:
            kind, stack = shifted
            repaired.append(_as_terminal(tokens[at], kind))
            at += 1
            continue
        repairs += 1
        if repairs > MAX_REPAIRS:
            return None
        last, expectations = repaired[-1] if repaired else None, expected_tokens(stack)
        inserted: tuple[str, ...]
        chosen = _best_repair(stack, tokens, at)
        if chosen.piece is None:
            stop, inserted = _skip_lost(stack, tokens, at)
            lost = tokens[at:stop]
            if all(token.kind == "CLOSE" for token in lost):
                mixed = _mixes_connectives(tokens)
                state.diagnostics.append(messages.unmatched_bracket(lost, certain=not mixed))
                state.exact &= not mixed
            else:
                state.diagnostics.append(
                    messages.unexpected_tokens(state.text, lost, last, expectations, own)
                )
                state.exact = False
            at = stop
        else:
            inserted = chosen.inserted
            if inserted:
                in_a_list = shift(stack, "AND") is None and shift(stack, "CLOSE") is not None
                finding, exact = messages.missing_token(
                    inserted, tokens[at], last, expectations, own, in_a_list=in_a_list
                )
            else:
                finding, exact = messages.replaced_token(
                    tokens[at], chosen.piece, last, expectations, own
                )
                state.extended |= chosen.piece.word in EXTENDED_WORDS
            state.diagnostics.append(finding)
            state.exact &= exact
            tokens[at] = chosen.piece
        place = last.end() if last else tokens[0].start()
        for kind in inserted:
            repaired.append(_inserted_token(kind, place))
            after = shift(stack, kind)
            assert after is not None
            stack = after
    return _complete(state, stack, repaired)


def _complete(state: RecoveryState, stack: Stack, repaired: list[Token]) -> list[Token] | None:
    """The tokens with what is missing at the end of the text, which is reported."""
    if shift(stack, END) is not None:
        return repaired
    last = repaired[-1] if repaired else None
    end = last.end() if last else 0
    closed = _closing_count(stack)
    if closed is not None and _report_unclosed(state):
        state.exact &= not _mixes_connectives(repaired) and "not" not in state.keys().present
        return repaired + [_inserted_token("CLOSE", end)] * closed
    if all(diagnostic.span.end <= end for diagnostic in state.diagnostics):
        state.diagnostics.append(
            messages.incomplete_query(state.text, last, expected_tokens(stack))
        )
    state.exact = False
    for ending in ENDINGS:
        after: Stack | None = stack
        for kind in ending:
            after = shift(after, kind) if after else None
        closing: list[str] = []
        while after and shift(after, END) is None:
            after = shift(after, "CLOSE")
            closing.append("CLOSE")
        if after:
            return repaired + [_inserted_token(kind, end) for kind in (*ending, *closing)]
    return None


def _mixes_connectives(tokens: Sequence[Token]) -> bool:
    """Whether it matters where brackets stand: conditions are joined by AND and by OR."""
    return {"and", "or"} <= {token.word for token in tokens}


def _closing_count(stack: Stack) -> int | None:
    """How many closing brackets end the query; None where more than those is missing."""
    count, after = 0, shift(stack, "CLOSE")
    while after is not None:
        count += 1
        if shift(after, END) is not None:
            return count
        after = shift(after, "CLOSE")
    return None


def _report_unclosed(state: RecoveryState) -> bool:
    """Report that the last bracket around conditions is not closed; False where there is none."""
    for index in range(len(state.diagnostics) - 1, -1, -1):
        diagnostic = state.diagnostics[index]
        if state.rows.get(diagnostic) is CONDITION_BRACKET:
            message = f"{CONDITION_BRACKET.message}, and this one is not closed"
            state.diagnostics[index] = syntax_diagnostic(
                diagnostic.slug, diagnostic.span, message, diagnostic.help, diagnostic.edits,
                SYNTAX,
            )  # fmt: skip
            return True
    return False


def _best_repair(stack: Stack, tokens: Sequence[Token], at: int) -> Repair:
    following = tokens[at + 1 : at + LOOKAHEAD]
    best, far = Repair(), _reach(stack, tokens[at + 1 : at + 1 + LOOKAHEAD]) - 1
    for candidate in _candidates(stack, tokens[at]):
        assert candidate.piece is not None
        reach = _reach(stack, [candidate.piece, *following], candidate.inserted)
        if reach > max(far, candidate.inserted == ("WHERE",)):
            best, far = candidate, reach
    return best


def _candidates(stack: Stack, token: Token) -> Iterator[Repair]:
    for meant in messages.replacements(stack, token):
        yield Repair((), meant)
    for inserted in INSERTIONS:
        yield Repair(inserted, token)


def _reach(stack: Stack, tokens: Sequence[Token], inserted: Sequence[str] = ()) -> int:
    """How many of the tokens fit, one after the other; the end counts as one more."""
    for kind in inserted:
        after = shift(stack, kind)
        if after is None or shifted_as_name(after, kind):
            return 0
        stack = after
    for count, token in enumerate(tokens):
        shifted = _shift_token(stack, token)
        if shifted is None:
            return count
        _, stack = shifted
    return len(tokens) + (len(tokens) < LOOKAHEAD and shift(stack, END) is not None)


def _skip_lost(stack: Stack, tokens: Sequence[Token], at: int) -> tuple[int, tuple[str, ...]]:
    """The first index after `at` where a token fits, and what to insert before it."""
    while (at := at + 1) < len(tokens):
        if _shift_token(stack, tokens[at]) is not None:
            return at, ()
        if tokens[at].word in RESUMING or tokens[at].kind == "CLOSE":
            for completion in COMPLETIONS:
                if _reach(stack, tokens[at : at + 2], completion) == len(tokens[at : at + 2]):
                    return at, completion
    return at, ()


def _kinds_of(token: Token) -> tuple[str, ...]:
    """The terminals that a token can be."""
    if token.kind in ("ANY", "HOLE"):
        return ANYTHING
    if token.kind == "NAME":
        return (tables("extended").keywords.get(token.text.lower(), "NAME"),)
    return ("SIGNED",) if token.kind == "DECIMAL" else (token.kind,)


def _shift_token(stack: Stack, token: Token) -> tuple[str, Stack] | None:
    """The terminal that a token is here, and the stack after it; None where it does not fit."""
    for kind in _kinds_of(token):
        after = shift(stack, kind)
        if after is not None:
            return kind, after
    return None


def _as_terminal(token: Token, kind: str) -> Token:
    if token.kind in ("ANY", "HOLE"):
        return Token(kind, TEXTS[kind], token.place)
    return replace(token, kind="SIGNED") if token.kind == "DECIMAL" else token


def _inserted_token(kind: str, place: int) -> Token:
    return Token(kind, TEXTS[kind], (place, place))


_CONDITION_STARTS = frozenset(("where", "and", "or", "not"))


_AFTER_CONDITION = frozenset(("and", "or", "CLOSE", "order", "orderby", "limit", "SEMICOLON", ""))


def expand_unknowns(state: RecoveryState) -> None:
    """Expand an unknown token to a condition where one is due, and to a list after IN."""
    keys = state.keys()
    if keys.present.isdisjoint(("ANY", "HOLE")):
        return
    result: list[Token] = []
    around = ["", *keys.all, ""]
    for index, token in enumerate(state.tokens):
        if token.kind not in ("ANY", "HOLE"):
            result.append(token)
        elif around[index] == "in":
            result += [Token("OPEN", "(", token.place), token, Token("CLOSE", ")", token.place)]
        elif around[index + 2] in _AFTER_CONDITION and _starts_condition(around, index):
            result += [token, *unknown_comparison([token])]
        else:
            result.append(token)
    state.tokens = result


def _starts_condition(around: list[str], index: int) -> bool:
    """Whether a condition may start after a key, opening brackets left out."""
    while index and around[index] == "OPEN":
        index -= 1
    return around[index] in _CONDITION_STARTS
