r"""Splits any text into tokens and statements.

The full pattern has forty kinds of tokens and takes 5 ms to compile, half the time of a small file
with one mistake. So the common tokens have a pattern of their own, which matches what the full one
would match there: a name that no `@` follows is no address, a `=` that no `=` follows no other
operator. The full pattern is compiled when something else is first met.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from vtql.diagnostics import Diagnostic, Edit
from vtql.parser.lalr import Machine, Stop, drive_tokens
from vtql.parser.literals import read_literal, too_long_to_write
from vtql.parser.vtiger_parser import SYNTAX, UNREADABLE
from vtql.recovery.string_literals import (
    literal_at,
    long_literal,
    unclosed_literal,
    unopened_literal,
)
from vtql.recovery.syntax_codes import syntax_diagnostic
from vtql.source import Span

COMMON_TOKENS = re.compile(
    r"""
    (?P<BLANK> [ \t\r\n]+)
  | (?P<NAME> [A-Za-z_][A-Za-z0-9_]*+(?! \w | [.+-][\w.+-]{0,64}@ | @))
  | (?P<LITERAL> '[^'\\]{1,200}+'(?=[,);] | (?<![=<>(,eE \t\r\n]')[ \t\r\n]))
  | (?P<QUOTE> ')
  | (?P<COMMA> ,)
  | (?P<EQ> =(?![=<>])) | (?P<NE> !=(?!=)) | (?P<LE> <=(?!>)) | (?P<GE> >=) | (?P<LT> <(?![=>])) | (?P<GT> >)
  | (?P<ID> [0-9]++x[0-9]++(?![\w.+@-]))
  | (?P<NUMBER> [0-9]++(?![\w.+@:/-])) | (?P<DECIMAL> [0-9]++\.[0-9]++(?![\w.+@-]))
  | (?P<OPEN> \() | (?P<CLOSE> \)) | (?P<SEMICOLON> ;) | (?P<STAR> \*)
  | (?P<DOT> \.(?! [0-9] | [\w.+-]{0,64}@))
  | (?P<DOUBLE> "(?:[^"\\]++|\\[^"]|"")*+")
  | (?P<COMMENT> --[^\r\n]*)
    """,
    re.VERBOSE,
)

_ALL_TOKENS = r"""
    (?P<BLANK> [ \t\r\n]+)
  | (?P<COMMENT> --[^\r\n]*)
  | (?P<BLOCK> /\*[\s\S]*?(?:\*/|\Z) | \#[^\r\n]*)
  | (?P<LITERAL> '[^'\\]{1,200}+'(?=[,);] | (?<![=<>(,eE \t\r\n]')[ \t\r\n]))
  | (?P<QUOTE> ')
  | (?P<DOUBLE> "(?:[^"\\]++|\\[^"]|"")*+")
  | (?P<ESCAPED> "(?:[^"\\\r\n]|\\.|""){0,2000}+"(?=[ \t\r\n]*(?:[,);=<>!]|\Z
                 |(?i:and|or|order|orderby|limit|group|as|from|in|like|not|is|between)\b)))
  | (?P<BACKTICK> `[^`\r\n]*+`(?:\w*+`[^`\r\n]*+`)*+ | \[[A-Za-z_]\w*\])
  | (?P<CURLY> [‘’‚‛´][^‘’‚‛´'\r\n;]*+[‘’´'] | [“”„«][^“”„«»"\r\n;]*+[“”»"])
  | (?P<CAST> ::[A-Za-z_]\w*)
  | (?P<HOLE> \?+ | %\([A-Za-z_]\w{0,99}\)[sdr] | %[sdr](?!\w) | \$?\{{1,2}[^{}\r\n]{0,200}\}{1,2}
            | (?:[:$]|@{1,2})[A-Za-z_]\w* | \$[0-9]+)
  | (?P<DATE> [0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[T ][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?
              (?![\w+:.-]))
  | (?P<ODDDATE> [0-9]{4}-[0-9]{1,2}-[0-9]{1,2}[T ][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?
                 [ ]?(?:[Zz]|[+-][0-9]{2}:?[0-9]{2})(?!\w)
               | [0-9]{1,2}(?P<between>[./-])[0-9]{1,2}(?P=between)(?:[0-9]{4}|[0-9]{2})(?![\w./-])
               | [0-9]{4}[./][0-9]{1,2}[./][0-9]{1,2}(?![\w./-]))
  | (?P<TIME> [0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?![\w:]))
  | (?P<EMAIL> [\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})
  | (?P<DECIMAL> [+-]?(?:[0-9]+\.[0-9]+|\.[0-9]+)(?:[eE][+-]?[0-9]+)?(?![\w.]))
  | (?P<ID> [0-9]+x[0-9]+(?!\w))
  | (?P<NUMBER> [0-9]+(?!\w))
  | (?P<SIGNED> [+-][0-9]+)
  | (?P<NAME> [A-Za-z_][A-Za-z0-9_]*(?!\w))
  | (?P<WORD> \w+)
  | (?P<OPERATOR> <> | <=> | ={2,} | !== | =< | => | !< | !> | ![ \t]+= | && | \|\| | !~\*? | ~\*?
                  | (?<=[ \t\r\n'")])[&|](?=[ \t\r\n'"(]))
  | (?P<NE> !=) | (?P<LE> <=) | (?P<GE> >=) | (?P<EQ> =) | (?P<LT> <) | (?P<GT> >)
  | (?P<STAR> \*) | (?P<OPEN> \() | (?P<CLOSE> \)) | (?P<COMMA> ,) | (?P<SEMICOLON> ;)
  | (?P<DOT> \.) | (?P<BANG> !)
  | (?P<LSQUARE> \[) | (?P<RSQUARE> \])
  | (?P<SIGN> [+\-]) | (?P<ARITHMETIC> [/%^])
  | (?P<ODDBLANK> (?:[^\S \t\r\n]|[\0\u200b\u2060\ufeff])++)
  | (?P<JUNK> (?P<one>[\s\S])(?P=one)*)
    """


@cache
def all_tokens() -> re.Pattern[str]:
    """The pattern that something of every text matches."""
    return re.compile(_ALL_TOKENS, re.VERBOSE)


def match_token(text: str, at: int, end: int = sys.maxsize) -> re.Match[str]:
    """The token at an offset, its kind as the last group of the match."""
    match = COMMON_TOKENS.match(text, at, end) or all_tokens().match(text, at, end)
    assert match is not None
    return match


_RUN = re.compile(r"^={3,}$")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,20}://[^\s'\"`,;()<>]+")
_LIST = re.compile(r"[ \t\r\n]*\(")
_KINDS = {"ESCAPED": "DOUBLE"}
_PLAIN = frozenset(("LITERAL", "NUMBER", "ID", "DATE", "DECIMAL", "STAR", "DOT"))
"""Kinds that are a token as they are."""

_BEFORE_VALUES = frozenset(
    ("EQ", "NE", "LT", "LE", "GT", "GE", "NAME", "OPEN", "COMMA", "CLOSE", "SEMICOLON")
)
"""Behind what a value may come, whether its first quote is there or not; or a list ends."""

LIST_CONTINUES = re.compile(r"[ \t]*(?:'[^'\r\n]{0,200}'|\w{1,200})[ \t]*[;,)]")
"""What follows a semicolon that was meant as a comma."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token of any language: its kind, its text, and the characters of the source it stands for."""

    kind: str
    text: str
    place: tuple[int, int]

    @property
    def lastindex(self) -> str:
        """What a match has the number of its group for: what kind of token it is."""
        return self.kind

    @property
    def word(self) -> str:
        """A word in lower case; of anything else, nothing."""
        return self.text.lower() if self.kind == "NAME" else ""

    def __getitem__(self, _group: object) -> str:
        return self.text

    def span(self, _group: object = None) -> tuple[int, int]:
        """The characters it stands for."""
        return self.place

    def start(self, _group: object = None) -> int:
        """The first of them."""
        return self.place[0]

    def end(self, _group: object = None) -> int:
        """The offset after the last."""
        return self.place[1]


def tokens(text: str, report: Callable[[Diagnostic], object], start: int = 0) -> Iterator[Token]:
    """The tokens of a text from `start` on, with comments and odd blanks.

    `report` is called with each diagnostic of a literal.
    """
    at, end = start, len(text)
    listed = False
    often = COMMON_TOKENS.match
    while at < end:
        if text[at] == " ":
            at += 1
            continue
        token = often(text, at) or all_tokens().match(text, at)
        assert token is not None
        kind = token.lastgroup or ""
        if kind in _PLAIN:
            start, at = at, token.end()
            yield Token(kind, token.group(), (start, at))
            continue
        if kind == "QUOTE" or (kind == "JUNK" and token["one"] == '"'):
            literal = (
                literal_at(text, at, end) if kind == "QUOTE" else unclosed_literal(text, at, end)
            )
            if literal.finding is not None:
                report(literal.finding)
            yield Token("LITERAL", literal.spelling, (at, literal.end))
            at = literal.end
            continue
        start, at = at, token.end()
        if kind == "BLANK":
            continue
        spelling = token.group()
        if kind == "NAME" and text.startswith("://", at) and (url := _URL.match(text, start)):
            at = url.end()
            yield Token("URL", url.group(), (start, at))
            continue
        if kind == "DOUBLE" and too_long_to_write(read_literal(spelling)):
            report(long_literal(*token.span()))
            yield Token("LITERAL", "'…'", token.span())
        elif kind == "OPERATOR":
            yield Token(kind, _RUN.sub("==", "".join(spelling.split())), token.span())
        else:
            yield Token(_KINDS.get(kind, kind), spelling, token.span())
        if kind not in _BEFORE_VALUES:
            continue
        if kind == "NAME":
            word = spelling.lower()
            if word == "in":
                listed = _LIST.match(text, at) is not None
            if word != "like":
                continue
        elif kind == "CLOSE":
            listed = False
        elif kind == "SEMICOLON":  # the next statement is read as if it stood alone
            listed = listed and LIST_CONTINUES.match(text, at) is not None
            continue
        elif not listed and kind in ("OPEN", "COMMA"):
            continue
        value = unopened_literal(text, at, end)
        if value is not None:
            report(value.finding)
            yield Token("LITERAL", value.spelling, (value.start, value.end))
            at = value.end


def parse_tokens(reader: Machine, tokens: Sequence[Token]) -> Any:
    """The tree of tokens; a `Stop` where they are not of the parser's language."""
    strange = next((token for token in tokens if token.kind not in reader.names), None)
    if strange is not None:
        return Stop(strange.start())
    return drive_tokens(reader, reader.names, tokens, tokens[-1].end())


_PARTS = frozenset(
    ("NUMBER", "SIGNED", "DECIMAL", "ID", "NAME", "WORD", "DOT", "SIGN", "ARITHMETIC", "STAR", "JUNK",
     "DATE", "ODDDATE", "TIME", "EMAIL", "URL", "CAST")
)  # fmt: skip


_COMPARES = frozenset(("EQ", "NE", "LT", "LE", "GT", "GE"))


_LOOKS_COMPUTED = re.compile(r"[\w.]+(?:[-+*/%^][\w.]+)+")


_QUALIFIED = ["NAME", "DOT", "NAME"]


def merge_values(text: str, tokens: Sequence[Token]) -> list[Token]:
    """The tokens, adjacent ones merged where a value is expected.

    `SUM` is the kind of what could be computed, `GLUED` of all others.
    """
    merged: list[Token] = []
    listed = False
    at = 0
    while at < len(tokens):
        first = tokens[at]
        if merged and first.kind in _PARTS and _precedes_value(merged[-1], listed=listed):
            last = at
            while last + 1 < len(tokens) and _adjoins(tokens[last], tokens[last + 1]):
                last += 1
            run = tokens[at : last + 1]
            if (
                len(run) > 1
                and [token.kind for token in run] != _QUALIFIED
                and run[-1].kind != "CAST"
            ):
                place = (first.start(), run[-1].end())
                value = text[slice(*place)]
                kind = "SUM" if _LOOKS_COMPUTED.fullmatch(value) else "GLUED"
                merged.append(Token(kind, value, place))
                at = last + 1
                continue
        listed = (first.kind == "OPEN" and _is_in(merged)) or (listed and first.kind != "CLOSE")
        merged.append(first)
        at += 1
    return merged


def _precedes_value(last: Token, *, listed: bool) -> bool:
    return (
        last.kind in _COMPARES or last.word == "like" or (listed and last.kind in ("OPEN", "COMMA"))
    )


def _adjoins(left: Token, right: Token) -> bool:
    return right.kind in _PARTS and left.end() == right.start()


def _is_in(tokens: Sequence[Token]) -> bool:
    return bool(tokens) and tokens[-1].word == "in"


def replace_empty_pattern(tokens: list[Token], diagnostics: list[Diagnostic]) -> None:
    """Report an empty literal after LIKE, the last token, and replace both with `= ' '`.

    `diagnostics` ends with that of a literal in single quotes. NOT LIKE stays to be compiled, and its
    literal has no fix of its own.
    """
    literal = tokens[-1]
    at = len(tokens) - (3 if len(tokens) > 2 and tokens[-2].kind == "OPEN" else 2)
    if at < 0 or tokens[at].word != "like":
        return
    if literal.kind == "LITERAL":
        diagnostics.pop()
    negated = at > 0 and tokens[at - 1].word == "not"
    edits = (Edit(Span(*tokens[at].place), "="), Edit(Span(*literal.place), "' '"))
    diagnostics.append(syntax_diagnostic(
        "empty-literal", Span(*literal.place),
        "LIKE has an empty literal",
        "`= ' '` finds the empty text: LIKE tells it from a blank, `=` does not",
        () if negated else edits, effect=UNREADABLE
    ))  # fmt: skip
    tokens[-1] = Token("LITERAL", "' '", literal.place)
    if not negated:
        tokens[at] = Token("EQ", "=", tokens[at].place)


MAX_TOKENS = 210_000
"""Pieces of a statement that are read, so those of a list of 100,000 values; one with more is refused, as
a server would refuse it."""

MAX_COMMENTS = 100_000
"""Comments of a statement that are read."""

MAX_DIAGNOSTICS = 1000
"""Diagnostics of the literals, blanks and comments of a statement."""

_ANOTHER = re.compile(
    r"[ \t\r\n]+(?:\*|count[ \t\r\n]*\(|(?:\w{1,100}[ \t\r\n]+){0,3}\w{1,100}[ \t\r\n]*(?:,|[ \t\r\n]from\b))",
    re.IGNORECASE,
)
_GOES_ON = frozenset(
    ("union", "all", "intersect", "except", "minus", "by", "as", "exists", "any", "some", "with")
)
_LINE_ENDS = re.compile(r"[ \t]*(?:[\r\n]|\Z)")


@dataclass(frozen=True, slots=True)
class Statement:
    """The tokens of a query up to its semicolon, which the last of a text may lack.

    `comments` are those inside and before it; `findings` those of blanks, comments and literals.
    """

    tokens: tuple[Token, ...]
    comments: tuple[Token, ...]
    findings: tuple[Diagnostic, ...]

    @property
    def span(self) -> Span:
        """From its first token to its last, without comments before it."""
        return Span(self.tokens[0].start(), self.tokens[-1].end())

    @property
    def inside(self) -> tuple[Token, ...]:
        """The comments after its first token."""
        if not self.comments:
            return ()
        start = self.tokens[0].start() if self.tokens else 0
        return tuple(comment for comment in self.comments if comment.start() > start)


EMPTY_STATEMENT = Statement((), (), ())
"""What a text has that has none."""


def statements(text: str, start: int = 0) -> Iterator[Statement]:
    """The statements of a text from `start` on; comments after the last are a statement of their own.

    A statement that is too long or has too many findings is the last one read, and its last finding
    reports that.
    """
    taken: list[Token] = []
    comments: list[Token] = []
    diagnostics: list[Diagnostic] = []
    depth, has_from = 0, False
    for token in tokens(text, diagnostics.append, start):
        kind = token.kind
        if kind == "COMMENT":
            comments.append(token)
        elif kind == "BLOCK":
            comments.append(token)
            diagnostics.append(_other_comment(text, token))
        elif kind == "ODDBLANK":
            diagnostics.append(_odd_blank(token))
        elif kind == "NAME":
            spelling = token.text
            if not has_from:
                has_from = not depth and len(spelling) == 4 and spelling.lower() == "from"
            elif (
                not depth
                and len(spelling) == 6
                and taken[0].word != "from"
                and _begins_query(text, token, taken[-1])
            ):
                following = [comment for comment in comments if comment.start() > taken[-1].start()]
                own = comments[: len(comments) - len(following)]
                yield Statement(tuple(taken), tuple(own), tuple(diagnostics))
                taken, comments, diagnostics[:] = [], following, []
                has_from = False
            taken.append(token)
        elif kind == "SEMICOLON" and depth and LIST_CONTINUES.match(text, token.end()):
            diagnostics.append(_semicolon_in_a_list(token))
            kind = "COMMA"
            taken.append(Token(kind, ",", token.place))
        else:
            taken.append(token)
            if kind == "OPEN":
                depth += 1
            elif kind == "CLOSE":
                depth = max(0, depth - 1)
            elif kind in ("LITERAL", "DOUBLE") and token.end() - token.start() == len("''"):
                replace_empty_pattern(taken, diagnostics)
        beyond = (
            len(taken) >= MAX_TOKENS
            or len(comments) >= MAX_COMMENTS
            or len(diagnostics) > MAX_DIAGNOSTICS
        )
        if kind == "SEMICOLON" or beyond:
            given_up = kind != "SEMICOLON"
            if given_up:
                diagnostics.append(_given_up(token))
            yield Statement(tuple(taken), tuple(comments), tuple(diagnostics))
            if given_up:
                return
            taken, comments, diagnostics[:] = [], [], []
            depth, has_from = 0, False
    if taken or comments or diagnostics:
        yield Statement(tuple(taken), tuple(comments), tuple(diagnostics))


def _begins_query(text: str, select: Token, last: Token) -> bool:
    """Whether a word after FROM is a `select` that begins another query, not the name of a field."""
    if select.word != "select" or last.kind in ("COMMA", "OPERATOR") or last.word in _GOES_ON:
        return False
    return _ANOTHER.match(text, select.end()) is not None


def _semicolon_in_a_list(token: Token) -> Diagnostic:
    return syntax_diagnostic(
        "unexpected-token", Span(*token.place),
        "`;` ends a query, and here a list goes on", "commas stand between values",
        (Edit(Span(*token.place), ","),), effect=SYNTAX
    )  # fmt: skip


def _given_up(token: Token) -> Diagnostic:
    return syntax_diagnostic(
        "too-many-findings", Span(*token.place),
        f"this query has more than {MAX_TOKENS:,} words and signs, more than {MAX_DIAGNOSTICS:,} that are none, "
        f"or more than {MAX_COMMENTS:,} comments, and what follows is not looked at",
        "a server takes a query of some 8,000 bytes",
    )  # fmt: skip


def _other_comment(text: str, token: Token) -> Diagnostic:
    content = token.text.removeprefix("/*").removesuffix("*/").removeprefix("#")
    edits: tuple[Edit, ...] = ()
    if _LINE_ENDS.match(text, token.end()) and "\n" not in content and "\r" not in content:
        edits = (Edit(Span(*token.place), f"-- {content.strip()}"),)
    return syntax_diagnostic(
        "comment", Span(*token.place),
        "a server knows no comments, and neither does `vtql` know this kind of them",
        "`-- …` to the end of the line, in files; it is never sent", edits,
    )  # fmt: skip


def _odd_blank(token: Token) -> Diagnostic:
    code = f"U+{ord(token.text[0]):04X}"
    return syntax_diagnostic(
        "odd-blank", Span(*token.place),
        f"{code} looks like a blank and is none",
        "outside quotes only space, tab and line ends are blanks", (Edit(Span(*token.place), " "),),
        f"{UNREADABLE}, or ACCESS_DENIED where it takes it for a part of the name of the module",
    )  # fmt: skip
