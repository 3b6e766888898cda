"""A condition that stands there twice.

## Why

The second makes no difference to a server; often another field or another value was meant. The same
goes for an alternative behind one that already finds all of its records.

## Example

    SELECT lastname FROM Contacts WHERE email = 'a@example.com' OR email = 'a@example.com' LIMIT 10;

## Use instead

    SELECT lastname FROM Contacts WHERE email = 'a@example.com' OR secondaryemail = 'a@example.com' LIMIT 10;
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from vtql.ast import Condition, Membership
from vtql.diagnostics import Edit
from vtql.rules.context import Finding, Query, Run
from vtql.source import Span

MANY = 400
"""Alternatives beyond which it is not looked whether one has all conditions of another."""


def check(query: Query) -> Iterator[Finding]:
    if not query.repeats:
        return
    before: Condition | None = None
    seen: list[frozenset[Hashable]] = []
    seen_sets: set[frozenset[Hashable]] = set()
    for run in query.runs:
        keys = [_key(condition) for condition in run]
        whole = frozenset(keys)
        if before is not None and _is_implied(whole, seen, seen_sets):
            yield _finding(query, Span(run[0].span.start, run[-1].span.end), before, "alternative")
        elif len(whole) < len(keys):
            yield from _within(query, run, keys)
        if whole not in seen_sets:
            seen_sets.add(whole)
            seen.append(whole)
        before = run[-1]


def _is_implied(
    whole: frozenset[Hashable], seen: list[frozenset[Hashable]], seen_sets: set[frozenset[Hashable]]
) -> bool:
    """Whether an alternative before this one finds all that this one finds."""
    if whole in seen_sets or len(whole) == 1:
        return whole in seen_sets
    return len(seen) <= MANY and any(subset <= whole for subset in seen)


def _within(query: Query, run: Run, keys: list[Hashable]) -> Iterator[Finding]:
    seen = {keys[0]}
    for place in range(1, len(run)):
        if keys[place] in seen:
            yield _finding(query, run[place].span, run[place - 1], "condition")
        seen.add(keys[place])


def _finding(query: Query, span: Span, before: Condition, noun: str) -> Finding:
    return Finding(
        span,
        f"this {noun} makes no difference: one before it says as much",
        "leave it out, or write what was meant in its place",
        (Edit(Span(before.span.end, span.end), ""),) if query.is_portable else (),
    )


def _key(condition: Condition) -> Hashable:
    if isinstance(condition, Membership):
        return condition.field, frozenset(condition.values)
    return condition
