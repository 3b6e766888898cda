"""Text as people may be shown it: what a terminal would obey, or not show, is spelled out.

A server, a linted text and the name of a file may hold anything. ESC and the C1 controls move the
cursor or change the title of a terminal, bidirectional controls change the order in which a line is
read, line and paragraph separators begin a line that nobody wrote. What a person reads passes one
of these functions; what a program reads (JSON, CSV, SARIF) keeps its data.
"""

from __future__ import annotations

import re
import unicodedata

_SHORT = {"\t": r"\t", "\n": r"\n", "\r": r"\r"}


def visible(text: str) -> str:
    r"""The text in one line, each character that is not printed in its place as an escape.

    Escapes are Python's: `\x1b`, `\u202e`; `\udcff` stands for a byte of a name that is no text.
    Blanks of any width stay.
    """
    if text.isprintable():
        return text
    return "".join(map(_visible, text))


def visible_lines(text: str) -> str:
    """The same of a text of several lines, which stay apart."""
    if text.isprintable():
        return text
    return "\n".join(map(visible, text.split("\n")))


def _visible(character: str) -> str:
    if character.isprintable() or unicodedata.category(character) == "Zs":
        return character
    return _SHORT.get(character) or ascii(character)[1:-1]


def columns(text: str) -> int:
    """How many terminal columns a text takes: wide characters two, combining ones none."""
    if text.isascii():
        return len(text)
    return len(text) + sum(_columns(character) - 1 for character in text if not character.isascii())


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


_HALF = re.compile(r"[\ud800-\udfff]")


def without_halves(text: str) -> str:
    r"""The text with U+FFFD, the replacement character, for each half of a surrogate pair.

    A server may send one (`"\ud800"`), and no file in UTF-8, no table of Arrow and no database takes
    it. What is written has U+FFFD in its place; `raw` of a record keeps what was sent.
    """
    return text if text.isascii() else _HALF.sub("\ufffd", text)
