"""What is found in a string of a program: its query, and the way back to the places of the file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from vtql.analysis import analyze
from vtql.ast import Select
from vtql.diagnostics import Diagnostic
from vtql.embedded.parts import Template
from vtql.embedded.placed import placed

if TYPE_CHECKING:
    from vtql.catalog.catalog import Catalog


class Purpose(NamedTuple):
    """What queries are checked against."""

    language: str
    catalog: Catalog | None
    profile: str | None


def judged(template: Template, purpose: Purpose) -> tuple[Select | None, list[Diagnostic]]:
    """The tree of a string, None where it has holes or is no query, and what is found in it."""
    if template.holes:
        from vtql.embedded.guessing import guessed  # noqa: PLC0415 - 15 ms of start-up

        told, common = guessed(template, purpose)
        return None, told + [_in_the_file(template, each) for each in common]
    analysis = analyze(template.text, purpose.catalog, purpose.profile)
    found = [_in_the_file(template, each) for each in analysis.diagnostics]
    select = analysis.select
    return select and placed(select, template.place), found


def _in_the_file(template: Template, found: Diagnostic) -> Diagnostic:
    """A finding of the text of a template as one of the file."""
    edits = [template.edit(edit) for edit in found.edits]
    kept = tuple(edit for edit in edits if edit is not None)
    return replace(
        found, span=template.place(found.span), edits=kept if len(kept) == len(edits) else ()
    )
