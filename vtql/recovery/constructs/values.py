"""Foreign operators, quotes and qualified names, and values without quotes or computed ones."""

from __future__ import annotations

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
    as_checkbox_value,
    as_literal,
    as_name,
    bracketed,
    exact_row,
    extended_row,
    lossy_row,
    nothing,
    one_token,
    only_group,
    signed_number,
    unknown,
)

_BEFORE_A_VALUE = rf"(?:{COMPARES}|(?:between|and|COMMA|OPEN) )"
_COMPUTES = r"(?:SIGN|ARITHMETIC|STAR|div|mod) "
_OPERAND = rf"(?:interval (?:NUMBER|LITERAL) [a-z_]\w* |{NAME}|(?:LITERAL|NUMBER|SIGNED|DECIMAL|ANY|HOLE) )"
_COMPUTED = rf"{_OPERAND}(?:{_COMPUTES}{_OPERAND}|SIGNED )++"
_ARITHMETIC = ("SIGN", "ARITHMETIC", "STAR", "SIGNED", "div", "mod")
_NOT = r"(?<=[a-z0-9_] )(?<!and )(?<!or )(?<!where )(?<!not )not"

_NO_OPERATOR = "`{found}` is no operator of VTQL"
_NO_QUOTES = "`{found}` stands without quotes"
_QUOTED = "`{found}` is quoted, and names stand without quotes"
_NAME_ALONE = "the name as it is, without quotes"
_NO_ARITHMETIC = "VTQL does not compute"
_RESULT = "the result, in quotes; fields are computed with in Python"
_IN_QUOTES = "values stand in single quotes: `'{found}'`"
_CHECKBOX = "a checkbox is `'1'` or `'0'`"
_PARAMETER = "`{found}` is filled in before a query is sent; a server knows no parameters"
_TYPED = "VTQL has no typed literals, and `{found}` makes one"


def _operator(kind: str, text: str, words: str, signs: str) -> Construct:
    """The row of the words and signs, separated by commas, that mean an operator elsewhere.

    A word stands between a name and a value; `not` after a name negates the operator after it.
    """
    patterns = [rf"(?<=[a-z0-9_] )(?:{words.replace(', ', '|')}) (?={VALUE})"]
    for sign in signs.split(", "):
        start, end = (
            rf"{_NOT} " if sign.startswith("not ") else "",
            rf"(?={VALUE})" if sign.islower() else "",
        )
        patterns.append(f"{start}{sign.removeprefix('not ')} {end}")
    return exact_row(
        "other-operator", {word for word in (*words.split(", "), *signs.split(", ")) if not word.endswith(" to")}, "|".join(patterns), _NO_OPERATOR,
        effect_of, f"the operator is `{text}`", one_token(kind, text),
    )  # fmt: skip


OPERATORS: tuple[Construct, ...] = (
    lossy_row(
        "null-test", {"<> null", "== null", "<=> null"}, r"(?:<>|!?==|<=>) null ",
        "VTQL has no NULL, and no `{WORD}`", SYNTAX, NULL_HELP,
        lambda tokens, _group: [
            Token("EQ", "=", tokens[0].place), Token("ANY", "…", tokens[-1].place),
        ],
    ),
    _operator("EQ", "=", "eq, equals, is equal to", "is, ==, EQ EQ, <=>, not NE"),
    _operator("NE", "!=", "ne, neq, is not equal to", "is not, !==, !=, LT GT, not EQ"),
    _operator("LE", "<=", "le, lte", "=<, LT EQ, !>, not GT"),
    _operator("GE", ">=", "ge, gte", "=>, GT EQ, !<, not LT"),
    _operator("LT", "<", "lt", "not GE"),
    _operator("GT", ">", "gt", "not LE"),
    exact_row(
        "other-operator", {"is not distinct"}, r"is not distinct from (?!null )",
        "VTQL has no IS NOT DISTINCT FROM", SYNTAX, "the operator is `=`", one_token("EQ", "="),
    ),
    lossy_row(
        "other-operator", {"is distinct"}, r"is distinct from (?!null )", "VTQL has no IS DISTINCT FROM",
        SYNTAX, "the operator is `!=`; it does not find records whose field is NULL",
        one_token("NE", "!="),
    ),
    extended_row(
        "other-operator", {"<>"}, r"<> ", "`<>` is no operator of VTQL", SYNTAX,
        "the operator is `!=`; it does not find records whose field is NULL", one_token("NE", "!="),
    ),
    exact_row(
        "other-operator", {"ilike"}, r"(?<!not )ilike ", _NO_OPERATOR, effect_of,
        "the operator is `LIKE`", one_token("NAME", "LIKE"),
    ),
)  # fmt: skip
NAMES_AND_QUOTES: tuple[Construct, ...] = (
    lossy_row(
        "unquoted-value", {"DOT"}, rf"{COMPARES}(?P<here>[a-z_]\w* DOT [a-z_]\w* )(?!OPEN )",
        _NO_QUOTES, effect_of_value, f"{_IN_QUOTES}; two fields are compared in Python", unknown,
    ),
    exact_row(
        "quoted-name", {"from BACKTICK", "from DOUBLE", "from LITERAL"},
        r"from (?P<here>(?:BACKTICK|DOUBLE|LITERAL) )", _QUOTED, DENIED, _NAME_ALONE, as_name,
    ),
    lossy_row(
        "quoted-name", {"COMPARES BACKTICK"}, rf"{COMPARES}(?P<here>BACKTICK )",
        "`{found}` is quoted as names are elsewhere, and here stands a value", UNREADABLE,
        "values stand in single quotes; two fields are compared in Python", unknown,
    ),
    lossy_row(
        "quoted-name", {"in BACKTICK"}, r"in (?P<here>BACKTICK )",
        "`{found}` is quoted as names are elsewhere, and here stands a list", UNREADABLE,
        "the values in single quotes, the list in round brackets: `IN ('a', 'b')`", unknown,
    ),
    exact_row(
        "quoted-name", {"BACKTICK"}, r"BACKTICK ", _QUOTED, UNREADABLE,
        "the name as it is, without backticks or square brackets", as_name,
    ),
    exact_row(
        "quoted-name", {"DOUBLE"}, rf"(?:DOUBLE (?=DOT |from |{COMPARES}|in |not |is |between )|(?<=by )DOUBLE )",
        _QUOTED, UNREADABLE, _NAME_ALONE, as_name,
    ),
    exact_row(
        "double-quotes", {"CURLY"}, r"CURLY ",
        "`{found}` stands in typographic quotes, which VTQL does not know", UNREADABLE,
        "values stand in straight single quotes", as_literal,
    ),
    extended_row(
        "double-quotes", {"DOUBLE"}, r"DOUBLE ", "values stand in single quotes, and `{found}` in double ones",
        UNREADABLE, "single quotes, and a quote inside doubled", as_literal,
    ),
    lossy_row(
        "qualified-name", {"from … DOT"}, r"from (?P<here>[a-z_]\w* DOT (?P<keep>[a-z_]\w* ))",
        "a module stands without the name of a database, and `{found}` has one", DENIED,
        "the name of the module alone", only_group("keep"),
    ),
    lossy_row(
        "arithmetic", {"||"},
        rf"{COMPARES}(?P<here>(?:LITERAL|[a-z_]\w*) (?:\|\| (?:LITERAL|[a-z_]\w*) )++)(?!{COMPARES}|(?:in|is|not|between) )",
        "VTQL does not join texts", UNREADABLE, "the whole text, in one pair of quotes", unknown,
    ),
    lossy_row(
        "function", {"CAST"}, r"CAST ", "VTQL has no casts", UNREADABLE, "the field or the value alone",
        nothing,
    ),
    lossy_row(
        "qualified-name", {"DOT"}, r"\w+_id DOT (?:[a-z_]\w* DOT )*[a-z_]\w* ",
        "`{found}` goes across a reference, and a query has the fields of one module", UNREADABLE,
        "two queries say it: the ids of the other module, then `… IN ('11x1', '11x2')` on the "
        "reference; a query set does it: `filter(account_id__accountname=…)`", unknown,
    ),
    exact_row(
        "qualified-name", {"DOT"}, r"[a-z_]\w* (?:DOT [a-z_]\w* )*DOT (?P<keep>(?:[a-z_]\w*|STAR) )",
        "a field stands without the name of its module, and `{found}` has one", UNREADABLE,
        "the name of the field alone; a query has one module", only_group("keep"),
    ),
    exact_row(
        "other-operator", {"&&", "&"}, r"&&? ", _NO_OPERATOR, effect_of, "the operator is `AND`",
        one_token("NAME", "AND"),
    ),
    exact_row(
        "other-operator", {"||", "|"}, r"\|\|? ", _NO_OPERATOR, effect_of, "the operator is `OR`",
        one_token("NAME", "OR"),
    ),
)  # fmt: skip

COMPUTED: tuple[Construct, ...] = (
    lossy_row(
        "arithmetic", _ARITHMETIC, rf"{COMPARES}(?P<here>{_COMPUTED})", _NO_ARITHMETIC, effect_of_value,
        _RESULT, unknown,
    ),
    lossy_row(
        "arithmetic", _ARITHMETIC,
        rf"(?:where|and|or|not) (?P<here>{_COMPUTED})(?={COMPARES}|(?:in|not|is|between) )",
        _NO_ARITHMETIC, effect_of_value, _RESULT, unknown,
    ),
    exact_row(
        "unquoted-value", {"SIGN NUMBER"}, rf"{COMPARES}(?P<here>SIGN NUMBER )",
        "the sign of a number stands directly before it", UNREADABLE, "no blank: `-5`", signed_number,
    ),
    lossy_row(
        "unquoted-value", {"NUMBER"},
        rf"{COMPARES}(?P<here>(?:OPEN (?:NUMBER|SIGNED) CLOSE |(?:NUMBER|SIGNED) )(?:(?:NUMBER|SIGNED|SUM|GLUED) )+){CONDITION_ENDS}",
        _NO_QUOTES, SYNTAX, _IN_QUOTES, unknown,
    ),
    lossy_row(
        "unquoted-value", {"NUMBER", "DECIMAL"},
        rf"{COMPARES}(?P<here>(?:NUMBER|DECIMAL) {PLAIN_WORD}){CONDITION_ENDS}", _NO_QUOTES, effect_of_value,
        "a number alone, or a text in single quotes: `'{found}'`", unknown,
    ),
    lossy_row(
        "arithmetic", {"SUM"}, r"SUM ", "`{found}` stands without quotes, and VTQL does not compute",
        effect_of_value, "a text stands in single quotes, `'{found}'`; of a sum only the result, in quotes, too",
        unknown,
    ),
    lossy_row("unquoted-value", {"GLUED"}, r"GLUED ", _NO_QUOTES, effect_of_value, _IN_QUOTES, unknown),
)  # fmt: skip

COMPUTED_COLUMNS: tuple[Construct, ...] = (
    lossy_row(
        "arithmetic", _ARITHMETIC, rf"(?:select|COMMA) (?P<here>{_COMPUTED})(?=(?:COMMA|from|as) )",
        _NO_ARITHMETIC, effect_of_value, "the fields themselves, computed with in Python", unknown,
    ),
    lossy_row(
        "arithmetic", {"||"}, rf"(?:select|COMMA) (?P<here>{_OPERAND}(?:\|\| {_OPERAND})++)(?=(?:COMMA|from|as) )",
        "VTQL does not join texts", UNREADABLE, "the fields themselves, joined in Python", unknown,
    ),
)  # fmt: skip

VALUES_OTHERWISE: tuple[Construct, ...] = (
    lossy_row(
        "placeholder", {"in HOLE"}, r"in (?P<here>HOLE )", _PARAMETER, "",
        "the values in their quotes; `vtql` builds queries from values: `objects.filter(lastname__in=names)`",
        lambda tokens, group: bracketed(unknown(tokens, group)),
    ),
    lossy_row(
        "placeholder", {"HOLE"}, r"HOLE ", _PARAMETER, "",
        "a value in its quotes; `vtql` builds queries from values: `objects.filter(lastname=name)`",
        unknown,
    ),
    extended_row(
        "unquoted-value", {"DECIMAL"}, r"DECIMAL ", "a decimal stands in quotes, and `{found}` in none",
        UNREADABLE, _IN_QUOTES,
    ),
    exact_row(
        "unquoted-value", {"DATE"}, r"DATE ", "a date stands in quotes, and `{found}` in none",
        effect_of_value, "ISO form in single quotes: `'2024-01-31'`", as_literal,
    ),
    lossy_row(
        "unquoted-value", {"ODDDATE"}, r"ODDDATE ",
        "a date stands in quotes and in ISO form, and `{found}` in neither", effect_of_value,
        "ISO form in single quotes, without a time zone, for servers convert none: "
        "`'2024-01-31 10:20:30'`", unknown,
    ),
    exact_row(
        "unquoted-value", {"TIME"}, r"TIME ", "a time stands in quotes, and `{found}` in none",
        effect_of_value, _IN_QUOTES, as_literal,
    ),
    exact_row(
        "unquoted-value", {"EMAIL", "URL"}, r"(?:EMAIL|URL) ", "a text stands in quotes, and `{found}` in none",
        effect_of_value, _IN_QUOTES, as_literal,
    ),
    lossy_row(
        "arithmetic", {"SIGN", "ARITHMETIC"},
        r"(?:(?:(?:SIGN|ARITHMETIC) (?:[a-z_]\w*|(?!SEMICOLON)[A-Z]+)|STAR (?:NUMBER|DECIMAL)) )++",
        _NO_ARITHMETIC, effect_of, _RESULT, nothing,
    ),
    exact_row(
        "function", {"date", "time", "timestamp", "datetime", "n"},
        rf"{_BEFORE_A_VALUE}(?P<here>(?:date|time|timestamp|datetime|n) )(?=LITERAL )", _TYPED, SYNTAX,
        "the literal alone", nothing,
    ),
    lossy_row(
        "function", {"interval", "e", "x"}, rf"{_BEFORE_A_VALUE}(?P<here>(?:interval|e|x) )(?=LITERAL )",
        _TYPED, SYNTAX, "a literal that means the value itself", nothing,
    ),
    lossy_row(
        "function", {"current_date", "current_timestamp", "sysdate"},
        rf"{COMPARES}(?P<here>(?:current_date|current_timestamp|sysdate) )",
        "`{found}` is the clock of SQL, which a server's database reads in its own time zone", "",
        "the moment itself, in quotes: `'2024-01-31 10:20:30'`", unknown,
    ),
    lossy_row(
        "function",
        {
            "today", "yesterday", "tomorrow", "now", "this_week", "last_week", "this_month", "last_month",
            "this_year", "last_year",
        },
        rf"{COMPARES}(?P<here>(?:today|yesterday|tomorrow|now|(?:this|last)_(?:week|month|year)) )",
        "VTQL has no dates by name, and a word without quotes is a column to a server", EMPTY_LIST,
        "the day itself, in quotes: `'2024-01-31'`", unknown,
    ),
    exact_row(
        "bare-word", {"true"}, rf"{COMPARES}(?P<here>true )",
        "a server takes `true` for the number 1, which a checkbox that is ticked equals, and a text that "
        "reads as 1", "", _CHECKBOX, as_checkbox_value,
    ),
    exact_row(
        "bare-word", {"false"}, rf"{COMPARES}(?P<here>false )",
        "a server takes `false` for the number 0, which a checkbox that is not ticked equals, and every "
        "text that is no number", "", _CHECKBOX, as_checkbox_value,
    ),
    exact_row(
        "bare-word", {"asc", "desc", "by", "COMPARES select", "COMPARES from"},
        rf"{COMPARES}(?P<here>(?:asc|desc|select|from|by) ){CONDITION_ENDS}",
        "`{found}` stands without quotes, so a server puts the word into SQL, which breaks", EMPTY_LIST,
        _IN_QUOTES, as_literal,
    ),
    exact_row(
        "bare-word", {"EQ", "NE", "LT", "LE", "GT", "GE", "like"},
        rf"(?:EQ|NE|LT|LE|GT|GE|like) (?P<here>{PLAIN_WORD}+)(?=(?:and|or|order|orderby|limit|group|CLOSE|SEMICOLON) |\Z)",
        "`{found}` stands without quotes, and a word without them is a column to a server", effect_of_value,
        _IN_QUOTES, as_literal,
    ),
)  # fmt: skip
