"""Foreign constructs of a whole query: clauses, columns, directions, limits, and what nests queries."""

from __future__ import annotations

from vtql.parser.vtiger_parser import DENIED, SYNTAX, UNREADABLE, effect_of, effect_of_value
from vtql.recovery.lexer import Token
from vtql.recovery.matcher import (
    COMPARES,
    CONDITION,
    NAME,
    NEXT_CLAUSE,
    Construct,
    as_name,
    bracketed,
    count_star,
    exact_row,
    limit_offset,
    lossy_row,
    nothing,
    one_token,
    only_group,
    respelled_row,
    row_count,
    unknown,
    unknown_condition,
    with_commas,
)

NULL_HELP = "NULL cannot be reached: `= ' '` finds empty texts, `!= ' '` those that are neither empty nor NULL"
_TWO_QUERIES = "two queries say it: the ids of the one, then `… IN ('12x1', '12x2')` in the other"
_ON_A_REFERENCE = (
    "two queries say it: the ids of the one module, then `… IN ('11x1', '11x2')` on the reference"
)
_NO_FUNCTION = (
    "count|in|and|or|not|where|select|from|like|between|by|having|on|as|is|limit|order|orderby|using"
    "|values|distinct|distinctrow|all|top|first|offset|fetch|when|then|else|case|end|join|group|groupby"
    "|union|intersect|except|minus|similar|to|escape|collate|binary|regexp|rlike|glob|ilike|asc|desc"
    "|limit|null|notnull|exists|xor|div|mod|against|includes|excludes"
)
_JOIN = r"(?:(?:(?:inner|left|right|full|cross|natural|outer) )*join|straight_join) "
_MODULE = rf"(?:{NAME}|(?:BACKTICK|DOUBLE|LITERAL|ANY) )"
_FETCH = r"fetch (?:first|next) (?:NUMBER )?(?:row|rows) only "
_SETS_OF_IDS = (
    "every row has its `id`, so no two are equal; distinct values are for Python: `set(…)`"
)
_FIELD_ALONE = "the field alone; a row has it under its own name"
_AT_THE_END = "`LIMIT`, at the end of the query, says how many"
_OFFSET = "`LIMIT offset, count`: the rows to pass over come first"
_A_NUMBER = "a number, `LIMIT 100`, or no LIMIT: a server gives at most 100 rows"
_WHOLE_NUMBER = "LIMIT takes a whole number, and `{found}` is none"

CALLS: tuple[Construct, ...] = (
    lossy_row(
        "null-test", {"isnull"},
        rf"{CONDITION}(?P<here>isnull OPEN [a-z_]\w* CLOSE )(?!{COMPARES}|in |between |is |like )",
        "VTQL has no `ISNULL`, and no functions", SYNTAX, NULL_HELP,
        lambda tokens, _group: unknown_condition([tokens[2]]),
    ),
    exact_row(
        "other-statement", {"use", "force", "ignore"},
        rf"(?:use|force|ignore) (?:index|key) OPEN (?:{NAME}(?:COMMA {NAME})*)?CLOSE ",
        "VTQL has no hints for an index", SYNTAX, "the query without it", nothing,
    ),
)  # fmt: skip

NESTED: tuple[Construct, ...] = (
    lossy_row(
        "other-condition", {"OPEN … COMMA … CLOSE"},
        rf"{CONDITION}(?P<here>OPEN {NAME}(?:COMMA {NAME})+CLOSE (?:not )?(?:in|EQ|NE|<>) OPEN )",
        "a condition of VTQL has one field", SYNTAX,
        "a condition each: `a = 'x' AND b = 'y'`, and OR between such pairs", unknown_condition,
    ),
    lossy_row(
        "subquery", {"exists"}, r"(?:not )?exists OPEN ", "VTQL has no EXISTS and no subquery", SYNTAX,
        _TWO_QUERIES, unknown_condition,
    ),
    lossy_row(
        "subquery", {"in OPEN select"}, r"in (?P<here>OPEN )select ", "VTQL has no subquery", SYNTAX,
        _TWO_QUERIES, lambda tokens, group: bracketed(unknown(tokens, group)),
    ),
    lossy_row(
        "subquery", {"OPEN … select"}, r"(?:select|from) (?P<here>OPEN )(?:select|OPEN select) ",
        "VTQL has no subquery", DENIED, _TWO_QUERIES, unknown,
    ),
    lossy_row(
        "subquery", {"OPEN … select"}, r"(?P<here>(?:(?:any|all|some) )?OPEN )(?:select|OPEN select) ",
        "VTQL has no subquery", SYNTAX, _TWO_QUERIES, unknown,
    ),
    lossy_row(
        "distinct", {"count"}, r"(?P<here>count OPEN )distinct ",
        "VTQL has no DISTINCT, and does not count distinct values", SYNTAX,
        "the field alone, its values counted in Python: `len(set(…))`", count_star,
    ),
    lossy_row(
        "function", {"count"}, r"count OPEN (?!STAR CLOSE )",
        "`count(*)` is the only thing that VTQL counts", SYNTAX,
        "`count(*)` counts the records that the conditions leave", count_star,
    ),
    lossy_row(
        "function", {"OPEN"}, rf"(?!(?:{_NO_FUNCTION}) )[a-z_]\w* OPEN ",
        "VTQL has no functions such as `{found}`", SYNTAX,
        "the field itself, computed with in Python; for a value what the function would give, "
        "`'2024-01-31'`", unknown,
    ),
)  # fmt: skip
"""Constructs that end with their bracket, and whose insides are not looked at."""

WHOLE: tuple[Construct, ...] = (
    lossy_row(
        "set-operation", {"… select"},
        r"(?:union|intersect|except|minus) (?:(?:all|distinct) )?(?:OPEN )?select .*?(?=SEMICOLON |\Z)",
        "VTQL has no UNION, INTERSECT or EXCEPT", SYNTAX,
        "a query each; their rows are merged by `id`", nothing,
    ),
    lossy_row(
        "join", {"join", "straight_join"}, rf"{_JOIN}.*?{NEXT_CLAUSE}",
        "VTQL has no JOIN: a query has one module", SYNTAX, _ON_A_REFERENCE, nothing,
    ),
    lossy_row(
        "other-condition", {"in case"}, r"in (?P<here>case (?=(?:[a-z_]\w* )?when ).*?(?:end |(?=SEMICOLON )|\Z))",
        "VTQL has no CASE", effect_of_value, "the fields themselves, decided on in Python",
        lambda tokens, group: bracketed(unknown(tokens, group)),
    ),
    lossy_row(
        "other-condition", {"case"}, r"case (?=(?:[a-z_]\w* )?when ).*?(?:end |(?=SEMICOLON )|\Z)",
        "VTQL has no CASE", effect_of_value, "the fields themselves, decided on in Python", unknown,
    ),
    lossy_row(
        "group-by", {"group", "groupby"}, rf"(?:group by|groupby) .*?{NEXT_CLAUSE}",
        "VTQL has no GROUP BY", SYNTAX,
        "select the fields and group the rows in Python; `count(*)` with a condition counts one group",
        nothing,
    ),
    lossy_row(
        "having", {"having"}, rf"having .*?{NEXT_CLAUSE}", "VTQL has no HAVING, and no groups", SYNTAX,
        "a condition on fields stands behind WHERE; one on groups is for Python", nothing,
    ),
    lossy_row(
        "other-statement", {"with", "all rows", "using scope"},
        r"(?<!by )(?<!COMMA )(?:with (?:security_enforced|user_mode|system_mode|ties)|all rows|using scope [a-z_]\w*) ",
        "`{found}` is of another query language, and VTQL has nothing like it", SYNTAX,
        "the query without it", nothing,
    ),
    lossy_row(
        "other-statement", {"for"}, r"for (?:update|share|view|reference) (?:(?:nowait|skip locked) )?",
        "VTQL locks nothing and marks nothing as seen", SYNTAX, "the query without it", nothing,
    ),
)  # fmt: skip
"""Constructs that end with their clause."""

FIRST: tuple[Construct, ...] = (
    lossy_row(
        "top", {"top", "first"}, r"select (?P<here>(?:top|first) (?:OPEN )?NUMBER (?:CLOSE )?percent (?:with ties )?)",
        "VTQL has no {WORD}, and knows no percentage", SYNTAX,
        "`LIMIT` with a number, `count(*)` beforehand", nothing,
    ),
    exact_row(
        "top", {"top", "first"}, r"select (?P<here>(?:top|first) (?:OPEN NUMBER CLOSE |NUMBER ))(?!with |COMMA |from )",
        "VTQL has no {WORD}", SYNTAX, _AT_THE_END, row_count,
    ),
)  # fmt: skip

MODULE_ALIAS = exact_row(
    "alias", {"from"},
    rf"from {_MODULE}(?P<here>as {_MODULE}|(?!(?:select|set|for|partition|use|force|ignore) ){_MODULE}(?={NEXT_CLAUSE[3:-1]}))",
    "a module has no alias in VTQL", effect_of, "the module alone; fields stand without its name", nothing,
)  # fmt: skip

MODULES: tuple[Construct, ...] = (
    lossy_row(
        "other-statement", {"into"}, r"into (?:outfile |dumpfile )?(?:[a-z_]\w*|LITERAL|HOLE|BACKTICK|DOUBLE) ",
        "VTQL only reads, and has no INTO", SYNTAX, "the query without it; its rows are for Python",
        nothing,
    ),
    lossy_row(
        "join", {"from … COMMA"},
        rf"from {_MODULE}(?P<here>(?:(?:as )?{_MODULE})?(?:COMMA {_MODULE}(?:(?:as )?{_MODULE})?)+)",
        "VTQL has no joins: a query has one module",
        "a server takes `A,B` for one name and answers ACCESS_DENIED", _ON_A_REFERENCE, nothing,
    ),
    exact_row(
        "unexpected-token", {"from all", "from only", "from module", "from table"},
        rf"from (?P<here>(?:all|only|module|table) )(?={_MODULE}(?:(?:where|order|orderby|limit|SEMICOLON) |\Z))",
        "behind FROM stands the name of a module alone", SYNTAX, "the module alone", nothing,
    ),
    MODULE_ALIAS,
)  # fmt: skip

COLUMNS: tuple[Construct, ...] = (
    exact_row(
        "function", {"count STAR"}, r"select (?P<here>count STAR )(?=from )",
        "the brackets of `count(*)` are missing", SYNTAX, "`count(*)`", count_star,
    ),
    lossy_row(
        "alias", {"as"}, rf"(?P<here>as (?:{NAME}|(?:LITERAL|DOUBLE|BACKTICK) ))(?=COMMA |from )",
        "a column has no alias in VTQL", SYNTAX, _FIELD_ALONE, nothing,
    ),
    lossy_row(
        "alias", {"LITERAL", "DOUBLE", "BACKTICK"},
        rf"(?:{NAME}|ANY |CLOSE |BACKTICK )(?P<here>(?:LITERAL|DOUBLE|BACKTICK) )(?=(?:COMMA|from) )",
        "a column has no alias in VTQL", effect_of, _FIELD_ALONE, nothing,
    ),
    exact_row(
        "quoted-name", {"DOUBLE"}, r"DOUBLE ", "`{found}` is quoted, and names stand without quotes",
        UNREADABLE, "the name as it is", as_name,
    ),
    lossy_row(
        "distinct", {"distinct"}, rf"select (?P<here>distinct OPEN (?P<keep>{NAME}(?:COMMA {NAME})*)CLOSE )",
        "VTQL has no DISTINCT", SYNTAX, _SETS_OF_IDS, only_group("keep"),
    ),
    lossy_row(
        "distinct", {"distinct", "distinctrow"}, r"select (?P<here>(?:distinct|distinctrow) )(?!from |COMMA )",
        "VTQL has no DISTINCT", SYNTAX, _SETS_OF_IDS, nothing,
    ),
    lossy_row(
        "odd-name", {"count"}, r"(?:select|COMMA) (?P<here>count )(?=(?:from|COMMA) )",
        "`count` cannot be the name of a column: a server takes the word for the beginning of `count(*)`",
        SYNTAX, "`count(*)` counts records; a field of that name comes with `*`", unknown,
    ),
    lossy_row(
        "distinct", {"unique"}, rf"select (?P<here>unique )(?={NAME}(?:COMMA|from) )",
        "VTQL has no SELECT UNIQUE", SYNTAX, _SETS_OF_IDS, nothing,
    ),
    exact_row(
        "distinct", {"all"}, r"select (?P<here>all )(?!from |COMMA )", "VTQL has no SELECT ALL", SYNTAX,
        "the columns alone", nothing,
    ),
    lossy_row(
        "alias", {"from"}, rf"(?:{NAME}|ANY )(?P<here>{NAME})(?=(?:COMMA|from) )",
        "a column has no alias in VTQL, and a comma stands between two", SYNTAX,
        "a comma in between, or the field alone", nothing,
    ),
    lossy_row(
        "star-beside-columns", {"count"}, r"count OPEN STAR CLOSE (?P<here>(?:COMMA (?:[a-z_]\w* (?:OPEN STAR CLOSE )?|ANY ))+)",
        "`count(*)` stands alone: a server counts, and does not give `{found}`", "",
        "two queries, one that counts", nothing,
    ),
    lossy_row(
        "star-beside-columns", {"count"}, r"(?<!COMMA )(?P<here>(?:(?!count |select )[a-z_]\w* COMMA )++)(?=count OPEN STAR CLOSE )",
        "`count(*)` stands alone", SYNTAX, "two queries, one that counts", nothing,
    ),
    exact_row(
        "star-beside-columns", {"STAR"},
        r"(?:(?<=select STAR )(?:COMMA (?:[a-z_]\w*|STAR) )+|(?<=select )(?:[a-z_]\w* COMMA )+(?=STAR from ))",
        "`*` brings all fields and stands alone", SYNTAX, "`*` stands alone; `id` is always given", nothing,
    ),
)  # fmt: skip
"""Rows for what stands between SELECT and FROM."""

DIRECTIONS: tuple[Construct, ...] = (
    exact_row(
        "unexpected-token", {"ascending", "descending"},
        r"(?<!by )(?<!COMMA )(?<!orderby )(?:ascending|descending) ",
        "`{found}` is no direction of an order", SYNTAX, "the words are `ASC` and `DESC`",
        lambda tokens, _group: [
            Token("NAME", "ASC" if tokens[0].word == "ascending" else "DESC", tokens[0].place)
        ],
    ),
    exact_row(
        "unexpected-token", {"by asc", "by desc"}, rf"by (?P<here>(?:asc|desc) {NAME})(?=(?:limit|SEMICOLON) |\Z)",
        "a direction stands behind the fields of an order, and here before one", SYNTAX,
        "the direction at the end: `ORDER BY lastname DESC`",
        lambda tokens, _group: [tokens[1], tokens[0]],
    ),
    lossy_row(
        "several-directions", {"desc"}, r"(?P<here>desc )(?:nulls (?:first|last) )?COMMA ",
        "an order has one direction, at its end, and only its last field descends", SYNTAX,
        "one direction at the end, `ORDER BY a, b DESC`, or several fields that all ascend", nothing,
    ),
    exact_row(
        "several-directions", {"asc"}, r"(?P<here>asc )(?=COMMA )",
        "an order has one direction, at its end", SYNTAX,
        "all fields but the last ascend, whatever is said", nothing,
    ),
    lossy_row(
        "several-directions", {"nulls"}, r"nulls (?:first|last) ", "VTQL has no NULLS FIRST or LAST",
        SYNTAX, "a server orders NULL before everything else", nothing,
    ),
)  # fmt: skip
"""Rows for what stands behind the first ORDER."""

LIMITS: tuple[Construct, ...] = (
    exact_row(
        "odd-limit", {"limit"},
        r"limit (?:NUMBER (?:COMMA NUMBER )?(?P<here>(?:rows?|records?) ))",
        "LIMIT takes a number alone", SYNTAX, "the number alone: `LIMIT 100`", nothing,
    ),
    exact_row(
        "odd-limit", {"limit"}, r"limit (?P<here>(?:by|to|of|is|EQ) )(?=NUMBER )",
        "LIMIT takes a number alone", SYNTAX, "the number alone: `LIMIT 100`", nothing,
    ),
    lossy_row(
        "offset", {"skip"}, r"skip NUMBER (?=(?:limit|order|SEMICOLON) |\Z)", "VTQL has no SKIP", SYNTAX,
        _OFFSET, nothing,
    ),
    lossy_row(
        "odd-limit", {"limit NUMBER offset"}, r"limit NUMBER (?P<here>offset (?:(?:SIGN )?(?!(?:NUMBER|SEMICOLON) )(?:[A-Z]+|[a-z_]\w*)|SIGN NUMBER) )",
        "OFFSET takes a whole number, and VTQL has no OFFSET", SYNTAX, _OFFSET, nothing,
    ),
    respelled_row(
        "offset", {"limit NUMBER offset NUMBER"}, r"limit NUMBER (?P<here>offset NUMBER (?:rows? )?)",
        "VTQL has no OFFSET", SYNTAX, _OFFSET, lambda tokens, _group: list(tokens[:2]),
    ),
    respelled_row(
        "offset", {"offset NUMBER"}, rf"(?<!limit NUMBER )offset NUMBER (?:rows? )?(?:limit NUMBER |{_FETCH})",
        "VTQL has no OFFSET", SYNTAX, _OFFSET, limit_offset,
    ),
    exact_row("top", {"fetch"}, _FETCH, "VTQL has no FETCH FIRST", SYNTAX, _AT_THE_END, row_count),
    lossy_row(
        "offset", {"offset NUMBER"}, r"(?<!limit NUMBER )offset NUMBER (?:rows? )?", "VTQL has no OFFSET",
        SYNTAX, _OFFSET, nothing,
    ),
    lossy_row(
        "odd-limit", {"limit"}, r"limit (?:NUMBER COMMA )?(?P<here>(?!(?:offset|where|order|orderby|limit) )[a-z_]\w* )",
        f"{_WHOLE_NUMBER}: a server gives 100 rows", "", _A_NUMBER, one_token("NUMBER", "100"),
    ),
    lossy_row(
        "odd-limit", {"limit"}, r"limit (?:NUMBER COMMA )?(?P<here>(?:SIGN (?:NUMBER|DECIMAL)|SIGNED|DECIMAL|WORD|ID|DATE|NUMBER (?:DOT|ARITHMETIC)) )",
        _WHOLE_NUMBER, effect_of_value, _A_NUMBER, one_token("NUMBER", "100"),
    ),
    lossy_row(
        "odd-limit", {"limit NUMBER COMMA NUMBER COMMA"}, r"limit NUMBER COMMA NUMBER (?P<here>(?:COMMA NUMBER )+)",
        "LIMIT takes a number, or an offset and a number, and here are more", SYNTAX,
        "`LIMIT offset, count`", nothing,
    ),
    lossy_row(
        "odd-limit", {"limit NUMBER NUMBER"}, r"limit NUMBER (?P<here>NUMBER )",
        "behind the number of LIMIT stands another, `{found}`", SYNTAX,
        "`LIMIT count`, or `LIMIT offset, count`", nothing,
    ),
)  # fmt: skip

_NO_NAME = "`{found}` cannot be the name of a field here: it is a keyword to a server"
_IN_PYTHON = "a field of that name can be selected, and looked at in Python"

CLAUSES: tuple[Construct, ...] = (
    exact_row(
        "unexpected-token", {"sort by", "ordered by"}, r"(?<!select )(?<!COMMA )(?<!by )(?:sort|ordered) by ",
        "VTQL has no {WORD} BY", SYNTAX, "`ORDER BY`",
        lambda tokens, _group: [Token("NAME", "ORDER", tokens[0].place), tokens[1]],
    ),
    exact_row(
        "unexpected-token", {"order"},
        rf"(?<!select )(?<!COMMA )(?<!by )order (?P<here>(?!by )(?:b\w|\wy|by\w|b\wy) )(?={NAME}(?:(?:COMMA|asc|desc|limit|SEMICOLON) |\Z))",
        "`{found}` has no place behind ORDER", SYNTAX, "`BY` may be meant", one_token("NAME", "BY"),
    ),
    lossy_row(
        "odd-name", {"order", "limit"},
        rf"(?:where|and|or|not|OPEN) (?P<here>(?:order|limit) )(?=(?:{COMPARES[3:-2]}|in|is|between) )",
        _NO_NAME, SYNTAX, _IN_PYTHON, unknown,
    ),
    lossy_row(
        "odd-name", {"by order", "by limit"}, r"(?:by|orderby) (?P<here>(?:order|limit) )(?=(?:asc|desc|COMMA|limit|SEMICOLON) |\Z)",
        _NO_NAME, SYNTAX, _IN_PYTHON, unknown,
    ),
    exact_row(
        "unexpected-token", {"NAME and NAME"},
        rf"(?:select|COMMA|by|orderby) (?P<here>{NAME}(?:and {NAME})+)(?=(?:asc|desc|COMMA|limit|from|SEMICOLON) |\Z)",
        "AND joins conditions, and `{found}` are names of fields", SYNTAX, "a comma between two names",
        with_commas,
    ),
    exact_row(
        "unexpected-token", {"select select", "where where", "and and", "or or", "limit limit", "like like"},
        r"(?P<word>select|where|and|or|limit|like) (?P<here>(?:(?P=word) )+)(?!(?<=select )(?:from|COMMA) )",
        "the word stands here again", SYNTAX, "`{WORD}` once", nothing,
    ),
    exact_row(
        "unexpected-token", {"order by order by"}, r"order by (?P<here>(?:order by )+)",
        "the words stand here again", SYNTAX, "`ORDER BY` once", nothing,
    ),
    exact_row(
        "unexpected-token", {"where and", "where or"}, r"where (?P<here>(?:and|or) )",
        "`{found}` joins two conditions, and before it stands none", SYNTAX, "the condition alone", nothing,
    ),
    lossy_row(
        "unexpected-token", {"and or", "or and"}, r"(?:and or|or and) ",
        "AND or OR stands between two conditions, and here stand both", SYNTAX, "one of the two",
        lambda tokens, _group: [tokens[-1]],
    ),
    lossy_row(
        "unexpected-token", {"where … where"}, r"where (?:(?!(?:where|SEMICOLON) )\S+ )+(?P<here>where )",
        "a query has one WHERE, and here is another", SYNTAX,
        "more conditions follow with `AND` or `OR`", one_token("NAME", "AND"),
    ),
    lossy_row(
        "clause-order", {"limit"}, r"limit NUMBER (?:(?:COMMA|offset) NUMBER )?(?P<here>(?:asc|desc) )(?=SEMICOLON |\Z)",
        "`{found}` stands behind LIMIT, and belongs to the order", SYNTAX,
        "the direction before LIMIT: `ORDER BY lastname DESC LIMIT 10`", nothing,
    ),
    exact_row(
        "stray-order", {"order"},
        r"(?:(?<!COMMA )(?<!by )order (?=(?:where|limit|and|or|in|like|order|[A-Z]+) |\Z)|(?<=where )order (?!by ))",
        "a server passes over this `order`, which means nothing without BY", "",
        "`ORDER BY` with the name of a field, or nothing", nothing,
    ),
    exact_row(
        "stray-comma", {"COMMA"}, r"(?<!COMMA )(?P<here>(?:COMMA )++)(?=(?:from|where|order|limit|CLOSE|SEMICOLON) |\Z)",
        "a comma stands between two items, and behind this one is none", SYNTAX,
        "no comma behind the last", nothing,
    ),
    exact_row(
        "stray-comma", {"select COMMA", "OPEN COMMA", "by COMMA"}, r"(?:select|OPEN|by) (?P<here>(?:COMMA )+)",
        "a comma stands between two items, and before this one is none", SYNTAX,
        "no comma before the first", nothing,
    ),
    exact_row(
        "stray-comma", {"COMMA COMMA"}, r"(?P<keep>COMMA )(?:COMMA )+",
        "a comma stands between two items, and here is none", SYNTAX, "one comma", only_group("keep"),
    ),
)  # fmt: skip
