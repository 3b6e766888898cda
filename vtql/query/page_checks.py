"""What a server promises of a page, and what is not believed but looked at.

A server, or what stands in front of it, that does not keep to LIMIT, to ORDER BY or to a condition would make
a read lose rows, repeat them, or never end. Its pages cannot be put together, so a read ends with BrokenAnswer.
An order of texts is a matter of the database's collation, so only what no collation puts otherwise is taken
for a broken promise.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from operator import gt, lt
from typing import Any

from vtql.ast import Direction
from vtql.catalog.model import Module
from vtql.catalog.server_tables import kept_as_text
from vtql.catalog.types import RECORD_ID, Family
from vtql.errors import BrokenAnswer
from vtql.query.connection import Row

PLAIN_TEXT = re.compile(r"[^&<>\"']+", re.DOTALL)
PLAIN: Mapping[Family, re.Pattern[str]] = {
    Family.TEXT: PLAIN_TEXT,
    Family.CHOICES: PLAIN_TEXT,
    Family.NUMBER: re.compile(r"-?[0-9]{1,30}(?:\.[0-9]{1,30})?"),
    Family.MOMENT: re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?: [0-9]{2}:[0-9]{2}:[0-9]{2})?"),
    Family.TIME: re.compile(r"-?[0-9]{1,3}:[0-9]{2}(?::[0-9]{2})?"),
    Family.TRUTH: re.compile(r"[01]"),
    Family.ID: re.compile(RECORD_ID.pattern),
}
"""By family, the values that a server compares as it shows them."""

MOVING = 100
"""Pages in a row whose records have all been seen, after which a read is given up."""

_WORD = re.compile(r"[0-9A-Za-z]+")
"""Texts whose order is the same in every collation that a database of a CRM may have."""


_RECORD_ID = re.compile(r"[0-9]{1,9}x[0-9]{1,19}")
"""The largest number that a database gives to a record has 19 digits."""


def number_of(record_id: str) -> int:
    """The number of a record, by which ids are ordered."""
    return int(record_id.partition("x")[2])


def must_be_records(rows: Any, size: int) -> list[Row]:
    """The rows of a page, made sure to be records, and no more than were asked for.

    Raises:
        BrokenAnswer: they are not.
    """
    if len(rows) > size:
        raise BrokenAnswer(
            f"query: {len(rows):,} rows came where LIMIT asked for {size:,}; this server does not keep "
            "to LIMIT, so its pages cannot be put together"
        )
    for row in rows:
        record_id = row.get("id") if isinstance(row, dict) else None
        if not isinstance(record_id, str) or not _RECORD_ID.fullmatch(record_id):
            raise BrokenAnswer(
                "query: a row came without a record id such as `12x34`, so it cannot be told from others"
            )
    records: list[Row] = rows
    return records


def must_follow(ids: Sequence[str], last: str | None, direction: Direction) -> None:
    """Make sure that ids are in a direction, behind `last`.

    Raises:
        BrokenAnswer: they are not.
    """
    before = gt if direction is Direction.DESC else lt
    numbers = [number_of(record_id) for record_id in ids]
    follows = all(map(before, numbers, numbers[1:]))
    if numbers and not (follows and (last is None or before(number_of(last), numbers[0]))):
        raise BrokenAnswer(
            f"query: the records `{ids[0]}` to `{ids[-1]}` did not come in the order of their ids"
            + (f", behind `{last}`" if last is not None else "")
            + "; this server does not keep to ORDER BY or to the condition on ids, and its pages cannot be "
            "put together"
        )


def must_rise(
    module: Module,
    order: tuple[str, ...],
    page: Sequence[Row],
    place: Sequence[tuple[str, str | None]] | None = None,
) -> None:
    """Make sure that a page is in an order, and behind a place, where no collation can be the reason.

    Raises:
        BrokenAnswer: it is not.
    """
    first = order[0].removeprefix("-")
    falls = order[0].startswith("-")
    if first == "id":
        direction = Direction.DESC if falls else Direction.ASC
        must_follow([row["id"] for row in page], place[0][1] if place else None, direction)
        return
    values = [row.get(first) for row in page]
    if place is not None and values:
        values.insert(0, place[0][1])
    if falls:
        values.reverse()
    for value, next_value in pairwise(values):
        if _is_before(module, first, next_value, value):
            raise BrokenAnswer(
                f"query: {next_value!r} came behind {value!r} in an order by `{first}`; this server does not keep to "
                "ORDER BY or to the condition on it, and its pages cannot be put together"
            )


def _is_before(module: Module, name: str, first: Any, second: Any) -> bool:
    """Whether a value certainly comes before another."""
    field = module.fields[name]
    family = field.type.family
    if first is None or second is None:
        return first is None and second is not None and second != "" and family is not Family.ID
    left, right = str(first), str(second)
    if family is Family.ID or kept_as_text(module.name, name):
        return False
    pattern = PLAIN[family]
    if not (pattern.fullmatch(left) and pattern.fullmatch(right)):
        return False
    if family is Family.NUMBER:
        return Decimal(left) < Decimal(right)
    if family is Family.MOMENT:
        return left < right
    if family in (Family.TEXT, Family.CHOICES) and _WORD.fullmatch(left) and _WORD.fullmatch(right):
        return left.upper() < right.upper() and left < right
    return False


def must_advance(stale: int) -> None:
    """Make sure that a read comes to new records.

    Args:
        stale: how many pages in a row had none.

    Raises:
        BrokenAnswer: it does not.
    """
    if stale > MOVING:
        raise BrokenAnswer(
            f"query: {MOVING} pages in a row had no record that had not come before; the server's pages do "
            "not advance, or its records are moved faster than they are read"
        )
