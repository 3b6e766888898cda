"""What the scanners of host languages give: the tokens of a file, its strings among them.

A scanner is not a parser. It knows comments, strings and brackets, so that what looks like a string
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
    BEGIN = "the beginning of a template, whose placeholders have expressions"
    TEXT = "a text in a template"
    PLACEHOLDER = "the beginning of a placeholder in a template"
    PLACEHOLDER_END = "the end of a placeholder"
    END = "the end of a template"
    COMMENT = "a comment"


class Token(NamedTuple):
    """A token: its kind, text and place, and the parts of a string or of a text in a template."""

    kind: Kind
    text: str
    start: int
    end: int
    parts: tuple[Part, ...] = ()


Scan: TypeAlias = Callable[[str], Iterator[Token]]


class Syntax(NamedTuple):
    """The differences between the languages that are scanned.

    `concatenates` is the operator that concatenates strings, and `appends` the one that appends to a
    variable; `member` are the operators between an object and its member. `safe` matches expressions
    whose value cannot end a literal, `formats` functions whose first argument is a format string with
    `%`. The flags say whether `=>` begins the body of a function, a colon the type of a name, a line
    a statement without a semicolon before it, whether `push` is a method of lists, and whether
    `a ?: b` has the value of `a`.
    """

    scan: Scan
    concatenates: str
    appends: str
    member: frozenset[str]
    keywords: frozenset[str]
    safe: re.Pattern[str]
    formats: re.Pattern[str]
    arrow_functions: bool = False
    types_after_colons: bool = False
    optional_semicolons: bool = False
    lists_are_objects: bool = False
    elvis: bool = False
