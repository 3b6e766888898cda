"""What other languages have between SELECT and FROM; applied to what stands there."""

from __future__ import annotations

from vtql.recovery.answers import SYNTAX, UNREADABLE
from vtql.recovery.construct import NAME, Construct, construct, gone, hole, kept, lossy
from vtql.recovery.mended import as_name, counted

_ID_SELECTED = "`*` stands alone; `id` is always given"

COLUMNS: tuple[Construct, ...] = (
    construct(
        "function", "count", r"select (?P<here>count STAR )(?=from )",
        f"the brackets of `count(*)` are missing; {SYNTAX}", "`count(*)`", counted,
    ),
    lossy(
        "alias", "as", rf"(?P<here>as (?:{NAME}|(?:LITERAL|DOUBLE|BACKTICK) ))(?=COMMA |from )",
        f"a column has no alias in VTQL; {SYNTAX}",
        "the field alone; a row has it under its own name", gone,
    ),
    *(
        lossy(
            "alias", quoted, rf"(?:{NAME}|ANY |CLOSE |BACKTICK )(?P<here>{quoted} )(?=(?:COMMA|from) )",
            "a column has no alias in VTQL; {answer}",
            "the field alone; a row has it under its own name", gone,
        )
        for quoted in ("LITERAL", "DOUBLE", "BACKTICK")
    ),
    construct(
        "quoted-name", "DOUBLE", r"DOUBLE ",
        f"`{{found}}` is quoted, and names stand without quotes; {UNREADABLE}",
        "the name as it is", as_name,
    ),
    lossy(
        "distinct", "distinct", rf"select (?P<here>distinct OPEN (?P<keep>{NAME}(?:COMMA {NAME})*)CLOSE )",
        f"VTQL has no DISTINCT; {SYNTAX}",
        "every row has its `id`, so no two are equal; distinct values are for Python: `set(…)`",
        kept("keep"),
    ),
    lossy(
        "odd-name", "count", r"(?:select|COMMA) (?P<here>count )(?=(?:from|COMMA) )",
        f"`count` cannot be the name of a column: a server takes the word for the beginning of `count(*)`; {SYNTAX}",
        "`count(*)` counts records; a field of that name comes with `*`", hole,
    ),
    lossy(
        "distinct", "select", r"select (?P<here>(?:distinct|distinctrow) )(?!from |COMMA )",
        f"VTQL has no DISTINCT; {SYNTAX}",
        "every row has its `id`, so no two are equal; distinct values are for Python: `set(…)`", gone,
    ),
    lossy(
        "distinct", "unique", rf"select (?P<here>unique )(?={NAME}(?:COMMA|from) )",
        f"VTQL has no SELECT UNIQUE; {SYNTAX}",
        "every row has its `id`, so no two are equal; distinct values are for Python: `set(…)`", gone,
    ),
    construct(
        "distinct", "all", r"select (?P<here>all )(?!from |COMMA )",
        f"VTQL has no SELECT ALL; {SYNTAX}", "the columns alone", gone,
    ),
    lossy(
        "alias", "from", rf"(?:{NAME}|ANY )(?P<here>{NAME})(?=(?:COMMA|from) )",
        f"a column has no alias in VTQL, and a comma stands between two; {SYNTAX}",
        "a comma in between, or the field alone", gone,
    ),
    lossy(
        "star-beside-columns", "count", r"count OPEN STAR CLOSE (?P<here>(?:COMMA (?:[a-z_]\w* (?:OPEN STAR CLOSE )?|ANY ))+)",
        "`count(*)` stands alone: a server counts, and does not give `{found}`",
        "two queries, one that counts", gone,
    ),
    lossy(
        "star-beside-columns", "count", r"(?<!COMMA )(?P<here>(?:(?!count |select )[a-z_]\w* COMMA )++)(?=count OPEN STAR CLOSE )",
        f"`count(*)` stands alone; {SYNTAX}", "two queries, one that counts", gone,
    ),
    construct(
        "star-beside-columns", "STAR", r"select STAR (?P<here>(?:COMMA (?:[a-z_]\w*|STAR) )+)",
        f"`*` brings all fields and stands alone; {SYNTAX}", _ID_SELECTED, gone,
    ),
    construct(
        "star-beside-columns", "STAR", r"select (?P<here>(?:[a-z_]\w* COMMA )+)(?=STAR from )",
        f"`*` brings all fields and stands alone; {SYNTAX}", _ID_SELECTED, gone,
    ),
)  # fmt: skip
