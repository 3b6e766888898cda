r"""Python's string literals as parts: which characters of the file each of their characters is.

`ast` has the value of a string, but neither the literals of an implicit concatenation, nor their
escape sequences, nor, before Python 3.12, the braces of an f-string. So the literals are read again
at the places that `ast` gives.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Generator
from typing import NamedTuple

from vtql.embedded.template import Escaper, Part, Placeholder, TextBuilder
from vtql.source import Span

_OPENING = re.compile(r"([A-Za-z]{0,2})('''|\"\"\"|'|\")")
_BETWEEN = re.compile(r"(?:[ \t\f\r\n]|\\\r?\n|#[^\r\n]*)+")
_PLAIN = re.compile(r"[^\\{}'\"\r]+")
_ESCAPE = re.compile(
    r"\\(?:(?P<line>\r\n|\r|\n)|(?P<octal>[0-7]{1,3})|x(?P<hex>[0-9A-Fa-f]{2})"
    r"|u(?P<short>[0-9A-Fa-f]{4})|U(?P<long>[0-9A-Fa-f]{8})|N\{(?P<name>[^}]*)\}|(?P<one>[\s\S]))"
)
_ONE = {"\\": "\\", "'": "'", '"': '"', "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r",
        "t": "\t", "v": "\v"}  # fmt: skip
_WHOLE = re.compile(r"[<>=^]?[+\- ]?0?[0-9]{0,9}d")
_STRING = re.compile(
    r"'''(?:[^\\]|\\.)*?'''|\"\"\"(?:[^\\]|\\.)*?\"\"\"|'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"",
    re.DOTALL,
)


class Kind(NamedTuple):
    """The kind of a literal, by its prefix and quotes."""

    quote: str
    raw: bool
    formatted: bool
    bytes: bool


def literal_parts(file: str, start: int, end: int) -> Generator[Part, None, None]:
    """The parts of the literals, implicitly concatenated, between two offsets of a file."""
    at = start
    while at < end:
        blank = _BETWEEN.match(file, at, end)
        if blank:
            at = blank.end()
            continue
        opening = _OPENING.match(file, at, end)
        if opening is None:
            return
        letters = opening[1].lower()
        kind = Kind(opening[2], "r" in letters, "f" in letters or "t" in letters, "b" in letters)
        at = yield from _body(file, opening.end(), end, kind)


def _body(file: str, at: int, end: int, kind: Kind) -> Generator[Part, None, int]:
    """The parts of a literal from after its opening quote. Returns where it ends."""
    builder = TextBuilder(escaper(kind))
    while at < end and not file.startswith(kind.quote, at):
        character = file[at]
        plain = _PLAIN.match(file, at, end)
        if plain:
            builder.add(plain.group(), at, plain.end())
            at = plain.end()
        elif character == "\\" and not kind.raw:
            escape = _ESCAPE.match(file, at, end)
            stop = escape.end() if escape else at + 1
            builder.add(_meaning(escape, kind) if escape else "\\", at, stop)
            at = stop
        elif character == "\\":
            stop = min(at + 2, end)
            if file.startswith("\r\n", at + 1) or (kind.formatted and file[at + 1 : stop] in "{}"):
                builder.add("\\", at, at + 1)
                at += 1
            else:
                builder.add(file[at:stop], at, stop)
                at = stop
        elif character == "\r":
            stop = at + 2 if file.startswith("\r\n", at) else at + 1
            builder.add("\n", at, stop)
            at = stop
        elif kind.formatted and character in "{}":
            if file.startswith(character * 2, at):
                builder.add(character, at, at + 2)
                at += 2
                continue
            placeholder = _placeholder(file, at, end)
            yield builder.finish()
            yield placeholder
            at = placeholder.span.end
        else:
            builder.add(character, at, at + 1)
            at += 1
    yield builder.finish()
    return at + len(kind.quote)


def _meaning(escape: re.Match[str], kind: Kind) -> str:
    group = escape.lastgroup
    sequence = escape[group] if group else ""
    match group:
        case "line":
            return ""
        case "octal":
            return chr(int(sequence, 8) & 0xFF if kind.bytes else int(sequence, 8))
        case "hex":
            return chr(int(sequence, 16))
        case "one":
            return _ONE.get(sequence, escape.group())
        case _ if kind.bytes:
            return escape.group()
        case "name":
            try:
                return unicodedata.lookup(sequence)
            except KeyError:
                return escape.group()
        case _:
            code = int(sequence, 16)
            return chr(code) if code < 0x110000 else escape.group()


def _placeholder(file: str, start: int, end: int) -> Placeholder:
    """The replacement field that begins at a brace."""
    at, depth = start + 1, 0
    expression_end = -1
    while at < end:
        character = file[at]
        string = _STRING.match(file, at, end) if character in "'\"" else None
        if string:
            at = string.end()
            continue
        if character in "([{":
            depth += 1
        elif character in ")]}" and depth:
            depth -= 1
        elif character == "}":
            break
        elif depth == 0 and character == "!" and file[at + 1 : at + 2] != "=":
            expression_end = at
        elif depth == 0 and character == ":":
            stop = _end_of_format(file, at + 1, end)
            expression = file[start + 1 : expression_end if expression_end > 0 else at]
            whole = bool(_WHOLE.fullmatch(file[at + 1 : stop])) and expression_end < 0
            return Placeholder(Span(start, min(stop + 1, end)), expression.strip(), whole=whole)
        at += 1
    expression = file[start + 1 : expression_end if expression_end > 0 else at]
    return Placeholder(Span(start, min(at + 1, end)), expression.strip())


def _end_of_format(file: str, at: int, end: int) -> int:
    """The offset of the brace that ends a field, from the beginning of its format."""
    depth = 0
    while at < end:
        if file[at] == "{":
            depth += 1
        elif file[at] == "}":
            if not depth:
                return at
            depth -= 1
        at += 1
    return end


def escaper(kind: Kind) -> Escaper:
    """Escapes a text for a literal of a kind."""

    def escape(text: str) -> str | None:
        if kind.bytes and not text.isascii():
            return None
        if kind.formatted:
            text = text.replace("{", "{{").replace("}", "}}")
        return _raw(text, kind) if kind.raw else _escaped(text, kind)

    return escape


def _raw(text: str, kind: Kind) -> str | None:
    if kind.quote[0] in text or text.endswith("\\") or "\r" in text or "\0" in text:
        return None
    return None if len(kind.quote) == 1 and "\n" in text else text


def _escaped(text: str, kind: Kind) -> str:
    text = text.replace("\\", "\\\\").replace(kind.quote[0], f"\\{kind.quote[0]}")
    text = text.replace("\r", "\\r").replace("\0", "\\x00")
    return text.replace("\n", "\\n") if len(kind.quote) == 1 else text
