"""A query as an HTTP file, as editors and IDEs run them."""

from __future__ import annotations

from collections.abc import Sequence

from vtql.generate.request import SESSION, address, query_string

_LONGEST = 120


def http(statements: Sequence[str], base: str | None = None) -> str:
    """A request for each query; `{{sessionName}}` and, without an address, `{{url}}` are variables."""
    place = address(base, "{{url}}")
    return "\n\n".join(
        f"### {title(statement)}\n"
        f"GET {place}?{query_string(statement)}&{SESSION}={{{{sessionName}}}}\n"
        "Accept: application/json"
        for statement in statements
    )


def title(statement: str) -> str:
    """A query as a heading: one line, and not all of a long one.

    What is no printable character, a line end in a literal above all, would end the heading, and
    the rest would be part of a request.
    """
    line = "".join(character if character.isprintable() else " " for character in statement)
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
