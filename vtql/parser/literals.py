r"""Quoting and unquoting: the one place where a value becomes VTQL.

A literal is read twice. The server's lexer takes everything up to the closing quote, a doubled
quote meaning one. Then it pastes the literal as it stands into SQL, where MySQL reads it again:
there a backslash is an escape, too. So a value is written with `'` doubled and `\` doubled. With
quotes doubled only, a value such as `\' or 1=1 --` would leave its literal on the server
(measured: reference, categories quoting and injection), which makes `quote` a security boundary.

In a LIKE pattern `%` and `_` are wildcards and a backslash escapes them, on top of the above.
"""

from __future__ import annotations

import re

from vtql.errors import ArgumentError

LITERAL_BYTES = 8189
"""A literal whose spelling between the quotes is longer makes the server's lexer fail
(measured on 8.4.0: its regular expression runs out of stack)."""

FEW = LITERAL_BYTES // 4
"""A text of fewer characters has fewer bytes than that, whatever they are."""

SHORT = LITERAL_BYTES // 2
"""A text of fewer characters of ASCII can be written, whatever has to be doubled in it."""

_ESCAPES = {"0": "\0", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a",
            "%": "\\%", "_": "\\_"}  # fmt: skip
QUOTED = re.compile(r"'(?:[^']++|'')++'")
"""A literal as the server's lexer takes it: to the first quote that is not doubled."""

UNESCAPED = re.compile(r"'([^']+)'")
"""A literal without quotes and backslashes inside, and what it means."""

_SPELLED = {quote: re.compile(rf"{quote * 2}|\\(.)", re.DOTALL) for quote in "'\""}
_NOT_BEFORE_WILDCARD = re.compile(r"\\(?![%_])")
_LIKE_SPECIAL = re.compile(r"[%_\\]")
_LIKE_PIECE = re.compile(r"\\.|[%_]", re.DOTALL)


def write_literal(value: str) -> str:
    r"""A literal that means `value`.

    Every backslash is doubled. MySQL reads `\%` and `\_` alike either way, so of a literal that
    is too long otherwise these stay single: whatever can be read can be written.
    """
    if len(value) < FEW and "'" not in value and "\\" not in value:
        return f"'{value}'"
    inside = value.replace("'", "''")
    escaped = inside.replace("\\", "\\\\")
    if too_long(escaped):
        escaped = _NOT_BEFORE_WILDCARD.sub(r"\\\\", inside)
    return f"'{escaped}'"


def read_literal(literal: str) -> str:
    r"""The text that a literal in single (or, in the extended language, double) quotes means.

    `\%` and `\_` stay as they are: only a LIKE pattern gives them a meaning.
    """
    inside = literal[1:-1]
    if "\\" not in inside:
        return inside.replace(literal[0] * 2, literal[0])
    return _SPELLED[literal[0]].sub(_meaning, inside)


def _meaning(match: re.Match[str]) -> str:
    escaped = match[1]
    return match[0][0] if escaped is None else _ESCAPES.get(escaped, escaped)


def escape_like(text: str) -> str:
    """A LIKE pattern that matches `text` itself."""
    return _LIKE_SPECIAL.sub(r"\\\g<0>", text)


def wildcards(pattern: str) -> list[int]:
    """Where a LIKE pattern has wildcards: each `%` and `_` that no backslash escapes."""
    return [match.start() for match in _LIKE_PIECE.finditer(pattern) if match[0] in "%_"]


def too_long(inside: str) -> bool:
    """Whether what stands between the quotes of a literal has more bytes than a server reads."""
    if len(inside) < FEW:
        return False
    return len(inside.encode("utf-8", "surrogatepass")) > LITERAL_BYTES


def too_long_to_write(value: str) -> bool:
    """Whether the literal that means `value` has more bytes between its quotes than a server reads."""
    if len(value) < FEW:  # what is doubled has one byte, so that two characters of it have two
        return False
    return too_long(write_literal(value)[1:-1])


def unwritable_reason(value: str) -> str | None:
    """Why no literal can mean `value`, as a clause; None when one can."""
    if not value:
        return "VTQL has no empty literal"
    if len(value) < SHORT and value.isascii():
        return None
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        code = ord(value[error.start])
        return f"character {error.start} is U+{code:04X}, half a surrogate pair and not a character"
    if too_long_to_write(value):
        return f"its literal is longer than the {LITERAL_BYTES} bytes that a server reads"
    return None


def quote(value: str) -> str:
    r"""The literal that means a text, with its quotes: `O'Brien` gives `'O''Brien'`.

    A quote and a backslash inside are doubled, so that no text gets out of its literal. It stands
    where a value stands: `f"SELECT id FROM Contacts WHERE lastname = {vtql.quote(name)};"`. In a LIKE
    pattern `%`, `_` and `\` keep their meaning.

    Args:
        value: any text that a literal can hold.

    Raises:
        ArgumentError: it is no text, or none that a literal can hold: empty, half a surrogate pair,
            or longer than a server reads.
    """
    if not isinstance(value, str):
        raise ArgumentError(
            f"a literal holds a text, and this is {type(value).__name__}: {value!r:.80}"
        )
    reason = unwritable_reason(value)
    if reason:
        more = "; `' '` equals the empty text" if not value else ""
        raise ArgumentError(f"no literal holds this value: {reason}{more}")
    return write_literal(value)
