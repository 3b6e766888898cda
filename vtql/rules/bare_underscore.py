r"""An underscore inside a word of a pattern, without a backslash before it.

## Why

In a pattern `_` stands for any one character: `LIKE 'un_der%'` finds `un-der` and `unxder`, too
(measured on 8.4). One that is meant is written `\_`.

## Example

    SELECT lastname FROM Contacts WHERE title LIKE 'vice_head%' LIMIT 10;

## Use instead

    SELECT lastname FROM Contacts WHERE title LIKE 'vice\_head%' LIMIT 10;
"""

from __future__ import annotations

from collections.abc import Iterator

from vtql.ast import Literal
from vtql.catalog.families import Family
from vtql.diagnostics import Applicability, Edit
from vtql.parser.literals import wildcards
from vtql.rules.context import Finding, Query


def check(query: Query) -> Iterator[Finding]:
    for condition in query.likes:
        value = condition.value
        if not isinstance(value, Literal) or "_" not in value.value:
            continue
        if query.family(condition.field) in (Family.ID, Family.MOMENT, Family.TIME, Family.NUMBER):
            continue
        inside = [at for at in wildcards(value.value) if _in_a_word(value.value, at)]
        if not inside:
            continue
        literal = query.source_of(value.span)
        yield Finding(
            value.span,
            "in a pattern `_` stands for any one character, so this finds more than it says",
            r"a `_` that is meant is written `\_`",
            (Edit(value.span, _escaped(literal)),) if "\\" not in literal else (),
            applicability=Applicability.UNSAFE,
        )


def _in_a_word(text: str, at: int) -> bool:
    """Whether a letter or digit stands on either side of an underscore."""
    return text[at] == "_" and text[at - 1 : at].isalnum() and text[at + 1 : at + 2].isalnum()


def _escaped(literal: str) -> str:
    """A literal without backslashes, one put before each underscore inside a word."""
    return "".join(
        f"\\{character}" if character == "_" and _in_a_word(literal, at) else character
        for at, character in enumerate(literal)
    )
