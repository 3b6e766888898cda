"""A text put together from pieces of a file."""

from __future__ import annotations

from collections.abc import Callable

from vtql.embedded.parts import Spell, Text


class Run:
    """The characters of a string so far, and where each of them stands in the file."""

    def __init__(self, spell: Spell) -> None:
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


def without_holes(
    run: Run, text: str, at: int, end: int, escape: Callable[[Run, str, int, int], int]
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
