"""What other languages have between SELECT and FROM; applied to what stands there."""

from __future__ import annotations

from vtql.syntax.recovery.construct import (
    NAME,
    SYNTAX,
    UNREADABLE,
    Construct,
    construct,
    gone,
    lossy,
)
from vtql.syntax.recovery.mended import as_name

_ID_SELECTED = "`*` stands alone; `id` is always given"

COLUMNS: tuple[Construct, ...] = (
    construct(
        "quoted-name", "DOUBLE", r"DOUBLE ",
        f"`{{found}}` is quoted, and names stand without quotes; {UNREADABLE}",
        "the name as it is", as_name,
    ),
    lossy(
        "distinct", "select", r"select (?P<here>(?:distinct|distinctrow) )(?!from |COMMA )",
        f"VTQL has no DISTINCT; {SYNTAX}",
        "every row has its `id`, so no two are equal; distinct values are for Python: `set(…)`", gone,
    ),
    construct(
        "distinct", "all", r"select (?P<here>all )(?!from |COMMA )",
        f"VTQL has no SELECT ALL; {SYNTAX}", "the columns alone", gone,
    ),
    lossy(
        "alias", "as", rf"(?P<here>as (?:{NAME}|LITERAL |DOUBLE ))(?=COMMA |from )",
        f"a column has no alias in VTQL; {SYNTAX}",
        "the field alone; a row has it under its own name", gone,
    ),
    lossy(
        "alias", "from", rf"(?:{NAME}|ANY )(?P<here>{NAME})(?=(?:COMMA|from) )",
        f"a column has no alias in VTQL, and a comma stands between two; {SYNTAX}",
        "a comma in between, or the field alone", gone,
    ),
    lossy(
        "star-beside-columns", "count", r"count OPEN STAR CLOSE (?P<here>(?:COMMA [a-z_]\w* )+)",
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
