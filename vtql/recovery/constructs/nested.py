"""Constructs with insides that are not looked at: subqueries, functions, joins, unions.

Those of `NESTED` end with their bracket, those of `WHOLE` with their clause.
"""

from __future__ import annotations

from vtql.recovery.answers import DENIED, SYNTAX
from vtql.recovery.construct import (
    COMPARES,
    CONDITION,
    NAME,
    NEXT_CLAUSE,
    Construct,
    gone,
    hole,
    lossy,
)
from vtql.recovery.mended import condition, counted, listed

NULL = "NULL cannot be reached: `= ' '` finds empty texts, `!= ' '` those that are neither empty nor NULL"
_TWO_QUERIES = "two queries say it: the ids of the one, then `… IN ('12x1', '12x2')` in the other"
_ON_A_REFERENCE = (
    "two queries say it: the ids of the one module, then `… IN ('11x1', '11x2')` on the reference"
)
_NO_FUNCTION = (
    "count|in|and|or|not|where|select|from|like|between|by|having|on|as|is|limit|order|orderby|using"
    "|values|distinct|distinctrow|all|top|first|offset|fetch|when|then|else|case|end|join|group|groupby"
    "|union|intersect|except|minus|similar|to|escape|collate|binary|regexp|rlike|glob|ilike|asc|desc"
    "|limit|null|notnull|exists|xor|div|mod|against|includes|excludes"
)

CALLS: tuple[Construct, ...] = (
    *(
        lossy(
            "null-test", word,
            rf"{CONDITION}(?P<here>{word} OPEN [a-z_]\w* CLOSE )(?!{COMPARES}|in |between |is |like )",
            f"VTQL has no `{word.upper()}`, and no functions; {SYNTAX}", NULL,
            lambda found, _group: condition([found[2]]),
        )
        for word in ("isnull", "is_null", "empty")
    ),
)  # fmt: skip

NESTED: tuple[Construct, ...] = (
    lossy(
        "other-condition", "OPEN … COMMA … CLOSE",
        rf"{CONDITION}(?P<here>OPEN {NAME}(?:COMMA {NAME})+CLOSE (?:not )?(?:in|EQ|NE|<>) OPEN )",
        f"a condition of VTQL has one field; {SYNTAX}",
        "a condition each: `a = 'x' AND b = 'y'`, and OR between such pairs", condition,
    ),
    lossy(
        "subquery", "exists", r"(?:not )?exists OPEN ", f"VTQL has no EXISTS and no subquery; {SYNTAX}",
        _TWO_QUERIES, condition,
    ),
    lossy(
        "subquery", "in OPEN select", r"in (?P<here>OPEN )select ", f"VTQL has no subquery; {SYNTAX}",
        _TWO_QUERIES, lambda found, group: listed(hole(found, group)),
    ),
    lossy(
        "subquery", "OPEN … select", r"(?:select|from) (?P<here>OPEN )(?:select|OPEN select) ",
        f"VTQL has no subquery; {DENIED}", _TWO_QUERIES, hole,
    ),
    lossy(
        "subquery", "OPEN … select", r"(?P<here>(?:(?:any|all|some) )?OPEN )(?:select|OPEN select) ",
        f"VTQL has no subquery; {SYNTAX}", _TWO_QUERIES, hole,
    ),
    lossy(
        "distinct", "count", r"(?P<here>count OPEN )distinct ",
        f"VTQL has no DISTINCT, and does not count distinct values; {SYNTAX}",
        "the field alone, its values counted in Python: `len(set(…))`", counted,
    ),
    lossy(
        "function", "count", r"count OPEN (?!STAR CLOSE )",
        f"`count(*)` is the only thing that VTQL counts; {SYNTAX}",
        "`count(*)` counts the records that the conditions leave", counted,
    ),
    lossy(
        "function", "OPEN", rf"(?!(?:{_NO_FUNCTION}) )[a-z_]\w* OPEN ",
        f"VTQL has no functions; {SYNTAX} to `{{found}}`",
        "the field itself, computed with in Python; for a value what the function would give, "
        "`'2024-01-31'`", hole,
    ),
)  # fmt: skip

_JOIN = r"(?:(?:(?:inner|left|right|full|cross|natural|outer) )*join|straight_join) "

WHOLE: tuple[Construct, ...] = (
    lossy(
        "set-operation", "… select",
        r"(?:union|intersect|except|minus) (?:(?:all|distinct) )?(?:OPEN )?select .*?(?=SEMICOLON |\Z)",
        f"VTQL has no UNION, INTERSECT or EXCEPT; {SYNTAX}",
        "a query each; their rows are merged by `id`", gone,
    ),
    *(
        lossy(
            "join", word, rf"{_JOIN}.*?{NEXT_CLAUSE}",
            f"VTQL has no JOIN: a query has one module; {SYNTAX}", _ON_A_REFERENCE, gone,
        )
        for word in ("join", "straight_join")
    ),
    lossy(
        "other-condition", "case", r"in (?P<here>case (?=(?:[a-z_]\w* )?when ).*?(?:end |(?=SEMICOLON )|\Z))",
        "VTQL has no CASE; {value}", "the fields themselves, decided on in Python",
        lambda found, group: listed(hole(found, group)),
    ),
    lossy(
        "other-condition", "case", r"case (?=(?:[a-z_]\w* )?when ).*?(?:end |(?=SEMICOLON )|\Z)", "VTQL has no CASE; {value}",
        "the fields themselves, decided on in Python", hole,
    ),
    lossy(
        "group-by", "group", rf"group by .*?{NEXT_CLAUSE}",
        f"VTQL has no GROUP BY; {SYNTAX}",
        "select the fields and group the rows in Python; `count(*)` with a condition counts one group",
        gone,
    ),
    lossy(
        "group-by", "groupby", rf"groupby .*?{NEXT_CLAUSE}",
        f"VTQL has no GROUP BY; {SYNTAX}",
        "select the fields and group the rows in Python; `count(*)` with a condition counts one group",
        gone,
    ),
    lossy(
        "having", "having", rf"having .*?{NEXT_CLAUSE}",
        f"VTQL has no HAVING, and no groups; {SYNTAX}",
        "a condition on fields stands behind WHERE; one on groups is for Python", gone,
    ),
    *(
        lossy(
            "other-statement", pattern.split()[0], rf"(?<!by )(?<!COMMA ){pattern} ",
            f"`{{found}}` is of another query language, and VTQL has nothing like it; {SYNTAX}",
            "the query without it", gone,
        )
        for pattern in (
            "with (?:security_enforced|user_mode|system_mode)", "all rows", r"using scope [a-z_]\w*",
            "allow filtering", "with ties", r"option OPEN [a-z_]\w* CLOSE",
        )
    ),
    lossy(
        "other-statement", "for", r"for (?:(?:no )?key )?(?:update|share|view|reference) (?:(?:nowait|skip locked) )?",
        f"VTQL locks nothing and marks nothing as seen; {SYNTAX}", "the query without it", gone,
    ),
)  # fmt: skip
