"""Clauses of other languages, and those of VTQL in other places."""

from __future__ import annotations

from vtql.syntax.recovery.construct import (
    NAME,
    NEXT_CLAUSE,
    NOTHING,
    SYNTAX,
    Construct,
    construct,
    extended,
    gone,
    kept,
    lossy,
    sign,
)
from vtql.syntax.recovery.mended import first_rows

_ONE_MODULE = "a query has one module"
_TWO_QUERIES = (
    "two queries say it: the ids of the one module, then `… IN ('11x1', '11x2')` on the reference"
)
_STRAY = "a server passes over this `order`, which means nothing without BY"

CLAUSES: tuple[Construct, ...] = (
    lossy(
        "join", "COMMA", rf"from {NAME}(?P<here>(?:(?:as )?{NAME})?(?:COMMA {NAME}(?:(?:as )?{NAME})?)+)",
        f"VTQL has no joins: {_ONE_MODULE}; a server takes `A,B` for one name and answers ACCESS_DENIED",
        _TWO_QUERIES, gone,
    ),
    construct(
        "alias", "from", rf"from {NAME}(?P<here>(?:as {NAME}|(?!select |set ){NAME}(?={NEXT_CLAUSE[3:-1]})))",
        f"a module has no alias in VTQL; {SYNTAX}",
        "the module alone; fields stand without its name", gone,
    ),
    lossy(
        "group-by", "group", rf"group by .*?{NEXT_CLAUSE}",
        f"VTQL has no GROUP BY; {SYNTAX}",
        "select the fields and group the rows in Python; `count(*)` with a condition counts one group",
        gone,
    ),
    lossy(
        "having", "having", rf"having .*?{NEXT_CLAUSE}",
        f"VTQL has no HAVING, and no groups; {SYNTAX}",
        "a condition on fields stands behind WHERE; one on groups is for Python", gone,
    ),
    construct(
        "top", "top", r"select (?P<here>top (?:OPEN )?NUMBER (?:CLOSE )?(?:percent )?)",
        f"VTQL has no TOP; {SYNTAX}", "`LIMIT`, at the end of the query, says how many", first_rows,
    ),
    construct(
        "top", "fetch", r"fetch (?:first|next) NUMBER (?:row|rows) only ",
        f"VTQL has no FETCH FIRST; {SYNTAX}", "`LIMIT`, at the end of the query, says how many",
        first_rows,
    ),
    extended(
        "offset", "offset", r"limit NUMBER (?P<here>offset NUMBER )",
        f"VTQL has no OFFSET; {SYNTAX}", "`LIMIT offset, count`: the rows to pass over come first",
    ),
    lossy(
        "offset", "offset", r"(?<!limit NUMBER )offset NUMBER (?:rows? )?",
        f"VTQL has no OFFSET; {SYNTAX}", "`LIMIT offset, count`: the rows to pass over come first",
        gone,
    ),
    lossy(
        "odd-limit", "limit", r"limit (?:NUMBER COMMA )?(?P<here>(?!offset )[a-z_]\w* )",
        "LIMIT takes a whole number, and `{found}` is none: a server gives 100 rows",
        "a number, `LIMIT 100`, or no LIMIT: a server gives at most 100 rows", sign("NUMBER", "100"),
    ),
    lossy(
        "odd-limit", "limit", r"limit (?:NUMBER COMMA )?(?P<here>(?:SIGNED|DECIMAL|WORD|ID) )",
        f"LIMIT takes a whole number, and `{{found}}` is none; {NOTHING}",
        "a number, `LIMIT 100`, or no LIMIT: a server gives at most 100 rows", sign("NUMBER", "100"),
    ),
    construct(
        "stray-order", "order",
        r"(?<!COMMA )(?<!by )order (?=(?:where|limit|and|or|in|like|order|[A-Z]+) |\Z)",
        _STRAY, "`ORDER BY` with the name of a field, or nothing", gone,
    ),
    construct(
        "stray-order", "order", r"where (?P<here>order )(?!by )",
        _STRAY, "`ORDER BY` with the name of a field, or nothing", gone,
    ),
    lossy(
        "other-statement", "for", r"for (?:update|share) ",
        f"VTQL locks nothing; {SYNTAX}", "the query without it", gone,
    ),
    construct(
        "stray-comma", "COMMA", r"(?<!COMMA )(?P<here>(?:COMMA )++)(?=(?:from|where|order|limit|CLOSE|SEMICOLON) |\Z)",
        f"a comma stands between two items, and behind this one is none; {SYNTAX}",
        "no comma behind the last", gone,
    ),
    construct(
        "stray-comma", "COMMA", r"(?:select|OPEN|by) (?P<here>(?:COMMA )+)",
        f"a comma stands between two items, and before this one is none; {SYNTAX}",
        "no comma before the first", gone,
    ),
    construct(
        "stray-comma", "COMMA", r"(?P<keep>COMMA )(?:COMMA )+",
        f"a comma stands between two items, and here is none; {SYNTAX}", "one comma", kept("keep"),
    ),
)  # fmt: skip

DIRECTIONS: tuple[Construct, ...] = (
    lossy(
        "several-directions", "desc", r"(?P<here>desc )(?:nulls (?:first|last) )?COMMA ",
        f"an order has one direction, at its end, and only its last field descends; {SYNTAX} to a "
        "direction on each",
        "one direction at the end, `ORDER BY a, b DESC`, or several fields that all ascend", gone,
    ),
    construct(
        "several-directions", "asc", r"(?P<here>asc )(?=COMMA )",
        f"an order has one direction, at its end; {SYNTAX} to a direction on each",
        "all fields but the last ascend, whatever is said", gone,
    ),
    lossy(
        "several-directions", "nulls", r"nulls (?:first|last) ",
        f"VTQL has no NULLS FIRST or LAST; {SYNTAX}",
        "a server orders NULL before everything else", gone,
    ),
)  # fmt: skip
