"""A value without quotes that is several tokens: `555-1234`, `10%`, `Web-Site`, `1.2.3`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from vtql.recovery.pieces import Piece

_PARTS = frozenset(
    ("NUMBER", "SIGNED", "DECIMAL", "ID", "NAME", "WORD", "DOT", "SIGN", "ARITHMETIC", "STAR", "JUNK",
     "DATE", "ODDDATE", "TIME", "EMAIL", "URL", "CAST")
)  # fmt: skip
_COMPARES = frozenset(("EQ", "NE", "LT", "LE", "GT", "GE"))
_COMPUTED = re.compile(r"[\w.]+(?:[-+*/%^][\w.]+)+")
_QUALIFIED = ["NAME", "DOT", "NAME"]


def glued(text: str, found: Sequence[Piece]) -> list[Piece]:
    """The pieces, those with no blank between them as one where a value stands.

    `SUM` is the kind of what could be computed, `GLUED` of all others.
    """
    made: list[Piece] = []
    listed = False
    at = 0
    while at < len(found):
        first = found[at]
        if made and first.kind in _PARTS and _a_value_comes(made[-1], listed=listed):
            last = at
            while last + 1 < len(found) and _sticks(found[last], found[last + 1]):
                last += 1
            run = found[at : last + 1]
            if (
                len(run) > 1
                and [each.kind for each in run] != _QUALIFIED
                and run[-1].kind != "CAST"
            ):
                place = (first.start(), run[-1].end())
                value = text[slice(*place)]
                kind = "SUM" if _COMPUTED.fullmatch(value) else "GLUED"
                made.append(Piece(kind, value, place))
                at = last + 1
                continue
        listed = (first.kind == "OPEN" and _is_in(made)) or (listed and first.kind != "CLOSE")
        made.append(first)
        at += 1
    return made


def _a_value_comes(last: Piece, *, listed: bool) -> bool:
    return (
        last.kind in _COMPARES or last.word == "like" or (listed and last.kind in ("OPEN", "COMMA"))
    )


def _sticks(one: Piece, other: Piece) -> bool:
    return other.kind in _PARTS and one.end() == other.start()


def _is_in(made: Sequence[Piece]) -> bool:
    return bool(made) and made[-1].word == "in"
