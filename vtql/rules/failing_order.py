"""An order by a field by which no server can sort.

## Why

The column of `roleid` of Users is in a table that the SQL of ORDER BY does not reach, whether or not
the field is selected: the SQL fails, and Vtiger 8 answers an empty list as if no record matched
(measured on 8.4).

## Example

    SELECT user_name, roleid FROM Users WHERE status = 'Active' ORDER BY roleid LIMIT 10;

## Use instead

    SELECT user_name, roleid FROM Users WHERE status = 'Active' ORDER BY user_name LIMIT 10;
"""

from __future__ import annotations

from collections.abc import Iterator

from vtql.catalog.server_tables import not_ordered
from vtql.rules.context import Finding, Query


def check(query: Query) -> Iterator[Finding]:
    module = query.select.module.text
    for name in query.select.order.names if query.select.order else ():
        if not_ordered(module, name.text):
            yield Finding(
                name.span,
                f"no server can sort {module} by `{name.text}`: the SQL of this query fails",
                "order by another field, and sort the rows in Python",
                server_effect="Vtiger 8 answers an empty list, older servers DATABASE_QUERY_ERROR",
            )
