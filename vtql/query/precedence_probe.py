"""How a server evaluates AND and OR, found out by asking it.

`p or p and q`, where p is true of every record and q of none: with AND first all records come, from
left to right none. A record that comes is proof. None is no proof, for the module may be empty, or
its records hidden from the user; read from left to right, a chain is never true of a record of which
it is not true with AND first, so no chain can prove that precedence by what comes. There the records
have to be seen: one that is there before, does not come, and is there still, proves it.

So one request is enough on every server that reads as SQL does, which all measured ones are; three
more are asked of those where nothing comes. Where even they do not tell, nobody knows, and chains
stay portable.
"""

from __future__ import annotations

from vtql.ast import (
    Chain,
    Columns,
    Comparison,
    Connective,
    Limit,
    Link,
    Literal,
    Name,
    Operator,
    Order,
    Select,
)
from vtql.catalog.model import Module
from vtql.parser.printer import write
from vtql.profiles import ServerPrecedence
from vtql.protocol import PAGE
from vtql.query.connection import Fetch, Row, Server

_ID = Name("id")


def probed(server: Server, module: Module) -> ServerPrecedence | None:
    """The precedence on the server, asked for over a module's records if it is not yet known.

    A module that did not tell is not asked again.
    """
    if server.precedence is None and module.name not in server.barren:
        server.precedence = probe(server.fetch, module)
        if server.precedence is None:
            server.barren.add(module.name)
    return server.precedence


def probe(fetch: Fetch, module: Module) -> ServerPrecedence | None:
    """How the server reads a chain; None where the module's records do not tell.

    Raises:
        TransportError, ServiceError: as `fetch`.
    """
    prefix = module.id_prefix or "1"
    always = Comparison(_ID, Operator.GT, Literal(f"{prefix}x0"))
    nothing = Comparison(_ID, Operator.LT, Literal(f"{prefix}x0"))
    if _ids_of_page(fetch, module, _chain(always, nothing)):
        return "and_first"
    seen = _ids_of_page(fetch, module, Chain(always))
    if not seen or not isinstance(seen[0].get("id"), str):
        return None
    record = Comparison(_ID, Operator.EQ, Literal(seen[0]["id"]))
    if _ids_of_page(fetch, module, _chain(record, nothing)):
        return "and_first"
    return "left_to_right" if _ids_of_page(fetch, module, Chain(record)) else None


def _chain(true: Comparison, false: Comparison) -> Chain:
    return Chain(true, (Link(Connective.OR, true), Link(Connective.AND, false)))


def _ids_of_page(fetch: Fetch, module: Module, chain: Chain) -> list[Row]:
    select = Select(Columns((_ID,)), Name(module.name), chain, Order((_ID,)), Limit(PAGE))
    return fetch(write(select))
