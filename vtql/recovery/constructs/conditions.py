"""Brackets around what takes none."""

from __future__ import annotations

import re
from collections.abc import Sequence

from vtql.parser.vtiger_parser import DENIED, EMPTY_LIST, SYNTAX, UNREADABLE
from vtql.recovery.constructs.structure import NULL as _NULL
from vtql.recovery.lexer import Token
from vtql.recovery.matcher import (
    COMPARES,
    CONDITION_ENDS,
    NAME,
    VALUE,
    Construct,
    RecoveryState,
    exact_row,
    extended_row,
    lossy_row,
    nothing,
    one_token,
    only_group,
    respelled_row,
    unknown,
)
from vtql.recovery.rewrites import (
    as_checkbox,
    as_empty_test,
    as_literal,
    as_membership,
    between_and,
    bracketed,
    closed_list,
    complete_names,
    repeat_field,
    round_brackets,
    split_range,
    swapped,
    unknown_comparison,
    unknown_condition,
)

_WITHOUT = "the same without brackets"

BRACKETS: tuple[Construct, ...] = (
    lossy_row(
        "brackets", "OPEN CLOSE", r"(?:where|and|or|not|OPEN) (?P<here>OPEN CLOSE )",
        f"these brackets have no condition, and VTQL has no brackets around one; {SYNTAX}", _WITHOUT,
        unknown_condition,
    ),
    exact_row(
        "brackets", "from OPEN", rf"from (?P<here>OPEN (?P<keep>{NAME})CLOSE )",
        f"the module stands in brackets; {DENIED}", _WITHOUT, only_group("keep"),
    ),
    exact_row(
        "brackets", "select OPEN", rf"select (?P<here>OPEN (?P<keep>(?:STAR |{NAME}(?:COMMA {NAME})*))CLOSE )from ",
        f"the columns stand in brackets; {SYNTAX}", _WITHOUT, only_group("keep"),
    ),
    exact_row(
        "brackets", "OPEN", rf"(?:select|COMMA) (?P<here>OPEN (?P<keep>{NAME})CLOSE )(?=(?:COMMA|from) )",
        f"a column stands in brackets; {SYNTAX}", _WITHOUT, only_group("keep"),
    ),
    exact_row(
        "brackets", "OPEN", rf"(?:where|and|or|not|OPEN) (?P<here>OPEN (?P<keep>{NAME})CLOSE )(?={COMPARES}|(?:in|not|is|between) )",
        f"a field stands in brackets; {SYNTAX}", _WITHOUT, only_group("keep"),
    ),
    exact_row(
        "brackets", "OPEN", rf"(?:by|orderby) (?P<here>OPEN (?P<keep>{NAME}(?:asc |desc )?)CLOSE )",
        f"the fields of an order stand in brackets; {SYNTAX}", _WITHOUT, only_group("keep"),
    ),
    lossy_row(
        "brackets", "OPEN", rf"(?:by|orderby) (?P<here>OPEN (?P<keep>{NAME}(?:COMMA {NAME})+(?:asc |desc )?)CLOSE )",
        f"the fields of an order stand in brackets; {SYNTAX}", "the same without brackets; a direction "
        "at the end belongs to the last field alone", only_group("keep"),
    ),
    exact_row(
        "brackets", "limit OPEN", r"limit (?P<here>OPEN (?P<keep>NUMBER (?:COMMA NUMBER )?)CLOSE )",
        f"the number of LIMIT stands in brackets; {SYNTAX}", _WITHOUT, only_group("keep"),
    ),
)  # fmt: skip


LISTED = r"(?:LITERAL|DOUBLE|NUMBER|SIGNED|ID|DECIMAL|DATE|TIME|EMAIL|URL|WORD) "
ITEM = rf"(?:{VALUE}|{NAME})"
SEVERAL = "`IN` for several values of one field: `city IN ('Sofia', 'Varna')`"

_PATTERNS = rf"(?:(?:any|all|some) OPEN {ITEM}(?:COMMA {ITEM})*|OPEN {ITEM}(?:COMMA {ITEM})+)CLOSE "

FOREIGN_LISTS: tuple[Construct, ...] = (
    lossy_row(
        "list-without-brackets", "like", rf"(?P<here>(?:not )?like {_PATTERNS})",
        f"LIKE takes one pattern, and here is a list; {SYNTAX}",
        "a LIKE for each pattern, joined by OR: `city LIKE 'S%' OR city LIKE 'V%'`", unknown_comparison,
    ),
    *(
        exact_row(
            "list-without-brackets", word, rf"(?P<here>EQ {word} )(?=OPEN {ITEM}(?:COMMA {ITEM})*CLOSE )",
            f"VTQL has no {word.upper()}; {SYNTAX}", SEVERAL, one_token("NAME", "IN"),
        )
        for word in ("any", "some")
    ),
    *(
        lossy_row(
            "other-condition", word, rf"(?<=[a-z0-9_] )(?P<here>{word} OPEN {ITEM}(?:COMMA {ITEM})*CLOSE )",
            f"VTQL has no {word.upper()}; {SYNTAX}",
            "a condition for each value, with `LIKE '%…%'`, joined by OR", unknown_comparison,
        )
        for word in ("includes", "excludes")
    ),
)  # fmt: skip

LISTS: tuple[Construct, ...] = (
    exact_row(
        "brackets", "LSQUARE", rf"in (?P<here>LSQUARE (?:{ITEM}(?:COMMA {ITEM})*)RSQUARE )",
        f"a list stands in square brackets; {UNREADABLE}", "round ones: `IN ('a', 'b')`", round_brackets,
    ),
    exact_row(
        "list-without-brackets", "EQ OPEN", rf"(?P<here>EQ OPEN )(?={VALUE}COMMA )",
        f"`=` takes one value, and here is a list; {SYNTAX}", SEVERAL,
        lambda found, _group: [Token("NAME", "IN", found[0].place), found[1]],
    ),
    *(
        respelled_row(
            "list-without-brackets", f"{differs} OPEN", rf"(?P<here>{differs} OPEN )(?={VALUE}COMMA )",
            f"`!=` takes one value, and here is a list; {SYNTAX}",
            "a `!=` for each value, joined by AND: `city != 'Sofia' AND city != 'Varna'`",
            lambda found, _group: [
                *(Token("NAME", word, found[0].place) for word in ("NOT", "IN")), found[1],
            ],
        )
        for differs in ("NE", "<>")
    ),
    lossy_row(
        "unquoted-value", "COMPARES VALUE COMMA",
        rf"{COMPARES}(?P<here>(?:NUMBER|DECIMAL) (?:COMMA (?:NUMBER|DECIMAL) )+){CONDITION_ENDS}",
        "a number has no commas in VTQL, and `{found}` has; {value}",
        "digits alone, and a decimal in quotes with a point: `'1234.5'`; several values stand in `IN (…)`",
        unknown,
    ),
    lossy_row(
        "list-without-brackets", "COMPARES VALUE COMMA",
        rf"{COMPARES}(?P<here>{VALUE}(?:COMMA {VALUE})+){CONDITION_ENDS}",
        "an operator takes one value, and here are more; {value}", SEVERAL, unknown,
    ),
    lossy_row(
        "null-test", "null", r"(?:OPEN|COMMA) (?P<here>null )(?=(?:COMMA|CLOSE) )",
        "NULL equals nothing, in a list neither: it finds no record on any server", _NULL, unknown,
    ),
    lossy_row(
        "empty-list", "in OPEN CLOSE", r"in (?P<here>OPEN CLOSE )",
        f"this list has no value; {SYNTAX}", "at least one value; of none, there is nothing to ask",
        lambda found, _group: bracketed([Token("ANY", "…", (found[0].end(), found[0].end()))]),
    ),
    exact_row(
        "unclosed-list", "in OPEN",
        rf"in (?P<here>OPEN {LISTED}(?:COMMA {LISTED})*+)(?=(?:order|orderby|limit|SEMICOLON) |\Z)",
        f"this list has no closing bracket: a server takes it for one and makes broken SQL; {EMPTY_LIST}",
        "`)` behind the last value", closed_list,
    ),
    exact_row(
        "unclosed-list", "in OPEN",
        rf"in (?P<here>OPEN {LISTED}(?:COMMA {LISTED})*+)(?=(?:and|or) )",
        f"this list has no closing bracket; {SYNTAX}", "`)` behind the last value", closed_list,
    ),
    exact_row(
        "unclosed-list", "OPEN",
        rf"{COMPARES}(?P<here>OPEN {LISTED})(?=(?:and|or|order|orderby|limit|SEMICOLON) |\Z)",
        f"these brackets are not closed: a server takes that and makes broken SQL; {EMPTY_LIST}",
        "the value without brackets, or `)` behind it", closed_list,
    ),
    exact_row(
        "list-without-brackets", "in", rf"in (?P<here>{LISTED}(?:COMMA {LISTED})*)",
        "IN has no brackets: a server takes that as the last condition only, and another one behind "
        "it breaks the query", "the values in brackets: `IN ('a', 'b')`", bracketed,
    ),
)  # fmt: skip


NO_BRACKETS = "VTQL has no brackets around conditions"
"""What the finding of a bracket begins with."""

_CASE = "a server compares and orders without regard to case and accents; otherwise is for Python"


def _is(operator: Token) -> list[Token]:
    words = ("is",) if operator.kind == "EQ" else ("is", "not")
    return [Token("NAME", word, operator.place) for word in words]


CONDITIONS: tuple[Construct, ...] = (
    extended_row(
        "empty-test", "empty", r"is (?:not )?empty ", f"VTQL has no IS EMPTY; {SYNTAX}",
        "`= ' '` finds empty texts, `LIKE '_%'` those that are not empty",
    ),
    lossy_row(
        "null-test", "is … null", r"is (?:not )?null ", f"VTQL has no IS NULL; {SYNTAX}", _NULL,
        as_empty_test,
    ),
    *(
        lossy_row(
            "null-test", word, rf"[a-z_]\w* (?P<here>{word} )(?!{COMPARES}|OPEN |in |between )",
            f"VTQL has no `{word.upper()}`; {SYNTAX}", _NULL,
            unknown_comparison,
        )
        for word in ("isnull", "notnull")
    ),
    lossy_row(
        "null-test", "unknown", r"is (?:not )?unknown ", f"VTQL has no IS UNKNOWN; {SYNTAX}", _NULL,
        as_empty_test,
    ),
    lossy_row(
        "null-test", "blank", r"is (?:not )?blank ", f"VTQL has no IS BLANK; {SYNTAX}", _NULL,
        as_empty_test,
    ),
    *(
        exact_row(
            "other-operator", word, rf"is {word} ", f"VTQL has no IS {word.upper()}; {SYNTAX}",
            f"a checkbox is compared: `= '{truth}'`",
            as_checkbox("EQ", "=", truth),
        )
        for word, truth in (("true", 1), ("false", 0))
    ),
    *(
        lossy_row(
            "other-operator", word, rf"is not {word} ", f"VTQL has no IS NOT {word.upper()}; {SYNTAX}",
            f"a checkbox is compared: `!= '{truth}'`, which does not find NULL",
            as_checkbox("NE", "!=", truth),
        )
        for word, truth in (("true", 1), ("false", 0))
    ),
    *(
        lossy_row(
            "null-test", word, rf"(?P<here>(?:EQ|NE|<>|==|!==|<=>) {word} )",
            f"VTQL has no NULL, and a word without quotes is a column to a server; {EMPTY_LIST}",
            f"{_NULL}; the text stands in quotes", unknown_comparison,
        )
        for word in ("none", "nil", "undefined")
    ),
    lossy_row(
        "null-test", "null", r"(?P<here>(?:EQ|NE) null )",
        "nothing equals NULL and nothing differs from it: no record matches on any server", _NULL,
        lambda found, _group: as_empty_test([*_is(found[0]), found[-1]]),
    ),
    extended_row(
        "not-like", "not like", r"not like ", f"VTQL has no NOT LIKE; {SYNTAX}",
        "whole values are excluded with `!=`; what LIKE would match, in Python",
    ),
    lossy_row(
        "not-like", "notlike", r"notlike ",
        f"only Vtiger Cloud has NOTLIKE (a field report); elsewhere {SYNTAX}",
        "whole values are excluded with `!=`; what LIKE would match, in Python",
        lambda found, _group: [
            Token("NAME", word, found[0].place) for word in ("NOT", "LIKE")
        ],
    ),
    extended_row(
        "not-in", "not in", r"not in ", f"VTQL has no NOT IN; {SYNTAX}",
        "a `!=` for each value, joined by AND: `city != 'Sofia' AND city != 'Varna'`",
    ),
    extended_row(
        "between", "between", rf"(?:not )?between (?!(?:EQ|NE|LT|LE|GT|GE|in|like) |OPEN {VALUE}(?:COMMA|and|to) |{VALUE}(?:COMMA|to) )",
        f"VTQL has no BETWEEN; {SYNTAX}",
        "two conditions: `amount >= '5' AND amount <= '10'`",
    ),
    respelled_row(
        "between", "between", rf"(?:not )?between (?:OPEN {VALUE}(?:COMMA|and|to) {VALUE}CLOSE |{VALUE}(?:COMMA|to) {VALUE})",
        f"VTQL has no BETWEEN; {SYNTAX}",
        "two conditions: `amount >= '5' AND amount <= '10'`", between_and,
    ),
    lossy_row(
        "other-condition", "not", r"not (?:regexp|rlike|similar to|glob|ilike) ",
        f"LIKE is the only pattern that VTQL has; {SYNTAX} to `{{found}}`",
        "`LIKE` with `%` for any text and `_` for one character, or Python", one_token("NAME", "like"),
    ),
    *(
        lossy_row(
            "other-condition", word.split()[0], rf"{word} (?={VALUE})",
            f"LIKE is the only pattern that VTQL has; {SYNTAX} to `{{found}}`",
            "`LIKE` with `%` for any text and `_` for one character, or Python",
            one_token("NAME", "like"),
        )
        for word in (
            "regexp", "rlike", "similar to", "glob", "contains", "startswith", "endswith", "starts with",
            "ends with", "begins with", "match", "has", "does not contain", "matches",
        )
    ),
    *(
        lossy_row(
            "other-operator", sign_, rf"{re.escape(sign_)} ",
            f"LIKE is the only pattern that VTQL has, and `{{found}}` is another; {UNREADABLE}",
            "`LIKE` with `%` for any text and `_` for one character, or Python", one_token("NAME", "like"),
        )
        for sign_ in ("~", r"~*", "!~", "!~*")
    ),
    *(
        lossy_row(
            "other-condition", word, rf"(?P<here>{word} )(?=[a-z_]\w* |LITERAL )",
            f"VTQL has no BINARY: a server compares without regard to case; {SYNTAX}",
            "without it; case is for Python", nothing,
        )
        for word in ("binary",)
    ),
    lossy_row(
        "other-operator", "xor", r"xor ", f"VTQL has no XOR; {SYNTAX}",
        "`a = 'x' AND b != 'y' OR a != 'x' AND b = 'y'`", one_token("NAME", "or"),
    ),
    lossy_row(
        "other-condition", "collate", r"collate (?:[a-z_]\w*|LITERAL|DOUBLE|BACKTICK) ",
        f"VTQL has no COLLATE; {SYNTAX}", _CASE, nothing,
    ),
    lossy_row(
        "other-condition", "escape", r"escape LITERAL ", f"VTQL has no ESCAPE; {SYNTAX}",
        r"a backslash before `%` and `_` takes their meaning away: `LIKE '100\\%'`", nothing,
    ),
    extended_row(
        "negation", "not", r"(?:where|and|or|OPEN|not) (?P<here>not )(?!(?:in|EQ|NE|LT|GT|LE|GE) )",
        f"VTQL has no NOT; {SYNTAX}",
        "the opposite of each condition: `!=` for `=`, `>=` for `<`, AND for OR",
    ),
    respelled_row(
        "negation", "BANG", r"(?:where|and|or|OPEN|not|BANG) (?P<here>BANG )", f"VTQL has no NOT; {UNREADABLE}",
        "the opposite of each condition: `!=` for `=`, `>=` for `<`, AND for OR",
        one_token("NAME", "NOT"),
    ),
    extended_row(
        "brackets", "OPEN", r"(?:where|and|or|not) (?P<here>OPEN )",
        f"{NO_BRACKETS}; {SYNTAX}",
        "`a = 'x' AND c = 'z' OR b = 'y' AND c = 'z'` says `(a = 'x' OR b = 'y') AND c = 'z'`; "
        "`vtql compile` does that for any condition",
    ),
)  # fmt: skip


_WORD = r"(?:(?!(?:and|or|order|orderby|limit|group|in|like|not|is|between|where|from|null|true|false) )[a-z_]\w* )"


def _unless_true(tokens: Sequence[Token], _group: object) -> list[Token]:
    """Nothing in place of `AND 1 = 1`, `1 = 1 AND` or `WHERE 1 = 1`; what nobody knows of `1 = 2`."""
    place = next(at for at, piece in enumerate(tokens) if piece.kind == "EQ")
    left, equals, right = tokens[place - 1 : place + 2]
    if left.text == right.text:
        return []
    unknown = [Token("ANY", "…", left.place), equals, Token("ANY", "…", right.place)]
    return [*tokens[: place - 1], *unknown, *tokens[place + 2 :]]


TRUISMS: tuple[Construct, ...] = (
    *(
        exact_row(
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
    lossy_row(
        "null-test", "null",
        rf"(?:where|and|or|OPEN) {NAME}(?P<here>(?:not )?null ){CONDITION_ENDS}",
        f"VTQL has no test for NULL; {SYNTAX}", _NULL, unknown_comparison,
    ),
    lossy_row(
        "empty-test", "empty",
        rf"(?:where|and|or|OPEN) {NAME}(?P<here>(?:not )?empty ){CONDITION_ENDS}",
        f"VTQL has no test for the empty text; {SYNTAX}",
        "`= ' '` finds empty texts, `LIKE '_%'` those that are not empty", unknown_comparison,
    ),
    *(
        lossy_row(
            "negation", key,
            rf"(?:where|and|or|OPEN) (?P<here>{key} {NAME})(?=(?:and|or|CLOSE|order|orderby|limit|SEMICOLON) |\Z)",
            f"VTQL has no NOT, and a condition has a field, an operator and a value; {answer}",
            "for a checkbox `= '0'` behind the field",
            lambda found, _group: [found[1], *unknown_comparison(found[1:])],
        )
        for key, answer in (("BANG", UNREADABLE), ("not", SYNTAX))
    ),
    *(
        lossy_row(
            "bare-word", f"COMPARES {sort}", rf"{COMPARES}(?P<here>{word} )(?=(?:and|or|CLOSE|SEMICOLON) |\Z)",
            f"where a value should stand, `{{found}}` is a word of the language; {SYNTAX}", "values stand in single quotes: `'{found}'`",
            unknown,
        )
        for word, sort in (
            ("in", "in"), ("like", "COMPARES"), ("and", "and"), ("or", "or"), ("where", "where"),
            ("limit", "limit"), ("order", "order"), ("orderby", "orderby"),
        )
    ),
    exact_row(
        "bare-word", "between … and", rf"between (?P<here>{_WORD})(?=and )",
        f"`{{found}}` stands without quotes, and names no value; {SYNTAX}", "values stand in single quotes: `'{found}'`", as_literal,
    ),
    exact_row(
        "bare-word", "between … and", rf"between {VALUE}and (?P<here>{_WORD}){CONDITION_ENDS}",
        f"`{{found}}` stands without quotes, and names no value; {SYNTAX}", "values stand in single quotes: `'{found}'`", as_literal,
    ),
    lossy_row(
        "value-without-field", "EQ … or",
        rf"{NAME}EQ (?P<here>{_WORD}(?:or {_WORD})++)(?!{COMPARES}|in |not |is |between |OPEN |DOT )",
        f"each condition has its field and each value its quotes, which `{{found}}` lacks; {SYNTAX}",
        SEVERAL, unknown,
    ),
    lossy_row(
        "missing-token", "where",
        rf"(?:where|and|or|(?<!is )not|&&|\|\||BANG) (?:OPEN )*(?P<here>{NAME}(?:(?:and|or|&&|\|\|) {NAME})*)"
        rf"(?!(?:CLOSE )+(?:{COMPARES}|in |not |is |between ))"
        r"(?=(?:and|or|&&|\|\||CLOSE|order|orderby|limit|SEMICOLON) )",
        "`{found}` compares nothing: a condition has a field, an operator and a value; {answer}",
        "for a checkbox `= '1'` or `= '0'` behind the field", complete_names,
    ),
)  # fmt: skip

PARTS: tuple[Construct, ...] = (
    lossy_row(
        "list-without-brackets", "in", rf"in (?P<here>{NAME}){CONDITION_ENDS}",
        "IN has no brackets, and its value no quotes: a server takes that for a column as the last "
        "condition only, and another one behind it breaks the query",
        "the values in quotes and brackets: `IN ('a', 'b')`",
        lambda found, _group: bracketed(as_literal(found)),
    ),
    *(
        lossy_row(
            "value-without-field", kind,
            rf"(?P<low>{VALUE})(?P<less>(?:LT|LE|GT|GE) )(?P<field>{NAME})(?P<more>(?:LT|LE|GT|GE) )(?P<high>{VALUE})",
            f"a condition has one operator, and `{{found}}` has two; {SYNTAX}",
            "two conditions: `amount >= '5' AND amount <= '10'`", split_range,
        )
        for kind in ("LT", "LE", "GT", "GE")
    ),
    *(
        lossy_row(
            "missing-token", f"{before} COMMA NAME",
            rf"{pattern}(?P<here>COMMA )(?={NAME}(?:{COMPARES}|in |not |is |between ))",
            f"AND or OR stands between two conditions, and here a comma; {SYNTAX}", "`AND` or `OR`",
            one_token("NAME", "AND"),
        )
        for before, pattern in (("COMPARES VALUE", f"{COMPARES}{VALUE}"), ("CLOSE", "CLOSE "))
    ),
    lossy_row(
        "value-without-field", "COMPARES VALUE and COMPARES",
        rf"(?P<field>[a-z_]\w* ){COMPARES}{VALUE}and (?P<here>(?:EQ|NE|LT|LE|GT|GE|like) )(?={VALUE})",
        f"each condition names its field, and behind this AND stands none; {SYNTAX}",
        "the field again: `amount >= '5' AND amount <= '10'`",
        lambda found, group: [*group("field"), *found],
    ),
    exact_row(
        "value-without-field", "COMPARES VALUE or VALUE",
        rf"(?<!and )(?<!not )(?P<field>{NAME})(?P<here>EQ {LISTED}(?:or {LISTED})++)(?!{COMPARES}|and |COMMA )",
        f"each condition names its field, and `{{found}}` names it for one value; {SYNTAX}",
        SEVERAL, as_membership,
    ),
    lossy_row(
        "value-without-field", "COMPARES VALUE or VALUE",
        rf"(?P<field>[a-z_]\w* )(?P<operator>{COMPARES}){VALUE}(?P<here>(?:or {VALUE})+)(?!{COMPARES})",
        f"each condition names its field, and `{{found}}` names none; {SYNTAX}",
        f"the field and the operator again; {SEVERAL}", repeat_field,
    ),
    lossy_row(
        "value-without-field", "COMPARES VALUE and VALUE",
        rf"(?P<field>[a-z_]\w* )(?P<operator>{COMPARES}){VALUE}(?P<here>(?:and {VALUE})+)(?!{COMPARES})",
        f"each condition names its field, and `{{found}}` names none; {SYNTAX}",
        "`!=` and `LIKE` again for each value, with the field; no field equals two values", repeat_field,
    ),
    exact_row(
        "reversed-comparison", "VALUE COMPARES",
        r"(?:where|and|or|not|OPEN) (?P<here>(?:LITERAL|NUMBER|SIGNED|ID|DATE) (?:EQ|NE|LT|LE|GT|GE) [a-z_]\w* )(?!OPEN )",
        f"a condition begins with its field, and `{{found}}` with the value; {DENIED}",
        "the field first, and the operator turned round", swapped,
    ),
)  # fmt: skip


_BEFORE = frozenset(("where", "and", "or", "not"))
_AFTER = frozenset(("and", "or", "CLOSE", "order", "orderby", "limit", "SEMICOLON", ""))


def expand_unknowns(state: RecoveryState) -> None:
    """Make a condition of a hole that stands between AND and OR, and a list of one behind IN."""
    keys = state.keys()
    if keys.present.isdisjoint(("ANY", "HOLE")):
        return
    result: list[Token] = []
    around = ["", *keys.all, ""]
    for place, token in enumerate(state.tokens):
        last, following = around[place], around[place + 2]
        if token.kind not in ("ANY", "HOLE"):
            result.append(token)
        elif last == "in":
            result += [Token("OPEN", "(", token.place), token, Token("CLOSE", ")", token.place)]
        elif following in _AFTER and _begins_a_condition(around, place):
            result += [token, *unknown_comparison([token])]
        else:
            result.append(token)
    state.tokens = result


def _begins_a_condition(around: list[str], place: int) -> bool:
    """Whether the word before a place is one behind which conditions stand; a bracket may be, too."""
    while place and around[place] == "OPEN":
        place -= 1
    return around[place] in _BEFORE
