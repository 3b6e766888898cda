"""A string literal as a template: texts whose places in the file are known, and placeholders.

However a language writes its strings, the rest of this package sees a row of such parts. Each
character of a text knows the characters of the file that it is decoded from: one, or an escape
sequence of several.
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
"""Escapes a text for a string literal of its kind; None where it cannot be written there."""

_LONGER = re.compile(r"\\(?:[0-7]{1,2}(?=\0[0-7])|x[0-9A-Fa-f](?=\0[0-9A-Fa-f]))")
"""An escape sequence that the character after the NUL would become a part of."""

_JOINS_A_PLACEHOLDER = re.compile(r"[\w\[\-?]")


class Text(NamedTuple):
    """A text in a string literal; character `n` is at `starts[n]` to `ends[n]` of the file."""

    value: str
    starts: Sequence[int]
    ends: Sequence[int]
    escape: Escaper

    def part(self, start: int, end: int) -> Text:
        """Its characters from `start` to `end`."""
        return Text(
            self.value[start:end], self.starts[start:end], self.ends[start:end], self.escape
        )


class Placeholder(NamedTuple):
    """A place of a string where a value is interpolated when the program runs.

    `expression` is the source code there. `whole` says that the value is formatted as a whole number
    whatever it is, and `safe` that it has no quote that could end a literal. It is `certain` where
    the interpolation is seen, and not where a text only looks as if it were a template.
    """

    span: Span
    expression: str = ""
    whole: bool = False
    safe: bool = False
    certain: bool = True


Part: TypeAlias = Text | Placeholder


class Template:
    """The parts of a string, as one text with a mark for each placeholder."""

    def __init__(self, parts: tuple[Part, ...], file: str) -> None:
        self.parts, self.file = parts, file

    @cached_property
    def mark(self) -> str:
        """A private-use character that no part has."""
        used = {
            character for part in self.parts if isinstance(part, Text) for character in part.value
        }
        return next(mark for mark in map(chr, range(0xE000, 0x110000)) if mark not in used)

    @cached_property
    def text(self) -> str:
        """The texts, with a mark for each placeholder."""
        return "".join(part.value if isinstance(part, Text) else self.mark for part in self.parts)

    @cached_property
    def placeholders(self) -> tuple[Placeholder, ...]:
        """The placeholders, in the order of their marks."""
        return tuple(part for part in self.parts if isinstance(part, Placeholder))

    @cached_property
    def _starts(self) -> list[int]:
        sizes = (len(part.value) if isinstance(part, Text) else 1 for part in self.parts)
        return [0, *accumulate(sizes)]

    def place(self, span: Span) -> Span:
        """The place in the file of a span of the text."""
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
        escaped = part.escape(edit.text)
        if escaped is None:
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
        elif _LONGER.search(f"{self.file[max(0, place.start - 4) : place.start]}\0{escaped[:1]}"):
            return None
        return Edit(place, escaped)

    def _part(self, at: int) -> int:
        """The number of the part that a character of the text belongs to."""
        return min(bisect_right(self._starts, at) - 1, len(self.parts) - 1)

    def _of(self, at: int) -> Span:
        """The place in the file of a character of the text."""
        number = self._part(at)
        part = self.parts[number]
        if isinstance(part, Placeholder):
            return part.span
        offset = at - self._starts[number]
        return Span(part.starts[offset], part.ends[offset])


def join_parts(parts: Sequence[Part], file: str) -> Template:
    """Join parts into a template, dropping empty ones and merging neighbours with the same quoting."""
    joined: list[Part] = []
    run: list[Text] = []
    for part in (*parts, None):
        if run and not (isinstance(part, Text) and _is_adjacent(run[-1], part)):
            joined.append(run[0] if len(run) == 1 else _merged(run))
            run = []
        if isinstance(part, Placeholder):
            joined.append(part)
        elif part is not None and part.value:
            run.append(part)
    return Template(tuple(joined), file)


def _is_adjacent(text: Text, following: Text) -> bool:
    """Whether a text directly follows another one in the same literal."""
    return not following.value or (
        following.escape is text.escape and following.starts[0] == text.ends[-1]
    )


def _merged(run: Sequence[Text]) -> Text:
    return Text(
        "".join(text.value for text in run),
        [start for text in run for start in text.starts],
        [end for text in run for end in text.ends],
        run[0].escape,
    )


class TextBuilder:
    """Collects the characters of a string, each with its place in the file."""

    def __init__(self, escape: Escaper) -> None:
        self._escape = escape
        self._value: list[str] = []
        self._starts: list[int] = []
        self._ends: list[int] = []

    def add(self, text: str, start: int, end: int) -> None:
        """Add the text that the characters from `start` to `end` of the file stand for."""
        self._value.append(text)
        if len(text) == end - start:
            self._starts.extend(range(start, end))
            self._ends.extend(range(start + 1, end + 1))
        else:
            self._starts.extend([start] * len(text))
            self._ends.extend([end] * len(text))

    def finish(self) -> Text:
        """The text so far; the next characters begin another one."""
        text = Text("".join(self._value), self._starts, self._ends, self._escape)
        self._value, self._starts, self._ends = [], [], []
        return text


def decode_escapes(
    builder: TextBuilder,
    text: str,
    at: int,
    end: int,
    decode_escape: Callable[[TextBuilder, str, int, int], int],
) -> Text:
    """Decode `text[at:end]`; `decode_escape` adds one escape sequence and returns the offset after it."""
    while at < end:
        backslash = text.find("\\", at, end)
        plain = end if backslash < 0 else backslash
        if plain > at:
            builder.add(text[at:plain], at, plain)
        at = plain if backslash < 0 else decode_escape(builder, text, plain, end)
    return builder.finish()


T = TypeVar("T")


def relocate(node: T, place: Callable[[Span], Span]) -> T:
    """The same tree with each of its spans replaced by the one that `place` gives for it."""
    value: Any = node
    changed: dict[str, Any] = {}
    for field in fields(value) if is_dataclass(value) else ():
        name = field.name
        part = getattr(value, name)
        if isinstance(part, Span):
            changed[name] = place(part)
        elif isinstance(part, tuple):
            changed[name] = tuple(relocate(item, place) for item in part)
        else:
            changed[name] = relocate(part, place)
    relocated: Any = replace(value, **changed) if changed else value
    return cast("T", relocated)
