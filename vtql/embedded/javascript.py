"""JavaScript and TypeScript: the tokens of a file, also of one with JSX in it.

Three things make its strings hard to find. A slash begins a comment or a regular expression, or it
divides: after a value it divides, and a regular expression ends on its line. A template has
expressions in its placeholders, which have templates of their own. And the text of JSX is not code:
an apostrophe after a letter (`it's`) and a backtick after a word and a blank begin nothing there, and
they occur nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from vtql.embedded.bracket_parser import scanned_strings
from vtql.embedded.host import HostString
from vtql.embedded.scanners import Kind, Syntax, Token
from vtql.embedded.template import Text, TextBuilder, decode_escapes
from vtql.source import Source

_TOKEN = re.compile(
    r"""
    (?P<BLANK> \s+)
  | (?P<COMMENT> //[^\r\n\u2028\u2029]* | /\*[\s\S]*?(?:\*/|\Z) | <!--[^\r\n]*)
  | (?P<STRING> '(?:[^'\\\r\n]|\\(?:\r\n|[\s\S]))*+' | "(?:[^"\\\r\n]|\\(?:\r\n|[\s\S]))*+")
  | (?P<BEGIN> `)
  | (?P<NAME> [\w$]+)
  | (?P<OPEN> [(\[{]) | (?P<CLOSE> [)\]}])
  | (?P<SIGN> \+= | \+\+ | -- | => | [!=]==? | \?\. | \?\? | && | \|\| | [\s\S])
    """,
    re.VERBOSE,
)
_EXPRESSION = re.compile(
    r"/(?![*/])(?:[^\\/\[\r\n]|\\[^\r\n]|\[(?:[^\]\\\r\n]|\\[^\r\n])*+\])++/\w*"
)
_ESCAPE = re.compile(
    r"\\(?:(?P<line>\r\n|[\r\n\u2028\u2029])|u(?P<high>[dD][89abAB][0-9A-Fa-f]{2})\\u(?P<low>[dD][c-fC-F][0-9A-Fa-f]{2})"
    r"|x(?P<hex>[0-9A-Fa-f]{2})|u(?P<four>[0-9A-Fa-f]{4})|u\{(?P<code>[0-9A-Fa-f]{1,6})\}"
    r"|(?P<octal>[0-3][0-7]{0,2}|[4-7][0-7]?)|(?P<one>[\s\S]))"
)
_ONE = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v"}
_PLAIN = re.compile(r"[^\\`$\r]+")
_MAX_RETRIES = 8
KEYWORDS = frozenset(
    ("return", "case", "typeof", "in", "of", "await", "yield", "throw", "new", "delete", "void", "else",
     "do", "const", "let", "var", "default", "export", "instanceof", "import", "from", "async")
)  # fmt: skip


def scan(text: str) -> Iterator[Token]:
    """The tokens of a file.

    The backtick of a template that does not end is skipped, and the text after it is read again.
    """
    at = 0
    for _ in range(_MAX_RETRIES):
        tokens: list[Token] = []
        unclosed = _scan(text, at, tokens)
        yield from (token for token in tokens if unclosed is None or token.start < unclosed)
        if unclosed is None:
            return
        at = unclosed + 1


def _scan(text: str, at: int, tokens: list[Token]) -> int | None:
    """Read the tokens from an offset on. Returns where a template begins that does not end."""
    end = len(text)
    templates: list[
        tuple[int, int]
    ] = []  # the offset of each, and the open braces in its placeholder
    last = Token(Kind.SIGN, ";", at, at)
    while at < end:
        match = _TOKEN.match(text, at)
        assert match is not None
        kind, word, stop = match.lastgroup or "", match.group(), match.end()
        after_name = last.kind is Kind.NAME and last.text not in KEYWORDS
        after_value = after_name or last.kind in (Kind.STRING, Kind.CLOSE, Kind.END)
        if kind == "BLANK":
            at = stop
            continue
        expression = _EXPRESSION.match(text, at) if word == "/" and not after_value else None
        if kind == "COMMENT":
            tokens.append(Token(Kind.COMMENT, word, at, stop))
            at = stop
            continue
        if expression:
            stop = expression.end()
            last = Token(Kind.NAME, "/", at, stop)
        elif kind == "STRING" and after_name and last.end == at:
            stop = at + 1  # an apostrophe in a text: `it's`
            last = Token(Kind.SIGN, "'", at, stop)
        elif kind == "STRING":
            last = Token(Kind.STRING, "", at, stop, (_string(text, at, stop),))
        elif kind == "BEGIN" and after_name and last.end < at:
            last = Token(Kind.SIGN, "`", at, stop)
        elif kind == "BEGIN" or (word == "}" and templates and not templates[-1][1]):
            continues = kind != "BEGIN"
            tokens.append(Token(Kind.PLACEHOLDER_END if continues else Kind.BEGIN, word, at, stop))
            templates += [] if continues else [(at, 0)]
            stop, ends = _template(text, stop, tokens)
            last = tokens[-1]
            if ends:
                templates.pop()
            elif last.kind is not Kind.PLACEHOLDER:
                return templates[0][0]
            at = stop
            continue
        else:
            last = Token(Kind[kind], word, at, stop)
            if templates and word in ("{", "}"):
                start, open_braces = templates[-1]
                templates[-1] = (start, open_braces + (1 if word == "{" else -1))
        tokens.append(last)
        at = stop
    return templates[0][0] if templates else None


def _template(text: str, at: int, tokens: list[Token]) -> tuple[int, bool]:
    """Read a template to its end or next placeholder. Returns that offset, and whether it is the end."""
    builder = TextBuilder(_in_template)
    end = len(text)
    start = at
    while at < end:
        plain = _PLAIN.match(text, at)
        if plain:
            builder.add(plain.group(), at, plain.end())
            at = plain.end()
        elif text[at] == "`" or text.startswith("${", at):
            stop = at + (1 if text[at] == "`" else 2)
            tokens.append(Token(Kind.TEXT, "", start, at, (builder.finish(),)))
            tokens.append(
                Token(Kind.END if text[at] == "`" else Kind.PLACEHOLDER, text[at], at, stop)
            )
            return stop, text[at] == "`"
        elif text[at] == "\\":
            at = _add_escape(builder, text, at, end)
        elif text[at] == "\r":
            stop = at + 2 if text.startswith("\r\n", at) else at + 1
            builder.add("\n", at, stop)
            at = stop
        else:
            builder.add(text[at], at, at + 1)
            at += 1
    tokens.append(Token(Kind.SIGN, "", at, at))
    return at, False


def _string(text: str, start: int, end: int) -> Text:
    """The text between the quotes of a string."""
    builder = TextBuilder(_in_double if text[start] == '"' else _in_single)
    return decode_escapes(builder, text, start + 1, end - 1, _add_escape)


def _add_escape(builder: TextBuilder, text: str, at: int, end: int) -> int:
    escape = _ESCAPE.match(text, at, end)
    if escape is None:
        builder.add("\\", at, at + 1)
        return at + 1
    builder.add(_meaning(escape), at, escape.end())
    return escape.end()


def _meaning(escape: re.Match[str]) -> str:
    group = escape.lastgroup
    sequence = escape[group] if group else ""
    match group:
        case "line":
            return ""
        case "low":
            high = int(escape["high"], 16)
            return chr(0x10000 + ((high - 0xD800) << 10) + int(sequence, 16) - 0xDC00)
        case "octal":
            return chr(int(sequence, 8))
        case "one":
            return _ONE.get(sequence, sequence)
        case _:
            code = int(sequence, 16)
            return chr(code) if code < 0x110000 else escape.group()


def _in_double(text: str) -> str:
    return _escaped(text).replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")


def _in_single(text: str) -> str:
    return _escaped(text).replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r")


def _in_template(text: str) -> str:
    return _escaped(text).replace("`", "\\`").replace("$", "\\$").replace("\r", "\\r")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


SYNTAX = Syntax(
    scan, "+", "+=", frozenset((".", "?.")), KEYWORDS,
    re.compile(
        r"(?:Number|parseInt|parseFloat|Math\.\w+|(?:\w+\.)*quote)\(|[\s\S]*\.length\Z|-?[0-9.]+\Z"
        r"|[\s\S]*\.replace(?:All)?\(/\['\\\\\]/g,"
    ),
    re.compile(r"(?:^|\.)(?:s?printf|format)$"),
    arrow_functions=True, types_after_colons=True, optional_semicolons=True, lists_are_objects=True,
)  # fmt: skip


def strings(source: Source) -> Iterator[HostString]:
    """The strings of a file that may be queries."""
    return scanned_strings(source, SYNTAX)
