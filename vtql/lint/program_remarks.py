"""Remarks to the linter in the comments of programs: `# vtql: ignore VT301`, `// vtql: ignore VT301`.

One behind code is about its line, with all of a string that ends there; one alone about the
statement behind it or around it. One without a code is not told where it is of no use: it may also
say that a string is no query.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module

from vtql.embedded import PYTHON, HostLanguage
from vtql.embedded.scanners import Kind, Scan, Token
from vtql.lint.python_remarks import remarks_of_python
from vtql.lint.reading import Lines, remark
from vtql.lint.remarks import Remark
from vtql.source import Source, Span
from vtql.statements import SUPPRESSION_COMMENT

_BEFORE = (";", "{", "}")
"""What stands before a statement."""


def remarks_of(language: HostLanguage, text: str) -> list[Remark]:
    """The remarks of a host file."""
    if language is PYTHON:
        return remarks_of_python(text)
    return _remarks(text, import_module(f"vtql.embedded.{language.module}").scan)


def _remarks(program: str, scan: Scan) -> list[Remark]:
    lines, tokens = Lines(Source(program)), list(scan(program))
    if not any(
        token.kind is Kind.COMMENT and SUPPRESSION_COMMENT.match(token.text) for token in tokens
    ):
        return []
    ends = _ends(tokens)
    found: list[Remark] = []
    for number, begins, first in _comments(lines, tokens):
        token = tokens[number]
        line = lines.of(token.start)
        scope: Span | None
        if not lines.begin(token.start):
            scope = Span(min(first, line.start), line.end)
        else:
            end = ends[number]
            scope = None if end is None else Span(begins, end)
        each = remark(program, Span(token.start, token.end), scope)
        if each:
            found.append(each._replace(watched=bool(each.named)))
    return found


def _comments(lines: Lines, tokens: Sequence[Token]) -> Iterator[tuple[int, int, int]]:
    """The number of each comment, where the statement around it begins, and where the lines begin of
    the strings that end on its line."""
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
        if token.text in _BEFORE and token.kind is not Kind.STRING:
            statement = None
        elif statement is None:
            statement = token.start


def _ends(tokens: Sequence[Token]) -> list[int | None]:
    """For each token, where the statement behind or around it ends; None where nothing follows.

    It ends before the bracket that closes around it, or before its semicolon: read from behind, the
    inmost of what is open knows which comes next.
    """
    behind: list[int | None] = [None] * len(tokens)
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
        behind[number] = tokens[last].end if last > number else None
    return behind
