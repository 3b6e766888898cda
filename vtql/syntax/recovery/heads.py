"""The words that begin clauses, mistyped: told before anything that depends on where clauses begin."""

from __future__ import annotations

import re
from dataclasses import replace

from vtql.diagnostics import Diagnostic, Edit
from vtql.source import Span
from vtql.spelling import nearest
from vtql.syntax.recovery.answers import DENIED, SYNTAX, answer_to_start
from vtql.syntax.recovery.codes import syntax_finding
from vtql.syntax.recovery.pieces import Piece
from vtql.syntax.recovery.reading import Reading

_VERBS = frozenset(("get", "find", "fetch", "list", "retrieve", "read", "query", "search"))
_WRAPPED = re.compile(r"""["'`{\[(]?[\s\S]{0,40}?\bselect\b""", re.IGNORECASE)
_ENCODED = re.compile(r"select(?:\+|%[0-9A-Fa-f]{2})[^\s]*\Z", re.IGNORECASE)
_QUOTES = ("DOUBLE", "LITERAL", "CURLY", "HOLE", "BACKTICK")


def wrapped(text: str, pieces: tuple[Piece, ...]) -> Diagnostic | None:
    """The finding that a text is a query in quotes or in the code of a URL; None where it is not."""
    first, last = pieces[0], pieces[-1]
    span = Span(first.start(), last.end())
    quoted = first.kind in _QUOTES and _WRAPPED.match(text[first.start() : first.end()])
    if quoted and len(pieces) - (last.kind == "SEMICOLON") == 1:
        what, instead = "in quotes or other wrapping", "the query alone"
    elif first.word == "select" and _ENCODED.match(
        text[span.start : min(span.end, span.start + 9000)]
    ):
        what, instead = (
            "encoded for a URL",
            "the text itself, which a client encodes when it sends it",
        )
    else:
        return None
    own = text[span.start : span.end]
    return syntax_finding(
        "other-statement", span, f"this query is {what}; {answer_to_start(own)}", instead
    )


def first_words(reading: Reading) -> None:
    """Take the first word for SELECT where it is nearly that, and part words that run together."""
    _first_word(reading)
    _run_together(reading, "from", DENIED)
    _run_together(reading, "where", SYNTAX)
    _run_together(reading, "limit", SYNTAX)


def _first_word(reading: Reading) -> None:
    first = reading.pieces[0]
    following = reading.keys().all[1:2]
    if first.kind != "NAME" or first.word == "select":
        return
    if following in ([], ["from"], ["COMMA"], ["SEMICOLON"], ["EQ"]):
        return
    own = reading.text[first.start() : reading.pieces[-1].end()]
    if nearest(first.text, ["SELECT"]):
        finding = syntax_finding(
            "unexpected-token", Span(*first.place),
            f"`{first.text}` has no place at the start of a query; {answer_to_start(own)}",
            "`SELECT` may be meant", (Edit(Span(*first.place), "SELECT"),),
        )  # fmt: skip
    elif first.word in _VERBS and "from" in reading.keys().present:
        finding = syntax_finding(
            "other-statement", Span(*first.place),
            f"a query begins with SELECT, and this with `{first.text}`; {answer_to_start(own)}",
            "`SELECT`, and the fields",
        )  # fmt: skip
        reading.exact = False
    else:
        return
    reading.found.append(finding)
    reading.pieces = [replace(first, text="SELECT"), *reading.pieces[1:]]


def _run_together(reading: Reading, word: str, answer: str) -> None:
    """Part `FROMContacts` where no FROM stands by itself; what begins so may well be a name."""
    keys = reading.keys()
    if word in keys.present or (word != "from" and "from" not in keys.present):
        return
    for place, piece in enumerate(reading.pieces[1:], start=1):
        rest = piece.text[len(word) :]
        if piece.kind != "NAME" or not rest or piece.word[: len(word)] != word:
            continue
        if not _may_begin(word, rest, keys.all, place):
            continue
        middle = piece.start() + len(word)
        reading.found.append(
            syntax_finding(
                "unexpected-token", Span(*piece.place),
                f"between `{piece.text[: len(word)]}` and `{rest}` is no blank; {answer}", "a blank",
                (Edit(Span(middle, middle), " "),),
            )
        )  # fmt: skip
        parted = [
            Piece("NAME", piece.text[: len(word)], (piece.start(), middle)),
            Piece("NUMBER" if rest.isdigit() else "NAME", rest, (middle, piece.end())),
        ]
        reading.pieces = [*reading.pieces[:place], *parted, *reading.pieces[place + 1 :]]
        return


def _may_begin(word: str, rest: str, keys: list[str], place: int) -> bool:
    last, following = keys[place - 1], keys[place + 1 : place + 2]
    if word == "limit":
        return rest.isdigit() and following in ([], ["SEMICOLON"], ["COMMA"], ["offset"])
    if word == "where":
        operators = (
            "EQ",
            "NE",
            "LT",
            "LE",
            "GT",
            "GE",
            "<>",
            "==",
            "in",
            "like",
            "is",
            "not",
            "between",
        )
        return last != "COMMA" and bool(following) and following[0] in operators
    return last not in ("select", "COMMA", "EQ") and (
        not following
        or following[0] in ("order", "orderby", "limit", "SEMICOLON")
        or following[0].startswith("where")
    )
