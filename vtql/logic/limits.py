"""How far a plan goes, so that none takes long: what is beyond is refused, never cut.

A web server takes a query of some eight thousand characters, about four hundred conditions; the
limits are far above that, and low enough that each is met within a second. `UNITING`, `EXACT` and
`SEARCH` refuse nothing: beyond them a plan means the same and may take more chains than it has to.
"""

from __future__ import annotations

from collections.abc import Sequence

from vtql.suggestions import listing

DEPTH = 300
"""AND, OR and NOT inside one another. A level takes one of Python's thousand calls here, and two or
three where trees are made. A chain changes between AND and OR 280 times at most before its
alternatives have `CONDITIONS` conditions, so that what a plan says can be read back and planned."""

PARTS = 100_000
"""Parts of all AND, OR and NOT of a tree; a list of values is one."""

CONDITIONS = 10_000
"""Different conditions of a tree, and those of all its alternatives when each is written out."""

ALTERNATIVES = 2_000
"""Sets of conditions each of which suffices (implicants); what a person says has a handful."""

STEPS = 500_000
"""Implicants joined or compared, and values folded, to find the implicants."""

UNITING = 200_000
"""Implicants looked at to unite those that differ in one field's values; the rest stay apart."""

EXACT = 12
"""Implicants to which the search goes on to its end; the worst known take twenty milliseconds."""

SEARCH = 200_000
"""Conditions and groups looked at for fewer chains beyond that; what is found by then is given."""

SMALLER = "`in` for alternatives of one field, or several smaller queries, keep it small"

FEWER = "ask with a few of them, and test the records by the others in Python, with `.where(…)` of a query set"


def some(names: Sequence[str]) -> str:
    """Names in backticks as a phrase; of many, the first."""
    if len(names) < 5:
        return listing(names, "and")
    return f"`{'`, `'.join(names[:3])}` and {len(names) - 3:,} more"


def counted(count: int) -> str:
    """A number as a person reads it."""
    return f"{count:,}" if count <= 10**15 else f"more than {10**15:,}"
