"""A query that was written as text, read in full: its tree becomes a query specification like any other."""

from __future__ import annotations

from collections.abc import Iterator

from vtql.ast import Columns, Count, Direction, Select
from vtql.catalog.catalog import Catalog
from vtql.catalog.model import Module
from vtql.extended.compile import condition_of
from vtql.extended.parse import ExtendedQuery
from vtql.logic.negation import without_not
from vtql.logic.plan import Precedence
from vtql.logic.semantics import meaning
from vtql.logic.tree import TRUE
from vtql.profiles import ServerPrecedence
from vtql.query.connection import Fetch, Row, Server
from vtql.query.counting import count
from vtql.query.execute import rows
from vtql.query.explain import Explanation, explanation
from vtql.query.spec import MOST, QuerySpec


def rows_of(
    select: Select, catalog: Catalog, fetch: Fetch, precedence: ServerPrecedence
) -> Iterator[Row]:
    """All rows that a query means to a server of that precedence, page by page.

    Raises:
        ModuleError: the catalog does not know the module.
        NotExpressible: the order cannot be read over several pages.
    """
    return rows(_spec(select, catalog, fetch, precedence))


def count_of(
    select: Select, catalog: Catalog, fetch: Fetch, precedence: ServerPrecedence
) -> int | None:
    """The answer to a `count(*)`, on servers that give none, too; None if it is no such query."""
    if not isinstance(select.columns, Count):
        return None
    return count(_spec(select, catalog, fetch, precedence))


def explain_text(
    query: ExtendedQuery, catalog: Catalog | None = None, precedence: Precedence | None = None
) -> Explanation:
    """What reading all rows of a query in the extended language will ask.

    Raises:
        ModuleError, FieldError: the catalog has no such name.
        NotExpressible: VTQL cannot say it.
    """
    name = query.module.text
    module = Module(name, name, "", is_entity=True) if catalog is None else catalog[name]
    names, start, stop = _order_of(query), *_slice_of(query)
    return explanation(
        QuerySpec(
            module=module,
            catalog=catalog or Catalog({}),
            shape=dict,
            tree=without_not(condition_of(query, catalog)),
            order=names,
            columns=_names_of(query),
            start=start,
            stop=stop,
            precedence=precedence,
            as_stored=True,
        )
    )


def _spec(
    select: Select, catalog: Catalog, fetch: Fetch, precedence: ServerPrecedence
) -> QuerySpec:
    start, stop = _slice_of(select)
    return QuerySpec(
        module=catalog[select.module.text],
        catalog=catalog,
        shape=dict,
        server=Server(fetch),
        tree=meaning(select.where, precedence) if select.where else TRUE,
        order=_order_of(select),
        columns=_names_of(select),
        start=start,
        stop=stop,
        precedence=precedence,
        as_stored=True,
    )


def _order_of(select: Select | ExtendedQuery) -> tuple[str, ...]:
    if select.order is None:
        return ()
    names = tuple(name.text for name in select.order.names)
    return (*names[:-1], f"-{names[-1]}") if select.order.direction is Direction.DESC else names


def _names_of(select: Select | ExtendedQuery) -> tuple[str, ...] | None:
    columns = select.columns
    return tuple(name.text for name in columns.names) if isinstance(columns, Columns) else None


def _slice_of(select: Select | ExtendedQuery) -> tuple[int, int | None]:
    if select.limit is None:
        return 0, None
    start = select.limit.offset or 0
    return start, start + min(select.limit.count, MOST)
