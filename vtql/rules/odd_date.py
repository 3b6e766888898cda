"""A date that is not written in ISO form, or that does not exist.

## Why

A server hands the text to its database, which reads `2024-01-31` and takes most other texts for the
date 0000-00-00, without a word: `= '29-02-2024'`, `= '2024-02'` and `= 'today'` found the records that
have that date (measured on 8.4). A day that does not exist, such as 30 February, is such a text, too.
Nothing is converted, so a zone behind a time is passed over.
What `describe` calls the format of a date is that of the user's screen, not that of queries.

## Example

    SELECT lastname FROM Contacts WHERE birthday = '31.01.2024' LIMIT 10;

## Use instead

    SELECT lastname FROM Contacts WHERE birthday = '2024-01-31' LIMIT 10;
"""

from __future__ import annotations

from collections.abc import Iterator

from vtql.ast import Bare, Value, text_of
from vtql.catalog import date_literals
from vtql.diagnostics import Applicability, Edit
from vtql.rules.context import Finding, Query, is_like

FORMS = {"date": "`'2024-01-31'`", "datetime": "`'2024-01-31 10:20:30'`"}


def check(query: Query) -> Iterator[Finding]:
    for field, condition, value in query.typed_values:
        form = FORMS.get(field.type.name)
        if form is None or is_like(condition):
            continue
        text = text_of(value).strip(" ")
        if date_literals.is_moment(text) or (isinstance(value, Bare) and "x" in text):
            continue
        zone = date_literals.ZONE.search(text)
        if zone and ":" in text[: zone.start()] and date_literals.is_moment(text[: zone.start()]):
            if zone["zone"].strip("Z+-0:"):
                yield _in_a_zone(field.name, value, zone["zone"])
            continue
        match, iso = date_literals.ISO.fullmatch(text), date_literals.in_iso(text)
        if match and not date_literals.exists(match):
            message = f"there is no day {match['year']}-{match['month']}-{match['day']}"
        else:
            message = f"`{field.name}` is a {field.type.name}, and this is none in ISO form"
        yield Finding(
            value.span,
            message,
            f"write it as `'{iso}'`" if iso else f"a {field.type.name} is written {form}",
            (Edit(value.span, f"'{iso}'"),) if iso else (),
            applicability=Applicability.UNSAFE,
            server_effect="a server compares it as another date, or as none",
        )


def _in_a_zone(name: str, value: Value, zone: str) -> Finding:
    return Finding(
        value.span,
        f"`{name}` is compared as it is stored, in the zone of the server, which passes over `{zone}`",
        "the time in the server's zone, which is UTC unless its administrator changed it",
    )
