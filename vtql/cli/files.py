"""Files: which of a folder are meant, what is in one, and one with another text in its place."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from vtql.source import MARK, Source

FOREIGN = ("node_modules", "site-packages", "__pycache__", "__pypackages__")
"""Folders that a walk leaves out, with hidden ones and virtual environments: not one's own work."""


class Text(NamedTuple):
    """A text to work on: a query (`-q`), stdin, or a file, of which `mark` is its byte order mark."""

    source: Source
    kind: str
    mark: str = ""

    @property
    def path(self) -> str | None:
        """The path of a file; None for a query and stdin."""
        return self.source.name if self.kind == "file" else None


class Unread(NamedTuple):
    """Why a file has no text, and what to do."""

    name: str
    why: str

    def __str__(self) -> str:
        return f"{self.name}: {self.why}"


def walk(
    folder: str, suffixes: Sequence[str], leave_out: Callable[[str], bool] = bool
) -> Iterator[str]:
    """The files with one of these endings below a folder, in the order of their names."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        entries = []  # a folder that may not be listed is as one that is not there
    for entry in entries:
        path = entry.path.removeprefix(f".{os.sep}")
        if entry.is_dir(follow_symlinks=False):
            if not _foreign(entry) and not leave_out(path):
                yield from walk(entry.path, suffixes, leave_out)
        elif entry.name.lower().endswith(tuple(suffixes)) and not leave_out(path):
            yield path


def _foreign(folder: os.DirEntry[str]) -> bool:
    return (
        folder.name.startswith(".")
        or folder.name in FOREIGN
        or os.path.exists(os.path.join(folder.path, "pyvenv.cfg"))  # noqa: PTH110, PTH118 - pathlib costs 4 ms of start-up
    )


def read(path: str) -> Text | Unread:
    """What is in a file."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - pathlib costs 4 ms of start-up
            content = file.read()
    except OSError as error:
        return Unread(
            path, f"{error.strerror or error}; a file or folder that can be read is needed"
        )
    return decoded(content, path, "file")


def decoded(content: bytes, name: str, kind: str) -> Text | Unread:
    """The text of what was read."""
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
        seems = ", it looks like UTF-16" if utf16 else ""
        return Unread(
            name, f"not UTF-8 text, at byte {error.start}{seems}; it has to be saved as UTF-8"
        )
    mark = MARK if text.startswith(MARK) else ""
    return Text(Source(text[len(mark) :], name), kind, mark)


def replace(old: Text, new: str) -> None:
    """Put another text into a file, whole at every moment; its byte order mark and mode are kept.

    Raises:
        OSError: it cannot be written, or is not what it was when it was read.
    """
    path = old.source.name
    target = os.path.realpath(path)
    folder, name = os.path.split(target)
    beside = os.path.join(folder, f".{name}.{os.getpid()}")  # noqa: PTH118 - pathlib costs 4 ms of start-up
    if not os.path.isfile(target):  # noqa: PTH113 - the same
        raise OSError(f"{path}: not a file that can be written; nothing is written")
    if read(path) != old:
        raise OSError(f"{path}: changed while it was looked at; nothing is written")
    try:
        write(beside, old.mark + new)
        os.chmod(beside, os.stat(target).st_mode)  # noqa: PTH101, PTH116 - the same
        os.replace(beside, target)  # noqa: PTH105 - the same
    finally:
        if os.path.lexists(beside):
            os.unlink(beside)  # noqa: PTH108 - the same


def write(path: str, text: str) -> None:
    """A file with a text as it is, its line ends untouched."""
    with open(path, "wb") as file:  # noqa: PTH123 - pathlib costs 4 ms of start-up
        file.write(text.encode())
