"""Clauses of VTQL in other places, and what stands beside them."""

from __future__ import annotations

from vtql.recovery.answers import SYNTAX
from vtql.recovery.construct import (
    COMPARES,
    NAME,
    NEXT_CLAUSE,
    Construct,
    construct,
    gone,
    hole,
    kept,
    lossy,
    sign,
)
from vtql.recovery.mended import with_commas
from vtql.recovery.pieces import Piece

_TWO_QUERIES = (
    "two queries say it: the ids of the one module, then `… IN ('11x1', '11x2')` on the reference"
)
_STRAY = "a server passes over this `order`, which means nothing without BY"
_MODULE = rf"(?:{NAME}|(?:BACKTICK|DOUBLE|LITERAL|ANY) )"
_NO_NAME = (
    "`{found}` cannot be the name of a field here: a server takes the word for one of the language, "
    "and answers QUERY_SYNTAX_ERROR"
)
_IN_PYTHON = "a field of that name can be selected, and looked at in Python"

MODULES: tuple[Construct, ...] = (
    lossy(
        "other-statement", "into", r"into (?:outfile |dumpfile )?(?:[a-z_]\w*|LITERAL|HOLE|BACKTICK|DOUBLE) ",
        f"VTQL only reads, and has no INTO; {SYNTAX}", "the query without it; its rows are for Python",
        gone,
    ),
    lossy(
        "join", "from … COMMA",
        rf"from {_MODULE}(?P<here>(?:(?:as )?{_MODULE})?(?:COMMA {_MODULE}(?:(?:as )?{_MODULE})?)+)",
        "VTQL has no joins: a query has one module; a server takes `A,B` for one name and answers "
        "ACCESS_DENIED", _TWO_QUERIES, gone,
    ),
    *(
        construct(
            "unexpected-token", word, rf"from (?P<here>{word} )(?={_MODULE}(?:(?:where|order|orderby|limit|SEMICOLON) |\Z))",
            f"behind FROM stands the name of a module alone; {SYNTAX}", "the module alone", gone,
        )
        for word in ("all", "only", "module", "table")
    ),
    construct(
        "alias", "from",
        rf"from {_MODULE}(?P<here>as {_MODULE}|(?!(?:select|set|for|partition|use|force|ignore) ){_MODULE}(?={NEXT_CLAUSE[3:-1]}))",
        "a module has no alias in VTQL; {answer}",
        "the module alone; fields stand without its name", gone,
    ),
)  # fmt: skip

CLAUSES: tuple[Construct, ...] = (
    *(
        construct(
            "unexpected-token", word, rf"(?<!select )(?<!COMMA )(?<!by ){word} by ",
            f"VTQL has no {word.upper()} BY; {SYNTAX}", "`ORDER BY`",
            lambda found, _group: [Piece("NAME", "ORDER", found[0].place), found[1]],
        )
        for word in ("sort", "sorted", "ordered", "arrange")
    ),
    construct(
        "unexpected-token", "order",
        rf"(?<!select )(?<!COMMA )(?<!by )order (?P<here>(?!by )(?:b\w|\wy|by\w|b\wy) )(?={NAME}(?:(?:COMMA|asc|desc|limit|SEMICOLON) |\Z))",
        f"`{{found}}` has no place behind ORDER; {SYNTAX}", "`BY` may be meant", sign("NAME", "BY"),
    ),
    *(
        lossy(
            "odd-name", word,
            rf"(?:where|and|or|not|OPEN) (?P<here>{word} )(?=(?:{COMPARES[3:-2]}|in|is|between) )",
            _NO_NAME, _IN_PYTHON, hole,
        )
        for word in ("order", "orderby", "limit", "where", "and", "or")
    ),
    *(
        lossy(
            "odd-name", f"by {word}",
            rf"(?:by|orderby) (?P<here>{word} )(?=(?:asc|desc|COMMA|limit|SEMICOLON) |\Z)",
            _NO_NAME, _IN_PYTHON, hole,
        )
        for word in ("order", "limit", "where")
    ),
    construct(
        "unexpected-token", "NAME and NAME",
        rf"(?:select|COMMA|by|orderby) (?P<here>{NAME}(?:and {NAME})+)(?=(?:asc|desc|COMMA|limit|from|SEMICOLON) |\Z)",
        f"AND joins conditions, and `{{found}}` are names of fields; {SYNTAX}",
        "a comma between two names", with_commas,
    ),
    *(
        construct(
            "unexpected-token", f"{word} {word}", rf"{word} (?P<here>(?:{word} )+)",
            f"the word stands here again; {SYNTAX}", f"`{word.upper()}` once", gone,
        )
        for word in ("where", "and", "or", "limit", "like")
    ),
    construct(
        "unexpected-token", "select select", r"select (?P<here>(?:select )+)(?!(?:from|COMMA) )",
        f"the word stands here again; {SYNTAX}", "`SELECT` once", gone,
    ),
    construct(
        "unexpected-token", "order by order by", r"order by (?P<here>(?:order by )+)",
        f"the words stand here again; {SYNTAX}", "`ORDER BY` once", gone,
    ),
    construct(
        "unexpected-token", "where", r"where (?P<here>(?:and|or) )",
        f"`{{found}}` joins two conditions, and before it stands none; {SYNTAX}",
        "the condition alone", gone,
    ),
    *(
        lossy(
            "unexpected-token", both, rf"(?P<here>{both} )",
            f"AND or OR stands between two conditions, and here stand both; {SYNTAX}",
            "one of the two", lambda found, _group: [found[-1]],
        )
        for both in ("and or", "or and")
    ),
    lossy(
        "unexpected-token", "where … where",
        r"where (?:(?!(?:where|SEMICOLON) )\S+ )+(?P<here>where )",
        f"a query has one WHERE, and here is another; {SYNTAX}",
        "more conditions follow with `AND` or `OR`", sign("NAME", "AND"),
    ),
    lossy(
        "clause-order", "limit",
        r"limit NUMBER (?:(?:COMMA|offset) NUMBER )?(?P<here>(?:asc|desc) )(?=SEMICOLON |\Z)",
        f"`{{found}}` stands behind LIMIT, and belongs to the order; {SYNTAX}",
        "the direction before LIMIT: `ORDER BY lastname DESC LIMIT 10`", gone,
    ),
    construct(
        "stray-order", "order",
        r"(?<!COMMA )(?<!by )order (?=(?:where|limit|and|or|in|like|order|[A-Z]+) |\Z)",
        _STRAY, "`ORDER BY` with the name of a field, or nothing", gone,
    ),
    construct(
        "stray-order", "where order", r"where (?P<here>order )(?!by )",
        _STRAY, "`ORDER BY` with the name of a field, or nothing", gone,
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
        "stray-comma", "COMMA COMMA", r"(?P<keep>COMMA )(?:COMMA )+",
        f"a comma stands between two items, and here is none; {SYNTAX}", "one comma", kept("keep"),
    ),
)  # fmt: skip

HINTS: tuple[Construct, ...] = (
    *(
        construct(
            "other-statement", word, rf"{word} (?:index|key) OPEN (?:{NAME}(?:COMMA {NAME})*)?CLOSE ",
            f"VTQL has no hints for an index; {SYNTAX}", "the query without it", gone,
        )
        for word in ("use", "force", "ignore")
    ),
)  # fmt: skip
