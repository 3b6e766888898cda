"""What would change in a file, as a unified diff."""

from __future__ import annotations

from difflib import unified_diff

from vtql.source import Source


def diff(old: Source, new: str) -> str:
    """The diff of a text and a new one; nothing where they are the same."""
    before, after = old.text.splitlines(keepends=True), new.splitlines(keepends=True)
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for line in unified_diff(before, after, old.name, old.name)
    )
