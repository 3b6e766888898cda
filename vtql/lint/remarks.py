"""Comments that speak to the linter: `-- vtql: ignore VT301`.

At the end of a line it is about what is found in that line; on a line of its own, about the
statement behind it or around it; `ignore-file` is about the whole file. Without a code it is about
all that is found there. Behind a second `--` or in brackets may stand why.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from vtql.source import Span

SIGN = "vtql"
"""What a text has that has a remark: one without needs no further look."""


class Remark(NamedTuple):
    """A remark: where its comment stands, its first word, what it names, and where it holds.

    `scope` is None where there is nothing that it is about; `watched` says whether it is told where
    it is of no use.
    """

    span: Span
    word: str
    named: tuple[tuple[str, Span], ...]
    scope: Span | None
    watched: bool = True


_MAY_BE_ONE = re.compile(r"vtql\s*:", re.IGNORECASE)


def may_have_remarks(text: str) -> bool:
    """Whether a text is worth being read for remarks; a program that imports `vtql` alone is not."""
    return SIGN in text.casefold() and _MAY_BE_ONE.search(text) is not None


def remarks_of_a_script(text: str) -> list[Remark]:
    """The remarks of a file of queries."""
    if not may_have_remarks(text):
        return []
    from vtql.lint.reading import remarks_among_queries  # noqa: PLC0415 - few files have one

    return remarks_among_queries(text)
