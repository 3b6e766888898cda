"""What is known of two values of one field: whether they differ, and which comes first.

Only what every server would agree to: a text differs from another only where case, accents and
blanks at the end make no difference, numbers are compared as numbers where the field or their
spelling says so, and two dates only in ISO form.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from vtql.ast import Bare, Value, text_of
from vtql.catalog import date_literals
from vtql.catalog.families import RECORD_ID, Family
from vtql.logic.equality import shape

if TYPE_CHECKING:
    from decimal import Decimal

Rank: TypeAlias = "tuple[str, Decimal | int | str]"
"""The kind of a value, and what orders it among those of its kind."""

_NUMBER = re.compile(r"[+-]?\d{1,40}(?:\.\d{1,40})?", re.ASCII)
_PLAIN = re.compile(r"[A-Za-z0-9 .,_#/+:-]*")
_WORD = re.compile(r"[A-Za-z]")


def rank(value: Value, family: Family | None) -> Rank | None:
    """Where a value stands among others of its field; None where that is not known for sure."""
    text = text_of(value)
    if family is Family.ID:
        return ("id", int(text.partition("x")[2])) if RECORD_ID.fullmatch(text) else None
    if family is Family.NUMBER or (family is None and isinstance(value, Bare)):
        from decimal import Decimal  # noqa: PLC0415 - few queries have two numbers for one field

        return ("number", Decimal(text)) if _NUMBER.fullmatch(text) else None
    match = date_literals.ISO.fullmatch(text) if family in (Family.MOMENT, None) else None
    if match is None or not date_literals.exists(match):
        return None
    time = (match["time"] or " 00:00")[1:]
    return "moment", f"{text[:10]} {time if time.count(':') == 2 else time + ':00'}"


def differ(first: Value, second: Value, family: Family | None) -> bool:
    """Whether no record has both values in one field, for sure."""
    ranks = rank(first, family), rank(second, family)
    if ranks[0] is not None and ranks[1] is not None and ranks[0][0] == ranks[1][0]:
        return ranks[0] != ranks[1]
    if family in (Family.TEXT, None):
        texts = _folded(first, family), _folded(second, family)
        if None not in texts:
            return texts[0] != texts[1]
    return shape((first, second)) is not None and text_of(first) != text_of(second)


def _folded(value: Value, family: Family | None) -> str | None:
    """The text as a server compares it; None where that takes more to know."""
    text = text_of(value)
    if isinstance(value, Bare) or not _PLAIN.fullmatch(text):
        return None
    if family is None and not _WORD.match(text):
        return None
    return text.rstrip(" ").lower()
