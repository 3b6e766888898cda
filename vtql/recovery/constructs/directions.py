"""Directions of an order."""

from __future__ import annotations

from vtql.recovery.answers import SYNTAX
from vtql.recovery.construct import NAME, Construct, construct, gone, lossy, sign

DIRECTIONS: tuple[Construct, ...] = (
    *(
        construct(
            "unexpected-token", word, rf"(?<!by )(?<!COMMA )(?<!orderby ){word} ",
            f"`{{found}}` is no direction of an order; {SYNTAX}", f"the word is `{meant}`",
            sign("NAME", meant),
        )
        for word, meant in (("descending", "DESC"), ("ascending", "ASC"))
    ),
    construct(
        "unexpected-token", "by", rf"by (?P<here>(?:asc|desc) {NAME})(?=(?:limit|SEMICOLON) |\Z)",
        f"a direction stands behind the fields of an order, and here before one; {SYNTAX}",
        "the direction at the end: `ORDER BY lastname DESC`",
        lambda found, _group: [found[1], found[0]],
    ),
    lossy(
        "other-condition", "collate", r"collate (?:[a-z_]\w*|LITERAL|DOUBLE|BACKTICK) ",
        f"VTQL has no COLLATE; {SYNTAX}",
        "a server compares and orders without regard to case and accents; otherwise is for Python", gone,
    ),
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
