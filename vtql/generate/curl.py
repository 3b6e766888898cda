"""A query as a command for a shell."""

from __future__ import annotations

from collections.abc import Sequence
from shlex import quote

from vtql.generate.request import SESSION, address, query_string


def curl(statements: Sequence[str], base: str | None = None) -> str:
    """A line of curl for each query, the session from `$VTQL_SESSION`.

    Without an address it is that of `$VTQL_URL`. The URL is encoded already and has nothing in it
    that a shell or curl would read; single quotes keep it so.
    """
    place = address(base, "")
    begin = '"$VTQL_URL"' if base is None else ""
    return "\n".join(
        f"curl --silent --show-error --globoff {begin}{quote(f'{place}?{query_string(statement)}&{SESSION}=')}"
        '"$VTQL_SESSION"'
        for statement in statements
    )
