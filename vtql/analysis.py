"""Everything there is to say about a text: its syntax, and what the rules find."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from vtql.ast import Select
from vtql.diagnostics import Diagnostic, repaired
from vtql.profiles import profile as profile_named
from vtql.rules import RULES, Query
from vtql.schema.catalog import Catalog
from vtql.source import Source
from vtql.syntax.faults import diagnose
from vtql.syntax.parse import read


@dataclass(frozen=True, slots=True)
class Analysis:
    """What was found in a text, in the order of the text, and its tree if it has one."""

    source: Source
    select: Select | None
    diagnostics: tuple[Diagnostic, ...]

    def fixed(self) -> str:
        """The text after the repairs that are certain; it still has the findings without one."""
        edits = (edit for found in self.diagnostics for edit in found.edits)
        return repaired(self.source.text, edits)


def analyze(
    text: str, catalog: Catalog | None = None, profile: str | None = None, *, name: str = "<query>"
) -> Analysis:
    """Find what is wrong with a query.

    Args:
        text: the query, any text at all.
        catalog: the metadata to check names and values against; without it, syntax only.
        profile: the kind of server, a name of `vtql.profiles`; None means all of them.
        name: what a message calls the text, a file's path for instance.

    Raises:
        ValueError: there is no profile of that name. No text makes it raise.
    """
    if profile is not None:
        profile_named(profile)
    source = Source(text, name)
    parsed = read(text)
    if parsed.select is None:
        assert parsed.fault is not None
        return Analysis(source, None, (diagnose(text, parsed.fault),))
    found = sorted(_findings(text, parsed.select, catalog), key=lambda each: each.span.start)
    return Analysis(source, parsed.select, tuple(found))


def _findings(text: str, select: Select, catalog: Catalog | None) -> Iterator[Diagnostic]:
    known = catalog is not None and select.module.text in catalog
    module = catalog[select.module.text] if catalog is not None and known else None
    query = Query(text, select, catalog, module)
    for rule in RULES:
        for found in rule.check(query):
            yield Diagnostic(
                rule.code, rule.slug, rule.severity,
                found.message, found.span, found.help, found.edits,
            )  # fmt: skip
