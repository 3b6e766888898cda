"""The words for what the grammar alone found: what has no place, what is missing, what was meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from vtql.diagnostics import Diagnostic, Edit
from vtql.recovery.answers import (
    DENIED,
    NOTHING,
    SYNTAX,
    answer_to,
    answer_to_start,
    answer_to_value,
    answer_without_from,
)
from vtql.recovery.codes import syntax_finding
from vtql.recovery.expected import Stack, could_stand, keywords, taken
from vtql.recovery.mended import as_literal, as_name
from vtql.recovery.pieces import Piece
from vtql.sanitize import visible
from vtql.source import Span
from vtql.suggestions import nearest

_MISSING = {
    "COMMA": "a comma is missing",
    "FROM": "FROM is missing",
    "WHERE": "WHERE is missing",
    "AND": "AND or OR is missing",
    "EQ": "an operator is missing",
    "CLOSE": "a closing bracket is missing",
    "OPEN": "an opening bracket is missing",
    "BY": "BY is missing",
    "NAME": "a name is missing",
    "LITERAL": "a value is missing",
    "NUMBER": "a number is missing",
    "SELECT": "SELECT is missing",
    "STAR": "the columns are missing",
    "AND LITERAL": "AND and a value are missing",
}
_CERTAIN = {"FROM": "FROM", "WHERE": "WHERE", "BY": "BY"}
"""What can only have been forgotten, and how it is written."""

_CERTAIN_IN_A_LIST = {"COMMA": ",", "CLOSE": ")"}
"""The same between values; around conditions a bracket may have been meant in several places."""

_WORDS_OF_CLAUSES = {"and", "or", "where", "order", "orderby", "limit"}
_KEYWORDS_TO_SERVERS = {*_WORDS_OF_CLAUSES, "in", "like"}
_VALUE_KINDS = {"NAME", "WORD", "DATE", "TIME", "EMAIL", "URL", "DECIMAL", "CURLY", "DOUBLE"}
_NAMES_TO_SERVERS = {"NUMBER", "SIGNED", "ID", "LITERAL"}
_OTHER_NUMBER = re.compile(r"[0-9]+[eE][0-9]+|0[xX][0-9a-fA-F]+|0[bB][01]+")


def meant(stack: Stack, piece: Piece) -> Iterator[Piece]:
    """What a piece may be meant for, the likeliest first."""
    if piece.kind == "NAME":
        for word in nearest(piece.text, keywords(stack), most=1):
            if piece.word != word.lower() and _about_as_long(piece.text, word):
                yield replace(piece, text=word)
    if (
        piece.kind in _VALUE_KINDS
        and piece.word not in _WORDS_OF_CLAUSES
        and taken(stack, "LITERAL")
    ):
        yield as_literal([piece])[0]
    if piece.kind not in ("NAME", "OPEN", "CLOSE", "COMMA") and taken(stack, "NAME"):
        text = piece.text.strip("'\"")
        yield as_name([piece])[0] if text.isidentifier() else replace(piece, kind="ANY")
    if piece.kind == "NAME" and piece.word not in _KEYWORDS_TO_SERVERS and taken(stack, "EQ"):
        yield replace(piece, kind="EQ", text="=")
    if piece.kind == "LITERAL" and taken(stack, "NUMBER"):
        number = re.fullmatch(r"'([0-9]{1,18})'", piece.text)
        yield replace(piece, kind="NUMBER", text=number[1] if number else "0")


def _about_as_long(text: str, word: str) -> bool:
    return len(text) > 1 and abs(len(text) - len(word)) <= max(1, len(word) // 3)


def taken_for(
    piece: Piece, instead: Piece, last: Piece | None, said: Sequence[str], text: str
) -> tuple[Diagnostic, bool]:
    """The finding that a piece was taken for another, and whether that was certainly meant."""
    span = Span(*piece.place)
    found = _shown(piece)
    edits = (Edit(span, instead.text),)
    if instead.kind == "NAME" and piece.kind == "NAME":
        return syntax_finding(
            "unexpected-token", span, f"`{found}` has no place {_behind(last)}; "
            + (answer_without_from(text) if instead.word == "from" else SYNTAX),
            f"`{instead.text}` may be meant", edits,
        ), True  # fmt: skip
    if instead.kind == "EQ":
        return syntax_finding(
            "other-operator", span, f"`{found}` is no operator of VTQL; {SYNTAX}",
            "operators are `=`, `!=`, `<`, `<=`, `>`, `>=`, `LIKE` and `IN`",
        ), False  # fmt: skip
    if instead.kind == "LITERAL" and piece.kind == "NAME":
        keyword = piece.word in _KEYWORDS_TO_SERVERS
        return syntax_finding(
            "bare-word", span,
            f"`{found}` stands without quotes, "
            + (
                f"and is a word of the language; {SYNTAX}"
                if keyword
                else f"and a word without them is a column to a server; {answer_to_value(piece.text)}"
            ),
            f"values stand in single quotes: `{visible(instead.text)}`", () if keyword else edits,
        ), not keyword  # fmt: skip
    if instead.kind == "LITERAL" and _OTHER_NUMBER.fullmatch(piece.text):
        return syntax_finding(
            "unquoted-value", span,
            f"`{found}` stands without quotes, so a server's database reads it as a number in a "
            "notation of its own, and compares numbers",
            f"values stand in single quotes: `{visible(instead.text)}`",
        ), False  # fmt: skip
    if instead.kind == "LITERAL":
        return syntax_finding(
            "unquoted-value", span,
            f"`{found}` stands without quotes; {answer_to_value(piece.text)}",
            f"values stand in single quotes: `{visible(instead.text)}`", edits,
        ), True  # fmt: skip
    if instead.kind == "NUMBER":
        return syntax_finding(
            "odd-limit", span, f"`{found}` is no whole number; {NOTHING}",
            "a number without quotes: `LIMIT 100`", edits if instead.text != "0" else (),
        ), instead.text != "0"  # fmt: skip
    if instead.kind == "NAME":
        return syntax_finding(
            "quoted-name", span, f"`{found}` is quoted, and names stand without quotes; {DENIED}",
            f"the name as it is: `{instead.text}`", edits,
        ), True  # fmt: skip
    if last is not None and last.word in ("by", "orderby"):
        return syntax_finding(
            "odd-sort-field", span, f"ORDER BY takes names of fields, and `{found}` is none; {NOTHING}",
            "the name of a selected field",
        ), False  # fmt: skip
    return syntax_finding(
        "odd-name", span, f"`{found}` is no name, which is of letters, digits and `_` and begins with no digit; "
        f"{DENIED if piece.kind in _NAMES_TO_SERVERS else answer_to(piece.text)}",
        _could(said),
    ), False  # fmt: skip


def missing(
    inserted: Sequence[str], piece: Piece, last: Piece | None, said: Sequence[str], text: str, *,
    in_a_list: bool,
) -> tuple[Diagnostic, bool]:  # fmt: skip
    """The finding that something is missing before a piece, and whether it is certain what."""
    kind = inserted[0]
    slug = {"FROM": "missing-from", "SELECT": "other-statement"}.get(kind, "missing-token")
    if kind == "CLOSE" and in_a_list:
        slug = "unclosed-list"
    match kind:
        case "SELECT":
            effect = answer_to_start(text)
        case "FROM":
            effect = answer_without_from(text)
        case _:
            effect = SYNTAX if piece.kind == "LITERAL" else answer_to(piece.text)
    spelled = _CERTAIN.get(kind) or (_CERTAIN_IN_A_LIST.get(kind) if in_a_list else None)
    certain = len(inserted) == 1 and spelled is not None
    place = Span(*piece.place)
    edits: tuple[Edit, ...] = ()
    if certain:
        at = piece.start() if last is None or kind in _CERTAIN else last.end()
        blank = " " if kind in _CERTAIN else ""
        edits = (Edit(Span(at, at), f"{spelled}{blank}"),)
    return syntax_finding(
        slug, place, f"{_MISSING.get(' '.join(inserted), _MISSING[kind])} before `{_shown(piece)}`; {effect}",
        _could(said), edits,
    ), certain  # fmt: skip


def unopened(lost: Sequence[Piece], *, certain: bool) -> Diagnostic:
    """The finding that brackets close none; whether without them the query says what it was to say."""
    span = Span(lost[0].start(), lost[-1].end())
    edits = tuple(Edit(Span(*each.place), "") for each in lost) if certain else ()
    return syntax_finding(
        "brackets", span, f"this bracket closes none; {SYNTAX}",
        "the query without it; VTQL has no brackets around conditions", edits,
    )  # fmt: skip


_UNREADABLE_KINDS = ("JUNK", "DOT", "SIGN", "ARITHMETIC", "WORD", "LSQUARE", "RSQUARE", "BACKTICK")


def unexpected(
    text: str, lost: Sequence[Piece], last: Piece | None, said: Sequence[str], own: str
) -> Diagnostic:
    """The finding that pieces have no place in a statement, whose `own` text it is."""
    span = Span(min(each.start() for each in lost), max(each.end() for each in lost))
    found = visible(shortened(" ".join(text[span.start : min(span.end, span.start + 200)].split())))
    found = found.replace("`", "")
    first = text[lost[0].start() : lost[0].end()]
    if last is None:
        answer = answer_to_start(own)
    else:
        answer = DENIED if last.word == "from" else answer_to(first)
    if lost[0].kind in _UNREADABLE_KINDS or not first.isascii():
        return syntax_finding(
            "unreadable-text", span, f"`{found}` is not part of the language; {answer}",
            stray_help(first[0]),
        )  # fmt: skip
    return syntax_finding(
        "unexpected-token", span, f"`{found}` has no place {_behind(last)}; {answer}",
        _could(said),
    )  # fmt: skip


def cut_short(text: str, last: Piece | None, said: Sequence[str]) -> Diagnostic:
    """The finding that a query ends too early."""
    end = last.end() if last else len(text.rstrip(" \t\r\n"))
    return syntax_finding(
        "incomplete-query", Span(max(0, end - 1), end), "the query ends too early",
        _could(said, "next"),
    )  # fmt: skip


def stray_help(character: str) -> str:
    """What to write instead of a character that the language does not have."""
    match character:
        case '"' | "`":
            return "values stand in single quotes, names in none"
        case "." | "%" | "-" | "+":
            return "a value that is not a whole number stands in single quotes: `'12.5'`"
        case _ if not character.isascii():
            return "outside quotes a server reads ASCII only; a value stands in single quotes"
        case _:
            return "outside quotes there are names, numbers, operators, brackets and commas"


def _could(said: Sequence[str], where: str = "here") -> str:
    """What could stand at a place, as a sentence; nothing where nothing could."""
    return f"{could_stand(said)} could stand {where}" if said else ""


def _behind(last: Piece | None) -> str:
    return f"behind `{_shown(last)}`" if last else "at the start of a query"


def _shown(piece: Piece) -> str:
    return visible(shortened(" ".join(piece.text.split())))


def shortened(found: str) -> str:
    """The text as a message quotes it, cut where it is long."""
    return found if len(found) <= 40 else found[:37] + "…"
