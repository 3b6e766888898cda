"""A checked query to a statement for SQLite.

Every value is bound, every name comes from the store's tables: nothing of a query's text is part
of the statement. What MySQL does and SQLite does not, it learns by the functions in `values`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from vtql.ast import Chain, Columns, Connective, Count, Direction, Star
from vtql.catalog.collation import as_text
from vtql.catalog.model import Module
from vtql.catalog.server_tables import LINE_ITEMS, not_ordered, table_beside
from vtql.catalog.types import Family
from vtql.profiles import ServerPrecedence
from vtql.protocol import PAGE
from vtql.sandbox.check import WITHOUT_ID, Query
from vtql.sandbox.conditions import CALENDARS, Part, condition_part, key, kind_for
from vtql.sandbox.refusals import SqlFailure
from vtql.sandbox.side_tables import DOCUMENT_DISCOUNT, Join, joins
from vtql.sandbox.table import NUMBER as RECORD_NUMBER
from vtql.sandbox.table import Table
from vtql.sandbox.values import Comparable

_TASK = as_text("Task")
_IMPLICIT: dict[str, tuple[str, str, Sequence[Comparable]]] = {
    "Calendar": ("activitytype", "coalesce(as_text({0}), ?) = ?", (_TASK, _TASK)),
    "Events": (
        "activitytype",
        "coalesce(as_text({0}), '') NOT IN (?, ?)",
        (_TASK, as_text("Emails")),
    ),
    "Leads": ("converted", "coalesce(as_number({0}), 0) = ?", (0,)),
    "Users": ("status", "coalesce(as_text({0}), ?) = ?", (as_text("Active"), as_text("Active"))),
}
"""What a server adds to the conditions of a module; a record that does not say is not left out."""


_OF_ALL_RECORDS = frozenset({
    "assigned_user_id", "createdtime", "description", "modifiedby", "modifiedtime", "source",
})  # fmt: skip
"""Fields in the table that all modules share, which is joined to their own."""

_LOWEST_BYTE_FIRST = (
    *(f"{RECORD_NUMBER} >> {bits} & 255" for bits in (0, 8, 16, 24)),
    RECORD_NUMBER,
)
"""How the database sorts numbers of records with equal keys: as bytes, the lowest first (measured)."""

_ACTIVITY_INDEX = ("activitytype", "date_start")
"""The index of `vtiger_activity` by which its modules are read without ORDER BY (measured)."""


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL, the values bound to it, the fields that its rows have, the expressions that it compares
    or orders by, which an index may be made of, and whether a record can have several rows."""

    sql: str
    bound: Sequence[Comparable]
    fields: Sequence[str]
    compared: Sequence[str] = ()
    multiplied: bool = False


def statement(
    query: Query,
    precedence: ServerPrecedence,
    *,
    joins_order: bool,
    owners: Sequence[int] | None = None,
) -> Statement:
    """The statement that answers a checked query.

    `owners` are the numbers of those whose records alone may come, or None where all may.

    `joins_order` says whether any field can be ordered by. Where not, as on every server that was
    measured, it has to be in the main table, or in one that the query needs anyway.

    Raises:
        SqlFailure: a server's database would not take the SQL that it makes of the query.
    """
    if query.fails or (
        query.table.module.name in WITHOUT_ID and isinstance(query.select.columns, Star)
    ):
        raise SqlFailure
    joined = joins(query.table, query.lines, query.named(order=joins_order))
    own = query.table
    query = replace(query, table=_with_joined(own, joined))
    table, limit = query.table, query.select.limit
    fields = _fields(query)
    columns = ", ".join(table.columns[field] for field in fields) or "count(*)"
    where = _owned(query, _where(query, precedence), owners)
    order = _order(query, joined, None if joins_order else _tables(query, fields))
    window = (min(limit.count, PAGE), limit.offset or 0) if limit else (PAGE, 0)
    return Statement(
        f"SELECT {columns} FROM {table.name}{''.join(each.sql for each in joined)}"  # noqa: S608 - names of ours
        f" WHERE {where.sql} ORDER BY {order} LIMIT ? OFFSET ?",
        [*(value for each in joined for value in each.bound), *where.bound, *window],
        [_told(query, name) for name in fields] or ["count"],
        _compared(query, own),
        bool(joined),
    )


def _with_joined(table: Table, joined: Sequence[Join]) -> Table:
    """The table with the expressions of the fields that are read from joined tables."""
    columns = dict(table.columns)
    for each in joined:
        columns |= each.columns
    return replace(table, columns=columns) if joined else table


def _compared(query: Query, own: Table) -> list[str]:
    """What stands on the left of conditions for equality, and what the rows are ordered by first;
    only columns of the record's own table can be in an index."""
    table, where, order = query.table, query.select.where, query.select.order
    named = [each.field.text for each in where.conditions] if where else []
    named += [each.text for each in order.names[:1]] if order else []
    known = [
        name
        for name in dict.fromkeys(named)
        if name in own.columns and name != "id" and own.columns[name] == table.columns[name]
    ]
    return [key(table, name, kind_for(table, name)) for name in known]


def _fields(query: Query) -> list[str]:
    match query.select.columns:
        case Count():
            return []
        case Columns(names):
            chosen = dict.fromkeys(name.text for name in names) | {"id": None}
            return [
                name
                for name in chosen
                if _told(query, name) == name or _told(query, name) not in chosen
            ]
        case _:
            table = query.table
            hidden = [name for name in table.columns if name not in table.module.fields]
            seen = (name for name in query.seen() if _told(query, name) == name != "id")
            return [*seen, *hidden, "id"]


def _told(query: Query, name: str) -> str:
    """The name that a field has in a row, where another field's column has the same."""
    return DOCUMENT_DISCOUNT.get(name, name) if query.table.module.name in LINE_ITEMS else name


def _where(query: Query, precedence: ServerPrecedence) -> Part:
    table, chain = query.table, query.select.where
    part = _chain(chain, query, precedence) if chain else Part("1")
    field, template, more = _IMPLICIT.get(table.module.name, ("", "", ()))
    column = table.columns.get(field)
    if column is None:
        return part
    return Part(f"({part.sql}) AND {template.format(column)}", [*part.bound, *more])


def _owned(query: Query, part: Part, owners: Sequence[int] | None) -> Part:
    column = query.table.columns.get("assigned_user_id")
    if owners is None or column is None:
        return part
    places = ", ".join("?" for _ in owners)
    return Part(f"({part.sql}) AND as_record({column}) IN ({places})", [*part.bound, *owners])


def _chain(chain: Chain, query: Query, precedence: ServerPrecedence) -> Part:
    """The conditions under brackets: AND first as SQL reads it, or from left to right."""
    parts = [condition_part(condition, query) for condition in chain.conditions]
    words = [link.connective for link in chain.links]
    fold = _and_first if precedence == "and_first" else _left_to_right
    sql = fold([part.sql for part in parts], words)
    return Part(sql, [value for part in parts for value in part.bound])


def _and_first(texts: list[str], words: list[Connective]) -> str:
    runs = [[texts[0]]]
    for word, text in zip(words, texts[1:], strict=True):
        if word is Connective.AND:
            runs[-1].append(text)
        else:
            runs.append([text])
    return _balanced([_balanced(run, "AND") for run in runs], "OR")


def _left_to_right(texts: list[str], words: list[Connective]) -> str:
    run = [texts[0]]
    for at, (word, text) in enumerate(zip(words, texts[1:], strict=True)):
        if at and word is not words[at - 1]:
            run = [_balanced(run, words[at - 1].value)]
        run.append(text)
    return _balanced(run, words[-1].value if words else "AND")


def _balanced(parts: list[str], word: str) -> str:
    """The parts joined as a tree of little depth, for SQLite bounds it."""
    while len(parts) > 1:
        pairs = [parts[at : at + 2] for at in range(0, len(parts), 2)]
        parts = [f"({f' {word} '.join(pair)})" if len(pair) > 1 else pair[0] for pair in pairs]
    return parts[0]


def _tables(query: Query, fields: Sequence[str]) -> set[str | None]:
    """The tables that a query needs for its columns and conditions; None is the main one."""
    where = query.select.where
    conditions = where.conditions if where else ()
    named = [*fields, *(condition.field.text for condition in conditions)]
    return {None, *(table_beside(query.table.module.name, field) for field in named)}


def _order(query: Query, joined: Sequence[Join], tables: set[str | None] | None) -> str:
    """The order of the rows: those of one record in the order of the tables that are joined."""
    order = query.select.order
    keys = [_sort_key(query, name.text, tables) for name in order.names] if order else []
    if order and order.direction is Direction.DESC:
        keys[-1] += " DESC"
    ties = _LOWEST_BYTE_FIRST if joined and _sorts_numbers(query) else _unordered(query)
    return ", ".join([*keys, *ties, *(each.place for each in joined)])


def _sorts_numbers(query: Query) -> bool:
    """Whether a server sorts the numbers of invoices, quotes or orders alone, before it joins lines.

    It does where it orders by columns of their own table, and the columns that the statement needs
    of that are too wide to be sorted with them: all of them, or two texts.
    """
    order, module = query.select.order, query.table.module
    if order is None or module.name not in LINE_ITEMS:
        return False
    if not all(_is_own(module, name.text) for name in order.names):
        return False
    texts = [name for name in query.named(order=True)
             if _is_own(module, name) and module.fields[name].type.family is Family.TEXT]  # fmt: skip
    return isinstance(query.select.columns, Star) or len(texts) > 1


def _is_own(module: Module, name: str) -> bool:
    known = name in module.fields and name not in _OF_ALL_RECORDS
    return known and table_beside(module.name, name) is None


def _unordered(query: Query) -> list[str]:
    """The order of rows that are equal in what they are ordered by: calendar modules are read by an
    index, others by number."""
    columns, order = query.table.columns, query.select.order
    if order and order.names[0].text == "eventstatus":
        return [RECORD_NUMBER]  # an index of that column is read
    if query.table.module.name not in CALENDARS or not {*_ACTIVITY_INDEX} <= columns.keys():
        return [RECORD_NUMBER]
    return [*(columns[each] for each in _ACTIVITY_INDEX), RECORD_NUMBER]


def _sort_key(query: Query, field: str, tables: set[str | None] | None) -> str:
    table = query.table
    if field not in query.seen() or not_ordered(table.module.name, field):
        raise SqlFailure
    if tables is not None and table_beside(table.module.name, field) not in tables:
        raise SqlFailure
    return key(table, field, kind_for(table, field))
