"""A field that `describe` lists and a query cannot have.

## Why

Vtiger 8.4 gives nobody the passwords and access keys of Users, and answers ACCESS_DENIED to a query
that names them (measured); older servers hand them to an administrator. The taxes and currencies
that `describe` appends to Products and Services are in no query on any server (read in the source), and
neither is `filename` of Emails (measured on 8.4). In ORDER BY alone a server does not look for permission:
the SQL of such a query fails, and Vtiger 8 answers an empty list.

## Example

    SELECT user_name, user_password FROM Users WHERE status = 'Active' LIMIT 10;

## Use instead

    SELECT user_name FROM Users WHERE status = 'Active' LIMIT 10;
"""

from __future__ import annotations

from collections.abc import Iterator

from vtql.catalog.server_tables import SECRETS, is_appended, is_attachment, is_secret
from vtql.profiles import titles
from vtql.rules.context import Finding, Query, names_of


def check(query: Query) -> Iterator[Finding]:
    module = query.module
    name_of_module = query.select.module.text
    if module is None and (query.catalog is not None or name_of_module not in ("Users", "Emails")):
        return
    hiding = [profile for profile in query.profiles if profile.hides_secrets]
    ordered = query.select.order.names if query.select.order else ()
    names = list(names_of(query.select))
    used = {name.text for name in names[: len(names) - len(ordered)]}
    for name in names:
        # names of ORDER BY are not looked up, and a name that is denied elsewhere ends the query there
        sorts = name.text not in used
        answer = (
            "fails in SQL, for which Vtiger 8 answers an empty list"
            if sorts
            else "is answered ACCESS_DENIED"
        )
        if module is not None and is_appended(module, name.text):
            yield Finding(
                name.span,
                f"`{name.text}` is described and in no query",
                "the operation `retrieve` gives it with its record",
                server_effect=f"a query that names it {answer}",
            )
        elif is_attachment(name_of_module, name.text):
            yield Finding(
                name.span,
                f"`{name.text}` of Emails is described and in no query",
                "the operation `retrieve` gives the record with its attachments",
                server_effect=f"a query that names it {answer}",
            )
        elif hiding and (is_secret(module, name.text) if module else name.text in SECRETS):
            yield Finding(
                name.span,
                f"{titles(hiding)} gives nobody `{name.text}`",
                "a query without it",
                server_effect=f"a query that names it {answer}",
            )
