"""AND and OR in one chain, which its readers take for two different conditions.

## Why

The published page says that conditions are processed from left to right; every open-source server
pastes them into SQL, where AND binds before OR (measured). `a OR b AND c` is `(a OR b) AND c` to
the one and `a OR (b AND c)` to the other, and a query does not say which was meant.

## Example

    SELECT id FROM Contacts WHERE lastname = 'Brown' OR city = 'Sofia' AND donotcall = '0';

## Use instead

    SELECT id FROM Contacts WHERE city = 'Sofia' AND donotcall = '0' OR lastname = 'Brown';
"""

from __future__ import annotations

from collections.abc import Iterator

from vtql.ast import Chain
from vtql.diagnostics import Edit, Severity
from vtql.errors import NotExpressible
from vtql.logic.meaning import meaning
from vtql.logic.normal import normal_form
from vtql.logic.plan import plan
from vtql.profiles import titles
from vtql.rules.rule import Finding, Query, Rule
from vtql.syntax.write import write_chain


def _check(query: Query) -> Iterator[Finding]:
    chain = query.select.where
    readings = {profile.reading for profile in query.profiles}
    if chain is None or len(readings) < 2 or len({link.connective for link in chain.links}) < 2:
        return
    if _one_meaning(chain):
        return
    left = [profile for profile in query.profiles if profile.reading == "left_to_right"]
    yield Finding(
        chain.span,
        f"AND binds before OR on every open-source server, and {titles(left)} reads from left to "
        "right: this condition is two different ones",
        "each condition with all that it needs: `a AND c OR b AND c` is the same to both",
        tuple(Edit(chain.span, text) for text in _portable(chain)),
    )


def _one_meaning(chain: Chain) -> bool:
    try:
        one, other = (normal_form(meaning(chain, each)) for each in ("and_first", "left_to_right"))
    except NotExpressible:
        return False
    sets = [
        {
            frozenset(c for n, c in enumerate(form.conditions) if each >> n & 1)
            for each in form.implicants
        }
        for form in (one, other)
    ]
    return sets[0] == sets[1]


def _portable(chain: Chain) -> list[str]:
    """The chain that says to all what open-source servers read, if one can."""
    try:
        chains = plan(meaning(chain, "and_first"))
    except NotExpressible:
        return []
    return [write_chain(each) for each in chains if each is not None] if len(chains) == 1 else []


mixed_connectives = Rule("VT301", "mixed-connectives", Severity.WARNING, _check)
