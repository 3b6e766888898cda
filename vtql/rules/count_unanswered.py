"""A count that a server does not answer.

## Why

Vtiger 8.4 answers `count(*)` of a module with records of its own with an empty list, as if there
were nothing to count (measured). Every other server counts, and 8.4 itself counts Groups, Currency
and the other modules that are no entities.

## Example

    SELECT count(*) FROM Contacts;

## Use instead

    SELECT id FROM Contacts LIMIT 100;
"""

from __future__ import annotations

from collections.abc import Iterator

from vtql.ast import Count
from vtql.diagnostics import Severity
from vtql.profiles import titles
from vtql.rules.context import Finding, Query

NOT_ENTITIES = (
    "Groups",
    "Currency",
    "DocumentFolders",
    "CompanyDetails",
    "LineItem",
    "Tax",
    "ProductTaxes",
)
"""The modules of an open-source server that are no entities, for where there is no catalog."""


def check(query: Query) -> Iterator[Finding]:
    if not isinstance(query.select.columns, Count):
        return
    if (
        query.select.module.text in NOT_ENTITIES
        if query.module is None
        else not query.module.is_entity
    ):
        return
    silent = [profile for profile in query.profiles if not profile.counts]
    if silent:
        whole = len(silent) == len(query.profiles)
        yield Finding(
            query.select.columns.span,
            f"{titles(silent)} answers `count(*)` of a module of records with an empty list",
            "`vtql run` and `count()` of a query set count on every server",
            severity=Severity.ERROR if whole else Severity.WARNING,
        )
