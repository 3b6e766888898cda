"""Suppression comments: `-- vtql: ignore VT301`, in queries and in host files.

At the end of a line, such a comment applies to that line; on a line of its own, to the statement
after it or around it; `ignore-file` applies to the whole file. Without a code it suppresses every
finding there. A reason may follow after a second `--` or in brackets.

In a host file, a comment after code applies to its line and to the whole of a string that ends
there. One without a code is not reported as unused: it may also mean that a string is no query.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator, Sequence
from contextlib import suppress
from importlib import import_module
from itertools import accumulate
from typing import NamedTuple

from vtql.embedded import PYTHON, HostLanguage
from vtql.embedded.scanners import Kind, Scan, Token
from vtql.recovery.lexer import statements
from vtql.source import Source, Span
from vtql.statements import SUPPRESSION_COMMENT


class Suppression(NamedTuple):
    """A suppression comment: its span, its first word, its selectors and the scope it applies to.

    `scope` is None if no statement follows. `report_unused` is false if an unused one is fine.
    """

    span: Span
    word: str
    selectors: tuple[tuple[str, Span], ...]
    scope: Span | None
    report_unused: bool = True


_WORDS = re.compile(r"\s*(?P<word>[\w-]+)?:?(?P<codes>[^\r\n]*)", re.IGNORECASE)
_REASON = re.compile(r"\s--|[(]|\*/|#|//")
_WORD = re.compile(r"\w[\w-]*")


def parse_suppression(text: str, span: Span, scope: Span | None) -> Suppression | None:
    """Parse the comment at a span, in any language; None if it is no suppression comment."""
    sign = SUPPRESSION_COMMENT.match(text, *span)
    match = _WORDS.match(text, sign.end(), span.end) if sign else None
    if match is None:
        return None
    start, end = match.span("codes")
    reason = _REASON.search(text, start, end)
    words = _WORD.finditer(text, start, reason.start() if reason else end)
    word = (match["word"] or "").lower()
    return Suppression(
        span,
        word,
        tuple((selector.group(), Span(*selector.span())) for selector in words),
        Span(0, len(text)) if word == "ignore-file" else scope,
    )


def suppressions_of_queries(text: str) -> list[Suppression]:
    """The suppression comments of a file of queries."""
    suppressions = []
    lines = LineLookup(Source(text))
    for statement in statements(text):
        for comment in statement.comments:
            line = lines.of(comment.start())
            alone = lines.begin(comment.start())
            start = min(comment.start(), statement.span.start) if statement.tokens else 0
            statement_span = Span(start, statement.span.end) if statement.tokens else None
            suppressions.append(
                parse_suppression(text, Span(*comment.place), statement_span if alone else line)
            )
    return [suppression for suppression in suppressions if suppression]


class LineLookup:
    """The lines of a text, for lookups in ascending order: the last line is cached."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._number, self._line, self._begins = 0, Span(0, 0), 0

    def of(self, offset: int) -> Span:
        """The line of an offset, without its line end."""
        number, _ = self.source.position(offset)
        if number != self._number:
            start, line = self.source.offset(number, 0), self.source.line(number)
            self._number, self._line = number, Span(start, start + len(line))
            self._begins = start + len(line) - len(line.lstrip())
        return self._line

    def begin(self, offset: int) -> bool:
        """Whether only whitespace precedes an offset on its line."""
        self.of(offset)
        return offset <= self._begins


_STATEMENT_STARTS = (";", "{", "}")
"""Tokens that a statement starts after."""


def suppressions_of_host_file(language: HostLanguage, text: str) -> list[Suppression]:
    """The suppression comments of a host file."""
    if language is PYTHON:
        return suppressions_of_python(text)
    return _scanned_suppressions(text, import_module(f"vtql.embedded.{language.module}").scan)


def _scanned_suppressions(program: str, scan: Scan) -> list[Suppression]:
    lines, tokens = LineLookup(Source(program)), list(scan(program))
    if not any(
        token.kind is Kind.COMMENT and SUPPRESSION_COMMENT.match(token.text) for token in tokens
    ):
        return []
    ends = _statement_ends(tokens)
    suppressions: list[Suppression] = []
    for number, begins, first in _scanned_comments(lines, tokens):
        token = tokens[number]
        line = lines.of(token.start)
        scope: Span | None
        if not lines.begin(token.start):
            scope = Span(min(first, line.start), line.end)
        else:
            end = ends[number]
            scope = None if end is None else Span(begins, end)
        suppression = parse_suppression(program, Span(token.start, token.end), scope)
        if suppression:
            suppressions.append(suppression._replace(report_unused=bool(suppression.selectors)))
    return suppressions


def _scanned_comments(lines: LineLookup, tokens: Sequence[Token]) -> Iterator[tuple[int, int, int]]:
    """Index of each comment, start of the statement around it, and start of the first line of a string
    that ends on its line."""
    source = lines.source
    statement: int | None = None
    line, first = -1, 0
    templates: list[int] = []
    for number, token in enumerate(tokens):
        if token.kind is Kind.COMMENT:
            on, _ = source.position(token.start)
            begun = lines.of(token.start).start
            around = source.offset(source.position(templates[-1])[0], 0) if templates else begun
            yield (
                number,
                token.start if statement is None else statement,
                min(around, first if on == line else begun),
            )
        start = token.start
        if token.kind is Kind.BEGIN:
            templates.append(start)
        elif token.kind is Kind.END and templates:
            start = templates.pop()
        last, _ = source.position(max(token.end - 1, token.start))
        begins = source.offset(source.position(start)[0], 0)
        line, first = last, min(first, begins) if last == line else begins
        if token.text in _STATEMENT_STARTS and token.kind is not Kind.STRING:
            statement = None
        elif statement is None:
            statement = token.start


def _statement_ends(tokens: Sequence[Token]) -> list[int | None]:
    """For each token, the end of the statement after or around it; None if nothing follows.

    A statement ends at its semicolon or before the bracket that closes around it, so the tokens are
    read backwards with a stack of brackets.
    """
    ends: list[int | None] = [None] * len(tokens)
    following: list[int | None] = [None]
    code = [-1]
    for number, token in enumerate(tokens):
        code.append(number if token.kind is not Kind.COMMENT else code[-1])
    for number in range(len(tokens) - 1, -1, -1):
        token = tokens[number]
        if token.kind is Kind.CLOSE:
            following.append(number)
        elif token.kind is Kind.OPEN:
            following.pop()
            following = following or [None]
        elif token.text == ";" and token.kind is Kind.SIGN:
            following[-1] = number
        stop = following[-1]
        last = code[len(tokens) if stop is None else stop]
        ends[number] = tokens[last].end if last > number else None
    return ends


_BLANK = (tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT)
_BEGINS_TEXT = tuple(
    getattr(tokenize, name)
    for name in ("FSTRING_START", "TSTRING_START")
    if hasattr(tokenize, name)
)
_ENDS_TEXT = tuple(
    getattr(tokenize, name) for name in ("FSTRING_END", "TSTRING_END") if hasattr(tokenize, name)
)


def suppressions_of_python(program: str) -> list[Suppression]:
    """The suppression comments of a Python file."""
    lines, tokens = LineLookup(Source(program)), _python_tokens(program)
    starts = [0, *accumulate(map(len, io.StringIO(program, newline="")))]

    def offset(place: tuple[int, int]) -> int:
        return starts[min(place[0], len(starts)) - 1] + place[1]

    ends = _python_statement_ends(tokens)
    suppressions: list[Suppression] = []
    for number, begins, first in _python_comments(tokens):
        comment = tokens[number]
        span = Span(offset(comment.start), offset(comment.end))
        line = lines.of(span.start)
        scope: Span | None
        if not lines.begin(span.start):
            scope = Span(min(line.start, offset((first, 0))), line.end)
        else:
            end = ends[number]
            scope = None if end is None else Span(offset(begins), offset(end))
        suppression = parse_suppression(program, span, scope)
        if suppression:
            suppressions.append(suppression._replace(report_unused=bool(suppression.selectors)))
    return suppressions


def _python_tokens(program: str) -> list[tokenize.TokenInfo]:
    """The tokens of a Python file, up to its first syntax error."""
    tokens: list[tokenize.TokenInfo] = []
    with suppress(tokenize.TokenError, SyntaxError, ValueError):
        tokens.extend(tokenize.generate_tokens(io.StringIO(program, newline="").readline))
    return tokens


def _python_comments(
    tokens: Sequence[tokenize.TokenInfo],
) -> Iterator[tuple[int, tuple[int, int], int]]:
    """Index of each comment, start of the statement around it, and first line of the strings that end
    on its line."""
    statement: tuple[int, int] | None = None
    firsts: dict[int, int] = {}
    texts: list[int] = []
    for number, token in enumerate(tokens):
        line = token.start[0]
        if token.type == tokenize.COMMENT:
            yield number, statement or token.start, firsts.get(line, line)
        if token.type in _BEGINS_TEXT:
            texts.append(line)
        elif token.type in _ENDS_TEXT and texts:
            line = texts.pop()
        last = token.end[0]
        firsts[last] = min(firsts.get(last, last), firsts.get(line, line))
        if token.type == tokenize.NEWLINE:
            statement = None
        elif statement is None and token.type not in (*_BLANK, tokenize.ENCODING):
            statement = token.start


def _python_statement_ends(tokens: Sequence[tokenize.TokenInfo]) -> list[tuple[int, int] | None]:
    """For each token, the end of the statement after or around it; None if nothing follows."""
    ends: list[tuple[int, int] | None] = [None] * len(tokens)
    end: tuple[int, int] | None = None
    follows = False
    for number in range(len(tokens) - 1, -1, -1):
        token = tokens[number]
        if token.type == tokenize.NEWLINE:
            end = token.end
        follows = follows or token.type not in (*_BLANK, tokenize.NEWLINE, tokenize.ENDMARKER)
        ends[number] = (end or tokens[-1].end) if follows else None
    return ends
