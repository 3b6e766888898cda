"""A field that `describe` lists and a query cannot have.

## Why

Vtiger 8.4 gives nobody the passwords and access keys of Users, and answers ACCESS_DENIED to a query
that names them (measured); older servers hand them to an administrator. The taxes and currencies
that `describe` appends to Products and Services are in no query on any server (read in the source).

## Example

    SELECT user_name, user_password FROM Users WHERE status = 'Active' LIMIT 10;

## Use instead

    SELECT user_name FROM Users WHERE status = 'Active' LIMIT 10;
"""

from __future__ import annotations

from collections.abc import Iterator

from vtql.profiles import titles
from vtql.rules.rule import Finding, Query, names_of
from vtql.schema.hidden import SECRETS, is_appended, is_secret


def check(query: Query) -> Iterator[Finding]:
    module = query.module
    if module is None and (query.catalog is not None or query.select.module.text != "Users"):
        return
    hiding = [profile for profile in query.profiles if profile.hides_secrets]
    for name in names_of(query.select):
        if module is not None and is_appended(module, name.text):
            yield Finding(
                name.span,
                f"`{name.text}` is told of by `describe` and in no query; a server answers "
                "ACCESS_DENIED",
                "the operation `retrieve` gives it with its record",
            )
        elif hiding and (is_secret(module, name.text) if module else name.text in SECRETS):
            yield Finding(
                name.span,
                f"{titles(hiding)} gives nobody `{name.text}`, and answers ACCESS_DENIED",
                "a query without it",
            )
