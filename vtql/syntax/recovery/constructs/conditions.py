"""Conditions of other languages, and those that servers take by accident."""

from __future__ import annotations

from vtql.syntax.recovery.construct import (
    COMPARES,
    NOTHING,
    SYNTAX,
    VALUE,
    Construct,
    construct,
    extended,
    gone,
    hole,
    lossy,
    respelled,
    sign,
)
from vtql.syntax.recovery.mended import closed, listed, nothing_there, swapped, with_field
from vtql.syntax.recovery.pieces import Piece

_NULL = "NULL cannot be reached: `= ' '` finds empty texts, `!= ' '` those that are neither empty nor NULL"
_LISTED = r"(?:LITERAL|DOUBLE|NUMBER|SIGNED|ID|DECIMAL|DATE|EMAIL|WORD|HOLE|ANY) "


def _is(operator: Piece) -> list[Piece]:
    words = ("is",) if operator.kind == "EQ" else ("is", "not")
    return [Piece("NAME", word, operator.place) for word in words]


CONDITIONS: tuple[Construct, ...] = (
    extended(
        "empty-test", "empty", r"is (?:not )?empty ", f"VTQL has no IS EMPTY; {SYNTAX}",
        "`= ' '` finds empty texts, `LIKE '_%'` those that are not empty",
    ),
    lossy(
        "null-test", "null", r"is (?:not )?null ", f"VTQL has no IS NULL; {SYNTAX}", _NULL,
        nothing_there,
    ),
    lossy(
        "null-test", "null", r"(?P<here>(?:EQ|NE) null )",
        "nothing equals NULL and nothing differs from it: no record matches on any server", _NULL,
        lambda found, _group: nothing_there([*_is(found[0]), found[-1]]),
    ),
    extended(
        "not-like", "like", r"not like ", f"VTQL has no NOT LIKE; {SYNTAX}",
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
        "not-in", "in", r"not in ", f"VTQL has no NOT IN; {SYNTAX}",
        "a `!=` for each value, joined by AND: `city != 'Sofia' AND city != 'Varna'`",
    ),
    extended(
        "between", "between", r"(?:not )?between (?!(?:EQ|NE|LT|LE|GT|GE|in|like) )",
        f"VTQL has no BETWEEN; {SYNTAX}",
        "two conditions: `amount >= '5' AND amount <= '10'`",
    ),
    lossy(
        "other-condition", "not", r"not (?:regexp|rlike|similar to|glob|ilike) ",
        f"LIKE is the only pattern that VTQL has; {SYNTAX} to `{{found}}`",
        "`LIKE` with `%` for any text and `_` for one character, or Python", sign("NAME", "like"),
    ),
    *(
        lossy(
            "other-condition", word.split()[0], rf"{word} (?={_LISTED})",
            f"LIKE is the only pattern that VTQL has; {SYNTAX} to `{{found}}`",
            "`LIKE` with `%` for any text and `_` for one character, or Python",
            sign("NAME", "like"),
        )
        for word in ("regexp", "rlike", "similar to", "glob", "contains", "startswith", "endswith")
    ),
    lossy(
        "other-operator", "xor", r"xor ", f"VTQL has no XOR; {SYNTAX}",
        "`a = 'x' AND b != 'y' OR a != 'x' AND b = 'y'`", sign("NAME", "or"),
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
        "negation", "BANG", r"(?:where|and|or|OPEN|not|BANG) (?P<here>BANG )", f"VTQL has no NOT; {SYNTAX}",
        "the opposite of each condition: `!=` for `=`, `>=` for `<`, AND for OR",
        sign("NAME", "NOT"),
    ),
    extended(
        "brackets", "OPEN", r"(?:where|and|or|not) (?P<here>OPEN )",
        f"VTQL has no brackets around conditions; {SYNTAX}",
        "`a = 'x' AND c = 'z' OR b = 'y' AND c = 'z'` says `(a = 'x' OR b = 'y') AND c = 'z'`; "
        "`vtql compile` does that for any condition",
    ),
    lossy(
        "null-test", "null", r"(?:OPEN|COMMA) (?P<here>null )(?=(?:COMMA|CLOSE) )",
        "NULL equals nothing, in a list neither: it finds no record on any server", _NULL, hole,
    ),
    lossy(
        "empty-list", "in", r"in (?P<here>OPEN CLOSE )",
        f"this list has no value; {SYNTAX}", "at least one value; of none, there is nothing to ask",
        lambda found, _group: listed([Piece("ANY", "…", (found[0].end(), found[0].end()))]),
    ),
    construct(
        "unclosed-list",
        "in",
        rf"in (?P<here>OPEN {_LISTED}(?:COMMA {_LISTED})*+)"
        r"(?=(?:and|or|order|orderby|limit|SEMICOLON) |\Z)",
        "this list has no closing bracket: a server takes it for one and makes broken SQL; "
        f"{NOTHING}",
        "`)` behind the last value",
        closed,
    ),
    construct(
        "list-without-brackets", "in", rf"in (?P<here>{_LISTED}(?:COMMA {_LISTED})*)",
        "IN has no brackets: a server takes that as the last condition only, and another one behind "
        "it breaks the query", "the values in brackets: `IN ('a', 'b')`", listed,
    ),
    lossy(
        "value-without-field", "and",
        rf"(?P<field>[a-z_]\w* ){COMPARES}{VALUE}and (?P<here>(?:EQ|NE|LT|LE|GT|GE) )(?={VALUE})",
        f"each condition names its field, and behind this AND stands none; {SYNTAX}",
        "the field again: `amount >= '5' AND amount <= '10'`",
        lambda found, group: [*group("field"), *found],
    ),
    lossy(
        "value-without-field", "or",
        rf"(?P<field>[a-z_]\w* )(?P<operator>{COMPARES}){VALUE}(?P<here>(?:or {VALUE})+)(?!{COMPARES})",
        f"each condition names its field, and `{{found}}` names none; {SYNTAX}",
        "`IN` for several values of one field: `city IN ('Sofia', 'Varna')`", with_field,
    ),
    construct(
        "reversed-comparison", "where",
        r"(?:where|and|or|not|OPEN) (?P<here>(?:LITERAL|NUMBER|SIGNED|ID|DATE) (?:EQ|NE|LT|LE|GT|GE) [a-z_]\w* )(?!OPEN )",
        f"a condition begins with its field, and `{{found}}` with the value; {SYNTAX}",
        "the field first, and the operator turned round", swapped,
    ),
)  # fmt: skip
