"""Conditions that lack a field, an operator, a value or the AND between them, or have one too many."""

from __future__ import annotations

from collections.abc import Sequence

from vtql.recovery.answers import DENIED, SYNTAX, UNREADABLE
from vtql.recovery.construct import (
    COMPARES,
    CONDITION_ENDS,
    NAME,
    VALUE,
    Construct,
    construct,
    hole,
    lossy,
    sign,
)
from vtql.recovery.constructs.lists import LISTED, SEVERAL
from vtql.recovery.constructs.nested import NULL as _NULL
from vtql.recovery.mended import (
    as_literal,
    bare_names,
    both_sides,
    compared_to_anything,
    in_a_list,
    listed,
    swapped,
    with_field,
)
from vtql.recovery.pieces import Piece

_WORD = r"(?:(?!(?:and|or|order|orderby|limit|group|in|like|not|is|between|where|from|null|true|false) )[a-z_]\w* )"


def _unless_true(found: Sequence[Piece], _group: object) -> list[Piece]:
    """Nothing in place of `AND 1 = 1`, `1 = 1 AND` or `WHERE 1 = 1`; what nobody knows of `1 = 2`."""
    place = next(at for at, piece in enumerate(found) if piece.kind == "EQ")
    one, equals, other = found[place - 1 : place + 2]
    if one.text == other.text:
        return []
    unknown = [Piece("ANY", "…", one.place), equals, Piece("ANY", "…", other.place)]
    return [*found[: place - 1], *unknown, *found[place + 2 :]]


TRUISMS: tuple[Construct, ...] = (
    *(
        construct(
            "value-without-field", "NUMBER EQ NUMBER", pattern,
            f"a condition begins with its field, and this with a value; {DENIED}",
            "what is always true need not be said, and what never is need not be asked", _unless_true,
        )
        for pattern in (
            r"where (?P<here>NUMBER EQ NUMBER and )",
            r"(?P<here>where NUMBER EQ NUMBER )(?=(?:order|orderby|limit|SEMICOLON) |\Z)",
            r"(?P<here>and NUMBER EQ NUMBER )(?=(?:and|order|orderby|limit|SEMICOLON) |\Z)",
        )
    ),
)  # fmt: skip

BARE: tuple[Construct, ...] = (
    lossy(
        "null-test", "null",
        rf"(?:where|and|or|OPEN) {NAME}(?P<here>(?:not )?null ){CONDITION_ENDS}",
        f"VTQL has no test for NULL; {SYNTAX}", _NULL, compared_to_anything,
    ),
    lossy(
        "empty-test", "empty",
        rf"(?:where|and|or|OPEN) {NAME}(?P<here>(?:not )?empty ){CONDITION_ENDS}",
        f"VTQL has no test for the empty text; {SYNTAX}",
        "`= ' '` finds empty texts, `LIKE '_%'` those that are not empty", compared_to_anything,
    ),
    *(
        lossy(
            "negation", key,
            rf"(?:where|and|or|OPEN) (?P<here>{key} {NAME})(?=(?:and|or|CLOSE|order|orderby|limit|SEMICOLON) |\Z)",
            f"VTQL has no NOT, and a condition has a field, an operator and a value; {answer}",
            "for a checkbox `= '0'` behind the field",
            lambda found, _group: [found[1], *compared_to_anything(found[1:])],
        )
        for key, answer in (("BANG", UNREADABLE), ("not", SYNTAX))
    ),
    *(
        lossy(
            "bare-word", f"COMPARES {sort}", rf"{COMPARES}(?P<here>{word} )(?=(?:and|or|CLOSE|SEMICOLON) |\Z)",
            f"where a value should stand, `{{found}}` is a word of the language; {SYNTAX}", "values stand in single quotes: `'{found}'`",
            hole,
        )
        for word, sort in (
            ("in", "in"), ("like", "COMPARES"), ("and", "and"), ("or", "or"), ("where", "where"),
            ("limit", "limit"), ("order", "order"), ("orderby", "orderby"),
        )
    ),
    construct(
        "bare-word", "between … and", rf"between (?P<here>{_WORD})(?=and )",
        f"`{{found}}` stands without quotes, and names no value; {SYNTAX}", "values stand in single quotes: `'{found}'`", as_literal,
    ),
    construct(
        "bare-word", "between … and", rf"between {VALUE}and (?P<here>{_WORD}){CONDITION_ENDS}",
        f"`{{found}}` stands without quotes, and names no value; {SYNTAX}", "values stand in single quotes: `'{found}'`", as_literal,
    ),
    lossy(
        "value-without-field", "EQ … or",
        rf"{NAME}EQ (?P<here>{_WORD}(?:or {_WORD})++)(?!{COMPARES}|in |not |is |between |OPEN |DOT )",
        f"each condition has its field and each value its quotes, which `{{found}}` lacks; {SYNTAX}",
        SEVERAL, hole,
    ),
    lossy(
        "missing-token", "where",
        rf"(?:where|and|or|(?<!is )not|&&|\|\||BANG) (?:OPEN )*(?P<here>{NAME}(?:(?:and|or|&&|\|\|) {NAME})*)"
        rf"(?!(?:CLOSE )+(?:{COMPARES}|in |not |is |between ))"
        r"(?=(?:and|or|&&|\|\||CLOSE|order|orderby|limit|SEMICOLON) )",
        "`{found}` compares nothing: a condition has a field, an operator and a value; {answer}",
        "for a checkbox `= '1'` or `= '0'` behind the field", bare_names,
    ),
)  # fmt: skip

PARTS: tuple[Construct, ...] = (
    lossy(
        "list-without-brackets", "in", rf"in (?P<here>{NAME}){CONDITION_ENDS}",
        "IN has no brackets, and its value no quotes: a server takes that for a column as the last "
        "condition only, and another one behind it breaks the query",
        "the values in quotes and brackets: `IN ('a', 'b')`",
        lambda found, _group: listed(as_literal(found)),
    ),
    *(
        lossy(
            "value-without-field", kind,
            rf"(?P<low>{VALUE})(?P<less>(?:LT|LE|GT|GE) )(?P<field>{NAME})(?P<more>(?:LT|LE|GT|GE) )(?P<high>{VALUE})",
            f"a condition has one operator, and `{{found}}` has two; {SYNTAX}",
            "two conditions: `amount >= '5' AND amount <= '10'`", both_sides,
        )
        for kind in ("LT", "LE", "GT", "GE")
    ),
    *(
        lossy(
            "missing-token", f"{before} COMMA NAME",
            rf"{pattern}(?P<here>COMMA )(?={NAME}(?:{COMPARES}|in |not |is |between ))",
            f"AND or OR stands between two conditions, and here a comma; {SYNTAX}", "`AND` or `OR`",
            sign("NAME", "AND"),
        )
        for before, pattern in (("COMPARES VALUE", f"{COMPARES}{VALUE}"), ("CLOSE", "CLOSE "))
    ),
    lossy(
        "value-without-field", "COMPARES VALUE and COMPARES",
        rf"(?P<field>[a-z_]\w* ){COMPARES}{VALUE}and (?P<here>(?:EQ|NE|LT|LE|GT|GE|like) )(?={VALUE})",
        f"each condition names its field, and behind this AND stands none; {SYNTAX}",
        "the field again: `amount >= '5' AND amount <= '10'`",
        lambda found, group: [*group("field"), *found],
    ),
    construct(
        "value-without-field", "COMPARES VALUE or VALUE",
        rf"(?<!and )(?<!not )(?P<field>{NAME})(?P<here>EQ {LISTED}(?:or {LISTED})++)(?!{COMPARES}|and |COMMA )",
        f"each condition names its field, and `{{found}}` names it for one value; {SYNTAX}",
        SEVERAL, in_a_list,
    ),
    lossy(
        "value-without-field", "COMPARES VALUE or VALUE",
        rf"(?P<field>[a-z_]\w* )(?P<operator>{COMPARES}){VALUE}(?P<here>(?:or {VALUE})+)(?!{COMPARES})",
        f"each condition names its field, and `{{found}}` names none; {SYNTAX}",
        f"the field and the operator again; {SEVERAL}", with_field,
    ),
    lossy(
        "value-without-field", "COMPARES VALUE and VALUE",
        rf"(?P<field>[a-z_]\w* )(?P<operator>{COMPARES}){VALUE}(?P<here>(?:and {VALUE})+)(?!{COMPARES})",
        f"each condition names its field, and `{{found}}` names none; {SYNTAX}",
        "`!=` and `LIKE` again for each value, with the field; no field equals two values", with_field,
    ),
    construct(
        "reversed-comparison", "VALUE COMPARES",
        r"(?:where|and|or|not|OPEN) (?P<here>(?:LITERAL|NUMBER|SIGNED|ID|DATE) (?:EQ|NE|LT|LE|GT|GE) [a-z_]\w* )(?!OPEN )",
        f"a condition begins with its field, and `{{found}}` with the value; {DENIED}",
        "the field first, and the operator turned round", swapped,
    ),
)  # fmt: skip
