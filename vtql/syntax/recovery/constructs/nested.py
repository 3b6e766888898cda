"""Constructs with insides that are not looked at: subqueries, functions, joins, unions.

Those of `NESTED` end with their bracket, those of `WHOLE` with their clause.
"""

from __future__ import annotations

from vtql.syntax.recovery.construct import NEXT_CLAUSE, SYNTAX, Construct, gone, hole, lossy
from vtql.syntax.recovery.mended import condition, counted, listed

_TWO_QUERIES = "two queries say it: the ids of the one, then `… IN ('12x1', '12x2')` in the other"
_ON_A_REFERENCE = (
    "two queries say it: the ids of the one module, then `… IN ('11x1', '11x2')` on the reference"
)

NESTED: tuple[Construct, ...] = (
    lossy(
        "subquery", "exists", r"exists OPEN ", f"VTQL has no EXISTS and no subquery; {SYNTAX}",
        _TWO_QUERIES, condition,
    ),
    lossy(
        "subquery", "select", r"in (?P<here>OPEN )select ", f"VTQL has no subquery; {SYNTAX}",
        _TWO_QUERIES, lambda found, group: listed(hole(found, group)),
    ),
    lossy(
        "subquery", "select", r"(?P<here>OPEN )select ", f"VTQL has no subquery; {SYNTAX}",
        _TWO_QUERIES, hole,
    ),
    lossy(
        "function", "count", r"count OPEN (?!STAR CLOSE )",
        f"`count(*)` is the only thing that VTQL counts; {SYNTAX}",
        "`count(*)` counts the records that the conditions leave", counted,
    ),
    lossy(
        "function", "OPEN",
        r"(?!(?:count|in|and|or|not|where|select|from|like|between|by|having|on|as|is|limit|order) )"
        r"[a-z_]\w* OPEN ",
        f"VTQL has no functions; {SYNTAX} to `{{found}}`",
        "the field itself, computed with in Python; for a value what the function would give, "
        "`'2024-01-31'`", hole,
    ),
)  # fmt: skip

_JOIN = r"(?:(?:inner|left|right|full|cross|natural|outer) )*join "

WHOLE: tuple[Construct, ...] = (
    lossy(
        "set-operation", "select",
        r"(?:union|intersect|except|minus) (?:all )?(?:OPEN )?select .*?(?=SEMICOLON |\Z)",
        f"VTQL has no UNION, INTERSECT or EXCEPT; {SYNTAX}",
        "a query each; their rows are merged by `id`", gone,
    ),
    lossy(
        "join", "join", rf"{_JOIN}.*?{NEXT_CLAUSE}",
        f"VTQL has no JOIN: a query has one module; {SYNTAX}", _ON_A_REFERENCE, gone,
    ),
    lossy(
        "other-condition", "case", r"case .*?(?:end |(?=SEMICOLON )|\Z)", f"VTQL has no CASE; {SYNTAX}",
        "the fields themselves, decided on in Python", hole,
    ),
)  # fmt: skip
