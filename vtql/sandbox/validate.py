"""Parse a query and validate it as a server does, in the same order.

The module is checked first, found by a search in the raw text, before any syntax; then lexer and
parser, the selected fields, the fields of the conditions, and the ids in their values.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from vtql.ast import Bare, Columns, Membership, Select, Star, Value, text_of, values_of
from vtql.catalog.types import Family
from vtql.parser.lalr import Stop
from vtql.parser.literals import too_long
from vtql.parser.node_builders import read
from vtql.parser.vtiger_parser import MODULE, TOKEN, syntax_error_message, tolerated_query
from vtql.profiles import Profile
from vtql.protocol import ACCESS_DENIED, INTERNAL_SERVER_ERROR, QUERY_SYNTAX_ERROR
from vtql.sandbox.access import FULL_ACCESS, Access, check_readable
from vtql.sandbox.errors import Refusal, access_denied, invalid_id
from vtql.sandbox.schema import LINE_ITEM, Table
from vtql.sandbox.store import Store
from vtql.source import Span

_ID = re.compile(r"[0-9]+x[0-9]+")
_QUOTED = re.compile(r"'((?:[^']|'')+)'")

WITHOUT_ID = frozenset({"ProductTaxes"})
"""Modules without `id`, which a server adds to the columns of each query (measured): named columns
are refused, and the SQL of `select *` fails."""

_UNSPLIT = re.compile(r"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*")


@dataclass(frozen=True, slots=True)
class Query:
    """A validated query: its tree and the table it addresses.

    `originals` has the original words at places where a tolerated query was rewritten, by offset;
    `fails` means that its SQL fails in a server's database. `hidden` are the fields, by module, that
    the user cannot see; `source` is the parsed text, `lines` the table of LineItem, if there is one.
    """

    select: Select
    table: Table
    profile: Profile
    originals: Mapping[int, str] = field(default_factory=dict)
    fails: bool = False
    hidden: Mapping[str, Collection[str]] = field(default_factory=dict)
    source: str = ""
    lines: Table | None = None

    def named_fields(self, *, order: bool) -> set[str]:
        """The fields in columns and conditions of the query, and in ORDER BY if `order` is set."""
        columns, where, by = self.select.columns, self.select.where, self.select.order
        fields = {item.field.text for item in where.conditions} if where else set()
        match columns:
            case Columns(names):
                fields |= {item.text for item in names}
            case Star():
                fields |= {
                    *self.readable_fields(),
                    *(self.table.columns.keys() - self.table.module.fields.keys()),
                }
        return fields | ({item.text for item in by.names} if by and order else set())

    def readable_fields(self) -> list[str]:
        """The fields that the query may name."""
        hidden = self.hidden.get(self.table.module.name, ())
        return [name for name in visible_fields(self.table, self.profile) if name not in hidden]

    def source_text(self, value: Value) -> str:
        """The source text of a value: between its quotes, with escapes."""
        original = self.original(value.span)
        if original is not None:
            return original
        quoted = _QUOTED.search(self.source, *value.span)
        return quoted[1] if quoted else text_of(value)

    def original(self, span: Span) -> str | None:
        """The original word at a span of the tree, possibly within brackets."""
        if not self.originals:
            return None
        places = (place for place in range(*span) if place in self.originals)
        return next((self.originals[place] for place in places), None)


def validate(store: Store, text: str, profile: Profile, access: Access = FULL_ACCESS) -> Query:
    """Parse and validate a query for a user with these access rights.

    Raises:
        Refusal: the server would refuse the query.
    """
    named = MODULE.search(text)
    if named is None:
        raise access_denied(" for query")
    check_readable(access, _table(store, named[1].strip("\0"), profile).module.name)  # PHP trims it
    bare = text.rstrip(" \t\r\n")
    if not profile.semicolon and not bare.endswith(";"):
        text = f"{bare};"
    query = replace(
        _parse(store, text, profile), hidden=access.hidden, lines=store.tables.get(LINE_ITEM)
    )
    _check_lists(query)
    _check_fields(query)
    _check_ids(query, profile.lenient_ids)
    return query


def visible_fields(table: Table, profile: Profile) -> list[str]:
    """The described fields, without passwords and keys, which only old servers return."""
    if profile.lenient_ids or not table.secret:
        return list(table.named)
    return [name for name in table.named if name not in table.secret]


def _table(store: Store, name: str, profile: Profile) -> Table:
    """The table of a module; some servers ignore the case of its name."""
    folded = name.casefold() if profile.folds_modules else ""
    matching = (table_name for table_name in store.tables if table_name.casefold() == folded)
    table = store.tables.get(name) or store.tables.get(next(matching, ""))
    if table is None:
        raise access_denied(f" for name : {name}")
    return table


def _parse(store: Store, text: str, profile: Profile) -> Query:
    parsed = read(text)
    if isinstance(parsed, Select):
        return Query(parsed, _table(store, parsed.module.text, profile), profile, source=text)
    tolerated = tolerated_query(text)
    again = read(tolerated.text) if tolerated else parsed
    if tolerated is None or isinstance(again, Stop):
        raise _syntax_refusal(text, parsed.at)
    table = _table(store, again.module.text, profile)
    return Query(again, table, profile, tolerated.originals, tolerated.fails, source=tolerated.text)


def _syntax_refusal(text: str, fault: int) -> Refusal:
    """The refusal of a text with a syntax error; an error of the lexer has precedence."""
    if text[fault : fault + 1] == "'":  # an error in this literal is only one for the database
        literal = TOKEN.match(text, fault)
        fault = literal.end() if literal else fault
    at = 0
    while at < len(text) and at <= fault:
        token = TOKEN.match(text, at)
        if token is None or (token.lastgroup == "literal" and too_long(token.group()[1:-1])):
            return Refusal(INTERNAL_SERVER_ERROR)
        at = token.end()
    return Refusal(QUERY_SYNTAX_ERROR, syntax_error_message(text))


def _check_lists(query: Query) -> None:
    """PHP ignores an unquoted 0 at the start of a list with more values."""
    where = query.select.where
    for condition in where.conditions if where else ():
        match condition:
            case Membership(_, (Bare("0"), _, *_)):
                raise Refusal(QUERY_SYNTAX_ERROR, "columns data inappropriate")


def _check_fields(query: Query) -> None:
    readable = set(query.readable_fields())
    columns, where = query.select.columns, query.select.where
    for name in columns.names if isinstance(columns, Columns) else ():
        if name.text not in readable:
            raise _denied_column(name.text)
    if isinstance(columns, Columns) and query.table.module.name in WITHOUT_ID:
        raise _denied_column("id")
    for condition in where.conditions if where else ():
        name = condition.field
        original = query.original(name.span)
        if original is not None or name.text not in readable:
            named = original or name.text
            raise Refusal(ACCESS_DENIED, f"Permission to access {named} attribute denied.")


def _denied_column(name: str) -> Refusal:
    return Refusal(ACCESS_DENIED, f"Permission to access '.{name}.' attribute denied.")


def _check_ids(query: Query, loose: bool) -> None:  # noqa: FBT001 - a fact of the profile
    """References need an id. `id` and owners also accept a number, with which the SQL fails.

    The server checks the text between the quotes, before the database decodes its escapes.
    """
    where = query.select.where
    for condition in where.conditions if where else ():
        type_ = query.table.module.fields[condition.field.text].type
        if type_.family is not Family.ID:
            continue
        lenient = type_.name in ("id", "owner")
        for value in values_of(condition):
            text = query.source_text(value)
            if loose and (lenient or "x" in text):
                continue
            if not _ID.search(text) and not (lenient and _UNSPLIT.fullmatch(text)):
                raise invalid_id()
