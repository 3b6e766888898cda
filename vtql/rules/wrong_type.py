"""A value that its field cannot hold: no number for a number, no time of day for a time.

## Why

A server compares it all the same, by the database's rules: of a text it takes the number at the
front, and 0 where there is none, so that `'abc'` finds all records with 0 and `'1,5'` those with 1
(measured on 8.4).

## Example

    SELECT potentialname FROM Potentials WHERE amount > '1,5' LIMIT 10;

## Use instead

    SELECT potentialname FROM Potentials WHERE amount > '1.5' LIMIT 10;
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from vtql.ast import Bare, text_of
from vtql.catalog.families import Family
from vtql.diagnostics import Applicability, Edit
from vtql.rules.context import Finding, Query, is_like

NUMBER = re.compile(r" *(?P<front>[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)? *", re.I | re.ASCII)
TIME = re.compile(r" *\d{1,3}(?::[0-5]?\d){0,2}(?:\.\d+)? *", re.ASCII)
COMMA = re.compile(r"[+-]?\d+,\d+", re.ASCII)


def check(query: Query) -> Iterator[Finding]:
    for field, condition, value in query.typed_values:
        number = field.type.family is Family.NUMBER
        if not (number or field.type.name == "time") or is_like(condition):
            continue
        text = text_of(value)
        if isinstance(value, Bare) and "x" in text:
            continue  # reported by `unquoted-text`
        if number:
            match = NUMBER.match(text)
            front = match["front"] if match else None
            if front is None or match is None or match.end() < len(text):
                edits = (
                    (Edit(value.span, f"'{text.replace(',', '.')}'"),)
                    if COMMA.fullmatch(text)
                    else ()
                )
                yield Finding(
                    value.span,
                    f"`{field.name}` is a number, and this text is compared as {front or '0'}",
                    "a number has a point before its decimals, and nothing else around it",
                    edits, applicability=Applicability.UNSAFE,
                )  # fmt: skip
        elif not TIME.fullmatch(text):
            yield Finding(
                value.span,
                f"`{field.name}` is a time of day, and this is none",
                "a server keeps times as `'10:20:30'`",
            )
