"""Messages of error repair: which tokens are expected, missing, unexpected or replaced.

The expected tokens are all terminals that the parser's stack would accept. Those that belong together
are named together, by `PHRASES`: "a value", not three kinds of token.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from vtql.diagnostics import Diagnostic, Edit
from vtql.parser.lalr import END, EXTENDED, Stack, shift, shifted_as_name, tables
from vtql.parser.vtiger_parser import (
    DENIED,
    EMPTY_LIST,
    SYNTAX,
    effect_of,
    effect_of_start,
    effect_of_value,
    effect_without_from,
)
from vtql.recovery.lexer import Token
from vtql.recovery.matcher import as_literal, as_name, shortened
from vtql.recovery.syntax_codes import syntax_diagnostic
from vtql.sanitize import visible
from vtql.source import Span
from vtql.suggestions import nearest

PHRASES: dict[str, str] = {
    "columns": "`*`, `count(*)` or the names of fields",
    "column": "the name of a field",
    "module": "the name of a module",
    "tree": "a condition such as `lastname = 'Smith'`",
    "term": "a condition such as `lastname = 'Smith'`",
    "operator": "an operator (`=`, `!=`, `<`, `<=`, `>`, `>=`, `LIKE`)",
    "values": "values",
    "value": "a value, quoted (`'Smith'`)",
    "sort_list": "the name of a field",
    "sort_field": "the name of a field",
}
"""What a production is to a reader, the widest first."""

SIGNS = {"NUMBER": "a whole number", "EQ": "=", "NE": "!=", "LT": "<", "LE": "<=", "GT": ">", "GE": ">=", "STAR": "*",
         "OPEN": "(", "CLOSE": ")", "COMMA": ",", "SEMICOLON": ";", "ORDER": "ORDER BY"}  # fmt: skip
NOT_SUGGESTED = {END, "ORDERBY", "NOT", "BETWEEN", "IS", "EMPTY", "OFFSET"}
"""What is understood and not advertised: the server's one-word spelling, the extended language."""

_ORDER = ("SELECT", "IN", "NUMBER", "COMMA", "CLOSE", "FROM", "WHERE", "AND", "OR", "ORDER", "ASC", "DESC",
          "LIMIT", "SEMICOLON")  # fmt: skip


def expected_tokens(stack: Stack) -> list[str]:
    """What could stand next: phrases of `PHRASES` and names of terminals."""
    table = tables(EXTENDED)
    after = {kind: shift(stack, kind) for kind in table.actions[stack[1]]}
    left = {kind for kind, after_stack in after.items() if after_stack is not None} - NOT_SUGGESTED
    open_ = {
        origin
        for after_stack in after.values()
        if after_stack is not None and after_stack[0] is not None
        for origin in table.gotos[after_stack[0][1]]
    }
    phrases = []
    for nonterminal, phrase in PHRASES.items():
        first = _first_terminals(nonterminal)
        if nonterminal in open_ and first & left:
            left -= first
            phrases.append(phrase)
    return list(dict.fromkeys(phrases)) + sorted(left, key=_clause_order)


def alternatives(expectations: Sequence[str]) -> str:
    """A phrase of alternatives."""
    phrases = [_phrase(name) for name in expectations]
    if len(phrases) < 2:
        return "".join(phrases)
    return f"{', '.join(phrases[:-1])} or {phrases[-1]}"


def expected_keywords(stack: Stack) -> list[str]:
    """The words of the language that could stand next."""
    table = tables(EXTENDED)
    terminals = frozenset(table.keywords.values()) - {"ORDERBY", "IS", "EMPTY"}
    return sorted(
        kind for kind in terminals & table.actions[stack[1]].keys()
        if (after := shift(stack, kind)) is not None and not shifted_as_name(after, kind)
    )  # fmt: skip


def _clause_order(kind: str) -> int:
    return _ORDER.index(kind) if kind in _ORDER else len(_ORDER)


def _phrase(name: str) -> str:
    if not name.isupper():
        return name
    sign = SIGNS.get(name, name)
    return sign if sign.startswith("a ") else f"`{sign}`"


@cache
def _first_terminals(nonterminal: str) -> frozenset[str]:
    """The terminals that a production can begin with; none of those in `PHRASES` is ever empty."""
    rules = tables(EXTENDED).rules
    terminals: set[str] = set()
    seen: set[str] = set()
    todo = [nonterminal]
    while todo:
        symbol = todo.pop()
        if symbol in seen:
            continue
        seen.add(symbol)
        produced = [rule.symbols[0] for rule in rules if rule.origin == symbol and rule.symbols]
        if produced:
            todo += produced
        else:
            terminals.add(symbol)
    return frozenset(terminals)


_MISSING_TEXT = {
    "COMMA": "a comma is missing",
    "FROM": "FROM is missing",
    "WHERE": "WHERE is missing",
    "AND": "AND or OR is missing",
    "EQ": "an operator is missing",
    "CLOSE": "a closing bracket is missing",
    "OPEN": "an opening bracket is missing",
    "BY": "BY is missing",
    "NAME": "a name is missing",
    "LITERAL": "a value is missing",
    "NUMBER": "a number is missing",
    "SELECT": "SELECT is missing",
    "STAR": "the columns are missing",
    "AND LITERAL": "AND and a value are missing",
}
_CERTAIN = {"FROM": "FROM", "WHERE": "WHERE", "BY": "BY"}
"""What can only have been forgotten, and how it is written."""

_CERTAIN_IN_A_LIST = {"COMMA": ",", "CLOSE": ")"}
"""The same between values; around conditions a bracket may have been meant in several places."""

_WORDS_OF_CLAUSES = {"and", "or", "where", "order", "orderby", "limit"}
_KEYWORDS_TO_SERVERS = {*_WORDS_OF_CLAUSES, "in", "like"}
_VALUE_KINDS = {"NAME", "WORD", "DATE", "TIME", "EMAIL", "URL", "DECIMAL", "CURLY", "DOUBLE"}
_NAMES_TO_SERVERS = {"NUMBER", "SIGNED", "ID", "LITERAL"}
_OTHER_NUMBER = re.compile(r"[0-9]+[eE][0-9]+|0[xX][0-9a-fA-F]+|0[bB][01]+")


def replacements(stack: Stack, token: Token) -> Iterator[Token]:
    """What a token may be meant for, the likeliest first."""
    if token.kind == "NAME":
        for word in nearest(token.text, expected_keywords(stack), most=1):
            if token.word != word.lower() and _about_as_long(token.text, word):
                yield replace(token, text=word)
    if (
        token.kind in _VALUE_KINDS
        and token.word not in _WORDS_OF_CLAUSES
        and shift(stack, "LITERAL")
    ):
        yield as_literal([token])[0]
    if token.kind not in ("NAME", "OPEN", "CLOSE", "COMMA") and shift(stack, "NAME"):
        text = token.text.strip("'\"")
        yield as_name([token])[0] if text.isidentifier() else replace(token, kind="ANY")
    if token.kind == "NAME" and token.word not in _KEYWORDS_TO_SERVERS and shift(stack, "EQ"):
        yield replace(token, kind="EQ", text="=")
    if token.kind == "LITERAL" and shift(stack, "NUMBER"):
        number = re.fullmatch(r"'([0-9]{1,18})'", token.text)
        yield replace(token, kind="NUMBER", text=number[1] if number else "0")


def _about_as_long(text: str, word: str) -> bool:
    return len(text) > 1 and abs(len(text) - len(word)) <= max(1, len(word) // 3)


def replaced_token(
    token: Token, instead: Token, last: Token | None, expectations: Sequence[str], text: str
) -> tuple[Diagnostic, bool]:
    """The finding that a token was replaced, and whether the new one was certainly meant."""
    span = Span(*token.place)
    excerpt = _excerpt(token)
    edits = (Edit(span, instead.text),)
    if instead.kind == "NAME" and token.kind == "NAME":
        return syntax_diagnostic(
            "unexpected-token", span, f"`{excerpt}` has no place {_position_after(last)}",
            f"`{instead.text}` may be meant", edits,
            effect_without_from(text) if instead.word == "from" else SYNTAX,
        ), True  # fmt: skip
    if instead.kind == "EQ":
        return syntax_diagnostic(
            "other-operator", span, f"`{excerpt}` is no operator of VTQL",
            "operators are `=`, `!=`, `<`, `<=`, `>`, `>=`, `LIKE` and `IN`", effect=SYNTAX
        ), False  # fmt: skip
    if instead.kind == "LITERAL" and token.kind == "NAME":
        keyword = token.word in _KEYWORDS_TO_SERVERS
        return syntax_diagnostic(
            "bare-word", span,
            f"`{excerpt}` stands without quotes, "
            + ("and is a word of the language" if keyword else "and a word without them is a column to a server"),
            f"values stand in single quotes: `{visible(instead.text)}`", () if keyword else edits,
            SYNTAX if keyword else effect_of_value(token.text),
        ), not keyword  # fmt: skip
    if instead.kind == "LITERAL" and _OTHER_NUMBER.fullmatch(token.text):
        return syntax_diagnostic(
            "unquoted-value", span,
            f"`{excerpt}` stands without quotes, so a server's database reads it as a number in a "
            "notation of its own, and compares numbers",
            f"values stand in single quotes: `{visible(instead.text)}`",
        ), False  # fmt: skip
    if instead.kind == "LITERAL":
        return syntax_diagnostic(
            "unquoted-value", span,
            f"`{excerpt}` stands without quotes",
            f"values stand in single quotes: `{visible(instead.text)}`", edits, effect=effect_of_value(token.text)
        ), True  # fmt: skip
    if instead.kind == "NUMBER":
        return syntax_diagnostic(
            "odd-limit", span, f"`{excerpt}` is no whole number",
            "a number without quotes: `LIMIT 100`", edits if instead.text != "0" else (), effect=EMPTY_LIST
        ), instead.text != "0"  # fmt: skip
    if instead.kind == "NAME":
        return syntax_diagnostic(
            "quoted-name", span, f"`{excerpt}` is quoted, and names stand without quotes",
            f"the name as it is: `{instead.text}`", edits, effect=DENIED
        ), True  # fmt: skip
    if last is not None and last.word in ("by", "orderby"):
        return syntax_diagnostic(
            "odd-sort-field", span, f"ORDER BY takes names of fields, and `{excerpt}` is none",
            "the name of a selected field", effect=EMPTY_LIST
        ), False  # fmt: skip
    return syntax_diagnostic(
        "odd-name", span, f"`{excerpt}` is no name, which is of letters, digits and `_` and begins with no digit",
        _expectation(expectations), effect=DENIED if token.kind in _NAMES_TO_SERVERS else effect_of(token.text)
    ), False  # fmt: skip


def missing_token(
    inserted: Sequence[str], token: Token, last: Token | None, expectations: Sequence[str], text: str, *,
    in_a_list: bool,
) -> tuple[Diagnostic, bool]:  # fmt: skip
    """The finding that something is missing before a token, and whether it is certain what."""
    kind = inserted[0]
    slug = {"FROM": "missing-from", "SELECT": "other-statement"}.get(kind, "missing-token")
    if kind == "CLOSE" and in_a_list:
        slug = "unclosed-list"
    match kind:
        case "SELECT":
            effect = effect_of_start(text)
        case "FROM":
            effect = effect_without_from(text)
        case _:
            effect = SYNTAX if token.kind == "LITERAL" else effect_of(token.text)
    spelling = _CERTAIN.get(kind) or (_CERTAIN_IN_A_LIST.get(kind) if in_a_list else None)
    certain = len(inserted) == 1 and spelling is not None
    place = Span(*token.place)
    edits: tuple[Edit, ...] = ()
    if certain:
        at = token.start() if last is None or kind in _CERTAIN else last.end()
        blank = " " if kind in _CERTAIN else ""
        edits = (Edit(Span(at, at), f"{spelling}{blank}"),)
    return syntax_diagnostic(
        slug, place, f"{_MISSING_TEXT.get(' '.join(inserted), _MISSING_TEXT[kind])} before `{_excerpt(token)}`",
        _expectation(expectations), edits, effect=effect
    ), certain  # fmt: skip


def unmatched_bracket(lost: Sequence[Token], *, certain: bool) -> Diagnostic:
    """The finding that closing brackets match none; `certain` where they can be deleted."""
    span = Span(lost[0].start(), lost[-1].end())
    edits = tuple(Edit(Span(*token.place), "") for token in lost) if certain else ()
    return syntax_diagnostic(
        "brackets", span, "this bracket closes none",
        "the query without it; VTQL has no brackets around conditions", edits, effect=SYNTAX
    )  # fmt: skip


_UNREADABLE_KINDS = ("JUNK", "DOT", "SIGN", "ARITHMETIC", "WORD", "LSQUARE", "RSQUARE", "BACKTICK")


def unexpected_tokens(
    text: str, lost: Sequence[Token], last: Token | None, expectations: Sequence[str], own: str
) -> Diagnostic:
    """The finding that tokens do not fit in a statement, whose text is `own`."""
    span = Span(min(token.start() for token in lost), max(token.end() for token in lost))
    excerpt = visible(
        shortened(" ".join(text[span.start : min(span.end, span.start + 200)].split()))
    )
    excerpt = excerpt.replace("`", "")
    first = text[lost[0].start() : lost[0].end()]
    if last is None:
        answer = effect_of_start(own)
    else:
        answer = DENIED if last.word == "from" else effect_of(first)
    if lost[0].kind in _UNREADABLE_KINDS or not first.isascii():
        return syntax_diagnostic(
            "unreadable-text", span, f"`{excerpt}` is not part of the language",
            stray_help(first[0]), effect=answer
        )  # fmt: skip
    return syntax_diagnostic(
        "unexpected-token", span, f"`{excerpt}` has no place {_position_after(last)}",
        _expectation(expectations), effect=answer
    )  # fmt: skip


def incomplete_query(text: str, last: Token | None, expectations: Sequence[str]) -> Diagnostic:
    """The finding that a query ends too early."""
    end = last.end() if last else len(text.rstrip(" \t\r\n"))
    return syntax_diagnostic(
        "incomplete-query", Span(max(0, end - 1), end), "the query ends too early",
        _expectation(expectations, "next"),
    )  # fmt: skip


def stray_help(character: str) -> str:
    """What to write instead of a character that the language does not have."""
    match character:
        case '"' | "`":
            return "values stand in single quotes, names in none"
        case "." | "%" | "-" | "+":
            return "a value that is not a whole number stands in single quotes: `'12.5'`"
        case _ if not character.isascii():
            return "outside quotes a server reads ASCII only; a value stands in single quotes"
        case _:
            return "outside quotes there are names, numbers, operators, brackets and commas"


def _expectation(expectations: Sequence[str], where: str = "here") -> str:
    """What could stand at a place, as a sentence; nothing where nothing could."""
    return f"{alternatives(expectations)} could stand {where}" if expectations else ""


def _position_after(last: Token | None) -> str:
    return f"behind `{_excerpt(last)}`" if last else "at the start of a query"


def _excerpt(token: Token) -> str:
    return visible(shortened(" ".join(token.text.split())))
