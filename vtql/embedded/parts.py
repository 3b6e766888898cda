"""A string of a program as parts: text whose place in the file is known, and holes between.

However a language spells its strings, what the rest of this package sees is a row of these. Each
character of a text knows which characters of the file stand for it: one, or an escape of several.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple, TypeAlias

from vtql.diagnostics import Edit
from vtql.source import Span

Spell: TypeAlias = Callable[[str], str | None]
"""How a text is written inside a string of its kind; None where it cannot be."""

_LONGER = re.compile(r"\\(?:[0-7]{1,2}(?=\0[0-7])|x[0-9A-Fa-f](?=\0[0-9A-Fa-f]))")
"""An escape that would be another one with what stands behind the NUL."""

_BEHIND_A_HOLE = re.compile(r"[\w\[\-?]")


class Text(NamedTuple):
    """A piece of a string in one spelling; character `n` stands at `starts[n]` to `ends[n]` of the file."""

    value: str
    starts: Sequence[int]
    ends: Sequence[int]
    spell: Spell

    def part(self, start: int, end: int) -> Text:
        """The characters from `start` to `end` of it."""
        return Text(self.value[start:end], self.starts[start:end], self.ends[start:end], self.spell)


class Hole(NamedTuple):
    """A value that a program fills in when it runs.

    `shown` is what stands there. `whole` says that it is written as a whole number whatever it is,
    `safe` that its text has no quote that could end a literal; `seen` that the program is seen to
    fill it in, where a text only looks as if some other place filled it in.
    """

    span: Span
    shown: str = ""
    whole: bool = False
    safe: bool = False
    seen: bool = True


Part: TypeAlias = Text | Hole


class Template:
    """The parts of a string, as one text with a mark where a hole is."""

    def __init__(self, parts: tuple[Part, ...], file: str) -> None:
        self.parts, self.file = parts, file

    @cached_property
    def mark(self) -> str:
        """A character for private use that no part has."""
        used = {
            character for part in self.parts if isinstance(part, Text) for character in part.value
        }
        return next(mark for mark in map(chr, range(0xE000, 0x110000)) if mark not in used)

    @cached_property
    def text(self) -> str:
        """The texts, a mark for each hole."""
        return "".join(part.value if isinstance(part, Text) else self.mark for part in self.parts)

    @cached_property
    def holes(self) -> tuple[Hole, ...]:
        """The holes, in the order of their marks."""
        return tuple(part for part in self.parts if isinstance(part, Hole))

    @cached_property
    def _starts(self) -> list[int]:
        sizes = (len(part.value) if isinstance(part, Text) else 1 for part in self.parts)
        return [0, *accumulate(sizes)]

    def place(self, span: Span) -> Span:
        """Where the characters of a span of the text stand in the file."""
        size = len(self.text)
        if not size:
            return Span(0, 0)
        if span.start >= span.end:
            at = self._of(span.start).start if span.start < size else self._of(size - 1).end
            return Span(at, at)
        return Span(self._of(span.start).start, self._of(span.end - 1).end)

    def edit(self, edit: Edit) -> Edit | None:
        """An edit of the text as one of the file; None where it is not inside one text."""
        start, end = edit.span
        first = self._part(start if start < end else max(0, start - 1))
        last = self._part(max(end - 1, 0) if start < end else max(0, start - 1))
        if first != last:
            return None
        part = self.parts[first]
        if not isinstance(part, Text):
            return None
        spelled = part.spell(edit.text)
        if spelled is None:
            return None
        offset = self._starts[first]
        if start < end:
            place = Span(part.starts[start - offset], part.ends[end - 1 - offset])
        else:
            at = part.ends[start - 1 - offset] if start > offset else part.starts[0]
            place = Span(at, at)
        if start == offset and first and isinstance(self.parts[first - 1], Hole):
            if _BEHIND_A_HOLE.match(edit.text):
                return None
        elif _LONGER.search(f"{self.file[max(0, place.start - 4) : place.start]}\0{spelled[:1]}"):
            return None
        return Edit(place, spelled)

    def _part(self, at: int) -> int:
        """The number of the part that a character of the text belongs to."""
        return min(bisect_right(self._starts, at) - 1, len(self.parts) - 1)

    def _of(self, at: int) -> Span:
        """Where a character of the text stands in the file."""
        number = self._part(at)
        part = self.parts[number]
        if isinstance(part, Hole):
            return part.span
        offset = at - self._starts[number]
        return Span(part.starts[offset], part.ends[offset])


def joined(parts: Sequence[Part], file: str) -> Template:
    """A template of parts: those without a character left out, those in one spelling as one."""
    made: list[Part] = []
    run: list[Text] = []
    for part in (*parts, None):
        if run and not (isinstance(part, Text) and _goes_on(run[-1], part)):
            made.append(run[0] if len(run) == 1 else _one(run))
            run = []
        if isinstance(part, Hole):
            made.append(part)
        elif part is not None and part.value:
            run.append(part)
    return Template(tuple(made), file)


def _goes_on(text: Text, following: Text) -> bool:
    """Whether a text is the same piece of the file as the one before it."""
    return not following.value or (
        following.spell is text.spell and following.starts[0] == text.ends[-1]
    )


def _one(run: Sequence[Text]) -> Text:
    return Text(
        "".join(text.value for text in run),
        [start for text in run for start in text.starts],
        [end for text in run for end in text.ends],
        run[0].spell,
    )
