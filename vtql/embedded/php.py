"""PHP: the tokens of a file. Outside of its tags a file is a page, and no string begins there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vtql.embedded.bracket_parser import scanned_strings
from vtql.embedded.host import HostString
from vtql.embedded.scanners import Kind, Syntax, Token
from vtql.embedded.template import Escaper, Part, Placeholder, TextBuilder, decode_escapes
from vtql.source import Source, Span

_TAG = re.compile(r"<\?(?:php\b|=)?", re.IGNORECASE)
_TOKEN = re.compile(
    r"""
    (?P<BLANK> \s+)
  | (?P<TAG> \?>)
  | (?P<COMMENT> (?://|\#(?!\[))(?:(?!\?>)[^\r\n])* | /\*[\s\S]*?(?:\*/|\Z))
  | (?P<SINGLE> '(?:[^'\\]|\\[\s\S])*+')
  | (?P<DOUBLE> "(?:[^"\\]|\\[\s\S])*+" | `(?:[^`\\]|\\[\s\S])*+`)
  | (?P<HEREDOC> <<<[ \t]*(?P<quote>["']?)(?P<id>[A-Za-z_]\w*)(?P=quote)(?:\r\n|\r|\n))
  | (?P<NAME> \$*[^\x00-/:-@\[\]^`{-\x7f]+)
  | (?P<OPEN> [(\[{]) | (?P<CLOSE> [)\]}])
  | (?P<SIGN> \.= | \?-> | -> | :: | => | [!=]==? | \?\?=? | && | \|\| | [\s\S])
    """,
    re.VERBOSE,
)
_ESCAPE = re.compile(
    r"\\(?:(?P<octal>[0-7]{1,3})|x(?P<hex>[0-9A-Fa-f]{1,2})|u\{(?P<code>[0-9A-Fa-f]{1,6})\}|(?P<one>[\s\S]))"
)
_ONE = {"n": "\n", "r": "\r", "t": "\t", "v": "\v", "e": "\x1b", "f": "\f", "\\": "\\", "$": "$"}
_VARIABLE = re.compile(
    r"\$[^\x00-@\[-^`{-\x7f][^\x00-/:-@\[-^`{-\x7f]*(?:\[[^\]\r\n\"]{0,200}\]|\??->[A-Za-z_]\w*)?"
)
"""Characters that are not ASCII are parts of names; a negated class compiles fastest."""
_BRACED = re.compile(r"\{(?=\$)|\$\{")
_IN_BRACES = re.compile(r"'(?:[^'\\]|\\[\s\S])*+'|\"(?:[^\"\\]|\\[\s\S])*+\"|[{}]")
_PLAIN = re.compile(r"[^\\{$\r\n]+")
KEYWORDS = frozenset(
    ("return", "echo", "print", "case", "throw", "yield", "new", "clone", "else", "and", "or", "xor", "do",
     "const", "public", "private", "protected", "static", "var", "global", "instanceof", "include",
     "require", "readonly", "as")
)  # fmt: skip


def scan(text: str) -> Iterator[Token]:
    """The tokens of a file; without a tag it is code from its beginning."""
    tag = _TAG.search(text)
    at, end = tag.end() if tag else 0, len(text)
    while at < end:
        match = _TOKEN.match(text, at)
        assert match is not None
        kind, word = match.lastgroup or "", match.group()
        if match["id"] is not None:
            kind = "HEREDOC"
        stop = match.end()
        match kind:
            case "TAG":
                yield Token(Kind.SIGN, ";", at, stop)
                tag = _TAG.search(text, stop)
                stop = tag.end() if tag else end
            case "SINGLE":
                yield Token(Kind.STRING, "", at, stop, (_single(text, at, stop),))
            case "DOUBLE":
                parts = tuple(_interpolated(text, at + 1, stop - 1, in_quotes(word[0]), word[0]))
                yield Token(Kind.STRING, "", at, stop, parts)
            case "HEREDOC":
                token = _heredoc(text, at, match)
                yield token
                stop = token.end
            case "BLANK":
                pass
            case _:
                yield Token(Kind[kind], word, at, stop)
        at = stop


def _single(text: str, start: int, end: int) -> Part:
    return decode_escapes(TextBuilder(_in_single), text, start + 1, end - 1, _add_pair)


def _add_pair(builder: TextBuilder, text: str, at: int, _end: int) -> int:
    """Add a backslash and the character after it; in single quotes it escapes only a backslash or a
    quote."""
    doubled = text[at + 1] in "\\'"
    builder.add(text[at + 1] if doubled else text[at : at + 2], at, at + 2)
    return at + 2


def _heredoc(text: str, start: int, opening: re.Match[str]) -> Token:
    """The string that a `<<<` begins; without an end it is the rest of the file."""
    body = opening.end()
    closing = re.compile(rf"^(?P<indent>[ \t]*){opening['id']}\b", re.MULTILINE).search(text, body)
    end = closing.start() if closing else len(text)
    stop = closing.end() if closing else end
    indent = len(closing["indent"]) if closing else 0
    last = end
    if last > body and text[last - 1] == "\n":
        last -= 1
    if last > body and text[last - 1] == "\r":
        last -= 1
    parts: list[Part]
    if opening["quote"] == "'":
        builder = TextBuilder(_in_nowdoc)
        for line in re.finditer(r"[^\r\n]*(?:\r\n|\r|\n)?", text[body:last]):
            first = body + line.start() + _indented(line.group(), indent)
            if first < body + line.end():
                builder.add(text[first : body + line.end()], first, body + line.end())
        parts = [builder.finish()]
    else:
        parts = list(_interpolated(text, body, last, _in_double, "", indent))
    return Token(Kind.STRING, "", start, stop, tuple(parts))


def _indented(line: str, indent: int) -> int:
    """How many blanks at the beginning of a line are its indentation."""
    return min(indent, len(line) - len(line.lstrip(" \t")))


def _interpolated(
    text: str, at: int, end: int, escape: Escaper, quote: str, indent: int = 0
) -> Iterator[Part]:
    """The parts of a string with interpolated variables, in which `quote` is escaped."""
    builder = TextBuilder(escape)
    at += _indented(text[at : min(at + indent, end)], indent)
    while at < end:
        plain = _PLAIN.match(text, at, end)
        if plain:
            builder.add(plain.group(), at, plain.end())
            at = plain.end()
            continue
        placeholder = _placeholder(text, at, end)
        if placeholder is not None:
            yield builder.finish()
            yield placeholder
            at = placeholder.span.end
        elif text[at] == "\\":
            at = _add_escape(builder, text, at, end, quote)
        else:
            builder.add(text[at], at, at + 1)
            at += 1
            if text[at - 1] == "\n":
                at += _indented(text[at : min(at + indent, end)], indent)
    yield builder.finish()


def _placeholder(text: str, at: int, end: int) -> Placeholder | None:
    """The variable or expression in braces that begins here."""
    variable = _VARIABLE.match(text, at, end)
    if variable:
        return _interpolation(text, at, variable.end())
    braced = _BRACED.match(text, at, end)
    if braced is None:
        return None
    depth, place = 1, braced.end()
    while depth and (brace := _IN_BRACES.search(text, place, end)):
        depth += (brace.group() == "{") - (brace.group() == "}")
        place = brace.end()
    return _interpolation(text, at, end if depth else place)


def _interpolation(text: str, start: int, end: int) -> Placeholder:
    expression = text[start:end].removeprefix("{").removesuffix("}")
    return Placeholder(Span(start, end), expression, safe=bool(_SAFE.match(expression)))


def _add_escape(builder: TextBuilder, text: str, at: int, end: int, quote: str) -> int:
    escape = _ESCAPE.match(text, at, end)
    if escape is None:
        builder.add("\\", at, at + 1)
        return at + 1
    group = escape.lastgroup
    sequence = escape[group] if group else ""
    match group:
        case "octal":
            meaning = chr(int(sequence, 8) & 0xFF)
        case "hex":
            meaning = chr(int(sequence, 16))
        case "code":
            meaning = chr(int(sequence, 16)) if int(sequence, 16) < 0x110000 else escape.group()
        case _:
            meaning = _ONE.get(sequence, sequence if sequence == quote else escape.group())
    builder.add(meaning, at, escape.end())
    return escape.end()


def in_quotes(quote: str) -> Escaper:
    """Escapes a text for a string in double quotes or backticks."""
    return lambda text: _in_double(text).replace(quote, f"\\{quote}")


def _in_single(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")


def _in_double(text: str) -> str:
    return text.replace("\\", "\\\\").replace("$", "\\$").replace("\n", "\\n").replace("\r", "\\r")


def _in_nowdoc(text: str) -> str | None:
    return None if "\n" in text or "\r" in text else text


_SAFE = re.compile(
    r"\(int\)|\(float\)|(?:intval|floatval|count|strlen|time|\$?(?:\w+(?:\??->|::))*quote)\(|-?[0-9.]+\Z"
    r"|strtr\(.*\"''\""
)
SYNTAX = Syntax(
    scan, ".", ".=", frozenset(("->", "?->", "::")), KEYWORDS, _SAFE,
    re.compile(r"(?:^|[>:])v?s?printf$"), elvis=True,
)  # fmt: skip


def strings(source: Source) -> Iterator[HostString]:
    """The strings of a file that may be queries."""
    return scanned_strings(source, SYNTAX)
