"""Values without quotes, and computed ones."""

from __future__ import annotations

from vtql.recovery.answers import NOTHING, SYNTAX, UNREADABLE
from vtql.recovery.construct import (
    COMPARES,
    CONDITION_ENDS,
    NAME,
    Construct,
    construct,
    extended,
    gone,
    hole,
    lossy,
)
from vtql.recovery.mended import as_literal, as_truth, listed, signed

_IN_QUOTES = "values stand in single quotes: `'{found}'`"
_WORDS = r"(?:(?!(?:and|or|order|orderby|limit|group|in|like|not|is|between|where|from|null|true|false) )[a-z_]\w* )"
_BEFORE_A_VALUE = rf"(?:{COMPARES}|(?:between|and|COMMA|OPEN) )"
_COMPUTES = r"(?:SIGN|ARITHMETIC|STAR|div|mod) "
_OPERAND = rf"(?:interval (?:NUMBER|LITERAL) [a-z_]\w* |{NAME}|(?:LITERAL|NUMBER|SIGNED|DECIMAL|ANY|HOLE) )"
_COMPUTED = rf"{_OPERAND}(?:{_COMPUTES}{_OPERAND}|SIGNED )++"
_RESULT = "the result, in quotes; fields are computed with in Python"

COMPUTED: tuple[Construct, ...] = (
    *(
        lossy(
            "arithmetic", trigger, pattern, "VTQL does not compute; {value}", _RESULT, hole,
        )
        for pattern in (
            rf"{COMPARES}(?P<here>{_COMPUTED})",
            rf"(?:where|and|or|not) (?P<here>{_COMPUTED})(?={COMPARES}|(?:in|not|is|between) )",
        )
        for trigger in ("SIGN", "ARITHMETIC", "STAR", "SIGNED", "div", "mod")
    ),
    construct(
        "unquoted-value", "SIGN", rf"{COMPARES}(?P<here>SIGN NUMBER )",
        f"the sign of a number stands directly before it; {UNREADABLE}", "no blank: `-5`", signed,
    ),
    *(
        lossy(
            "unquoted-value", kind,
            rf"{COMPARES}(?P<here>(?:OPEN (?:NUMBER|SIGNED) CLOSE |(?:NUMBER|SIGNED) )(?:(?:NUMBER|SIGNED|SUM|GLUED) )+){CONDITION_ENDS}",
            "`{found}` stands without quotes; " + SYNTAX, _IN_QUOTES, hole,
        )
        for kind in ("NUMBER", "SIGNED")
    ),
    *(
        lossy(
            "unquoted-value", kind, rf"{COMPARES}(?P<here>{kind} {_WORDS}){CONDITION_ENDS}",
            "`{found}` stands without quotes; {value}",
            "a number alone, or a text in single quotes: `'{found}'`", hole,
        )
        for kind in ("NUMBER", "DECIMAL")
    ),
    lossy(
        "arithmetic", "SUM", r"SUM ",
        "`{found}` stands without quotes, and VTQL does not compute; {value}",
        "a text stands in single quotes, `'{found}'`; of a sum only the result, in quotes, too", hole,
    ),
    lossy(
        "unquoted-value", "GLUED", r"GLUED ", "`{found}` stands without quotes; {value}", _IN_QUOTES, hole,
    ),
)  # fmt: skip

COMPUTED_COLUMNS: tuple[Construct, ...] = (
    *(
        lossy(
            "arithmetic", trigger, rf"(?:select|COMMA) (?P<here>{_COMPUTED})(?=(?:COMMA|from|as) )",
            "VTQL does not compute; {value}", "the fields themselves, computed with in Python", hole,
        )
        for trigger in ("SIGN", "ARITHMETIC", "STAR", "SIGNED", "div", "mod")
    ),
    lossy(
        "arithmetic", "||", rf"(?:select|COMMA) (?P<here>{_OPERAND}(?:\|\| {_OPERAND})++)(?=(?:COMMA|from|as) )",
        f"VTQL does not join texts; {UNREADABLE}", "the fields themselves, joined in Python", hole,
    ),
)  # fmt: skip

VALUES_OTHERWISE: tuple[Construct, ...] = (
    lossy(
        "placeholder", "HOLE", r"in (?P<here>HOLE )",
        "`{found}` is filled in before a query is sent; a server knows no parameters",
        "the values in their quotes; `vtql` builds queries from values: `objects.filter(lastname__in=names)`",
        lambda found, group: listed(hole(found, group)),
    ),
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
        "a date stands in quotes, and `{found}` in none; {value}",
        "ISO form in single quotes: `'2024-01-31'`", as_literal,
    ),
    lossy(
        "unquoted-value", "ODDDATE", r"ODDDATE ",
        "a date stands in quotes and in ISO form, and `{found}` in neither; {value}",
        "ISO form in single quotes, without a time zone, for servers convert none: "
        "`'2024-01-31 10:20:30'`", hole,
    ),
    construct(
        "unquoted-value", "TIME", r"TIME ", "a time stands in quotes, and `{found}` in none; {value}",
        _IN_QUOTES, as_literal,
    ),
    *(
        construct(
            "unquoted-value", kind, rf"{kind} ",
            "a text stands in quotes, and `{found}` in none; {value}", _IN_QUOTES, as_literal,
        )
        for kind in ("EMAIL", "URL")
    ),
    *(
        lossy(
            "arithmetic", kind,
            r"(?:(?:(?:SIGN|ARITHMETIC) (?:[a-z_]\w*|(?!SEMICOLON)[A-Z]+)|STAR (?:NUMBER|DECIMAL)) )++",
            "VTQL does not compute; {answer}", _RESULT, gone,
        )
        for kind in ("SIGN", "ARITHMETIC")
    ),
    *(
        construct(
            "function", word, rf"{_BEFORE_A_VALUE}(?P<here>{word} )(?=LITERAL )",
            f"VTQL has no typed literals, and `{{found}}` makes one; {SYNTAX}", "the literal alone",
            gone,
        )
        for word in ("date", "time", "timestamp", "datetime", "n")
    ),
    *(
        lossy(
            "function", word, rf"{_BEFORE_A_VALUE}(?P<here>{word} )(?=LITERAL )",
            f"VTQL has no typed literals, and `{{found}}` makes one; {SYNTAX}",
            "a literal that means the value itself", gone,
        )
        for word in ("interval", "e", "x", "b", "r", "u", "_utf8", "_utf8mb4", "_latin1", "_binary")
    ),
    *(
        lossy(
            "function", word, rf"{COMPARES}(?P<here>{word} )",
            "`{found}` is the clock of SQL, which a server's database reads in its own time zone",
            "the moment itself, in quotes: `'2024-01-31 10:20:30'`", hole,
        )
        for word in ("current_date", "current_time", "current_timestamp", "localtime", "sysdate")
    ),
    *(
        lossy(
            "function", word, rf"{COMPARES}(?P<here>{word} )",
            f"VTQL has no dates by name, and a word without quotes is a column to a server; {NOTHING}",
            "the day itself, in quotes: `'2024-01-31'`", hole,
        )
        for word in (
            "today", "yesterday", "tomorrow", "now", "this_week", "last_week", "this_month", "last_month",
            "this_year", "last_year",
        )
    ),
    construct(
        "bare-word", "true", rf"{COMPARES}(?P<here>true )",
        "a server takes `true` for the number 1, which a checkbox that is ticked equals, and a text that "
        "reads as 1",
        "a checkbox is `'1'` or `'0'`", as_truth,
    ),
    construct(
        "bare-word", "false", rf"{COMPARES}(?P<here>false )",
        "a server takes `false` for the number 0, which a checkbox that is not ticked equals, and every "
        "text that is no number",
        "a checkbox is `'1'` or `'0'`", as_truth,
    ),
    *(
        construct(
            "bare-word", f"{before} {word}", rf"{COMPARES}(?P<here>{word} ){CONDITION_ENDS}",
            f"`{{found}}` stands without quotes, so a server puts the word into SQL, which breaks; {NOTHING}",
            _IN_QUOTES, as_literal,
        )
        for word, before in (
            ("asc", "…"), ("desc", "…"), ("select", "COMPARES"), ("from", "COMPARES"), ("by", "…"),
        )
    ),
    *(
        construct(
            "bare-word", key,
            rf"{key} (?P<here>{_WORDS}+)(?=(?:and|or|order|orderby|limit|group|CLOSE|SEMICOLON) |\Z)",
            "`{found}` stands without quotes, and a word without them is a column to a server; {value}",
            _IN_QUOTES, as_literal,
        )
        for key in ("EQ", "NE", "LT", "LE", "GT", "GE", "like")
    ),
)  # fmt: skip
