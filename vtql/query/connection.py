"""The connection that query sets are bound to, and what they have learnt of its server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from vtql.catalog.catalog import Catalog
from vtql.errors import ArgumentError
from vtql.profiles import ServerPrecedence

Row: TypeAlias = dict[str, Any]
Fetch: TypeAlias = Callable[[str], list[Row]]

URL_BYTES = 7500
"""How long a query may be in a URL, encoded. Web servers take some 8,000 bytes for the whole of it,
and what stands around the query takes its part."""


FEWEST_BYTES = 200
"""With less room hardly a condition would fit."""


def url_limit(url_bytes: int) -> int:
    """How long a query may be in a URL, made sure to be possible.

    Raises:
        ArgumentError: it is no whole number, or too small for any query.
    """
    if not isinstance(url_bytes, int) or url_bytes < FEWEST_BYTES:
        raise ArgumentError(
            f"`url_bytes` is how many bytes a query may have in a URL: at least {FEWEST_BYTES}"
        )
    return url_bytes


@dataclass(slots=True)
class Server:
    """The way to a server, and what has been learnt of it; the query sets of a client share one.

    `fetch` gives the rows of one query; `described` a catalog that has a module, and asks for it
    where need be. `url_bytes` bounds a query. `precedence` is how the server evaluates and/or, once that
    is known, `barren` the modules whose records did not tell. `counts` is whether `count(*)` was
    answered when it was last asked for. `counts_offsets` says that the server was seen to keep to the
    offset in LIMIT.
    """

    fetch: Fetch
    described: Callable[[str], Catalog] | None = None
    url_bytes: int = URL_BYTES
    precedence: ServerPrecedence | None = None
    barren: set[str] = field(default_factory=set)
    counts: dict[str, bool] = field(default_factory=dict)
    counts_offsets: bool = False
