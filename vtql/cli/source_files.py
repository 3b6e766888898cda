"""Source files: which of a folder are meant, their text in its encoding, and writing them back."""

from __future__ import annotations

import codecs
import errno
import os
import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from vtql.files import content_of, rewrite_file, write_file
from vtql.source import MARK, Source

DEPENDENCIES = ("node_modules", "site-packages", "__pycache__", "__pypackages__")
"""Folders that a walk leaves out, with hidden ones and virtual environments: not one's own work."""


PYTHON = (".py", ".pyi", ".pyw")


class Text(NamedTuple):
    """A text to work on: a query (`-q`), stdin, or a file, with its byte order mark and encoding."""

    source: Source
    kind: str
    mark: str = ""
    encoding: str = "utf-8"

    @property
    def path(self) -> str | None:
        """The path of a file; None for a query and stdin."""
        return self.source.name if self.kind == "file" else None


class Unread(NamedTuple):
    """Why a file has no text, or a folder no files, and what to do."""

    name: str
    why: str

    def __str__(self) -> str:
        return f"{self.name}: {self.why}"


def walk(
    folder: str, suffixes: Sequence[str], leave_out: Callable[[str], bool] = bool
) -> Iterator[str | Unread]:
    """The files with one of these endings below a folder, in the order of their names.

    A link to a folder is not followed: it may lead in a circle, or out of what was named.
    """
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield Unread(folder, f"{error.strerror or error}; none of its files is looked at")
        return
    for entry in entries:
        path = entry.path.removeprefix(f".{os.sep}")
        if entry.is_dir(follow_symlinks=False):
            if not _is_dependency(entry) and not leave_out(path):
                yield from walk(entry.path, suffixes, leave_out)
        elif (
            entry.name.lower().endswith(tuple(suffixes))
            and not entry.is_dir()
            and not leave_out(path)
        ):
            yield path


def _is_dependency(folder: os.DirEntry[str]) -> bool:
    return (
        folder.name.startswith(".")
        or folder.name in DEPENDENCIES
        or os.path.exists(os.path.join(folder.path, "pyvenv.cfg"))  # noqa: PTH110, PTH118 - pathlib costs 4 ms of start-up
    )


_WAY = "a file or folder that can be read is needed"
_WAYS = {
    errno.EINVAL: f"{_WAY}, and `-` reads what comes from a pipe",
    errno.EFBIG: "`exclude` passes over such a file",
}


def read(path: str) -> Text | Unread:
    """What is in a file."""
    try:
        content = content_of(path)
    except OSError as error:
        return Unread(path, f"{error.strerror or error}; {_WAYS.get(error.errno or 0, _WAY)}")
    return decoded(content, path, "file")


def decoded(content: bytes, name: str, kind: str) -> Text | Unread:
    """The text of what was read: UTF-8, or a Python program in the encoding that it names."""
    encoding = "utf-8"
    if name.lower().endswith(PYTHON) and not content.isascii():
        encoding_or_problem = declared_encoding(content)
        if isinstance(encoding_or_problem, Unread):
            return encoding_or_problem._replace(name=name)
        encoding = encoding_or_problem
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        return Unread(name, _undecoded(content, error, encoding, name))
    if "\0" in text:
        return Unread(
            name, f"not a text, with a NUL at character {text.index(chr(0))}; a text file is needed"
        )
    mark = MARK if text.startswith(MARK) else ""
    return Text(Source(text[len(mark) :], name), kind, mark, encoding)


def _undecoded(content: bytes, error: UnicodeDecodeError, encoding: str, name: str) -> str:
    utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    seems = ", it looks like UTF-16" if utf16 else ""
    says = (
        " or to name its encoding, as `# coding: latin-1` does"
        if name.lower().endswith(PYTHON)
        else ""
    )
    name_of_encoding = "UTF-8" if encoding == "utf-8" else encoding
    return f"not {name_of_encoding} text, at byte {error.start}{seems}; it has to be saved as UTF-8{says}"


def replace(old: Text, new: str) -> None:
    """Put another text into a file; its byte order mark, mode and links are kept.

    See `rewrite_file` for what becomes of a link, and of a file with several names.

    Raises:
        OSError: it cannot be written, is read-only, or is not what it was when it was read.
    """
    path = old.source.name
    if not os.path.isfile(path):  # noqa: PTH113 - pathlib costs 4 ms of start-up
        raise OSError(f"{path}: not a file that can be written; nothing is written")
    if read(path) != old:
        raise OSError(f"{path}: changed while it was looked at; nothing is written")
    rewrite_file(path, encoded(path, old.mark + new, old.encoding))


def encoded(name: str, text: str, encoding: str) -> bytes:
    """A text in an encoding.

    Raises:
        OSError: the encoding has no such characters.
    """
    try:
        return text.encode(encoding)
    except UnicodeEncodeError as error:
        raise OSError(
            f"{name}: {encoding} has no {text[error.start]!a}; nothing is written"
        ) from None


def write(path: str, text: str, encoding: str = "utf-8") -> None:
    """A file with a text as it is, its line ends untouched, in place of one that is there.

    Raises:
        OSError: it cannot be written, or the encoding has no such characters.
    """
    write_file(path, encoded(path, text, encoding))


_COOKIE = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"[ \t\f]*(?:#[^\r\n]*)?(?:\r\n|\r|\n|\Z)")
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n|\Z)")


def declared_encoding(content: bytes) -> str | Unread:
    """The encoding of a program, UTF-8 where it names none; why it cannot be read, without its name."""
    marked = content.startswith(codecs.BOM_UTF8)
    cookie = _cookie(content.removeprefix(codecs.BOM_UTF8))
    if cookie is None:
        return "utf-8"
    try:
        encoding = codecs.lookup(cookie).name
        usable = b"#".decode(encoding) == "#"
    except (LookupError, ValueError):
        usable = False
    if not usable:
        return Unread(
            "", f"`{cookie}` is no encoding of texts; `# coding:` has to name one, as `latin-1`"
        )
    if marked and encoding != "utf-8":
        return Unread(
            "", f"it begins with the mark of UTF-8 and names `{cookie}`; one of them has to go"
        )
    return encoding


def _cookie(content: bytes) -> str | None:
    at = 0
    for _ in range(2):
        line = _LINE.match(content, at)
        assert line is not None
        match = _COOKIE.match(line.group())
        if match:
            return match[1].decode("ascii")
        if not _BLANK.fullmatch(line.group()):
            return None
        at = line.end()
    return None
