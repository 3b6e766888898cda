"""Findings as data, and how they are shown in their source."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from vtql.sanitize import columns, visible
from vtql.source import Source, Span

_WIDTH = 100  # columns of a source line that a snippet shows


class Severity(Enum):
    """How bad a finding is: an error is what a server refuses or answers with nothing."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Applicability(Enum):
    """Whether a fix is applied without being asked for: a safe one keeps the rows of every server."""

    SAFE = "safe"
    UNSAFE = "unsafe"


@dataclass(frozen=True, slots=True)
class Edit:
    """A replacement of a span by a text."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A finding.

    `code` (`VT102`) and `slug` (`unknown-field`) name its kind. `message` says what was found and
    `server_effect` what a server does with it; `equivalent` is a query that says the same and
    `help` what to write instead. `edits` is the fix where there is one, and `applicability` whether
    it is safe.
    """

    code: str
    slug: str
    severity: Severity
    message: str
    span: Span
    help: str = ""
    edits: tuple[Edit, ...] = ()
    applicability: Applicability = Applicability.SAFE
    server_effect: str = ""
    equivalent: str = ""

    @property
    def text(self) -> str:
        """The message with the server effect, for people."""
        return "; ".join(filter(None, (self.message, self.server_effect)))

    @property
    def advice(self) -> str:
        """The equivalent query with the help, for people."""
        equivalent = f"`{self.equivalent}` says the same" if self.equivalent else ""
        return "; ".join(filter(None, (equivalent, self.help)))


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """Apply edits to a text; of two that overlap, only the first."""
    return apply_edit_groups(text, ((edit,) for edit in edits))


def apply_edit_groups(text: str, repairs: Iterable[Sequence[Edit]]) -> str:
    """Apply fixes to a text, each as a whole or not at all; of two that overlap, only the first."""
    taken: list[Edit] = []
    for edits in sorted(filter(None, repairs), key=lambda edits: min(map(_place, edits))):
        if all(_free(edit, taken) for edit in edits):
            for edit in edits:
                insort(taken, edit, key=_place)
    parts: list[str] = []
    at = 0
    for edit in taken:
        parts += text[at : edit.span.start], edit.text
        at = edit.span.end
    return "".join(parts) + text[at:]


def _free(edit: Edit, taken: Sequence[Edit]) -> bool:
    """Whether an edit overlaps none of the sorted edits; they may touch."""
    at = bisect_right(taken, _place(edit), key=_place)
    return (not at or taken[at - 1].span.end <= edit.span.start) and (
        at == len(taken) or taken[at].span.start >= edit.span.end
    )


def _place(edit: Edit) -> tuple[int, int]:
    return edit.span


def paint(source: Source, diagnostic: Diagnostic) -> str:
    """A finding with its source line and carets under its span, as several lines of text."""
    line, column = source.position(diagnostic.span.start)
    snippet, carets = _snippet(
        source.line(line), column - 1, diagnostic.span.end - diagnostic.span.start
    )
    margin = " " * len(str(line))
    painted = [
        f"{diagnostic.severity.value}[{diagnostic.code}] {diagnostic.slug}: {visible(diagnostic.text)}",
        f"{margin}--> {visible(source.name)}:{line}:{column}",
        f"{margin} |",
        f"{line} | {snippet}",
        f"{margin} | {carets}",
    ]
    if diagnostic.advice:
        painted.append(f"{margin} = help: {visible(diagnostic.advice)}")
    return "\n".join(painted)


def _snippet(line: str, start: int, length: int) -> tuple[str, str]:
    """The part of a line worth showing and the carets below it, aligned as a terminal shows it."""
    length = max(1, min(length, len(line) - start))
    line = line.replace("\t", " ")
    first = 0 if len(line) <= _WIDTH else max(0, min(start - 30, len(line) - _WIDTH))
    last = min(len(line), first + _WIDTH)
    before, marked = line[first:start], line[start : min(start + length, last)]
    excerpt = visible(line[first:last])
    if first:
        excerpt, before = "… " + excerpt, "… " + before
    if last < len(line):
        excerpt += " …"
    return excerpt, " " * columns(visible(before)) + "^" * max(1, columns(visible(marked)))
