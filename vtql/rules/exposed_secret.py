"""A query that brings passwords and access keys.

## Why

Up to Vtiger 8.3 a query of Users gives an administrator the hashes of passwords, and the access
keys with which anybody logs in as that user (measured on 8.0); `*` is enough. From its answer they
get into logs and exports. 8.4 gives them to nobody: see `hidden-field`.

## Example

    SELECT * FROM Users LIMIT 100;

## Use instead

    SELECT user_name, last_name, email1 FROM Users WHERE status = 'Active' LIMIT 100;
"""

from __future__ import annotations

from collections.abc import Iterator

from vtql.ast import Star
from vtql.catalog.server_tables import SECRETS
from vtql.rules.context import Finding, Query, names_of


def check(query: Query) -> Iterator[Finding]:
    select = query.select
    if select.module.text != "Users":
        return
    if not any(profile.is_open_source and not profile.hides_secrets for profile in query.profiles):
        return
    spans = [(f"`{name.text}`", name.span) for name in names_of(select) if name.text in SECRETS]
    if isinstance(select.columns, Star):
        spans.append(("the hashes of passwords and the access keys", select.columns.span))
    for subject, span in spans:
        yield Finding(
            span,
            f"up to Vtiger 8.3 this query brings {subject} to an administrator",
            "name the fields that are needed",
        )
