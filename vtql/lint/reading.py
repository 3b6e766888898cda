"""Remarks read: what they say, and where they hold."""

from __future__ import annotations

import re

from vtql.lint.remarks import Remark
from vtql.recovery.split import statements
from vtql.source import Source, Span
from vtql.statements import SUPPRESSION_COMMENT

_WORDS = re.compile(r"\s*(?P<word>[\w-]+)?:?(?P<codes>[^\r\n]*)", re.IGNORECASE)
_WHY = re.compile(r"\s--|[(]|\*/|#|//")
_WORD = re.compile(r"\w[\w-]*")


def remark(text: str, span: Span, scope: Span | None) -> Remark | None:
    """The remark that the comment at a span is, whatever begins comments there; None if it is none."""
    sign = SUPPRESSION_COMMENT.match(text, *span)
    found = _WORDS.match(text, sign.end(), span.end) if sign else None
    if found is None:
        return None
    start, end = found.span("codes")
    why = _WHY.search(text, start, end)
    words = _WORD.finditer(text, start, why.start() if why else end)
    word = (found["word"] or "").lower()
    return Remark(
        span,
        word,
        tuple((each.group(), Span(*each.span())) for each in words),
        Span(0, len(text)) if word == "ignore-file" else scope,
    )


def remarks_among_queries(text: str) -> list[Remark]:
    """The remarks of a file of queries."""
    found = []
    lines = Lines(Source(text))
    for statement in statements(text):
        for comment in statement.comments:
            line = lines.of(comment.start())
            alone = lines.begin(comment.start())
            start = min(comment.start(), statement.span.start) if statement.tokens else 0
            behind = Span(start, statement.span.end) if statement.tokens else None
            found.append(remark(text, Span(*comment.place), behind if alone else line))
    return [each for each in found if each]


class Lines:
    """The lines of a text, asked for from its beginning to its end: the last one is kept."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._number, self._line, self._begins = 0, Span(0, 0), 0

    def of(self, offset: int) -> Span:
        """The line that an offset lies in, its end left out."""
        number, _ = self.source.position(offset)
        if number != self._number:
            start, line = self.source.offset(number, 0), self.source.line(number)
            self._number, self._line = number, Span(start, start + len(line))
            self._begins = start + len(line) - len(line.lstrip())
        return self._line

    def begin(self, offset: int) -> bool:
        """Whether nothing but blanks stands before an offset on its line."""
        self.of(offset)
        return offset <= self._begins
