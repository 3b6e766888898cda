"""A condition for records that a server leaves out of the module.

## Why

A server adds conditions of its own: Users are active ones, Calendar has tasks only, and Events all
but tasks and e-mails (read in the source; that Events has no task is measured on 8.4). A query for
the others gets an empty list.

## Example

    SELECT subject FROM Events WHERE activitytype = 'Task' LIMIT 10;

## Use instead

    SELECT subject FROM Calendar WHERE activitytype = 'Task' LIMIT 10;
"""

from __future__ import annotations

from collections.abc import Iterator

from vtql.ast import Comparison, Condition, Literal, Operator, values_of
from vtql.catalog.server_tables import IMPLICIT, Implicit
from vtql.diagnostics import Severity
from vtql.rules.context import Finding, Query


def check(query: Query) -> Iterator[Finding]:
    implicit = IMPLICIT.get(query.select.module.text)
    if implicit is None or not implicit.field or not query.conditions:
        return
    excluded = [
        (run, condition)
        for run in query.runs
        for condition in run
        if _excluded(condition, implicit)
    ]
    whole = len({id(run) for run, _ in excluded}) == len(query.runs)
    for _, condition in excluded:
        yield Finding(
            condition.span,
            f"a query of {query.select.module.text} leaves out {implicit.left_out}, so that nothing "
            "meets this condition",
            implicit.instead,
            severity=Severity.ERROR if whole else Severity.WARNING,
        )


def _excluded(condition: Condition, implicit: Implicit) -> bool:
    if condition.field.text != implicit.field:
        return False
    if isinstance(condition, Comparison):
        if condition.operator is Operator.NE and isinstance(condition.value, Literal):
            return implicit.only == (condition.value.value.rstrip(" ").lower(),)
        if condition.operator is not Operator.EQ:
            return False
    return not any(
        not isinstance(value, Literal) or implicit.finds(value.value)
        for value in values_of(condition)
    )
