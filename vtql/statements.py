"""Split a text into statements: queries parsed fast, and the rest as statements for recovery.

Most statements are queries with comments, which the parser takes directly. Only the others go
through `vtql.recovery`, which is much slower, also to load.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from vtql.ast import Select
from vtql.parser.lalr import Machine, Stop, drive, drive_tokens
from vtql.parser.node_builders import read
from vtql.source import Source, Span, must_be_text

if TYPE_CHECKING:
    from vtql.recovery.lexer import Statement

T = TypeVar("T")

MAX_ATTEMPTS_PER_CHARACTER = 4
"""Failed attempts per character, on average, before the rest of the text goes to recovery."""

_QUERY = re.compile(
    r"""((?:[ \t\r\n]++|--[^\r\n]*+)*+)
        ((?:[^'";-]++|'[^']*+'|"[^"]*+"|--[^\r\n]*+|-)*+;)""",
    re.VERBOSE,
)
COMMENTS_AND_LITERALS = re.compile(r"""(--[^\r\n]*+)|'[^']*+'|"[^"]*+\"""")
"""What stands in a query and is no sign of it: a comment, which is the group, or a text."""

_BLANK_REST = re.compile(r"[ \t\r\n]*+\Z")


@dataclass(frozen=True, slots=True)
class ParsedQuery(Generic[T]):
    """A parsed query: its tree, its span, and the spans of comments before and inside it."""

    tree: T
    span: Span
    before: tuple[Span, ...] = ()
    inside: tuple[Span, ...] = ()


def queries(text: str, machine: Machine) -> Iterator[ParsedQuery[Any] | Statement]:
    """The statements of a text, in their order: as a query where a machine takes it.

    Comments after the last one are a statement without tokens.
    """
    at, patience = 0, MAX_ATTEMPTS_PER_CHARACTER * len(text)
    while True:
        while (match := _QUERY.match(text, at)) is not None:
            query = _query(text, machine, match)
            if query is None:
                patience -= match.end() - at
                break
            yield query
            at = match.end()
        else:
            patience -= len(text) - at
        if _BLANK_REST.match(text, at):
            return
        from vtql.recovery.lexer import statements  # noqa: PLC0415 - see above

        for statement in statements(text, at):
            yield statement
            last = statement.tokens[-1] if statement.tokens else None
            if patience > 0 and last is not None and last.kind == "SEMICOLON":
                at = last.end()
                break
        else:
            return


def _query(text: str, machine: Machine, match: re.Match[str]) -> ParsedQuery[Any] | None:
    """The parsed query of a statement; None if the machine rejects it."""
    start, end = match.span(2)
    inside: tuple[Span, ...] = ()
    if text.find("--", start, end) < 0:
        tree = drive(machine, text, start, end)
    else:
        inside = _comments(text, start, end)
        tree = _around(machine, text, Span(start, end), inside)
    if isinstance(tree, Stop):
        return None
    before = _comments(text, *match.span(1)) if start - match.start() > len("--") else ()
    return ParsedQuery(tree, Span(start, end), before, inside)


def _around(machine: Machine, text: str, place: Span, comments: tuple[Span, ...]) -> Any:
    """Run a machine over a part of a text, skipping comments."""
    starts = (place.start, *(comment.end for comment in comments))
    ends = (*(comment.start for comment in comments), place.end)
    tokens = (
        machine.find(text, blank.end() if blank else start, end)
        for start, end in zip(starts, ends, strict=True)
        for blank in (machine.blank(text, start, end),)
    )
    return drive_tokens(machine, machine.kinds, chain.from_iterable(tokens), place.end)


def _comments(text: str, start: int, end: int) -> tuple[Span, ...]:
    matches = COMMENTS_AND_LITERALS.finditer(text, start, end)
    return tuple(Span(*match.span()) for match in matches if match[1])


def parse(text: str) -> Select:
    """The tree of a query.

    Raises:
        QuerySyntaxError: the text is not VTQL; the exception's text shows where and why, for each
            of its errors.
    """
    must_be_text(text)
    select = read(text)
    if isinstance(select, Stop):
        from vtql.recovery.recover import query_errors, syntax_error  # noqa: PLC0415 - only then

        raise syntax_error(Source(text), query_errors(text))
    return select


SUPPRESSION_COMMENT = re.compile(r"\W*vtql\s*:", re.IGNORECASE)
"""What such a comment begins with, whatever begins comments where it stands."""
