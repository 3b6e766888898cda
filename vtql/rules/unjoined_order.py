"""An order by a field whose table the query does not have.

## Why

A server keeps some fields of a module in tables beside the main one: addresses, the details of
Contacts, lines, all custom fields (`cf_…`). It joins those of the selected fields and of the
conditions, and forgets those of ORDER BY, so the SQL fails: 8.x answers an empty list as if no record
matched, older servers DATABASE_QUERY_ERROR (measured on 8.4, read in the source of the others).

## Example

    SELECT lastname FROM Contacts ORDER BY mailingcity LIMIT 10;

## Use instead

    SELECT lastname, mailingcity FROM Contacts ORDER BY mailingcity LIMIT 10;
"""

from __future__ import annotations

from collections.abc import Iterator

from vtql.ast import Columns, Star
from vtql.catalog.server_tables import several, table_beside
from vtql.diagnostics import Applicability, Edit
from vtql.profiles import Profile
from vtql.rules.context import Finding, Query
from vtql.source import Span


def check(query: Query) -> Iterator[Finding]:
    select, columns = query.select, query.select.columns
    if select.order is None or isinstance(columns, Star):
        return
    module = select.module.text
    tables = [(name, table_beside(module, name.text)) for name in select.order.names]
    if not any(table for _, table in tables):
        return
    failing = [profile for profile in query.profiles if not profile.joins_order]
    if not failing:
        return
    selected = columns.names if isinstance(columns, Columns) else ()
    used = (*selected, *(condition.field for condition in query.conditions))
    joined = {table_beside(module, name.text) for name in used}
    whole = len(failing) == len(query.profiles)
    for name, table in tables:
        if table is None or table in joined:
            continue
        if query.module is not None and name.text not in query.module.fields:
            continue
        joined.add(table)
        yield Finding(
            name.span,
            f"a server joins the table of `{name.text}` only where that is selected, so the SQL of this "
            f"query fails",
            f"select it, too: `SELECT {name.text}, …`" if selected else "a count needs no order",
            (_selected(columns, name.text),)
            if isinstance(columns, Columns) and name.text not in several(module)
            else (),
            applicability=Applicability.SAFE if whole else Applicability.UNSAFE,
            server_effect=_answer(failing),
        )


def _answer(failing: list[Profile]) -> str:
    silent = [profile.hides_sql_errors for profile in failing]
    if all(silent):
        return "it answers an empty list"
    if not any(silent):
        return "it answers DATABASE_QUERY_ERROR"
    return "Vtiger 8 answers an empty list, older servers DATABASE_QUERY_ERROR"


def _selected(columns: Columns, name: str) -> Edit:
    """The field behind the selected ones; before them where a server would take it for FROM."""
    at = columns.span.start if name.lower().endswith("from") else columns.span.end
    return Edit(Span(at, at), f"{name}, " if at == columns.span.start else f", {name}")
