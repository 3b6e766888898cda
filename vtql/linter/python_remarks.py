"""Remarks to the linter in a Python program: `# vtql: ignore VT301`."""

from __future__ import annotations

import io
import tokenize
from collections.abc import Sequence
from contextlib import suppress
from itertools import accumulate

from vtql.linter.reading import line_of, remark
from vtql.linter.remarks import SIGN, Remark
from vtql.source import Span

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
    if SIGN not in program.casefold():
        return []
    tokens = _tokens(program)
    starts = [0, *accumulate(map(len, io.StringIO(program, newline="")))]

    def offset(place: tuple[int, int]) -> int:
        return starts[min(place[0], len(starts)) - 1] + place[1]

    found = []
    for number, token in enumerate(tokens):
        if token.type == tokenize.COMMENT:
            span = Span(offset(token.start), offset(token.end))
            line = line_of(program, span.start)
            if program[line.start : span.start].strip():
                scope: Span | None = Span(offset((_first_line(tokens, number), 0)), line.end)
            else:
                around = _statement(tokens, number)
                scope = Span(offset(around[0]), offset(around[1])) if around else None
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


def _first_line(tokens: Sequence[tokenize.TokenInfo], comment: int) -> int:
    """The line that the strings begin on which end on that of a comment."""
    first = tokens[comment].start[0]
    for token in reversed(tokens[:comment]):
        if token.end[0] < first:
            break
        first = min(first, token.start[0])
        if token.type in _ENDS_TEXT:
            first = min(first, _beginning(tokens, token))
    return first


def _beginning(tokens: Sequence[tokenize.TokenInfo], end: tokenize.TokenInfo) -> int:
    """The line of the beginning that belongs to the end of a string with holes."""
    depth = 0
    for token in reversed(tokens[: tokens.index(end) + 1]):
        depth += (token.type in _ENDS_TEXT) - (token.type in _BEGINS_TEXT)
        if depth == 0:
            return token.start[0]
    return end.start[0]


def _statement(
    tokens: Sequence[tokenize.TokenInfo], comment: int
) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Where the statement behind or around a comment begins and ends; None where there is none."""
    begins = tokens[comment].start
    for token in reversed(tokens[:comment]):
        if token.type == tokenize.NEWLINE:
            break
        if token.type not in _BLANK and token.type != tokenize.ENCODING:
            begins = token.start
    behind = tokens[comment:]
    if all(token.type in (*_BLANK, tokenize.NEWLINE, tokenize.ENDMARKER) for token in behind):
        return None
    end = next((token for token in behind if token.type == tokenize.NEWLINE), tokens[-1])
    return begins, end.end
