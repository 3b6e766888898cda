"""How many records, as other languages say it."""

from __future__ import annotations

from vtql.recovery.answers import SYNTAX
from vtql.recovery.construct import Construct, construct, gone, lossy, respelled, sign
from vtql.recovery.mended import first_rows, limited

_AT_THE_END = "`LIMIT`, at the end of the query, says how many"
_OFFSET = "`LIMIT offset, count`: the rows to pass over come first"
_A_NUMBER = "a number, `LIMIT 100`, or no LIMIT: a server gives at most 100 rows"
_FETCH = r"fetch (?:first|next) (?:NUMBER )?(?:row|rows) only "

FIRST: tuple[Construct, ...] = (
    *(
        lossy(
            "top", word, rf"select (?P<here>{word} (?:OPEN )?NUMBER (?:CLOSE )?percent (?:with ties )?)",
            f"VTQL has no {word.upper()}, and knows no percentage; {SYNTAX}",
            "`LIMIT` with a number, `count(*)` beforehand", gone,
        )
        for word in ("top", "first")
    ),
    *(
        construct(
            "top", word, rf"select (?P<here>{word} (?:OPEN NUMBER CLOSE |NUMBER ))(?!with |COMMA |from )",
            f"VTQL has no {word.upper()}; {SYNTAX}", _AT_THE_END, first_rows,
        )
        for word in ("top", "first")
    ),
)  # fmt: skip

LIMITS: tuple[Construct, ...] = (
    construct(
        "odd-limit", "limit", r"limit NUMBER (?:COMMA NUMBER )?(?P<here>(?:rows?|records?) )",
        f"LIMIT takes a number alone; {SYNTAX}", "the number alone: `LIMIT 100`", gone,
    ),
    construct(
        "odd-limit", "limit", r"limit (?P<here>(?:by|to|of|is|EQ) )(?=NUMBER )",
        f"LIMIT takes a number alone; {SYNTAX}", "the number alone: `LIMIT 100`", gone,
    ),
    lossy(
        "offset", "skip", r"skip NUMBER (?=(?:limit|order|SEMICOLON) |\Z)",
        f"VTQL has no SKIP; {SYNTAX}", _OFFSET, gone,
    ),
    lossy(
        "odd-limit", "limit NUMBER offset", r"limit NUMBER (?P<here>offset (?:(?:SIGN )?(?!(?:NUMBER|SEMICOLON) )(?:[A-Z]+|[a-z_]\w*)|SIGN NUMBER) )",
        f"OFFSET takes a whole number, and VTQL has no OFFSET; {SYNTAX}", _OFFSET, gone,
    ),
    respelled(
        "offset", "limit NUMBER offset NUMBER", r"limit NUMBER (?P<here>offset NUMBER (?:rows? )?)",
        f"VTQL has no OFFSET; {SYNTAX}", _OFFSET,
        lambda found, _group: list(found[:2]),
    ),
    respelled(
        "offset", "offset NUMBER", rf"(?<!limit NUMBER )offset NUMBER (?:rows? )?(?:limit NUMBER |{_FETCH})",
        f"VTQL has no OFFSET; {SYNTAX}", _OFFSET, limited,
    ),
    construct(
        "top", "fetch", _FETCH,
        f"VTQL has no FETCH FIRST; {SYNTAX}", _AT_THE_END, first_rows,
    ),
    lossy(
        "offset", "offset NUMBER", r"(?<!limit NUMBER )offset NUMBER (?:rows? )?",
        f"VTQL has no OFFSET; {SYNTAX}", _OFFSET, gone,
    ),
    lossy(
        "odd-limit", "limit", r"limit (?:NUMBER COMMA )?(?P<here>(?!(?:offset|where|order|orderby|limit) )[a-z_]\w* )",
        "LIMIT takes a whole number, and `{found}` is none: a server gives 100 rows", _A_NUMBER,
        sign("NUMBER", "100"),
    ),
    lossy(
        "odd-limit", "limit", r"limit (?:NUMBER COMMA )?(?P<here>(?:SIGN (?:NUMBER|DECIMAL)|SIGNED|DECIMAL|WORD|ID|DATE|NUMBER (?:DOT|ARITHMETIC)) )",
        "LIMIT takes a whole number, and `{found}` is none; {value}", _A_NUMBER, sign("NUMBER", "100"),
    ),
    lossy(
        "odd-limit", "limit NUMBER COMMA NUMBER COMMA", r"limit NUMBER COMMA NUMBER (?P<here>(?:COMMA NUMBER )+)",
        f"LIMIT takes a number, or an offset and a number, and here are more; {SYNTAX}",
        "`LIMIT offset, count`", gone,
    ),
    lossy(
        "odd-limit", "limit NUMBER NUMBER", r"limit NUMBER (?P<here>NUMBER )",
        f"behind the number of LIMIT stands another, `{{found}}`; {SYNTAX}",
        "`LIMIT count`, or `LIMIT offset, count`", gone,
    ),
)  # fmt: skip
