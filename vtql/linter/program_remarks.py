"""Remarks to the linter in the comments of programs: `# vtql: ignore VT301`, `// vtql: ignore VT301`.

One behind code is about its line, with all of a string that ends there; one alone about the
statement behind it or around it. One without a code is not told where it is of no use: it may also
say that a string is no query.
"""

from __future__ import annotations

from collections.abc import Sequence

from vtql.embedded.javascript import scan as scan_javascript
from vtql.embedded.php import scan as scan_php
from vtql.embedded.scanned import Kind, Scan, Token
from vtql.linter.python_remarks import remarks_of_python
from vtql.linter.reading import line_of, remark
from vtql.linter.remarks import Remark
from vtql.source import Span

_BEFORE = (";", "{", "}")
"""What stands before a statement."""

__all__ = ["remarks_of_javascript", "remarks_of_php", "remarks_of_python"]


def remarks_of_php(program: str) -> list[Remark]:
    """The remarks of a PHP program."""
    return _remarks(program, scan_php)


def remarks_of_javascript(program: str) -> list[Remark]:
    """The remarks of a JavaScript or TypeScript program."""
    return _remarks(program, scan_javascript)


def _remarks(program: str, scan: Scan) -> list[Remark]:
    tokens = list(scan(program))
    found: list[Remark] = []
    for number, token in enumerate(tokens):
        if token.kind is Kind.COMMENT:
            line = line_of(program, token.start)
            if program[line.start : token.start].strip():
                scope: Span | None = Span(_first(program, tokens[:number], line), line.end)
            else:
                scope = _statement(tokens, number)
            each = remark(program, Span(token.start, token.end), scope)
            if each:
                found.append(each._replace(watched=bool(each.named)))
    return found


def _first(program: str, before: Sequence[Token], line: Span) -> int:
    """Where the lines begin of the strings that end on a line."""
    first, depth = line.start, 0
    for token in reversed(before):
        if token.end <= line.start and not depth:
            break
        depth += (token.kind is Kind.END) - (token.kind is Kind.BEGIN)
        first = min(first, line_of(program, token.start).start)
    return first


def _statement(tokens: Sequence[Token], comment: int) -> Span | None:
    """The statement behind or around a comment; None where there is none."""
    start = tokens[comment].start
    for token in reversed(tokens[:comment]):
        if token.text in _BEFORE and token.kind is not Kind.STRING:
            break
        start = token.start
    end, depth = None, 0
    for token in tokens[comment:]:
        depth += (token.kind is Kind.OPEN) - (token.kind is Kind.CLOSE)
        if depth < 0 or (depth == 0 and token.text == ";" and token.kind is Kind.SIGN):
            break
        if token.kind is not Kind.COMMENT:
            end = token.end
    return None if end is None else Span(start, end)
