"""The clauses of a query in the one order that they have, wherever they stood."""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import pairwise

from vtql.parser.node_builders import COUNT_DIGITS, OFFSET_DIGITS
from vtql.recovery.answers import SYNTAX
from vtql.recovery.codes import syntax_finding
from vtql.recovery.construct import COMPARES, NAME
from vtql.recovery.pieces import Piece
from vtql.recovery.reading import Reading
from vtql.recovery.tell import shortened
from vtql.sanitize import visible
from vtql.source import Span

_RANK = {"where": 0, "order": 1, "orderby": 1, "limit": 2}
_STRAY_CONDITION = re.compile(
    rf"(?<!by )(?<!COMMA )(?<![^ ])(?P<joint>(?:and|or) )?(?:not |OPEN )*{NAME}"
    rf"(?:{COMPARES}|(?:not )?(?:in|between) |is )"
)


def arrange(reading: Reading) -> None:
    """Put WHERE before ORDER BY before LIMIT, and the number of a TOP behind LIMIT."""
    _large_numbers(reading)
    _stray_conditions(reading)
    keys = reading.keys().all
    if "from" not in keys:
        return
    start = keys.index("from")
    cuts = [place for place in range(start, len(keys)) if keys[place] in _RANK]
    ranks = [_RANK[keys[place]] for place in cuts]
    end = len(keys) - (keys[-1] == "SEMICOLON")
    if len(set(ranks)) == len(ranks) and ranks != sorted(ranks):
        wrong = next(place for place, (a, b) in enumerate(pairwise(ranks)) if a > b)
        found = reading.pieces[cuts[wrong + 1]]
        reading.found.append(
            syntax_finding(
                "clause-order",
                Span(*found.place),
                f"`{found.text}` stands behind `{reading.pieces[cuts[wrong]].text}`; {SYNTAX}",
                "a query goes SELECT, FROM, WHERE, ORDER BY, LIMIT",
            )
        )
        ends = [*cuts[1:], end]
        clauses = [reading.pieces[cut:stop] for cut, stop in zip(cuts, ends, strict=True)]
        ordered = [piece for _, clause in sorted(zip(ranks, clauses, strict=True), key=_first)
                   for piece in clause]  # fmt: skip
        reading.pieces = reading.pieces[: cuts[0]] + ordered + reading.pieces[end:]
        reading.extended = True
    _first_rows(reading)


def _stray_conditions(reading: Reading) -> None:
    """Put conditions that stand behind ORDER BY or LIMIT, without a WHERE of their own, behind WHERE."""
    keys = reading.keys()
    cuts = [place for place, key in enumerate(keys.all) if key in _RANK]
    behind = [place for place in cuts if keys.all[place] != "where"]
    if "from" not in keys.present or not behind or "where" in keys.all[behind[0] :]:
        return
    stray = _STRAY_CONDITION.search(keys.text, keys.starts[behind[0] + 1])
    if stray is None:
        return
    end = len(keys.all) - (keys.all[-1] == "SEMICOLON")
    start = bisect_left(keys.starts, stray.start())
    stop = next((cut for cut in cuts if cut > start), end)
    run = reading.pieces[start:stop]
    span = Span(run[0].start(), run[-1].end())
    said = shortened(visible(" ".join(reading.text[slice(*span)].replace("`", "").split())))
    last = next(keys.all[cut] for cut in reversed(cuts) if cut < start)
    clause = "LIMIT" if last == "limit" else "ORDER BY"
    reading.found.append(
        syntax_finding(
            "clause-order", span, f"the condition `{said}` stands behind {clause}; {SYNTAX}",
            "conditions stand behind WHERE, before ORDER BY and LIMIT",
        )
    )  # fmt: skip
    has_where = "where" in keys.present
    if has_where is not bool(stray["joint"]):
        reading.exact = False
    if not has_where or not stray["joint"]:
        word = Piece("NAME", "AND" if has_where else "WHERE", (run[0].start(), run[0].start()))
        run = [word, *run[bool(stray["joint"]) :]]
    rest = [*reading.pieces[behind[0] : start], *reading.pieces[stop:]]
    reading.pieces = [*reading.pieces[: behind[0]], *run, *rest]
    reading.extended = True


def _first(pair: tuple[int, list[Piece]]) -> int:
    return pair[0]


def _first_rows(reading: Reading) -> None:
    rows = [piece for piece in reading.pieces if piece.kind == "ROWS"]
    if not rows:
        return
    reading.pieces = [piece for piece in reading.pieces if piece.kind != "ROWS"]
    if "limit" in reading.keys().present:
        reading.exact = False
        return
    end = len(reading.pieces) - (reading.pieces[-1].kind == "SEMICOLON")
    number = rows[0]
    limit = [
        Piece("NAME", "LIMIT", number.place), Piece("NUMBER", number.text, number.place),
    ]  # fmt: skip
    reading.pieces = [*reading.pieces[:end], *limit, *reading.pieces[end:]]
    reading.extended = True


def _large_numbers(reading: Reading) -> None:
    """Tell of a number of records that no database can count, and go on with another."""
    keys = reading.keys().all
    start = keys.index("limit") if "limit" in reading.keys().present else len(keys)
    for place in range(start, len(keys)):
        piece = reading.pieces[place]
        is_offset = keys[place + 1 : place + 2] == ["COMMA"] or keys[place - 1] == "offset"
        most = OFFSET_DIGITS if is_offset else COUNT_DIGITS
        if piece.kind == "NUMBER" and len(piece.text) > most:
            reading.found.append(
                syntax_finding(
                    "large-limit",
                    Span(*piece.place),
                    f"`{shortened(piece.text)}` is more records than a database can count",
                    "a smaller number; a server gives at most 100 records a request",
                )
            )
            reading.pieces[place] = Piece("NUMBER", "100", piece.place)
            reading.exact = False
