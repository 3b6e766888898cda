"""A string of a program as parts: text whose place in the file is known, and holes between.

However a language spells its strings, what the rest of this package sees is a row of these. Each
character of a text knows which characters of the file stand for it: one, or an escape of several.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass, replace
from functools import cached_property
from itertools import accumulate
from typing import Any, NamedTuple, TypeAlias, TypeVar, cast

from vtql.diagnostics import Edit
from vtql.source import Span

Escaper: TypeAlias = Callable[[str], str | None]
"""How a text is written inside a string of its kind; None where it cannot be."""

_LONGER = re.compile(r"\\(?:[0-7]{1,2}(?=\0[0-7])|x[0-9A-Fa-f](?=\0[0-9A-Fa-f]))")
"""An escape that would be another one with what stands behind the NUL."""

_JOINS_A_PLACEHOLDER = re.compile(r"[\w\[\-?]")


class Text(NamedTuple):
    """A piece of a string in one spelling; character `n` stands at `starts[n]` to `ends[n]` of the file."""

    value: str
    starts: Sequence[int]
    ends: Sequence[int]
    spell: Escaper

    def part(self, start: int, end: int) -> Text:
        """The characters from `start` to `end` of it."""
        return Text(self.value[start:end], self.starts[start:end], self.ends[start:end], self.spell)


class Placeholder(NamedTuple):
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


Part: TypeAlias = Text | Placeholder


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
    def placeholders(self) -> tuple[Placeholder, ...]:
        """The holes, in the order of their marks."""
        return tuple(part for part in self.parts if isinstance(part, Placeholder))

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
        if start == offset and first and isinstance(self.parts[first - 1], Placeholder):
            if _JOINS_A_PLACEHOLDER.match(edit.text):
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
        if isinstance(part, Placeholder):
            return part.span
        offset = at - self._starts[number]
        return Span(part.starts[offset], part.ends[offset])


def join_parts(parts: Sequence[Part], file: str) -> Template:
    """A template of parts: those without a character left out, those in one spelling as one."""
    made: list[Part] = []
    run: list[Text] = []
    for part in (*parts, None):
        if run and not (isinstance(part, Text) and _is_adjacent(run[-1], part)):
            made.append(run[0] if len(run) == 1 else _merged(run))
            run = []
        if isinstance(part, Placeholder):
            made.append(part)
        elif part is not None and part.value:
            run.append(part)
    return Template(tuple(made), file)


def _is_adjacent(text: Text, following: Text) -> bool:
    """Whether a text is the same piece of the file as the one before it."""
    return not following.value or (
        following.spell is text.spell and following.starts[0] == text.ends[-1]
    )


def _merged(run: Sequence[Text]) -> Text:
    return Text(
        "".join(text.value for text in run),
        [start for text in run for start in text.starts],
        [end for text in run for end in text.ends],
        run[0].spell,
    )


class TextBuilder:
    """The characters of a string so far, and where each of them stands in the file."""

    def __init__(self, spell: Escaper) -> None:
        self._spell = spell
        self._value: list[str] = []
        self._starts: list[int] = []
        self._ends: list[int] = []

    def add(self, text: str, start: int, end: int) -> None:
        """Add what the characters from `start` to `end` of the file mean."""
        self._value.append(text)
        if len(text) == end - start:
            self._starts.extend(range(start, end))
            self._ends.extend(range(start + 1, end + 1))
        else:
            self._starts.extend([start] * len(text))
            self._ends.extend([end] * len(text))

    def taken(self) -> Text:
        """The text so far; what is added next begins another one."""
        text = Text("".join(self._value), self._starts, self._ends, self._spell)
        self._value, self._starts, self._ends = [], [], []
        return text


def decode_escapes(
    run: TextBuilder,
    text: str,
    at: int,
    end: int,
    escape: Callable[[TextBuilder, str, int, int], int],
) -> Text:
    """What the characters from `at` to `end` mean, where `escape` adds what a backslash begins and
    gives the offset behind it."""
    while at < end:
        found = text.find("\\", at, end)
        plain = end if found < 0 else found
        if plain > at:
            run.add(text[at:plain], at, plain)
        at = plain if found < 0 else escape(run, text, plain, end)
    return run.taken()


T = TypeVar("T")


def relocate(node: T, place: Callable[[Span], Span]) -> T:
    """The same tree, each span of it as `place` gives it."""
    value: Any = node
    changed: dict[str, Any] = {}
    for field in fields(value) if is_dataclass(value) else ():
        name = field.name
        part = getattr(value, name)
        if isinstance(part, Span):
            changed[name] = place(part)
        elif isinstance(part, tuple):
            changed[name] = tuple(relocate(each, place) for each in part)
        else:
            changed[name] = relocate(part, place)
    made: Any = replace(value, **changed) if changed else value
    return cast("T", made)
