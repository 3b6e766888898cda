"""A query that was written as text, read in full: its tree becomes a state like any other."""

from __future__ import annotations

from collections.abc import Iterator

from vtql.ast import Columns, Count, Direction, Select
from vtql.logic.meaning import meaning
from vtql.logic.tree import TRUE
from vtql.profiles import Reading
from vtql.query.counting import count
from vtql.query.rows import rows
from vtql.query.server import Fetch, Row, Server
from vtql.query.state import State
from vtql.schema.catalog import Catalog

MOST = 10**18
"""Records that no server has; a larger LIMIT means all."""


def rows_of(select: Select, catalog: Catalog, fetch: Fetch, reading: Reading) -> Iterator[Row]:
    """All rows that a query means to a server of that reading, page by page.

    Raises:
        ModuleError: the catalog does not know the module.
        NotExpressible: the order cannot be read over several pages.
    """
    return rows(_state(select, catalog, fetch, reading))


def count_of(select: Select, catalog: Catalog, fetch: Fetch, reading: Reading) -> int | None:
    """The answer to a `count(*)`, on servers that give none, too; None if it is no such query."""
    if not isinstance(select.columns, Count):
        return None
    return count(_state(select, catalog, fetch, reading))


def _state(select: Select, catalog: Catalog, fetch: Fetch, reading: Reading) -> State:
    columns, order = select.columns, select.order
    names = tuple(name.text for name in order.names) if order else ()
    if order and order.direction is Direction.DESC:
        names = (*names[:-1], f"-{names[-1]}")
    start = (select.limit.offset or 0) if select.limit else 0
    return State(
        module=catalog[select.module.text],
        catalog=catalog,
        shape=dict,
        server=Server(fetch),
        tree=meaning(select.where, reading) if select.where else TRUE,
        order=names,
        columns=tuple(name.text for name in columns.names)
        if isinstance(columns, Columns)
        else None,
        start=start,
        stop=start + min(select.limit.count, MOST) if select.limit else None,
        reading=reading,
    )
