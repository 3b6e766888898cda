"""Values without quotes."""

from __future__ import annotations

from vtql.syntax.recovery.construct import (
    COMPARES,
    NOTHING,
    UNREADABLE,
    Construct,
    construct,
    extended,
    gone,
    hole,
    lossy,
)
from vtql.syntax.recovery.mended import as_literal, as_truth

_IN_QUOTES = "values stand in single quotes: `'{found}'`"
_WORDS = (
    r"(?:(?!(?:and|or|order|orderby|limit|group|in|like|not|is|between|where|from) )[a-z_]\w* )"
)

VALUES_OTHERWISE: tuple[Construct, ...] = (
    lossy(
        "placeholder", "HOLE", r"HOLE ",
        "`{found}` is filled in before a query is sent; a server knows no parameters",
        "a value in its quotes; `vtql` builds queries from values: `objects.filter(lastname=name)`",
        hole,
    ),
    extended(
        "unquoted-value", "DECIMAL", r"DECIMAL ",
        f"a decimal stands in quotes, and `{{found}}` in none; {UNREADABLE}", _IN_QUOTES,
    ),
    construct(
        "unquoted-value", "DATE", r"DATE ",
        "a date stands in quotes, and `{found}` in none: a server takes its parts for numbers, and "
        "answers QUERY_SYNTAX_ERROR", "ISO form in single quotes: `'2024-01-31'`", as_literal,
    ),
    construct(
        "unquoted-value", "EMAIL", r"EMAIL ",
        f"a text stands in quotes, and `{{found}}` in none; {UNREADABLE}", _IN_QUOTES, as_literal,
    ),
    lossy(
        "arithmetic", "ARITHMETIC",
        r"(?:(?:ARITHMETIC (?:[a-z_]\w*|(?!SEMICOLON)[A-Z]+)|STAR (?:NUMBER|DECIMAL)) )++",
        f"VTQL does not compute; {UNREADABLE}", "the result, in quotes", gone,
    ),
    *(
        lossy(
            "function", word, rf"{COMPARES}(?P<here>{word} )",
            "`{found}` is the clock of SQL, which a server's database reads in its own time zone",
            "the moment itself, in quotes: `'2024-01-31 10:20:30'`", hole,
        )
        for word in ("current_date", "current_time", "current_timestamp", "localtime", "sysdate")
    ),
    construct(
        "bare-word", "true", rf"{COMPARES}(?P<here>true )",
        "a server takes `true` for SQL's 1, which compares as a number",
        "a checkbox is `'1'` or `'0'`", as_truth,
    ),
    construct(
        "bare-word", "false", rf"{COMPARES}(?P<here>false )",
        "a server takes `false` for SQL's 0, which equals every text that is not a number",
        "a checkbox is `'1'` or `'0'`", as_truth,
    ),
    *(
        construct(
            "bare-word", key,
            rf"{key} (?P<here>{_WORDS}+)(?=(?:and|or|order|orderby|limit|group|CLOSE|SEMICOLON) |\Z)",
            f"`{{found}}` stands without quotes, so a server takes it for a column; {NOTHING}",
            _IN_QUOTES, as_literal,
        )
        for key in ("EQ", "NE", "LT", "LE", "GT", "GE", "like")
    ),
)  # fmt: skip
