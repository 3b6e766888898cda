"""Which names of modules and fields a query can have."""

from __future__ import annotations

import re

LONGEST_NAME = 250
"""Characters of a name at most; the columns in which a server keeps names have fewer."""

WORDS = frozenset({
    "select", "from", "where", "and", "or", "in", "like", "order", "orderby", "by", "asc", "desc",
    "limit", "count",
})  # fmt: skip
"""The words of the language, as the grammar has them; loading its tables to tell takes its time."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def unwritable_name_reason(name: str) -> str | None:
    """Why no query can have a name, as a clause; None where one can.

    A server's lexer takes letters, digits and `_` of ASCII outside literals, and names are not quoted.
    A word of the language is a name in some places on some servers, and in no condition (measured on
    8.4.0), so it counts as none.
    """
    if len(name) > LONGEST_NAME:
        return f"it has {len(name):,} characters, and a name {LONGEST_NAME} at most"
    if not _NAME.fullmatch(name):
        return "a name has letters, digits and `_` of ASCII, and does not begin with a digit"
    if name.lower() in WORDS:
        return "it is a word of the language"
    return None
