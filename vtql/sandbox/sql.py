"""Compile a validated query to a SQLite statement.

Every value is bound, and every name comes from the tables of the store: no text of a query is part of
a statement. MySQL behaviour that SQLite lacks is added by the functions of `mysql_values`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from vtql.ast import (
    Bare,
    Chain,
    Columns,
    Comparison,
    Condition,
    Connective,
    Count,
    Direction,
    Operator,
    Star,
    Value,
    text_of,
    values_of,
)
from vtql.catalog.collation import as_text
from vtql.catalog.model import Module
from vtql.catalog.server_tables import LINE_ITEMS, kept_as_text, not_ordered, table_beside
from vtql.catalog.types import Family
from vtql.profiles import ServerPrecedence
from vtql.protocol import PAGE
from vtql.sandbox.errors import SqlFailure
from vtql.sandbox.mysql_values import (
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
from vtql.sandbox.schema import DOCUMENT_DISCOUNT, Join, Table, joins
from vtql.sandbox.schema import NUMBER_COLUMN as RECORD_NUMBER
from vtql.sandbox.validate import WITHOUT_ID, Query

CALENDARS = frozenset({"Calendar", "Events", "Emails"})
"""Modules whose records are in the table `vtiger_activity`."""

NULL_WHEN_EMPTY = frozenset({
    ("Invoice", "salesorder_id"), ("Quotes", "contact_id"), ("Quotes", "potential_id"),
    ("Users", "reports_to_id"),
})  # fmt: skip
"""References in a main table whose empty value is NULL and not 0 (measured)."""

TRUTHS = {"true": "1", "false": "0"}


_HEX = re.compile(r"0x[0-9A-Fa-f]{1,200}")
"""A hexadecimal literal of the database: text if compared with text, else a number (measured)."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """A fragment of SQL and the values bound to its parameters."""

    sql: str
    bound: Sequence[Comparable] = ()


def condition_sql(condition: Condition, query: Query) -> Fragment:
    """The SQL of a condition.

    Raises:
        SqlFailure: the SQL would fail in a server's database.
    """
    field = condition.field.text
    kind = kind_in_table(query.table, field)
    if kind in IDS:
        pattern = _pattern_of_ids(condition)
        if pattern is not None:
            number = comparison_key(query.table, field, kind)
            return Fragment(f"matches_like(CAST({number} AS TEXT), ?)", [pattern])
        for value in values_of(condition):
            if record_number(text_of(value)) is None:
                raise SqlFailure
    if isinstance(condition, Comparison):
        operator = condition.operator
        if operator is Operator.LIKE and kind not in IDS:
            return _like(condition.value, query, field)
        sign = "=" if operator is Operator.LIKE else operator.value
        kind, operand = _operand(condition.value, query, kind)
        return Fragment(
            f"{comparison_key(query.table, field, kind)} {sign} {operand.sql}", operand.bound
        )
    return _membership(condition.values, query, field, kind)


def _pattern_of_ids(condition: Condition) -> str | None:
    """The part after the x of a LIKE on ids, if it is a pattern; only lenient servers accept it."""
    if not isinstance(condition, Comparison) or condition.operator is not Operator.LIKE:
        return None
    _, x, pattern = text_of(condition.value).partition("x")
    return pattern if x and {"%", "_"} & set(pattern) else None


def kind_in_table(table: Table, field: str) -> Kind:
    """How the values of a field of a table are compared.

    Empty references are NULL in joined tables and in some columns of main tables, otherwise 0.
    """
    module, described = table.module.name, table.module.fields[field]
    text = kept_as_text(module, field)
    if described.type.name == "reference":
        if table_beside(module, field) or (module, field) in NULL_WHEN_EMPTY:
            return LINK_TEXT if text else LINK
        return REFERENCE_TEXT if text else REFERENCE
    return TEXT if text else kind_of(described)


def comparison_key(table: Table, field: str, kind: Kind) -> str:
    """The SQL expression by which a field is compared."""
    if field == "id":
        return RECORD_NUMBER
    stamp = kind is NUMBER and kind_in_table(table, field) is MOMENT
    return f"{'as_stamp' if stamp else kind.function}({table.columns[field]})"


def _like(value: Value, query: Query, field: str) -> Fragment:
    column = query.table.columns[field]
    word = query.original(value.span)
    if word is None or word.lower() in TRUTHS or as_number(word):
        pattern = TRUTHS.get((word or "").lower(), text_of(value))
        return Fragment(f"matches_like({column}, ?)", [pattern])
    return Fragment(f"matches_like({column}, {_column(word, query)})")


def _membership(values: Sequence[Value], query: Query, field: str, kind: Kind) -> Fragment:
    """Each value is compared by its own kind: quoted ones by that of the field, numbers as numbers."""
    operands: dict[str, list[str]] = {}
    bound: dict[str, list[Comparable]] = {}
    for value in values:
        value_kind, operand = _operand(value, query, kind)
        left = comparison_key(query.table, field, value_kind)
        operands.setdefault(left, []).append(operand.sql)
        bound.setdefault(left, []).extend(operand.bound)
    sql = " OR ".join(f"{left} IN ({', '.join(rights)})" for left, rights in operands.items())
    return Fragment(f"({sql})", [value for left in operands for value in bound[left]])


def _operand(value: Value, query: Query, kind: Kind) -> tuple[Kind, Fragment]:
    """The right operand, and the kind of the comparison: text and number compare as numbers."""
    word = query.original(value.span)
    literal = text_of(value) if word is None and isinstance(value, Bare) else word
    if literal is not None and kind not in IDS and _HEX.fullmatch(literal):
        return kind, Fragment("?", [kind.of(_read_hex(literal, kind))])
    if word is not None and word.lower() not in TRUTHS and not as_number(word):
        return _word_operand(word, query, kind)
    text = text_of(value) if word is None else TRUTHS.get(word.lower(), word)
    bare = word is not None or isinstance(value, Bare)
    if bare and kind not in IDS and "x" in text:
        raise SqlFailure  # an id without quotes is the name of no column
    kind = NUMBER if bare and kind is TEXT else kind
    return kind, Fragment("?", [kind.of(text)])


def _read_hex(word: str, kind: Kind) -> str:
    digits = word[2:].rjust((len(word) - 1) // 2 * 2, "0")
    return bytes.fromhex(digits).decode("latin-1") if kind is TEXT else str(int(digits, 16))


def _word_operand(word: str, query: Query, kind: Kind) -> tuple[Kind, Fragment]:
    column = _column(word, query)
    if column == "NULL":
        return kind, Fragment("NULL")
    word_kind = kind_in_table(query.table, word)
    kind = kind if kind is word_kind else NUMBER
    return kind, Fragment(comparison_key(query.table, word, kind))


def _column(word: str, query: Query) -> str:
    """The column named by an unquoted word, or NULL."""
    if word.lower() == "null":
        return "NULL"
    if word not in query.table.module.fields or word == "id":
        raise SqlFailure
    return query.table.columns[word]


_TASK = as_text("Task")
_IMPLICIT_CONDITIONS: dict[str, tuple[str, str, Sequence[Comparable]]] = {
    "Calendar": ("activitytype", "coalesce(as_text({0}), ?) = ?", (_TASK, _TASK)),
    "Events": (
        "activitytype",
        "coalesce(as_text({0}), '') NOT IN (?, ?)",
        (_TASK, as_text("Emails")),
    ),
    "Leads": ("converted", "coalesce(as_number({0}), 0) = ?", (0,)),
    "Users": ("status", "coalesce(as_text({0}), ?) = ?", (as_text("Active"), as_text("Active"))),
}
"""Conditions that a server adds for a module; records without a value are included."""


_CRMENTITY_FIELDS = frozenset({
    "assigned_user_id", "createdtime", "description", "modifiedby", "modifiedtime", "source",
})  # fmt: skip
"""Fields in `vtiger_crmentity`, which is joined to the table of each module."""

_LOWEST_BYTE_FIRST = (
    *(f"{RECORD_NUMBER} >> {bits} & 255" for bits in (0, 8, 16, 24)),
    RECORD_NUMBER,
)
"""The database sorts record numbers with equal keys by their bytes, lowest byte first (measured)."""

_ACTIVITY_INDEX = ("activitytype", "date_start")
"""The index of `vtiger_activity` that is used without ORDER BY (measured)."""


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL and bound values, the fields of its rows, the expressions worth indexing, and whether a
    record can have several rows."""

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
    """Compile a validated query.

    `owners` are the numbers of the owners whose records are returned, or None for all records.

    `joins_order` means that ORDER BY joins tables. Otherwise, as on every measured server, ordered
    fields must be in the main table, or in one that columns or conditions join.

    Raises:
        SqlFailure: the SQL of the query would fail in a server's database.
    """
    if query.fails or (
        query.table.module.name in WITHOUT_ID and isinstance(query.select.columns, Star)
    ):
        raise SqlFailure
    joined = joins(query.table, query.lines, query.named_fields(order=joins_order))
    own = query.table
    query = replace(query, table=_with_joined(own, joined))
    table, limit = query.table, query.select.limit
    fields = _fields(query)
    columns = ", ".join(table.columns[field] for field in fields) or "count(*)"
    where = _restricted_to_owners(query, _where(query, precedence), owners)
    order = _order(query, joined, None if joins_order else _tables(query, fields))
    window = (min(limit.count, PAGE), limit.offset or 0) if limit else (PAGE, 0)
    return Statement(
        f"SELECT {columns} FROM {table.name}{''.join(join.sql for join in joined)}"  # noqa: S608 - names of ours
        f" WHERE {where.sql} ORDER BY {order} LIMIT ? OFFSET ?",
        [*(value for join in joined for value in join.bound), *where.bound, *window],
        [_answer_name(query, name) for name in fields] or ["count"],
        _compared_keys(query, own),
        bool(joined),
    )


def _with_joined(table: Table, joined: Sequence[Join]) -> Table:
    """The table with the expressions of fields in joined tables."""
    columns = dict(table.columns)
    for join in joined:
        columns |= join.columns
    return replace(table, columns=columns) if joined else table


def _compared_keys(query: Query, own: Table) -> list[str]:
    """The expressions worth indexing: compared fields and the first one of ORDER BY, if they are in
    the module's own table."""
    table, where, order = query.table, query.select.where, query.select.order
    named = [item.field.text for item in where.conditions] if where else []
    named += [item.text for item in order.names[:1]] if order else []
    indexable = [
        name
        for name in dict.fromkeys(named)
        if name in own.columns and name != "id" and own.columns[name] == table.columns[name]
    ]
    return [comparison_key(table, name, kind_in_table(table, name)) for name in indexable]


def _fields(query: Query) -> list[str]:
    match query.select.columns:
        case Count():
            return []
        case Columns(names):
            chosen = dict.fromkeys(name.text for name in names) | {"id": None}
            return [
                name
                for name in chosen
                if _answer_name(query, name) == name or _answer_name(query, name) not in chosen
            ]
        case _:
            table = query.table
            hidden = [name for name in table.columns if name not in table.module.fields]
            seen = (
                name
                for name in query.readable_fields()
                if _answer_name(query, name) == name != "id"
            )
            return [*seen, *hidden, "id"]


def _answer_name(query: Query, name: str) -> str:
    """The name of a field in a row; some fields are read from the column of another."""
    return DOCUMENT_DISCOUNT.get(name, name) if query.table.module.name in LINE_ITEMS else name


def _where(query: Query, precedence: ServerPrecedence) -> Fragment:
    table, chain = query.table, query.select.where
    part = _chain_sql(chain, query, precedence) if chain else Fragment("1")
    field, template, more = _IMPLICIT_CONDITIONS.get(table.module.name, ("", "", ()))
    column = table.columns.get(field)
    if column is None:
        return part
    return Fragment(f"({part.sql}) AND {template.format(column)}", [*part.bound, *more])


def _restricted_to_owners(query: Query, part: Fragment, owners: Sequence[int] | None) -> Fragment:
    column = query.table.columns.get("assigned_user_id")
    if owners is None or column is None:
        return part
    places = ", ".join("?" for _ in owners)
    return Fragment(f"({part.sql}) AND as_record({column}) IN ({places})", [*part.bound, *owners])


def _chain_sql(chain: Chain, query: Query, precedence: ServerPrecedence) -> Fragment:
    """The conditions with the brackets of the precedence."""
    parts = [condition_sql(condition, query) for condition in chain.conditions]
    words = [link.connective for link in chain.links]
    fold = _and_first if precedence == "and_first" else _left_to_right
    sql = fold([part.sql for part in parts], words)
    return Fragment(sql, [value for part in parts for value in part.bound])


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
    """The parts joined as a balanced tree, because SQLite limits the depth of expressions."""
    while len(parts) > 1:
        pairs = [parts[at : at + 2] for at in range(0, len(parts), 2)]
        parts = [f"({f' {word} '.join(pair)})" if len(pair) > 1 else pair[0] for pair in pairs]
    return parts[0]


def _tables(query: Query, fields: Sequence[str]) -> set[str | None]:
    """The tables joined for columns and conditions; None is the main one."""
    where = query.select.where
    conditions = where.conditions if where else ()
    named = [*fields, *(condition.field.text for condition in conditions)]
    return {None, *(table_beside(query.table.module.name, field) for field in named)}


def _order(query: Query, joined: Sequence[Join], tables: set[str | None] | None) -> str:
    """The ORDER BY terms; rows of one record are in the order of the joined tables."""
    order = query.select.order
    keys = [_sort_key(query, name.text, tables) for name in order.names] if order else []
    if order and order.direction is Direction.DESC:
        keys[-1] += " DESC"
    ties = _LOWEST_BYTE_FIRST if joined and _sorts_numbers(query) else _unordered(query)
    return ", ".join([*keys, *ties, *(join.place for join in joined)])


def _sorts_numbers(query: Query) -> bool:
    """Whether a server sorts only the numbers of invoices, quotes or orders, before it joins lines.

    It does if ORDER BY uses columns of their own table, and the selected columns of that table are
    too wide to be sorted with them: all of them, or two texts.
    """
    order, module = query.select.order, query.table.module
    if order is None or module.name not in LINE_ITEMS:
        return False
    if not all(_is_own(module, name.text) for name in order.names):
        return False
    texts = [name for name in query.named_fields(order=True)
             if _is_own(module, name) and module.fields[name].type.family is Family.TEXT]  # fmt: skip
    return isinstance(query.select.columns, Star) or len(texts) > 1


def _is_own(module: Module, name: str) -> bool:
    own = name in module.fields and name not in _CRMENTITY_FIELDS
    return own and table_beside(module.name, name) is None


def _unordered(query: Query) -> list[str]:
    """The order of equal rows: by an index in calendar modules, otherwise by number."""
    columns, order = query.table.columns, query.select.order
    if order and order.names[0].text == "eventstatus":
        return [RECORD_NUMBER]  # an index of that column is read
    if query.table.module.name not in CALENDARS or not {*_ACTIVITY_INDEX} <= columns.keys():
        return [RECORD_NUMBER]
    return [*(columns[field] for field in _ACTIVITY_INDEX), RECORD_NUMBER]


def _sort_key(query: Query, field: str, tables: set[str | None] | None) -> str:
    table = query.table
    if field not in query.readable_fields() or not_ordered(table.module.name, field):
        raise SqlFailure
    if tables is not None and table_beside(table.module.name, field) not in tables:
        raise SqlFailure
    return comparison_key(table, field, kind_in_table(table, field))
