"""What the scanners of other languages give: tokens of a program, its strings among them.

A scanner is no parser. It knows comments, strings and brackets, so that what looks like a string
inside of one of them is none, and leaves everything else as names and signs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import Enum
from typing import NamedTuple, TypeAlias

from vtql.embedded.template import Part


class Kind(Enum):
    """Kinds of tokens."""

    NAME = "a name, a variable, a keyword, a number"
    SIGN = "an operator or another sign"
    OPEN = "an opening bracket"
    CLOSE = "a closing bracket"
    STRING = "a string with its parts"
    BEGIN = "the beginning of a string whose holes are programs"
    TEXT = "a text in such a string"
    HOLE = "the beginning of a hole in it"
    FILLED = "the end of the hole"
    END = "the end of the string"
    COMMENT = "a comment"


class Token(NamedTuple):
    """A token: what it is, its text, and where it stands; the parts of a string or of a text in one."""

    kind: Kind
    text: str
    start: int
    end: int
    parts: tuple[Part, ...] = ()


Scan: TypeAlias = Callable[[str], Iterator[Token]]


class Syntax(NamedTuple):
    """What tells one language from another behind its scanner.

    `plus` is the sign that puts strings together, and `grows` the one that puts more behind a
    variable; `member` are the signs between an object and its name; `safe` finds expressions whose
    value ends no literal, `formats` the functions whose first argument is a template of `%`.
    """

    scan: Scan
    plus: str
    grows: str
    member: frozenset[str]
    keywords: frozenset[str]
    safe: re.Pattern[str]
    formats: re.Pattern[str]
