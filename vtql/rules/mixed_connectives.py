"""AND and OR in one chain, which its readers take for two different conditions.

## Why

The published page says that conditions are processed from left to right; every open-source server
pastes them into SQL, where AND binds before OR (measured). `a OR b AND c` is `(a OR b) AND c` to
the one and `a OR (b AND c)` to the other, and a query does not say which was meant. The repair says what
open-source servers and Vtiger Cloud read, so that their rows stay as they are.

## Example

    SELECT id FROM Contacts WHERE lastname = 'Brown' OR mailingcity = 'Sofia' AND donotcall = '0' LIMIT 10;

## Use instead

    SELECT id FROM Contacts WHERE mailingcity = 'Sofia' AND donotcall = '0' OR lastname = 'Brown' LIMIT 10;
"""

from __future__ import annotations

from collections.abc import Iterator

from vtql.diagnostics import Edit
from vtql.profiles import titles
from vtql.rules.context import Finding, Query


def check(query: Query) -> Iterator[Finding]:
    chain = query.select.where
    if chain is None or query.is_portable:
        return
    if len({profile.precedence for profile in query.profiles}) < 2:
        return
    from vtql.logic.semantics import has_one_meaning, portable_text  # noqa: PLC0415 - most chains need no planner

    if has_one_meaning(chain):
        return
    left = [profile for profile in query.profiles if profile.precedence == "left_to_right"]
    text = portable_text(chain)
    yield Finding(
        chain.span,
        f"AND binds before OR on every open-source server, and {titles(left)} reads from left to "
        "right: this condition is two different ones",
        "each condition with all that it needs: `a AND c OR b AND c` is the same to both",
        (Edit(chain.span, text),) if text else (),
    )
