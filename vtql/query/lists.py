"""Lists of values, and ids that must not be, in parts that a URL can hold."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TypeAlias
from urllib.parse import quote_plus

from vtql.ast import Comparison, Condition, Membership, Name, Operator, Value, text_of
from vtql.catalog.collation import as_text
from vtql.catalog.model import Module
from vtql.catalog.types import RECORD_ID, Family
from vtql.logic.equality import one_of
from vtql.parser.printer import write_condition, write_value

Groups: TypeAlias = list[tuple[list[Value], int]]
Known: TypeAlias = dict[int, tuple[Membership, Groups]]
"""By the identity of a list, which is kept beside, for many alternatives may have the same."""

_DIGITS = 18
"""A record's number with more does not fit the 64 bits of a database."""


def encoded_bytes(text: str) -> int:
    """How long a query is in a URL."""
    return len(quote_plus(text))


def divided(
    lists: Sequence[Membership], groups: Sequence[Groups], room: int
) -> list[list[Condition]]:
    """Each list in parts; the room is shared so that short lists stay whole."""
    sizes = {place: sum(size for _, size in each) for place, each in enumerate(groups)}
    parts: dict[int, list[Condition]] = {}
    for left, place in enumerate(sorted(sizes, key=sizes.__getitem__)):
        share = room // (len(lists) - left)
        whole = sizes[place] < share
        name = lists[place].field
        parts[place] = [lists[place]] if whole else list(_parts(name, groups[place], share))
        room -= min(share, sizes[place])
    return [parts[place] for place in range(len(lists))]


def _parts(name: Name, groups: Groups, room: int) -> Iterator[Condition]:
    """A list in parts of so many bytes."""
    part: list[Value] = []
    used = 0
    for group, size in groups:
        if part and used + size > room:
            yield one_of(name, part)
            part, used = [], 0
        part += group
        used += size
    yield one_of(name, part)


def denied(condition: Condition) -> bool:
    """Whether a condition says of an id that it must not be."""
    return (
        isinstance(condition, Comparison)
        and condition.field.text == "id"
        and condition.operator is Operator.NE
        and RECORD_ID.fullmatch(text_of(condition.value)) is not None
    )


def ranges(must_not: Sequence[Comparison], room: int) -> Iterator[list[Condition]]:
    """The conditions that records are none of some, in ranges of ids of so many bytes each.

    A range ends before one of these ids, and the next one begins behind it; so no record is in two,
    and they are in the order of the ids.
    """
    ids = sorted(must_not, key=lambda each: int(text_of(each.value).partition("x")[2]))
    part: list[Condition] = []
    used = 0
    begin: list[Condition] = []
    for each in ids:
        size = encoded_bytes(f" AND {write_condition(each)}")
        if part and used + size > room:
            yield [*begin, *part, replace(each, operator=Operator.LT)]
            begin, part, used = [replace(each, operator=Operator.GT)], [], 0
        else:
            part.append(each)
            used += size
    yield [*begin, *part]


def grouped(values: Membership, module: Module, known: Known) -> Groups:
    """The values of a list with their bytes, those together that a server takes for the same."""
    if id(values) not in known:
        key = _sameness(values, module)
        alike: dict[Hashable, list[Value]] = {}
        for value in {text_of(each): each for each in values.values}.values():
            alike.setdefault(key(value), []).append(value)
        found = list(alike.values())
        if values.field.text == "id":  # so that the parts come in the order of the ids
            found = [alike[each] for each in sorted(alike, key=_rank)]
        known[id(values)] = values, [(group, sum(map(_bytes, group))) for group in found]
    return known[id(values)][1]


def _rank(key: Hashable) -> tuple[int, str]:
    return (key, "") if isinstance(key, int) else (0, str(key))


def _sameness(values: Membership, module: Module) -> Callable[[Value], Hashable]:
    """What two values have in common that a server takes for the same."""
    field = module.fields.get(values.field.text)
    family = field.type.family if field else Family.TEXT
    if family is Family.ID:  # the number alone counts (measured)
        return lambda value: _number(text_of(value))
    if family is Family.NUMBER:
        return lambda value: _decimal(text_of(value))
    return lambda value: as_text(text_of(value))


def _number(record_id: str) -> Hashable:
    number = record_id.rpartition("x")[2]
    known = number.isascii() and number.isdigit() and len(number) <= _DIGITS
    return int(number) if known else record_id


def _decimal(text: str) -> Hashable:
    try:
        return Decimal(text)
    except ArithmeticError:
        return text


def _bytes(value: Value) -> int:
    return encoded_bytes(f"{write_value(value)}, ")
