"""The strings of a scanned program that may be queries, with what is known around them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vtql.embedded.comments import said
from vtql.embedded.flow import Flow
from vtql.embedded.groups import Candidate
from vtql.embedded.program import Found
from vtql.embedded.reader import Reader
from vtql.embedded.scanned import Kind, Language, Token
from vtql.embedded.scanned_flow import string
from vtql.source import Source


def strings(source: Source, language: Language) -> Iterator[Found]:
    """The strings of a program that may be queries, with what is known around them."""
    reader = Reader(source.text, language)
    comments: list[Token] = []
    last = Token(Kind.SIGN, ";", 0, 0)
    for token in language.scan(source.text):
        if token.kind is Kind.COMMENT:
            if said(token.text) is not None:
                comments.append(token)
            continue
        reader.read(token, last)
        last = token
    reader.end()
    marks = _marks(source, comments)
    for number, candidate in enumerate(reader.candidates):
        yield _told(source, candidate, reader.graph.flow(string(number)), marks)


def _marks(source: Source, comments: Sequence[Token]) -> dict[int, bool]:
    """The lines on which a comment says something; one that is alone speaks of the next line."""
    marks: dict[int, bool] = {}
    for comment in comments:
        line, column = source.position(comment.start)
        alone = not source.text[comment.start - column + 1 : comment.start].strip()
        marks[line + alone] = said(comment.text) is True
    return marks


def _told(source: Source, candidate: Candidate, flow: Flow, marks: dict[int, bool]) -> Found:
    """A candidate with what is known of its way and of its lines."""
    found = candidate.found
    given = (*found.given_to, *sorted(flow.given_to.difference(found.given_to)))
    found = found._replace(given_to=given, fate=flow.fate)
    if marks:
        first, last = (source.position(at)[0] for at in found.span)
        lines = (source.position(candidate.statement)[0], *range(first, last + 1))
        found = found._replace(marked=next((marks[each] for each in lines if each in marks), None))
    return found
