r"""Literals as people write them: closed or not, with quotes inside that are doubled or not.

One quote too few turns the rest of a query inside out: what stood between literals is now inside
them. So a literal is only believed when what follows it could follow one. If not, there are some
stories, and what stands in the literal tells which is true:

* `'x and b = 'y'`: it ends as the part before a literal ends, with an operator, a comma or a
  bracket: its own closing quote is missing, before the `and`;
* `'O'Brien'`: text goes on behind it, up to another quote: a quote inside was not doubled;
* `'it\'s'`: the quote was escaped, which a server does not know;
* `'it's`: text goes on behind it and no quote ends that: one inside and the last are missing.

And where a value comes, `x' and b = 'y'` has lost the quote that begins it.

The end of a literal without a closing quote is a guess, so nothing after its first quote is fixed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from vtql.diagnostics import Diagnostic, Edit
from vtql.parser.literals import (
    LITERAL_BYTES,
    QUOTED,
    read_literal,
    too_long,
    too_long_to_write,
    write_literal,
)
from vtql.parser.vtiger_parser import SYNTAX, UNREADABLE
from vtql.recovery.syntax_codes import syntax_diagnostic
from vtql.sanitize import visible
from vtql.source import Span

_GOOD = re.compile(r"'(?:[^'\\]++|\\[^']|'')*+'")
_ESCAPING = re.compile(r"'(?:[^'\\\r\n]|\\.|''){0,200}+'")
_UNDOUBLED = re.compile(
    r"'[^'\r\n]*+(?:'[^'\r\n=<>!();,]++){1,6}?'(?=[ \t]*(?:[,);\r\n]|\Z|(?i:and|or|order|limit)\b))"
)
_FOLLOWS = re.compile(
    r"[ \t\r\n]*(?:[,);\]}]|\Z|--|/\*|[<>=!+*/%|&.-]|"
    r"(?:and|or|order|orderby|limit|group|having|union|offset|as|asc|desc|in|like|not|is|between"
    r"|escape|collate|from|where|then|else|end|when)\b)|[ \t\r\n]",
    re.IGNORECASE,
)
_UNDER_WAY = re.compile(r"(?:[=<>(,]|\blike)[ \t\r\n]*\Z", re.IGNORECASE)
_GUESSED_END = re.compile(
    r"[ \t\r\n]+(?=(?:and|or|order[ \t\r\n]+by|limit)\b|--)|[ \t]*(?=[,);\r\n]|\Z)", re.IGNORECASE
)
_UNOPENED = re.compile(
    r"[ \t]*(?P<inside>[^\s'\"`=<>!(),;](?:[^'\"`\r\n=<>!(),;]|''){0,100}+)(?<![ \t])'"
    r"(?=[ \t\r\n]*(?:[,);]|\Z|(?:and|or|order|orderby|limit)\b))",
    re.IGNORECASE,
)
_QUOTE_OUTSIDE_A_WORD = re.compile(r"(?<!\w)'|'(?!\w)")
_CONNECTED = re.compile(r"\b(?:and|or|order|limit|like|in)\b", re.IGNORECASE)
_BLANK_LINE = re.compile(
    r"[ \t]*[\r\n][ \t\r\n]*(?!and\b|or\b|order\b|limit\b|select\b|--|[,);]|\Z)(?=\S)",
    re.IGNORECASE,
)
_BLANKS = frozenset(" \t")
_BEGINS_NO_WORD = frozenset(("", *"'\"`=<>!(),;\r\n"))
_ONE_WORD = re.compile(r"[\w.@:+-]+")


@dataclass(frozen=True, slots=True)
class StringLiteral:
    """A literal: its end, its correct spelling, and its finding."""

    end: int
    spelling: str
    finding: Diagnostic | None = None


@dataclass(frozen=True, slots=True)
class Unopened:
    """A literal without its opening quote: its place, its correct spelling, its finding."""

    start: int
    end: int
    spelling: str
    finding: Diagnostic


def literal_at(text: str, at: int, end: int) -> StringLiteral:
    """The literal that the quote at `at` begins."""
    good = _GOOD.match(text, at, end)
    if good is not None:
        inside = good.group()[1:-1]
        if _FOLLOWS.match(text, good.end(), end) and not (
            inside and _turned_inside_out(text, good, end)
        ):
            return _check_literal(good.group(), at, good.end())
    escaping = _ESCAPING.match(text, at, end)
    if escaping and "\\'" in escaping.group() and _FOLLOWS.match(text, escaping.end(), end):
        return _escaped_literal(escaping.group(), at, escaping.end())
    undoubled = _UNDOUBLED.match(text, at, end)
    inside = undoubled.group()[1:-1] if undoubled else ""
    connected = _CONNECTED.search(inside) is not None
    apostrophes = not connected or not _QUOTE_OUTSIDE_A_WORD.search(inside)
    if undoubled and apostrophes and not _UNDER_WAY.search(inside.partition("'")[0]):
        return _undoubled_literal(undoubled.group(), at, undoubled.end(), certain=not connected)
    if good is None or _UNDER_WAY.search(good.group()[1:-1]):
        literal = QUOTED.match(text, at, end)
        if good is None and literal and _FOLLOWS.match(text, literal.end(), end):
            return _escaped_literal(literal.group(), at, literal.end())
        return unclosed_literal(text, at, end)
    if "--" in good.group() or text[good.end() : good.end() + 1].isalnum():
        return unclosed_literal(text, at, end)
    return _check_literal(good.group(), at, good.end())


def unopened_literal(text: str, at: int, end: int) -> Unopened | None:
    """The literal at `at`, where a value is expected, that has only its closing quote; often none."""
    while text[at : at + 1] in _BLANKS:
        at += 1
    if text[at : at + 1] in _BEGINS_NO_WORD:
        return None
    match = _UNOPENED.match(text, at, end)
    if match is None or _CONNECTED.search(match["inside"]):
        return None
    start, inside = match.start("inside"), match["inside"]
    meant = write_literal(inside.replace("''", "'"))
    certain = _ONE_WORD.fullmatch(inside)
    return Unopened(start, match.end(), meant, syntax_diagnostic(
        "unclosed-literal", Span(start, match.end()),
        "a quote ends this value and none begins it",
        f"a literal begins with `'`, too: `{_shortened(meant)}`",
        (Edit(Span(start, start), "'"),) if certain else (),
        "a server takes what follows for a literal and answers QUERY_SYNTAX_ERROR, or INTERNAL_SERVER_ERROR",
    ))  # fmt: skip


def _turned_inside_out(text: str, literal: re.Match[str], end: int) -> bool:
    """Whether what looks like a literal is what stands between two: `' and b = '` before a word."""
    if not _UNDER_WAY.search(literal.group()[1:-1]):
        return False
    rest = text[literal.end() : min(literal.end() + 200, end)].lstrip(" \t\r\n")
    word = re.match(r"\w+|[%@*]", rest)
    return word is not None and word.group().lower() not in (
        "and",
        "or",
        "limit",
        "order",
        "orderby",
    )


def _check_literal(literal: str, at: int, end: int) -> StringLiteral:
    if literal == "''":
        return StringLiteral(end, "' '", syntax_diagnostic(
            "empty-literal", Span(at, end), "the literal `''` is empty",
            "`' '` equals the empty text", (Edit(Span(at, end), "' '"),), UNREADABLE,
        ))  # fmt: skip
    if too_long(literal[1:-1]):
        return StringLiteral(end, "'…'", long_literal(at, end))
    return StringLiteral(end, literal)


def long_literal(at: int, end: int) -> Diagnostic:
    """The finding that a literal is longer than a server reads."""
    return syntax_diagnostic(
        "long-literal", Span(at, end),
        f"this literal is longer than the {LITERAL_BYTES} bytes that can be read",
        "a shorter value, or LIKE with a part of it", effect=UNREADABLE,
    )  # fmt: skip


def _escaped_literal(literal: str, at: int, end: int) -> StringLiteral:
    meant = write_literal(re.sub(r"\\(['\\])", r"\1", literal[1:-1].replace("''", "'")))
    return StringLiteral(end, meant, syntax_diagnostic(
        "escaped-quote", Span(at, end),
        "a backslash before a quote lets the text out of its literal on the server: "
        "the query breaks, or says something else",
        rf"a backslash is written `\\`, a quote inside a literal `''`: `{_shortened(meant)}`",
        (Edit(Span(at, end), meant),),
    ))  # fmt: skip


def _undoubled_literal(literal: str, at: int, end: int, *, certain: bool) -> StringLiteral:
    meant = write_literal(read_literal("'" + literal[1:-1].replace("'", "''") + "'"))
    return StringLiteral(end, meant, syntax_diagnostic(
        "undoubled-quote", Span(at, end),
        "a quote inside this literal ends it, and the rest is no VTQL",
        f"a quote inside a literal is written twice: `{_shortened(meant)}`",
        (Edit(Span(at, end), meant),) if certain else (), SYNTAX,
    ))  # fmt: skip


def unclosed_literal(text: str, at: int, end: int) -> StringLiteral:
    """The literal that the quote at `at` begins and none ends, up to where it may have ended."""
    guess = _GUESSED_END.search(text, at + 1, end)
    begun = _BLANK_LINE.match(text, at + 1, end)
    if begun is not None:  # nothing but the end of a line, and text on the next
        guess = _GUESSED_END.search(text, begun.end(), end)
    stop = guess.start() if guess else end
    inside = text[at + 1 : stop].replace(text[at] * 2, text[at])
    value = inside.replace("\\\\", "\\") if inside.strip() else " "
    meant = write_literal(value)
    return StringLiteral(stop, "'…'" if too_long_to_write(value) else meant, syntax_diagnostic(
        "unclosed-literal", Span(at, stop), "this literal has no closing quote",
        f"a literal ends with `'`, perhaps here: `{_shortened(meant)}`; a quote inside is written twice",
        effect=f"{UNREADABLE}, or takes what follows for a part of it and answers QUERY_SYNTAX_ERROR",
    ))  # fmt: skip


def _shortened(literal: str) -> str:
    return visible(literal if len(literal) <= 40 else literal[:36] + "…'")
