"""Halves of surrogate pairs, which JSON can hold and UTF-8 cannot."""

from __future__ import annotations

import re

_HALF = re.compile(r"[\ud800-\udfff]")


def without_halves(text: str) -> str:
    r"""The text with U+FFFD, the replacement character, for each half of a surrogate pair.

    A server may send one (`"\ud800"`), and no file in UTF-8, no table of Arrow and no database takes
    it. What is written has U+FFFD in its place; `raw` of a record keeps what was sent.
    """
    return text if text.isascii() else _HALF.sub("\ufffd", text)
