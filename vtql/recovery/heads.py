"""The words that begin clauses, mistyped: told before anything that depends on where clauses begin."""

from __future__ import annotations

import re
from dataclasses import replace

from vtql.diagnostics import Diagnostic, Edit
from vtql.recovery.answers import DENIED, SYNTAX, answer_to_start
from vtql.recovery.codes import syntax_finding
from vtql.recovery.pieces import Piece
from vtql.recovery.reading import Reading
from vtql.source import Span
from vtql.suggestions import nearest

_VERBS = frozenset(("get", "find", "fetch", "list", "retrieve", "read", "query", "search"))
_WRAPPED = re.compile(r"""["'`{\[(]?[\s\S]{0,40}?\bselect\b""", re.IGNORECASE)
_ENCODED = re.compile(r"select(?:\+|%[0-9A-Fa-f]{2})[^\s]*\Z", re.IGNORECASE)
_CLAUSES = frozenset(("where", "order", "orderby", "limit", "from", "SEMICOLON"))
MOST_WORDS = 50
"""Words of a text that are looked at for one that may begin a query."""

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
    elif (
        [piece.kind for piece in pieces[:2]] == ["NAME", "EQ"]
        and pieces[2:3]
        and pieces[2].word == "select"
    ):
        own = text[span.start : span.end]
        before = Span(first.start(), pieces[2].start())
        return syntax_finding(
            "other-statement", Span(first.start(), pieces[1].end()),
            f"a query begins with SELECT; {answer_to_start(own)}", "the query alone",
            (Edit(before, ""),),
        )  # fmt: skip
    else:
        return None
    own = text[span.start : span.end]
    return syntax_finding(
        "other-statement", span, f"this query is {what}; {answer_to_start(own)}", instead
    )


def no_query_at_all(text: str, pieces: tuple[Piece, ...]) -> Diagnostic | None:
    """The finding that a text is of words, and none of them begins a query; None where one may."""
    words = [piece.text for piece in pieces if piece.kind == "NAME"]
    if pieces[0].kind != "NAME" or any(map(_nearly_a_query, words[:MOST_WORDS])):
        return None
    own = text[pieces[0].start() : pieces[-1].end()]
    return syntax_finding(
        "other-statement", Span(*pieces[0].place),
        f"a query has SELECT and FROM, and this has neither; {answer_to_start(own)}",
        "a query reads `SELECT * FROM Contacts;`",
    )  # fmt: skip


def _nearly_a_query(word: str) -> bool:
    return word.lower().startswith(("select", "from")) or bool(nearest(word, ("SELECT", "FROM")))


def first_words(reading: Reading) -> None:
    """Take the first word for SELECT where it is nearly that, and part words that run together."""
    _turned_round(reading)
    _first_word(reading)
    _run_together(reading, "from", DENIED)
    _run_together(reading, "where", SYNTAX)
    _run_together(reading, "limit", SYNTAX)


def _turned_round(reading: Reading) -> None:
    """Put SELECT and its columns before a FROM that the query begins with."""
    keys = reading.keys().all
    if keys[0] != "from" or "select" not in keys:
        return
    start = keys.index("select")
    stop = next((at for at in range(start, len(keys)) if keys[at] in _CLAUSES), len(keys))
    own = reading.text[reading.pieces[0].start() : reading.pieces[-1].end()]
    reading.found.append(
        syntax_finding(
            "clause-order", Span(*reading.pieces[start].place),
            f"`{reading.pieces[start].text}` stands behind `{reading.pieces[0].text}`; {answer_to_start(own)}",
            "a query goes SELECT, FROM, WHERE, ORDER BY, LIMIT",
        )
    )  # fmt: skip
    columns, before, behind = (
        reading.pieces[start:stop],
        reading.pieces[:start],
        reading.pieces[stop:],
    )
    reading.pieces = [*columns, *before, *behind]
    reading.extended = True


def _first_word(reading: Reading) -> None:
    first = reading.pieces[0]
    following = reading.keys().all[1:2]
    if first.kind != "NAME" or first.word == "select":
        return
    rest = first.text[len("select") :]
    if (
        rest.isidentifier()
        and first.word.startswith("select")
        and following in (["from"], ["COMMA"])
    ):
        middle = first.end() - len(rest)
        own = reading.text[first.start() : reading.pieces[-1].end()]
        reading.found.append(
            syntax_finding(
                "unexpected-token", Span(*first.place),
                f"between `{first.text[: len('select')]}` and `{rest}` is no blank; {answer_to_start(own)}",
                "a blank", (Edit(Span(middle, middle), " "),),
            )
        )  # fmt: skip
        parted = [Piece("NAME", "SELECT", (first.start(), middle)),
                  Piece("NAME", rest, (middle, first.end()))]  # fmt: skip
        reading.pieces = [*parted, *reading.pieces[1:]]
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
