"""A query's text to its tree, with the checks that a server makes, in the order it makes them.

The module comes first, found by a search over the raw text, so before any syntax; then lexer and
parser, the selected fields, the fields of the conditions, and the ids among their values.
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
from vtql.parser.vtiger_parser import TOKEN, syntax_error_message, tolerated_query
from vtql.profiles import Profile
from vtql.protocol import ACCESS_DENIED, INTERNAL_SERVER_ERROR, QUERY_SYNTAX_ERROR
from vtql.sandbox.access import FULL_ACCESS, Access, check_readable
from vtql.sandbox.errors import Refusal, access_denied, invalid_id
from vtql.sandbox.schema import LINE_ITEM, Table
from vtql.sandbox.store import Store
from vtql.source import Span

_MODULE = re.compile(r"from\s+([^\s;]+)", re.IGNORECASE | re.ASCII)
_ID = re.compile(r"[0-9]+x[0-9]+")
_QUOTED = re.compile(r"'((?:[^']|'')+)'")
LENIENT_PROFILES = frozenset({"5.4", "7", "8.0"})
"""Servers that look at no id but for its x, and compare what stands behind it; they also give
passwords and keys of users to administrators (measured on 8.0)."""

WITHOUT_ID = frozenset({"ProductTaxes"})
"""Modules without the field `id`, which a server adds to the columns of each query (measured): named
columns are refused, and the SQL for all of them fails."""

_UNSPLIT = re.compile(r"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*")


@dataclass(frozen=True, slots=True)
class Query:
    """A checked query: its tree, the table it is about, and what makes it no VTQL.

    `originals` has the words that stood where the tree has something else, by offset; `fails`
    says that the server's database will not take it. `hidden` are the fields, by module, that who
    asks does not see; `source` is the text that the tree was read from, `lines` the table of
    LineItem, where there is one.
    """

    select: Select
    table: Table
    profile: Profile
    originals: Mapping[int, str] = field(default_factory=dict)
    fails: bool = False
    hidden: Mapping[str, Collection[str]] = field(default_factory=dict)
    source: str = ""
    lines: Table | None = None

    def named(self, *, order: bool) -> set[str]:
        """The fields that the statement names or stars; those of ORDER BY only where asked."""
        columns, where, by = self.select.columns, self.select.where, self.select.order
        found = {each.field.text for each in where.conditions} if where else set()
        match columns:
            case Columns(names):
                found |= {each.text for each in names}
            case Star():
                found |= {
                    *self.seen(),
                    *(self.table.columns.keys() - self.table.module.fields.keys()),
                }
        return found | ({each.text for each in by.names} if by and order else set())

    def seen(self) -> list[str]:
        """The fields that the query may name."""
        hidden = self.hidden.get(self.table.module.name, ())
        return [name for name in visible_fields(self.table, self.profile) if name not in hidden]

    def written(self, value: Value) -> str:
        """The text of a value as it was written: between its quotes, escapes and all."""
        original = self.original(value.span)
        if original is not None:
            return original
        quoted = _QUOTED.search(self.source, *value.span)
        return quoted[1] if quoted else text_of(value)

    def original(self, span: Span) -> str | None:
        """The word that stood in a place of the tree, brackets around it included."""
        if not self.originals:
            return None
        places = (place for place in range(*span) if place in self.originals)
        return next((self.originals[place] for place in places), None)


def validate(store: Store, text: str, profile: Profile, access: Access = FULL_ACCESS) -> Query:
    """The query that a text is, for a user of that access.

    Raises:
        Refusal: as the server refuses.
    """
    named = _MODULE.search(text)
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
    _check_ids(query, profile.name in LENIENT_PROFILES)
    return query


def visible_fields(table: Table, profile: Profile) -> list[str]:
    """The fields that a query may name: those of `describe`, but for passwords and keys, which
    only old servers give away."""
    if profile.name in LENIENT_PROFILES or not table.secret:
        return list(table.named)
    return [name for name in table.named if name not in table.secret]


def _table(store: Store, name: str, profile: Profile) -> Table:
    """The table of a module, for some servers in whatever case it is written."""
    folded = name.casefold() if profile.folds_modules else ""
    alike = (each for each in store.tables if each.casefold() == folded)
    table = store.tables.get(name) or store.tables.get(next(alike, ""))
    if table is None:
        raise access_denied(f" for name : {name}")
    return table


def _parse(store: Store, text: str, profile: Profile) -> Query:
    found = read(text)
    if isinstance(found, Select):
        return Query(found, _table(store, found.module.text, profile), profile, source=text)
    made = tolerated_query(text)
    again = read(made.text) if made else found
    if made is None or isinstance(again, Stop):
        raise _syntax_refusal(text, found.at)
    table = _table(store, again.module.text, profile)
    return Query(again, table, profile, made.originals, made.fails, source=made.text)


def _syntax_refusal(text: str, fault: int) -> Refusal:
    """The refusal of a text that does not parse: the lexer's, if it fails no later."""
    if text[fault : fault + 1] == "'":  # a literal that only the database minds: the next counts
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
    """PHP takes a first 0 for no value at all, if it has no quotes and others follow."""
    where = query.select.where
    for condition in where.conditions if where else ():
        match condition:
            case Membership(_, (Bare("0"), _, *_)):
                raise Refusal(QUERY_SYNTAX_ERROR, "columns data inappropriate")


def _check_fields(query: Query) -> None:
    known = set(query.seen())
    columns, where = query.select.columns, query.select.where
    for name in columns.names if isinstance(columns, Columns) else ():
        if name.text not in known:
            raise _denied_column(name.text)
    if isinstance(columns, Columns) and query.table.module.name in WITHOUT_ID:
        raise _denied_column("id")
    for condition in where.conditions if where else ():
        name = condition.field
        original = query.original(name.span)
        if original is not None or name.text not in known:
            found = original or name.text
            raise Refusal(ACCESS_DENIED, f"Permission to access {found} attribute denied.")


def _denied_column(name: str) -> Refusal:
    return Refusal(ACCESS_DENIED, f"Permission to access '.{name}.' attribute denied.")


def _check_ids(query: Query, loose: bool) -> None:  # noqa: FBT001 - a fact of the profile
    """References want an id. `id` and owners let a bare number through, for SQL to stumble over.

    The server looks at the text between the quotes, before the database reads its escapes.
    """
    where = query.select.where
    for condition in where.conditions if where else ():
        type_ = query.table.module.fields[condition.field.text].type
        if type_.family is not Family.ID:
            continue
        lenient = type_.name in ("id", "owner")
        for value in values_of(condition):
            text = query.written(value)
            if loose and (lenient or "x" in text):
                continue
            if not _ID.search(text) and not (lenient and _UNSPLIT.fullmatch(text)):
                raise invalid_id()
