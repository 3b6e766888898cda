"""Signs and quotes of other languages for what VTQL spells in its own way."""

from __future__ import annotations

from vtql.recovery.answers import DENIED, SYNTAX, UNREADABLE
from vtql.recovery.construct import (
    COMPARES,
    VALUE,
    Construct,
    construct,
    extended,
    gone,
    hole,
    kept,
    lossy,
    sign,
)
from vtql.recovery.mended import as_literal, as_name
from vtql.recovery.pieces import Piece

_QUOTED = f"names stand without quotes; {UNREADABLE}"
_WITHOUT = "the name as it is, without quotes"


def _operator(pattern: str, trigger: str, kind: str, text: str) -> Construct:
    return construct(
        "other-operator", trigger, pattern, "`{found}` is no operator of VTQL; {answer}",
        f"the operator is `{text}`", sign(kind, text),
    )  # fmt: skip


SPELLINGS: tuple[Construct, ...] = (
    *(
        lossy(
            "null-test", sign_, rf"(?P<here>{sign_} null )",
            f"VTQL has no NULL, and no `{sign_}`; {SYNTAX}",
            "NULL cannot be reached: `= ' '` finds empty texts, `!= ' '` those that are neither empty nor NULL",
            lambda found, _group: [
                Piece("EQ", "=", found[0].place), Piece("ANY", "…", found[-1].place),
            ],
        )
        for sign_ in ("<>", "==", "!==", "<=>")
    ),
    *(
        _operator(rf"(?<=[a-z0-9_] ){word} (?={VALUE})", word, kind, text)
        for word, kind, text in (
            ("eq", "EQ", "="), ("equals", "EQ", "="), ("is equal to", "EQ", "="), ("ne", "NE", "!="),
            ("neq", "NE", "!="), ("is not equal to", "NE", "!="), ("gt", "GT", ">"), ("ge", "GE", ">="),
            ("gte", "GE", ">="), ("lt", "LT", "<"), ("le", "LE", "<="), ("lte", "LE", "<="),
        )
    ),
    lossy(
        "unquoted-value", "DOT", rf"{COMPARES}(?P<here>[a-z_]\w* DOT [a-z_]\w* )(?!OPEN )",
        "`{found}` stands without quotes; {value}",
        "values stand in single quotes: `'{found}'`; two fields are compared in Python", hole,
    ),
    construct(
        "other-operator", "distinct", r"is not distinct from (?!null )",
        f"VTQL has no IS NOT DISTINCT FROM; {SYNTAX}", "the operator is `=`", sign("EQ", "="),
    ),
    lossy(
        "other-operator", "distinct", r"is distinct from (?!null )",
        f"VTQL has no IS DISTINCT FROM; {SYNTAX}",
        "the operator is `!=`; it does not find records whose field is NULL", sign("NE", "!="),
    ),
    *(
        construct(
            "quoted-name", f"from {quoted}", rf"from (?P<here>{quoted} )",
            f"`{{found}}` is quoted, and names stand without quotes; {DENIED}", _WITHOUT, as_name,
        )
        for quoted in ("BACKTICK", "DOUBLE", "LITERAL")
    ),
    lossy(
        "quoted-name", "BACKTICK", rf"{COMPARES}(?P<here>BACKTICK )",
        f"`{{found}}` is quoted as names are elsewhere, and here stands a value; {UNREADABLE}",
        "values stand in single quotes; two fields are compared in Python", hole,
    ),
    lossy(
        "quoted-name", "BACKTICK", r"in (?P<here>BACKTICK )",
        f"`{{found}}` is quoted as names are elsewhere, and here stands a list; {UNREADABLE}",
        "the values in single quotes, the list in round brackets: `IN ('a', 'b')`", hole,
    ),
    construct(
        "quoted-name", "BACKTICK", r"BACKTICK ", f"`{{found}}` is quoted, and {_QUOTED}",
        "the name as it is, without backticks or square brackets", as_name,
    ),
    construct(
        "quoted-name", "DOUBLE",
        rf"DOUBLE (?=DOT |from |{COMPARES}|in |not |is |between )",
        f"`{{found}}` is quoted, and {_QUOTED}",
        "the name as it is, without quotes", as_name,
    ),
    construct(
        "quoted-name", "by DOUBLE", r"by (?P<here>DOUBLE )", f"`{{found}}` is quoted, and {_QUOTED}",
        _WITHOUT, as_name,
    ),
    construct(
        "double-quotes", "CURLY", r"CURLY ",
        f"`{{found}}` stands in typographic quotes, which VTQL does not know; {UNREADABLE}",
        "values stand in straight single quotes", as_literal,
    ),
    extended(
        "double-quotes", "DOUBLE", r"DOUBLE ",
        f"values stand in single quotes, and `{{found}}` in double ones; {UNREADABLE}",
        "single quotes, and a quote inside doubled", as_literal,
    ),
    lossy(
        "qualified-name", "from … DOT", r"from (?P<here>[a-z_]\w* DOT (?P<keep>[a-z_]\w* ))",
        f"a module stands without the name of a database, and `{{found}}` has one; {DENIED}",
        "the name of the module alone", kept("keep"),
    ),
    lossy(
        "arithmetic", "||",
        rf"{COMPARES}(?P<here>(?:LITERAL|[a-z_]\w*) (?:\|\| (?:LITERAL|[a-z_]\w*) )++)(?!{COMPARES}|(?:in|is|not|between) )",
        f"VTQL does not join texts; {UNREADABLE}", "the whole text, in one pair of quotes", hole,
    ),
    lossy(
        "function", "CAST", r"CAST ", f"VTQL has no casts; {UNREADABLE}",
        "the field or the value alone", gone,
    ),
    lossy(
        "qualified-name", "DOT", r"\w+_id DOT (?:[a-z_]\w* DOT )*[a-z_]\w* ",
        f"`{{found}}` goes across a reference, and a query has the fields of one module; {UNREADABLE}",
        "two queries say it: the ids of the other module, then `… IN ('11x1', '11x2')` on the "
        "reference; a query set does it: `filter(account_id__accountname=…)`", hole,
    ),
    construct(
        "qualified-name", "DOT", r"[a-z_]\w* (?:DOT [a-z_]\w* )*DOT (?P<keep>(?:[a-z_]\w*|STAR) )",
        f"a field stands without the name of its module, and `{{found}}` has one; {UNREADABLE}",
        "the name of the field alone; a query has one module", kept("keep"),
    ),
    extended(
        "other-operator", "<>", r"<> ", f"`<>` is no operator of VTQL; {SYNTAX}",
        "the operator is `!=`; it does not find records whose field is NULL", sign("NE", "!="),
    ),
    _operator(rf"is (?={VALUE})", "is", "EQ", "="),
    _operator(rf"is not (?={VALUE})", "is not", "NE", "!="),
    _operator(r"== ", "==", "EQ", "="),
    *(
        _operator(rf"(?<=[a-z0-9_] )(?<!and )(?<!or )(?<!where )(?<!not )not {one} ", f"not {one}", kind, text)
        for one, kind, text in (
            ("EQ", "NE", "!="), ("NE", "EQ", "="), ("LT", "GE", ">="), ("LE", "GT", ">"),
            ("GT", "LE", "<="), ("GE", "LT", "<"),
        )
    ),
    _operator(r"EQ EQ ", "EQ EQ", "EQ", "="),
    _operator(r"<=> ", "<=>", "EQ", "="),
    _operator(r"!== ", "!==", "NE", "!="),
    _operator(r"!= ", "!=", "NE", "!="),
    _operator(r"LT GT ", "LT GT", "NE", "!="),
    _operator(r"=< ", "=<", "LE", "<="),
    _operator(r"LT EQ ", "LT EQ", "LE", "<="),
    _operator(r"!> ", "!>", "LE", "<="),
    _operator(r"=> ", "=>", "GE", ">="),
    _operator(r"GT EQ ", "GT EQ", "GE", ">="),
    _operator(r"!< ", "!<", "GE", ">="),
    _operator(r"&& ", "&&", "NAME", "AND"),
    _operator(r"\|\| ", "||", "NAME", "OR"),
    _operator(r"& ", "&", "NAME", "AND"),
    _operator(r"\| ", "|", "NAME", "OR"),
    _operator(r"(?<!not )ilike ", "ilike", "NAME", "LIKE"),
)  # fmt: skip
