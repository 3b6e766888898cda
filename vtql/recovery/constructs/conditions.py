"""Foreign conditions and lists, and conditions that lack a part or have one too many."""

from __future__ import annotations

from collections.abc import Sequence

from vtql.parser.vtiger_parser import (
    DENIED,
    EMPTY_LIST,
    SYNTAX,
    UNREADABLE,
    effect_of,
    effect_of_value,
)
from vtql.recovery.constructs.structure import NULL_HELP
from vtql.recovery.lexer import Token
from vtql.recovery.matcher import (
    COMPARES,
    CONDITION_ENDS,
    NAME,
    PLAIN_WORD,
    VALUE,
    Construct,
    Group,
    as_checkbox,
    as_empty_test,
    as_literal,
    as_membership,
    between_and,
    bracketed,
    closed_list,
    complete_names,
    exact_row,
    extended_row,
    lossy_row,
    nothing,
    one_token,
    only_group,
    repeat_field,
    respelled_row,
    round_brackets,
    split_range,
    swapped,
    unknown,
    unknown_comparison,
    unknown_condition,
    words,
)

_LISTED = r"(?:LITERAL|DOUBLE|NUMBER|SIGNED|ID|DECIMAL|DATE|TIME|EMAIL|URL|WORD) "
_ITEM = rf"(?:{VALUE}|{NAME})"
_ITEMS = rf"{_ITEM}(?:COMMA {_ITEM})*"
_PATTERNS = rf"(?:(?:any|all|some) OPEN {_ITEMS}|OPEN {_ITEM}(?:COMMA {_ITEM})+)CLOSE "
_CONDITION_START = r"(?:where|and|or|not|OPEN) "

_SEVERAL = "`IN` for several values of one field: `city IN ('Sofia', 'Varna')`"
_DIFFERENT = "a `!=` for each value, joined by AND: `city != 'Sofia' AND city != 'Varna'`"
_RANGE = "two conditions: `amount >= '5' AND amount <= '10'`"
_WITHOUT = "the same without brackets"
_QUOTES = "values stand in single quotes: `'{found}'`"
_NO_PATTERN = "LIKE is the only pattern that VTQL has, and `{found}` is another"
_USE_LIKE = "`LIKE` with `%` for any text and `_` for one character, or Python"
_OPPOSITE = "the opposite of each condition: `!=` for `=`, `>=` for `<`, AND for OR"
_WHOLE_VALUES = "whole values are excluded with `!=`; what LIKE would match, in Python"
_EMPTY_TEST = "`= ' '` finds empty texts, `LIKE '_%'` those that are not empty"


def _drop_truism(tokens: Sequence[Token], _group: Group) -> list[Token]:
    """Nothing in place of `AND 1 = 1`, `1 = 1 AND` or `WHERE 1 = 1`; unknown values for `1 = 2`."""
    at = next(index for index, token in enumerate(tokens) if token.kind == "EQ")
    left, equals, right = tokens[at - 1 : at + 2]
    if left.text == right.text:
        return []
    unknown_values = [Token("ANY", "…", left.place), equals, Token("ANY", "…", right.place)]
    return [*tokens[: at - 1], *unknown_values, *tokens[at + 2 :]]


def _null_comparison(tokens: Sequence[Token], _group: Group) -> list[Token]:
    """`= null` as `is empty`, `!= null` as `is not empty`, the nearest thing."""
    operator, null = tokens
    names = ("is",) if operator.kind == "EQ" else ("is", "not")
    return as_empty_test([*(Token("NAME", name, operator.place) for name in names), null])


TRUISMS: tuple[Construct, ...] = tuple(
    exact_row(
        "value-without-field", {"NUMBER EQ NUMBER"}, pattern,
        "a condition begins with its field, and this with a value", DENIED,
        "what is always true need not be said, and what never is need not be asked", _drop_truism,
    )
    for pattern in (
        r"where (?P<here>NUMBER EQ NUMBER and )",
        r"(?:where NUMBER EQ NUMBER (?=(?:order|orderby|limit|SEMICOLON) |\Z)"
        r"|and NUMBER EQ NUMBER (?=(?:and|order|orderby|limit|SEMICOLON) |\Z))",
    )
)  # fmt: skip

FOREIGN_LISTS: tuple[Construct, ...] = (
    lossy_row(
        "list-without-brackets", {"like"}, rf"(?:not )?like {_PATTERNS}",
        "LIKE takes one pattern, and here is a list", SYNTAX,
        "a LIKE for each pattern, joined by OR: `city LIKE 'S%' OR city LIKE 'V%'`", unknown_comparison,
    ),
    exact_row(
        "list-without-brackets", {"EQ any", "EQ some"},
        rf"EQ (?:any|some) (?=OPEN {_ITEMS}CLOSE )", "VTQL has no ANY and no SOME", SYNTAX, _SEVERAL,
        one_token("NAME", "IN"),
    ),
    lossy_row(
        "other-condition", {"includes", "excludes"},
        rf"(?<=[a-z0-9_] )(?:includes|excludes) OPEN {_ITEMS}CLOSE ", "VTQL has no {WORD}", SYNTAX,
        "a condition for each value, with `LIKE '%…%'`, joined by OR", unknown_comparison,
    ),
)  # fmt: skip

INCOMPLETE: tuple[Construct, ...] = (
    lossy_row(
        "null-test", {"null"}, rf"(?:where|and|or|OPEN) {NAME}(?P<here>(?:not )?null ){CONDITION_ENDS}",
        "VTQL has no test for NULL", SYNTAX, NULL_HELP, unknown_comparison,
    ),
    lossy_row(
        "empty-test", {"empty"}, rf"(?:where|and|or|OPEN) {NAME}(?P<here>(?:not )?empty ){CONDITION_ENDS}",
        "VTQL has no test for the empty text", SYNTAX, _EMPTY_TEST, unknown_comparison,
    ),
    lossy_row(
        "negation", {"BANG", "not"},
        rf"(?:where|and|or|OPEN) (?P<here>(?:BANG|not) {NAME})(?=(?:and|or|CLOSE|order|orderby|limit|SEMICOLON) |\Z)",
        "VTQL has no NOT, and a condition has a field, an operator and a value", effect_of,
        "for a checkbox `= '0'` behind the field",
        lambda tokens, _group: [tokens[1], *unknown_comparison(tokens[1:])],
    ),
    lossy_row(
        "bare-word", {"COMPARES in", "COMPARES COMPARES", "COMPARES and", "COMPARES or", "COMPARES limit", "COMPARES order"},
        rf"{COMPARES}(?P<here>(?:in|like|and|or|limit|order) )(?=(?:and|or|CLOSE|SEMICOLON) |\Z)",
        "where a value should stand, `{found}` is a word of the language", SYNTAX, _QUOTES, unknown,
    ),
    exact_row(
        "bare-word", {"between … and"}, rf"between (?P<here>{PLAIN_WORD})(?=and )",
        "`{found}` stands without quotes, and names no value", SYNTAX, _QUOTES, as_literal,
    ),
    exact_row(
        "bare-word", {"between … and"}, rf"between {VALUE}and (?P<here>{PLAIN_WORD}){CONDITION_ENDS}",
        "`{found}` stands without quotes, and names no value", SYNTAX, _QUOTES, as_literal,
    ),
    lossy_row(
        "value-without-field", {"EQ … or"},
        rf"{NAME}EQ (?P<here>{PLAIN_WORD}(?:or {PLAIN_WORD})++)(?!{COMPARES}|in |not |is |between |OPEN |DOT )",
        "each condition has its field and each value its quotes, which `{found}` lacks", SYNTAX,
        _SEVERAL, unknown,
    ),
    lossy_row(
        "missing-token", {"where"},
        rf"(?:where|and|or|(?<!is )not|&&|\|\||BANG) (?:OPEN )*(?P<here>{NAME}(?:(?:and|or|&&|\|\|) {NAME})*)"
        rf"(?!(?:CLOSE )+(?:{COMPARES}|in |not |is |between ))"
        r"(?=(?:and|or|&&|\|\||CLOSE|order|orderby|limit|SEMICOLON) )",
        "`{found}` compares nothing: a condition has a field, an operator and a value", effect_of,
        "for a checkbox `= '1'` or `= '0'` behind the field", complete_names,
    ),
)  # fmt: skip
"""Rows for conditions that lack an operator or a value, before any other row rewrites their words."""

BRACKETS: tuple[Construct, ...] = (
    lossy_row(
        "brackets", {"OPEN CLOSE"}, rf"{_CONDITION_START}(?P<here>OPEN CLOSE )",
        "these brackets have no condition, and VTQL has no brackets around one", SYNTAX, _WITHOUT,
        unknown_condition,
    ),
    exact_row(
        "brackets", {"from OPEN"}, rf"from (?P<here>OPEN (?P<keep>{NAME})CLOSE )",
        "the module stands in brackets", DENIED, _WITHOUT, only_group("keep"),
    ),
    exact_row(
        "brackets", {"select OPEN"}, rf"select (?P<here>OPEN (?P<keep>(?:STAR |{NAME}(?:COMMA {NAME})*))CLOSE )from ",
        "the columns stand in brackets", SYNTAX, _WITHOUT, only_group("keep"),
    ),
    exact_row(
        "brackets", {"select OPEN", "COMMA OPEN"},
        rf"(?:select|COMMA) (?P<here>OPEN (?P<keep>{NAME})CLOSE )(?=(?:COMMA|from) )",
        "a column stands in brackets", SYNTAX, _WITHOUT, only_group("keep"),
    ),
    exact_row(
        "brackets", {"OPEN NAME CLOSE"},
        rf"{_CONDITION_START}(?P<here>OPEN (?P<keep>{NAME})CLOSE )(?={COMPARES}|(?:in|not|is|between) )",
        "a field stands in brackets", SYNTAX, _WITHOUT, only_group("keep"),
    ),
    exact_row(
        "brackets", {"by OPEN"},
        rf"(?:by|orderby) (?P<here>OPEN (?P<keep>{NAME}(?:asc |desc )?)CLOSE )",
        "the fields of an order stand in brackets", SYNTAX, _WITHOUT, only_group("keep"),
    ),
    lossy_row(
        "brackets", {"by OPEN"},
        rf"(?:by|orderby) (?P<here>OPEN (?P<keep>{NAME}(?:COMMA {NAME})+(?:asc |desc )?)CLOSE )",
        "the fields of an order stand in brackets", SYNTAX,
        "the same without brackets; a direction at the end belongs to the last field alone",
        only_group("keep"),
    ),
    exact_row(
        "brackets", {"limit OPEN"}, r"limit (?P<here>OPEN (?P<keep>NUMBER (?:COMMA NUMBER )?)CLOSE )",
        "the number of LIMIT stands in brackets", SYNTAX, _WITHOUT, only_group("keep"),
    ),
)  # fmt: skip

CONDITION_BRACKET = extended_row(
    "brackets", {"OPEN"}, r"(?:where|and|or|not) (?P<here>OPEN )",
    "VTQL has no brackets around conditions", SYNTAX,
    "`a = 'x' AND c = 'z' OR b = 'y' AND c = 'z'` says `(a = 'x' OR b = 'y') AND c = 'z'`; "
    "`vtql compile` does that for any condition",
)  # fmt: skip

CONDITIONS: tuple[Construct, ...] = (
    extended_row(
        "empty-test", {"empty"}, r"is (?:not )?empty ", "VTQL has no IS EMPTY", SYNTAX, _EMPTY_TEST,
    ),
    lossy_row(
        "null-test", {"is … null"}, r"is (?:not )?null ", "VTQL has no IS NULL", SYNTAX, NULL_HELP,
        as_empty_test,
    ),
    lossy_row(
        "null-test", {"isnull", "notnull"}, rf"[a-z_]\w* (?P<here>(?:isnull|notnull) )(?!{COMPARES}|OPEN |in |between )",
        "VTQL has no `{WORD}`", SYNTAX, NULL_HELP, unknown_comparison,
    ),
    lossy_row(
        "null-test", {"is … blank"}, r"is (?:not )?blank ", "VTQL has no IS BLANK", SYNTAX, NULL_HELP,
        as_empty_test,
    ),
    exact_row(
        "other-operator", {"is true", "is false"}, r"is (?:true|false) ", "VTQL has no IS TRUE or IS FALSE",
        SYNTAX, "a checkbox is compared: `= '1'` or `= '0'`", as_checkbox("EQ", "="),
    ),
    lossy_row(
        "other-operator", {"is not true", "is not false"}, r"is not (?:true|false) ",
        "VTQL has no IS NOT TRUE or IS NOT FALSE", SYNTAX,
        "a checkbox is compared: `!= '1'` or `!= '0'`, which does not find NULL", as_checkbox("NE", "!="),
    ),
    lossy_row(
        "null-test", {"none", "nil", "undefined"}, r"(?:EQ|NE) (?:none|nil|undefined) ",
        "VTQL has no NULL, and a word without quotes is a column to a server", EMPTY_LIST,
        f"{NULL_HELP}; the text stands in quotes", unknown_comparison,
    ),
    lossy_row(
        "null-test", {"EQ null", "NE null"}, r"(?:EQ|NE) null ",
        "nothing equals NULL and nothing differs from it: no record matches on any server", "", NULL_HELP,
        _null_comparison,
    ),
    extended_row(
        "not-like", {"not like"}, r"not like ", "VTQL has no NOT LIKE", SYNTAX, _WHOLE_VALUES,
    ),
    lossy_row(
        "not-like", {"notlike"}, r"notlike ", "only Vtiger Cloud has NOTLIKE (a field report)",
        f"elsewhere {SYNTAX}", _WHOLE_VALUES, words("NOT", "LIKE"),
    ),
    extended_row("not-in", {"not in"}, r"not in ", "VTQL has no NOT IN", SYNTAX, _DIFFERENT),
    extended_row(
        "between", {"between"},
        rf"(?:not )?between (?!(?:EQ|NE|LT|LE|GT|GE|in|like) |OPEN {VALUE}(?:COMMA|and|to) |{VALUE}(?:COMMA|to) )",
        "VTQL has no BETWEEN", SYNTAX, _RANGE,
    ),
    respelled_row(
        "between", {"between"},
        rf"(?:not )?between (?:OPEN {VALUE}(?:COMMA|and|to) {VALUE}CLOSE |{VALUE}(?:COMMA|to) {VALUE})",
        "VTQL has no BETWEEN", SYNTAX, _RANGE, between_and,
    ),
    lossy_row(
        "other-condition", {"regexp", "rlike", "similar to", "glob", "not ilike"},
        rf"(?:not (?:regexp|rlike|similar to|glob|ilike) |(?:regexp|rlike|similar to|glob) (?={VALUE}))",
        _NO_PATTERN, SYNTAX, _USE_LIKE, one_token("NAME", "like"),
    ),
    lossy_row(
        "other-condition",
        {"contains", "startswith", "endswith", "starts with", "ends with", "begins with", "does not contain", "matches"},
        rf"(?:contains|(?:starts|ends) ?with|begins with|does not contain|matches) (?={VALUE})",
        _NO_PATTERN, SYNTAX, _USE_LIKE, one_token("NAME", "like"),
    ),
    lossy_row(
        "other-operator", {"~", "~*", "!~", "!~*"}, r"!?~\*? ", _NO_PATTERN, UNREADABLE, _USE_LIKE,
        one_token("NAME", "like"),
    ),
    lossy_row(
        "other-condition", {"binary"}, r"(?P<here>binary )(?=[a-z_]\w* |LITERAL )",
        "VTQL has no BINARY: a server compares without regard to case", SYNTAX,
        "without it; case is for Python", nothing,
    ),
    lossy_row(
        "other-operator", {"xor"}, r"xor ", "VTQL has no XOR", SYNTAX,
        "`a = 'x' AND b != 'y' OR a != 'x' AND b = 'y'`", one_token("NAME", "or"),
    ),
    lossy_row(
        "other-condition", {"collate"}, r"collate (?:[a-z_]\w*|LITERAL|DOUBLE|BACKTICK) ",
        "VTQL has no COLLATE", SYNTAX,
        "a server compares and orders without regard to case and accents; otherwise is for Python", nothing,
    ),
    lossy_row(
        "other-condition", {"escape"}, r"escape LITERAL ", "VTQL has no ESCAPE", SYNTAX,
        r"a backslash before `%` and `_` takes their meaning away: `LIKE '100\\%'`", nothing,
    ),
    extended_row(
        "negation", {"not"}, r"(?:where|and|or|OPEN|not) (?P<here>not )(?!(?:in|EQ|NE|LT|GT|LE|GE) )",
        "VTQL has no NOT", SYNTAX, _OPPOSITE,
    ),
    respelled_row(
        "negation", {"BANG"}, r"(?:where|and|or|OPEN|not|BANG) (?P<here>BANG )", "VTQL has no NOT",
        UNREADABLE, _OPPOSITE, one_token("NAME", "NOT"),
    ),
    CONDITION_BRACKET,
)  # fmt: skip

LISTS: tuple[Construct, ...] = (
    exact_row(
        "brackets", {"LSQUARE"}, rf"in (?P<here>LSQUARE {_ITEMS}RSQUARE )",
        "a list stands in square brackets", UNREADABLE, "round ones: `IN ('a', 'b')`", round_brackets,
    ),
    exact_row(
        "list-without-brackets", {"EQ OPEN"}, rf"EQ OPEN (?={VALUE}COMMA )",
        "`=` takes one value, and here is a list", SYNTAX, _SEVERAL,
        lambda tokens, group: [*words("IN")(tokens, group), tokens[1]],
    ),
    respelled_row(
        "list-without-brackets", {"NE OPEN"}, rf"NE OPEN (?={VALUE}COMMA )",
        "`!=` takes one value, and here is a list", SYNTAX, _DIFFERENT,
        lambda tokens, group: [*words("NOT", "IN")(tokens, group), tokens[1]],
    ),
    lossy_row(
        "unquoted-value", {"COMPARES VALUE COMMA"},
        rf"{COMPARES}(?P<here>(?:NUMBER|DECIMAL) (?:COMMA (?:NUMBER|DECIMAL) )+){CONDITION_ENDS}",
        "a number has no commas in VTQL, and `{found}` has", effect_of_value,
        "digits alone, and a decimal in quotes with a point: `'1234.5'`; several values stand in `IN (…)`",
        unknown,
    ),
    lossy_row(
        "list-without-brackets", {"COMPARES VALUE COMMA"},
        rf"{COMPARES}(?P<here>{VALUE}(?:COMMA {VALUE})+){CONDITION_ENDS}",
        "an operator takes one value, and here are more", effect_of_value, _SEVERAL, unknown,
    ),
    lossy_row(
        "null-test", {"null"}, r"(?:OPEN|COMMA) (?P<here>null )(?=(?:COMMA|CLOSE) )",
        "NULL equals nothing, in a list neither: it finds no record on any server", "", NULL_HELP, unknown,
    ),
    lossy_row(
        "empty-list", {"in OPEN CLOSE"}, r"in (?P<here>OPEN CLOSE )", "this list has no value", SYNTAX,
        "at least one value; of none, there is nothing to ask",
        lambda tokens, _group: bracketed([Token("ANY", "…", (tokens[0].end(), tokens[0].end()))]),
    ),
    exact_row(
        "unclosed-list", {"in OPEN"},
        rf"in (?P<here>OPEN {_LISTED}(?:COMMA {_LISTED})*+)(?=(?:order|orderby|limit|SEMICOLON) |\Z)",
        "this list has no closing bracket: a server takes it for one and makes broken SQL", EMPTY_LIST,
        "`)` behind the last value", closed_list,
    ),
    exact_row(
        "unclosed-list", {"in OPEN"}, rf"in (?P<here>OPEN {_LISTED}(?:COMMA {_LISTED})*+)(?=(?:and|or) )",
        "this list has no closing bracket", SYNTAX, "`)` behind the last value", closed_list,
    ),
    exact_row(
        "unclosed-list", {"COMPARES OPEN"},
        rf"{COMPARES}(?P<here>OPEN {_LISTED})(?=(?:and|or|order|orderby|limit|SEMICOLON) |\Z)",
        "these brackets are not closed: a server takes that and makes broken SQL", EMPTY_LIST,
        "the value without brackets, or `)` behind it", closed_list,
    ),
    exact_row(
        "list-without-brackets", {"in"}, rf"in (?P<here>{_LISTED}(?:COMMA {_LISTED})*)",
        "IN has no brackets: a server takes that as the last condition only, and another one behind "
        "it breaks the query", "", "the values in brackets: `IN ('a', 'b')`", bracketed,
    ),
)  # fmt: skip

PARTS: tuple[Construct, ...] = (
    lossy_row(
        "list-without-brackets", {"in NAME"}, rf"in (?P<here>{NAME}){CONDITION_ENDS}",
        "IN has no brackets, and its value no quotes: a server takes that for a column as the last "
        "condition only, and another one behind it breaks the query", "",
        "the values in quotes and brackets: `IN ('a', 'b')`",
        lambda tokens, _group: bracketed(as_literal(tokens)),
    ),
    lossy_row(
        "value-without-field", {"VALUE COMPARES NAME COMPARES"},
        rf"(?P<low>{VALUE})(?P<less>[LG][TE] )(?P<field>{NAME})(?P<more>[LG][TE] )(?P<high>{VALUE})",
        "a condition has one operator, and `{found}` has two", SYNTAX, _RANGE, split_range,
    ),
    lossy_row(
        "missing-token", {"COMPARES VALUE COMMA NAME", "CLOSE COMMA NAME"},
        rf"(?:{COMPARES}{VALUE}|CLOSE )(?P<here>COMMA )(?={NAME}(?:{COMPARES}|in |not |is |between ))",
        "AND or OR stands between two conditions, and here a comma", SYNTAX, "`AND` or `OR`",
        one_token("NAME", "AND"),
    ),
    lossy_row(
        "value-without-field", {"COMPARES VALUE and COMPARES"},
        rf"(?P<field>[a-z_]\w* ){COMPARES}{VALUE}and (?P<here>(?:EQ|NE|LT|LE|GT|GE|like) )(?={VALUE})",
        "each condition names its field, and behind this AND stands none", SYNTAX,
        "the field again: `amount >= '5' AND amount <= '10'`",
        lambda tokens, group: [*group("field"), *tokens],
    ),
    exact_row(
        "value-without-field", {"COMPARES VALUE or VALUE"},
        rf"(?<!and )(?<!not ){NAME}(?P<here>EQ {_LISTED}(?:or {_LISTED})++)(?!{COMPARES}|and |COMMA )",
        "each condition names its field, and `{found}` names it for one value", SYNTAX, _SEVERAL,
        as_membership,
    ),
    lossy_row(
        "value-without-field", {"COMPARES VALUE or VALUE"},
        rf"(?P<field>[a-z_]\w* )(?P<operator>{COMPARES}){VALUE}(?P<here>(?:or {VALUE})+)(?!{COMPARES})",
        "each condition names its field, and `{found}` names none", SYNTAX,
        f"the field and the operator again; {_SEVERAL}", repeat_field,
    ),
    lossy_row(
        "value-without-field", {"COMPARES VALUE and VALUE"},
        rf"(?P<field>[a-z_]\w* )(?P<operator>{COMPARES}){VALUE}(?P<here>(?:and {VALUE})+)(?!{COMPARES})",
        "each condition names its field, and `{found}` names none", SYNTAX,
        "`!=` and `LIKE` again for each value, with the field; no field equals two values", repeat_field,
    ),
    exact_row(
        "reversed-comparison", {"VALUE COMPARES"},
        rf"{_CONDITION_START}(?P<here>(?:LITERAL|NUMBER|SIGNED|ID|DATE) (?:EQ|NE|LT|LE|GT|GE) [a-z_]\w* )(?!OPEN )",
        "a condition begins with its field, and `{found}` with the value", DENIED,
        "the field first, and the operator turned round", swapped,
    ),
)  # fmt: skip
"""Rows for conditions that lack a field or the AND between them, or have an operator too many."""
