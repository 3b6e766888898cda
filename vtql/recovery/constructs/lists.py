"""Lists of values: where one value should stand, without their brackets, in others, or not closed."""

from __future__ import annotations

from vtql.recovery.answers import NOTHING, SYNTAX, UNREADABLE
from vtql.recovery.construct import (
    COMPARES,
    CONDITION_ENDS,
    NAME,
    VALUE,
    Construct,
    construct,
    hole,
    lossy,
    respelled,
    sign,
)
from vtql.recovery.constructs.nested import NULL as _NULL
from vtql.recovery.mended import closed, compared_to_anything, in_brackets, listed
from vtql.recovery.pieces import Piece

LISTED = r"(?:LITERAL|DOUBLE|NUMBER|SIGNED|ID|DECIMAL|DATE|TIME|EMAIL|URL|WORD) "
ITEM = rf"(?:{VALUE}|{NAME})"
SEVERAL = "`IN` for several values of one field: `city IN ('Sofia', 'Varna')`"

_PATTERNS = rf"(?:(?:any|all|some) OPEN {ITEM}(?:COMMA {ITEM})*|OPEN {ITEM}(?:COMMA {ITEM})+)CLOSE "

FOREIGN_LISTS: tuple[Construct, ...] = (
    lossy(
        "list-without-brackets", "like", rf"(?P<here>(?:not )?like {_PATTERNS})",
        f"LIKE takes one pattern, and here is a list; {SYNTAX}",
        "a LIKE for each pattern, joined by OR: `city LIKE 'S%' OR city LIKE 'V%'`", compared_to_anything,
    ),
    *(
        construct(
            "list-without-brackets", word, rf"(?P<here>EQ {word} )(?=OPEN {ITEM}(?:COMMA {ITEM})*CLOSE )",
            f"VTQL has no {word.upper()}; {SYNTAX}", SEVERAL, sign("NAME", "IN"),
        )
        for word in ("any", "some")
    ),
    *(
        lossy(
            "other-condition", word, rf"(?<=[a-z0-9_] )(?P<here>{word} OPEN {ITEM}(?:COMMA {ITEM})*CLOSE )",
            f"VTQL has no {word.upper()}; {SYNTAX}",
            "a condition for each value, with `LIKE '%…%'`, joined by OR", compared_to_anything,
        )
        for word in ("includes", "excludes")
    ),
)  # fmt: skip

LISTS: tuple[Construct, ...] = (
    construct(
        "brackets", "LSQUARE", rf"in (?P<here>LSQUARE (?:{ITEM}(?:COMMA {ITEM})*)RSQUARE )",
        f"a list stands in square brackets; {UNREADABLE}", "round ones: `IN ('a', 'b')`", in_brackets,
    ),
    construct(
        "list-without-brackets", "EQ OPEN", rf"(?P<here>EQ OPEN )(?={VALUE}COMMA )",
        f"`=` takes one value, and here is a list; {SYNTAX}", SEVERAL,
        lambda found, _group: [Piece("NAME", "IN", found[0].place), found[1]],
    ),
    *(
        respelled(
            "list-without-brackets", f"{differs} OPEN", rf"(?P<here>{differs} OPEN )(?={VALUE}COMMA )",
            f"`!=` takes one value, and here is a list; {SYNTAX}",
            "a `!=` for each value, joined by AND: `city != 'Sofia' AND city != 'Varna'`",
            lambda found, _group: [
                *(Piece("NAME", word, found[0].place) for word in ("NOT", "IN")), found[1],
            ],
        )
        for differs in ("NE", "<>")
    ),
    lossy(
        "unquoted-value", "COMPARES VALUE COMMA",
        rf"{COMPARES}(?P<here>(?:NUMBER|DECIMAL) (?:COMMA (?:NUMBER|DECIMAL) )+){CONDITION_ENDS}",
        "a number has no commas in VTQL, and `{found}` has; {value}",
        "digits alone, and a decimal in quotes with a point: `'1234.5'`; several values stand in `IN (…)`",
        hole,
    ),
    lossy(
        "list-without-brackets", "COMPARES VALUE COMMA",
        rf"{COMPARES}(?P<here>{VALUE}(?:COMMA {VALUE})+){CONDITION_ENDS}",
        "an operator takes one value, and here are more; {value}", SEVERAL, hole,
    ),
    lossy(
        "null-test", "null", r"(?:OPEN|COMMA) (?P<here>null )(?=(?:COMMA|CLOSE) )",
        "NULL equals nothing, in a list neither: it finds no record on any server", _NULL, hole,
    ),
    lossy(
        "empty-list", "in OPEN CLOSE", r"in (?P<here>OPEN CLOSE )",
        f"this list has no value; {SYNTAX}", "at least one value; of none, there is nothing to ask",
        lambda found, _group: listed([Piece("ANY", "…", (found[0].end(), found[0].end()))]),
    ),
    construct(
        "unclosed-list", "in OPEN",
        rf"in (?P<here>OPEN {LISTED}(?:COMMA {LISTED})*+)(?=(?:order|orderby|limit|SEMICOLON) |\Z)",
        f"this list has no closing bracket: a server takes it for one and makes broken SQL; {NOTHING}",
        "`)` behind the last value", closed,
    ),
    construct(
        "unclosed-list", "in OPEN",
        rf"in (?P<here>OPEN {LISTED}(?:COMMA {LISTED})*+)(?=(?:and|or) )",
        f"this list has no closing bracket; {SYNTAX}", "`)` behind the last value", closed,
    ),
    construct(
        "unclosed-list", "OPEN",
        rf"{COMPARES}(?P<here>OPEN {LISTED})(?=(?:and|or|order|orderby|limit|SEMICOLON) |\Z)",
        f"these brackets are not closed: a server takes that and makes broken SQL; {NOTHING}",
        "the value without brackets, or `)` behind it", closed,
    ),
    construct(
        "list-without-brackets", "in", rf"in (?P<here>{LISTED}(?:COMMA {LISTED})*)",
        "IN has no brackets: a server takes that as the last condition only, and another one behind "
        "it breaks the query", "the values in brackets: `IN ('a', 'b')`", listed,
    ),
)  # fmt: skip
