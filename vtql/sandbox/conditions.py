"""A condition of a query as SQL for SQLite, its values bound."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from vtql.ast import Bare, Comparison, Condition, Operator, Value, text_of, values_of
from vtql.catalog.server_tables import kept_as_text, table_beside
from vtql.sandbox.check import Query
from vtql.sandbox.refusals import SqlFailure
from vtql.sandbox.table import NUMBER as RECORD_NUMBER
from vtql.sandbox.table import Table
from vtql.sandbox.values import (
    IDS,
    LINK,
    LINK_TEXT,
    MOMENT,
    NUMBER,
    REFERENCE,
    REFERENCE_TEXT,
    TEXT,
    Comparable,
    Kind,
    as_number,
    kind_of,
    record_number,
)

CALENDARS = frozenset({"Calendar", "Events", "Emails"})
"""Modules whose records are kept in `vtiger_activity`."""

NULL_WHEN_EMPTY = frozenset({
    ("Invoice", "salesorder_id"), ("Quotes", "contact_id"), ("Quotes", "potential_id"),
    ("Users", "reports_to_id"),
})  # fmt: skip
"""References of a main table whose columns are NULL and not 0 where nothing is given (measured)."""

TRUTHS = {"true": "1", "false": "0"}


_HEX = re.compile(r"0x[0-9A-Fa-f]{1,200}")
"""A literal of the database: a text beside a text, else a number (measured)."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of SQL and the values bound to its question marks."""

    sql: str
    bound: Sequence[Comparable] = ()


def condition_part(condition: Condition, query: Query) -> Part:
    """The SQL of a condition.

    Raises:
        SqlFailure: a server's database would stumble over a value.
    """
    field = condition.field.text
    kind = kind_for(query.table, field)
    if kind in IDS:
        pattern = _pattern_of_ids(condition)
        if pattern is not None:
            number = key(query.table, field, kind)
            return Part(f"alike(CAST({number} AS TEXT), ?)", [pattern])
        for value in values_of(condition):
            if record_number(text_of(value)) is None:
                raise SqlFailure
    if isinstance(condition, Comparison):
        operator = condition.operator
        if operator is Operator.LIKE and kind not in IDS:
            return _alike(condition.value, query, field)
        sign = "=" if operator is Operator.LIKE else operator.value
        kind, operand = _operand(condition.value, query, kind)
        return Part(f"{key(query.table, field, kind)} {sign} {operand.sql}", operand.bound)
    return _membership(condition.values, query, field, kind)


def _pattern_of_ids(condition: Condition) -> str | None:
    """What stands behind the x of a LIKE on ids, where it is a pattern and no number.

    Only servers that let such an id through are asked that.
    """
    if not isinstance(condition, Comparison) or condition.operator is not Operator.LIKE:
        return None
    _, x, pattern = text_of(condition.value).partition("x")
    return pattern if x and {"%", "_"} & set(pattern) else None


def kind_for(table: Table, field: str) -> Kind:
    """How the values of a field of the table are compared.

    A reference beside the main table, and some others, are NULL where nothing is given, not 0.
    """
    module, known = table.module.name, table.module.fields[field]
    text = kept_as_text(module, field)
    if known.type.name == "reference":
        if table_beside(module, field) or (module, field) in NULL_WHEN_EMPTY:
            return LINK_TEXT if text else LINK
        return REFERENCE_TEXT if text else REFERENCE
    return TEXT if text else kind_of(known)


def key(table: Table, field: str, kind: Kind) -> str:
    """The SQL of what a field is compared by."""
    if field == "id":
        return RECORD_NUMBER
    stamp = kind is NUMBER and kind_for(table, field) is MOMENT
    return f"{'as_stamp' if stamp else kind.function}({table.columns[field]})"


def _alike(value: Value, query: Query, field: str) -> Part:
    column = query.table.columns[field]
    word = query.original(value.span)
    if word is None or word.lower() in TRUTHS or as_number(word):
        pattern = TRUTHS.get((word or "").lower(), text_of(value))
        return Part(f"alike({column}, ?)", [pattern])
    return Part(f"alike({column}, {_column(word, query)})")


def _membership(values: Sequence[Value], query: Query, field: str, kind: Kind) -> Part:
    """Every value is compared in its way: quoted as the field is, a number as a number."""
    alike: dict[str, list[str]] = {}
    bound: dict[str, list[Comparable]] = {}
    for value in values:
        each, operand = _operand(value, query, kind)
        left = key(query.table, field, each)
        alike.setdefault(left, []).append(operand.sql)
        bound.setdefault(left, []).extend(operand.bound)
    sql = " OR ".join(f"{left} IN ({', '.join(rights)})" for left, rights in alike.items())
    return Part(f"({sql})", [each for left in alike for each in bound[left]])


def _operand(value: Value, query: Query, kind: Kind) -> tuple[Kind, Part]:
    """What stands on the right, and how both sides are to be read: text and number as numbers."""
    word = query.original(value.span)
    literal = text_of(value) if word is None and isinstance(value, Bare) else word
    if literal is not None and kind not in IDS and _HEX.fullmatch(literal):
        return kind, Part("?", [kind.of(_read_hex(literal, kind))])
    if word is not None and word.lower() not in TRUTHS and not as_number(word):
        return _word(word, query, kind)
    text = text_of(value) if word is None else TRUTHS.get(word.lower(), word)
    bare = word is not None or isinstance(value, Bare)
    if bare and kind not in IDS and "x" in text:
        raise SqlFailure  # an id without quotes is the name of no column
    kind = NUMBER if bare and kind is TEXT else kind
    return kind, Part("?", [kind.of(text)])


def _read_hex(word: str, kind: Kind) -> str:
    digits = word[2:].rjust((len(word) - 1) // 2 * 2, "0")
    return bytes.fromhex(digits).decode("latin-1") if kind is TEXT else str(int(digits, 16))


def _word(word: str, query: Query, kind: Kind) -> tuple[Kind, Part]:
    column = _column(word, query)
    if column == "NULL":
        return kind, Part("NULL")
    other = kind_for(query.table, word)
    kind = kind if kind is other else NUMBER
    return kind, Part(key(query.table, word, kind))


def _column(word: str, query: Query) -> str:
    """The column that a word without quotes names, or null."""
    if word.lower() == "null":
        return "NULL"
    if word not in query.table.module.fields or word == "id":
        raise SqlFailure
    return query.table.columns[word]
