"""Remarks to the linter in a Python program: `# vtql: ignore VT301`."""

from __future__ import annotations

import io
import tokenize
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import accumulate

from vtql.lint.reading import Lines, remark
from vtql.lint.remarks import Remark, may_have_remarks
from vtql.source import Source, Span

_BLANK = (tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT)
_BEGINS_TEXT = tuple(
    getattr(tokenize, name)
    for name in ("FSTRING_START", "TSTRING_START")
    if hasattr(tokenize, name)
)
_ENDS_TEXT = tuple(
    getattr(tokenize, name) for name in ("FSTRING_END", "TSTRING_END") if hasattr(tokenize, name)
)


def remarks_of_python(program: str) -> list[Remark]:
    """The remarks of a program.

    One behind code is about its line, with all of a string that ends there; one alone about the
    statement behind it or around it. One without a code is not told where it is of no use: it may
    also say that a string is no query.
    """
    if not may_have_remarks(program):
        return []
    lines, tokens = Lines(Source(program)), _tokens(program)
    starts = [0, *accumulate(map(len, io.StringIO(program, newline="")))]

    def offset(place: tuple[int, int]) -> int:
        return starts[min(place[0], len(starts)) - 1] + place[1]

    ends = _ends(tokens)
    found: list[Remark] = []
    for number, begins, first in _comments(tokens):
        comment = tokens[number]
        span = Span(offset(comment.start), offset(comment.end))
        line = lines.of(span.start)
        scope: Span | None
        if not lines.begin(span.start):
            scope = Span(min(line.start, offset((first, 0))), line.end)
        else:
            end = ends[number]
            scope = None if end is None else Span(offset(begins), offset(end))
        each = remark(program, span, scope)
        if each:
            found.append(each._replace(watched=bool(each.named)))
    return found


def _tokens(program: str) -> list[tokenize.TokenInfo]:
    """The tokens of a program, as far as it can be read."""
    tokens: list[tokenize.TokenInfo] = []
    with suppress(tokenize.TokenError, SyntaxError, ValueError):
        tokens.extend(tokenize.generate_tokens(io.StringIO(program, newline="").readline))
    return tokens


def _comments(
    tokens: Sequence[tokenize.TokenInfo],
) -> Iterator[tuple[int, tuple[int, int], int]]:
    """The number of each comment, where the statement around it begins, and the first line of the
    strings that end on its line, or on that on which one of these begins."""
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


def _ends(tokens: Sequence[tokenize.TokenInfo]) -> list[tuple[int, int] | None]:
    """For each token, where the statement behind or around it ends; None where nothing follows."""
    behind: list[tuple[int, int] | None] = [None] * len(tokens)
    end: tuple[int, int] | None = None
    follows = False
    for number in range(len(tokens) - 1, -1, -1):
        token = tokens[number]
        if token.type == tokenize.NEWLINE:
            end = token.end
        follows = follows or token.type not in (*_BLANK, tokenize.NEWLINE, tokenize.ENDMARKER)
        behind[number] = (end or tokens[-1].end) if follows else None
    return behind
