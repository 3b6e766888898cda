"""Brackets around what takes none."""

from __future__ import annotations

from vtql.recovery.answers import DENIED, SYNTAX
from vtql.recovery.construct import COMPARES, NAME, Construct, construct, kept, lossy
from vtql.recovery.mended import condition

_WITHOUT = "the same without brackets"

BRACKETS: tuple[Construct, ...] = (
    lossy(
        "brackets", "OPEN CLOSE", r"(?:where|and|or|not|OPEN) (?P<here>OPEN CLOSE )",
        f"these brackets have no condition, and VTQL has no brackets around one; {SYNTAX}", _WITHOUT,
        condition,
    ),
    construct(
        "brackets", "from OPEN", rf"from (?P<here>OPEN (?P<keep>{NAME})CLOSE )",
        f"the module stands in brackets; {DENIED}", _WITHOUT, kept("keep"),
    ),
    construct(
        "brackets", "select OPEN", rf"select (?P<here>OPEN (?P<keep>(?:STAR |{NAME}(?:COMMA {NAME})*))CLOSE )from ",
        f"the columns stand in brackets; {SYNTAX}", _WITHOUT, kept("keep"),
    ),
    construct(
        "brackets", "OPEN", rf"(?:select|COMMA) (?P<here>OPEN (?P<keep>{NAME})CLOSE )(?=(?:COMMA|from) )",
        f"a column stands in brackets; {SYNTAX}", _WITHOUT, kept("keep"),
    ),
    construct(
        "brackets", "OPEN", rf"(?:where|and|or|not|OPEN) (?P<here>OPEN (?P<keep>{NAME})CLOSE )(?={COMPARES}|(?:in|not|is|between) )",
        f"a field stands in brackets; {SYNTAX}", _WITHOUT, kept("keep"),
    ),
    construct(
        "brackets", "OPEN", rf"(?:by|orderby) (?P<here>OPEN (?P<keep>{NAME}(?:asc |desc )?)CLOSE )",
        f"the fields of an order stand in brackets; {SYNTAX}", _WITHOUT, kept("keep"),
    ),
    lossy(
        "brackets", "OPEN", rf"(?:by|orderby) (?P<here>OPEN (?P<keep>{NAME}(?:COMMA {NAME})+(?:asc |desc )?)CLOSE )",
        f"the fields of an order stand in brackets; {SYNTAX}", "the same without brackets; a direction "
        "at the end belongs to the last field alone", kept("keep"),
    ),
    construct(
        "brackets", "limit OPEN", r"limit (?P<here>OPEN (?P<keep>NUMBER (?:COMMA NUMBER )?)CLOSE )",
        f"the number of LIMIT stands in brackets; {SYNTAX}", _WITHOUT, kept("keep"),
    ),
)  # fmt: skip
