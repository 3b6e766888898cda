"""The encoding that a Python program names in one of its first two lines, as PEP 263 has it."""

from __future__ import annotations

import codecs
import re

from vtql.cli.files import Unread

_NAMED = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"[ \t\f]*(?:#[^\r\n]*)?(?:\r\n|\r|\n|\Z)")
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n|\Z)")


def coding_of(content: bytes) -> str | Unread:
    """The encoding of a program, UTF-8 where it names none; why it cannot be read, without its name."""
    marked = content.startswith(codecs.BOM_UTF8)
    named = _named(content.removeprefix(codecs.BOM_UTF8))
    if named is None:
        return "utf-8"
    try:
        encoding = codecs.lookup(named).name
        usable = b"#".decode(encoding) == "#"
    except (LookupError, ValueError):
        usable = False
    if not usable:
        return Unread(
            "", f"`{named}` is no encoding of texts; `# coding:` has to name one, as `latin-1`"
        )
    if marked and encoding != "utf-8":
        return Unread(
            "", f"it begins with the mark of UTF-8 and names `{named}`; one of them has to go"
        )
    return encoding


def _named(content: bytes) -> str | None:
    at = 0
    for _ in range(2):
        line = _LINE.match(content, at)
        assert line is not None
        named = _NAMED.match(line.group())
        if named:
            return named[1].decode("ascii")
        if not _BLANK.fullmatch(line.group()):
            return None
        at = line.end()
    return None
