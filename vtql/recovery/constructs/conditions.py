"""Conditions of other languages, and those that servers take by accident."""

from __future__ import annotations

import re

from vtql.recovery.answers import NOTHING, SYNTAX, UNREADABLE
from vtql.recovery.construct import (
    COMPARES,
    VALUE,
    Construct,
    construct,
    extended,
    gone,
    lossy,
    respelled,
    sign,
)
from vtql.recovery.constructs.nested import NULL as _NULL
from vtql.recovery.mended import (
    as_checkbox,
    between,
    compared_to_anything,
    nothing_there,
)
from vtql.recovery.pieces import Piece

NO_BRACKETS = "VTQL has no brackets around conditions"
"""What the finding of a bracket begins with."""

_CASE = "a server compares and orders without regard to case and accents; otherwise is for Python"


def _is(operator: Piece) -> list[Piece]:
    words = ("is",) if operator.kind == "EQ" else ("is", "not")
    return [Piece("NAME", word, operator.place) for word in words]


CONDITIONS: tuple[Construct, ...] = (
    extended(
        "empty-test", "empty", r"is (?:not )?empty ", f"VTQL has no IS EMPTY; {SYNTAX}",
        "`= ' '` finds empty texts, `LIKE '_%'` those that are not empty",
    ),
    lossy(
        "null-test", "is … null", r"is (?:not )?null ", f"VTQL has no IS NULL; {SYNTAX}", _NULL,
        nothing_there,
    ),
    *(
        lossy(
            "null-test", word, rf"[a-z_]\w* (?P<here>{word} )(?!{COMPARES}|OPEN |in |between )",
            f"VTQL has no `{word.upper()}`; {SYNTAX}", _NULL,
            compared_to_anything,
        )
        for word in ("isnull", "notnull")
    ),
    lossy(
        "null-test", "unknown", r"is (?:not )?unknown ", f"VTQL has no IS UNKNOWN; {SYNTAX}", _NULL,
        nothing_there,
    ),
    lossy(
        "null-test", "blank", r"is (?:not )?blank ", f"VTQL has no IS BLANK; {SYNTAX}", _NULL,
        nothing_there,
    ),
    *(
        construct(
            "other-operator", word, rf"is {word} ", f"VTQL has no IS {word.upper()}; {SYNTAX}",
            f"a checkbox is compared: `= '{truth}'`",
            as_checkbox("EQ", "=", truth),
        )
        for word, truth in (("true", 1), ("false", 0))
    ),
    *(
        lossy(
            "other-operator", word, rf"is not {word} ", f"VTQL has no IS NOT {word.upper()}; {SYNTAX}",
            f"a checkbox is compared: `!= '{truth}'`, which does not find NULL",
            as_checkbox("NE", "!=", truth),
        )
        for word, truth in (("true", 1), ("false", 0))
    ),
    *(
        lossy(
            "null-test", word, rf"(?P<here>(?:EQ|NE|<>|==|!==|<=>) {word} )",
            f"VTQL has no NULL, and a word without quotes is a column to a server; {NOTHING}",
            f"{_NULL}; the text stands in quotes", compared_to_anything,
        )
        for word in ("none", "nil", "undefined")
    ),
    lossy(
        "null-test", "null", r"(?P<here>(?:EQ|NE) null )",
        "nothing equals NULL and nothing differs from it: no record matches on any server", _NULL,
        lambda found, _group: nothing_there([*_is(found[0]), found[-1]]),
    ),
    extended(
        "not-like", "not like", r"not like ", f"VTQL has no NOT LIKE; {SYNTAX}",
        "whole values are excluded with `!=`; what LIKE would match, in Python",
    ),
    lossy(
        "not-like", "notlike", r"notlike ",
        f"only Vtiger Cloud has NOTLIKE (a field report); elsewhere {SYNTAX}",
        "whole values are excluded with `!=`; what LIKE would match, in Python",
        lambda found, _group: [
            Piece("NAME", word, found[0].place) for word in ("NOT", "LIKE")
        ],
    ),
    extended(
        "not-in", "not in", r"not in ", f"VTQL has no NOT IN; {SYNTAX}",
        "a `!=` for each value, joined by AND: `city != 'Sofia' AND city != 'Varna'`",
    ),
    extended(
        "between", "between", rf"(?:not )?between (?!(?:EQ|NE|LT|LE|GT|GE|in|like) |OPEN {VALUE}(?:COMMA|and|to) |{VALUE}(?:COMMA|to) )",
        f"VTQL has no BETWEEN; {SYNTAX}",
        "two conditions: `amount >= '5' AND amount <= '10'`",
    ),
    respelled(
        "between", "between", rf"(?:not )?between (?:OPEN {VALUE}(?:COMMA|and|to) {VALUE}CLOSE |{VALUE}(?:COMMA|to) {VALUE})",
        f"VTQL has no BETWEEN; {SYNTAX}",
        "two conditions: `amount >= '5' AND amount <= '10'`", between,
    ),
    lossy(
        "other-condition", "not", r"not (?:regexp|rlike|similar to|glob|ilike) ",
        f"LIKE is the only pattern that VTQL has; {SYNTAX} to `{{found}}`",
        "`LIKE` with `%` for any text and `_` for one character, or Python", sign("NAME", "like"),
    ),
    *(
        lossy(
            "other-condition", word.split()[0], rf"{word} (?={VALUE})",
            f"LIKE is the only pattern that VTQL has; {SYNTAX} to `{{found}}`",
            "`LIKE` with `%` for any text and `_` for one character, or Python",
            sign("NAME", "like"),
        )
        for word in (
            "regexp", "rlike", "similar to", "glob", "contains", "startswith", "endswith", "starts with",
            "ends with", "begins with", "match", "has", "does not contain", "matches",
        )
    ),
    *(
        lossy(
            "other-operator", sign_, rf"{re.escape(sign_)} ",
            f"LIKE is the only pattern that VTQL has, and `{{found}}` is another; {UNREADABLE}",
            "`LIKE` with `%` for any text and `_` for one character, or Python", sign("NAME", "like"),
        )
        for sign_ in ("~", r"~*", "!~", "!~*")
    ),
    *(
        lossy(
            "other-condition", word, rf"(?P<here>{word} )(?=[a-z_]\w* |LITERAL )",
            f"VTQL has no BINARY: a server compares without regard to case; {SYNTAX}",
            "without it; case is for Python", gone,
        )
        for word in ("binary",)
    ),
    lossy(
        "other-operator", "xor", r"xor ", f"VTQL has no XOR; {SYNTAX}",
        "`a = 'x' AND b != 'y' OR a != 'x' AND b = 'y'`", sign("NAME", "or"),
    ),
    lossy(
        "other-condition", "collate", r"collate (?:[a-z_]\w*|LITERAL|DOUBLE|BACKTICK) ",
        f"VTQL has no COLLATE; {SYNTAX}", _CASE, gone,
    ),
    lossy(
        "other-condition", "escape", r"escape LITERAL ", f"VTQL has no ESCAPE; {SYNTAX}",
        r"a backslash before `%` and `_` takes their meaning away: `LIKE '100\\%'`", gone,
    ),
    extended(
        "negation", "not", r"(?:where|and|or|OPEN|not) (?P<here>not )(?!(?:in|EQ|NE|LT|GT|LE|GE) )",
        f"VTQL has no NOT; {SYNTAX}",
        "the opposite of each condition: `!=` for `=`, `>=` for `<`, AND for OR",
    ),
    respelled(
        "negation", "BANG", r"(?:where|and|or|OPEN|not|BANG) (?P<here>BANG )", f"VTQL has no NOT; {UNREADABLE}",
        "the opposite of each condition: `!=` for `=`, `>=` for `<`, AND for OR",
        sign("NAME", "NOT"),
    ),
    extended(
        "brackets", "OPEN", r"(?:where|and|or|not) (?P<here>OPEN )",
        f"{NO_BRACKETS}; {SYNTAX}",
        "`a = 'x' AND c = 'z' OR b = 'y' AND c = 'z'` says `(a = 'x' OR b = 'y') AND c = 'z'`; "
        "`vtql compile` does that for any condition",
    ),
)  # fmt: skip
