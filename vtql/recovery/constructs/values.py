"""Signs and quotes of other languages for what VTQL spells in its own way."""

from __future__ import annotations

import re
from collections.abc import Sequence

from vtql.parser.vtiger_parser import DENIED, EMPTY_LIST, SYNTAX, UNREADABLE
from vtql.recovery.lexer import Token
from vtql.recovery.matcher import (
    COMPARES,
    CONDITION_ENDS,
    NAME,
    VALUE,
    Construct,
    exact_row,
    extended_row,
    lossy_row,
    nothing,
    one_token,
    only_group,
    unknown,
)
from vtql.recovery.rewrites import as_checkbox_value, as_literal, as_name, bracketed, signed_number

_QUOTED = f"names stand without quotes; {UNREADABLE}"
_WITHOUT = "the name as it is, without quotes"


def _operator(pattern: str, trigger: str, kind: str, text: str) -> Construct:
    return exact_row(
        "other-operator", trigger, pattern, "`{found}` is no operator of VTQL; {answer}",
        f"the operator is `{text}`", one_token(kind, text),
    )  # fmt: skip


SPELLINGS: tuple[Construct, ...] = (
    *(
        lossy_row(
            "null-test", sign_, rf"(?P<here>{sign_} null )",
            f"VTQL has no NULL, and no `{sign_}`; {SYNTAX}",
            "NULL cannot be reached: `= ' '` finds empty texts, `!= ' '` those that are neither empty nor NULL",
            lambda found, _group: [
                Token("EQ", "=", found[0].place), Token("ANY", "…", found[-1].place),
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
    lossy_row(
        "unquoted-value", "DOT", rf"{COMPARES}(?P<here>[a-z_]\w* DOT [a-z_]\w* )(?!OPEN )",
        "`{found}` stands without quotes; {value}",
        "values stand in single quotes: `'{found}'`; two fields are compared in Python", unknown,
    ),
    exact_row(
        "other-operator", "distinct", r"is not distinct from (?!null )",
        f"VTQL has no IS NOT DISTINCT FROM; {SYNTAX}", "the operator is `=`", one_token("EQ", "="),
    ),
    lossy_row(
        "other-operator", "distinct", r"is distinct from (?!null )",
        f"VTQL has no IS DISTINCT FROM; {SYNTAX}",
        "the operator is `!=`; it does not find records whose field is NULL", one_token("NE", "!="),
    ),
    *(
        exact_row(
            "quoted-name", f"from {quoted}", rf"from (?P<here>{quoted} )",
            f"`{{found}}` is quoted, and names stand without quotes; {DENIED}", _WITHOUT, as_name,
        )
        for quoted in ("BACKTICK", "DOUBLE", "LITERAL")
    ),
    lossy_row(
        "quoted-name", "BACKTICK", rf"{COMPARES}(?P<here>BACKTICK )",
        f"`{{found}}` is quoted as names are elsewhere, and here stands a value; {UNREADABLE}",
        "values stand in single quotes; two fields are compared in Python", unknown,
    ),
    lossy_row(
        "quoted-name", "BACKTICK", r"in (?P<here>BACKTICK )",
        f"`{{found}}` is quoted as names are elsewhere, and here stands a list; {UNREADABLE}",
        "the values in single quotes, the list in round brackets: `IN ('a', 'b')`", unknown,
    ),
    exact_row(
        "quoted-name", "BACKTICK", r"BACKTICK ", f"`{{found}}` is quoted, and {_QUOTED}",
        "the name as it is, without backticks or square brackets", as_name,
    ),
    exact_row(
        "quoted-name", "DOUBLE",
        rf"DOUBLE (?=DOT |from |{COMPARES}|in |not |is |between )",
        f"`{{found}}` is quoted, and {_QUOTED}",
        "the name as it is, without quotes", as_name,
    ),
    exact_row(
        "quoted-name", "by DOUBLE", r"by (?P<here>DOUBLE )", f"`{{found}}` is quoted, and {_QUOTED}",
        _WITHOUT, as_name,
    ),
    exact_row(
        "double-quotes", "CURLY", r"CURLY ",
        f"`{{found}}` stands in typographic quotes, which VTQL does not know; {UNREADABLE}",
        "values stand in straight single quotes", as_literal,
    ),
    extended_row(
        "double-quotes", "DOUBLE", r"DOUBLE ",
        f"values stand in single quotes, and `{{found}}` in double ones; {UNREADABLE}",
        "single quotes, and a quote inside doubled", as_literal,
    ),
    lossy_row(
        "qualified-name", "from … DOT", r"from (?P<here>[a-z_]\w* DOT (?P<keep>[a-z_]\w* ))",
        f"a module stands without the name of a database, and `{{found}}` has one; {DENIED}",
        "the name of the module alone", only_group("keep"),
    ),
    lossy_row(
        "arithmetic", "||",
        rf"{COMPARES}(?P<here>(?:LITERAL|[a-z_]\w*) (?:\|\| (?:LITERAL|[a-z_]\w*) )++)(?!{COMPARES}|(?:in|is|not|between) )",
        f"VTQL does not join texts; {UNREADABLE}", "the whole text, in one pair of quotes", unknown,
    ),
    lossy_row(
        "function", "CAST", r"CAST ", f"VTQL has no casts; {UNREADABLE}",
        "the field or the value alone", nothing,
    ),
    lossy_row(
        "qualified-name", "DOT", r"\w+_id DOT (?:[a-z_]\w* DOT )*[a-z_]\w* ",
        f"`{{found}}` goes across a reference, and a query has the fields of one module; {UNREADABLE}",
        "two queries say it: the ids of the other module, then `… IN ('11x1', '11x2')` on the "
        "reference; a query set does it: `filter(account_id__accountname=…)`", unknown,
    ),
    exact_row(
        "qualified-name", "DOT", r"[a-z_]\w* (?:DOT [a-z_]\w* )*DOT (?P<keep>(?:[a-z_]\w*|STAR) )",
        f"a field stands without the name of its module, and `{{found}}` has one; {UNREADABLE}",
        "the name of the field alone; a query has one module", only_group("keep"),
    ),
    extended_row(
        "other-operator", "<>", r"<> ", f"`<>` is no operator of VTQL; {SYNTAX}",
        "the operator is `!=`; it does not find records whose field is NULL", one_token("NE", "!="),
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


_IN_QUOTES = "values stand in single quotes: `'{found}'`"
_WORDS = r"(?:(?!(?:and|or|order|orderby|limit|group|in|like|not|is|between|where|from|null|true|false) )[a-z_]\w* )"
_BEFORE_A_VALUE = rf"(?:{COMPARES}|(?:between|and|COMMA|OPEN) )"
_COMPUTES = r"(?:SIGN|ARITHMETIC|STAR|div|mod) "
_OPERAND = rf"(?:interval (?:NUMBER|LITERAL) [a-z_]\w* |{NAME}|(?:LITERAL|NUMBER|SIGNED|DECIMAL|ANY|HOLE) )"
_COMPUTED = rf"{_OPERAND}(?:{_COMPUTES}{_OPERAND}|SIGNED )++"
_RESULT = "the result, in quotes; fields are computed with in Python"

COMPUTED: tuple[Construct, ...] = (
    *(
        lossy_row(
            "arithmetic", trigger, pattern, "VTQL does not compute; {value}", _RESULT, unknown,
        )
        for pattern in (
            rf"{COMPARES}(?P<here>{_COMPUTED})",
            rf"(?:where|and|or|not) (?P<here>{_COMPUTED})(?={COMPARES}|(?:in|not|is|between) )",
        )
        for trigger in ("SIGN", "ARITHMETIC", "STAR", "SIGNED", "div", "mod")
    ),
    exact_row(
        "unquoted-value", "SIGN", rf"{COMPARES}(?P<here>SIGN NUMBER )",
        f"the sign of a number stands directly before it; {UNREADABLE}", "no blank: `-5`", signed_number,
    ),
    *(
        lossy_row(
            "unquoted-value", kind,
            rf"{COMPARES}(?P<here>(?:OPEN (?:NUMBER|SIGNED) CLOSE |(?:NUMBER|SIGNED) )(?:(?:NUMBER|SIGNED|SUM|GLUED) )+){CONDITION_ENDS}",
            "`{found}` stands without quotes; " + SYNTAX, _IN_QUOTES, unknown,
        )
        for kind in ("NUMBER", "SIGNED")
    ),
    *(
        lossy_row(
            "unquoted-value", kind, rf"{COMPARES}(?P<here>{kind} {_WORDS}){CONDITION_ENDS}",
            "`{found}` stands without quotes; {value}",
            "a number alone, or a text in single quotes: `'{found}'`", unknown,
        )
        for kind in ("NUMBER", "DECIMAL")
    ),
    lossy_row(
        "arithmetic", "SUM", r"SUM ",
        "`{found}` stands without quotes, and VTQL does not compute; {value}",
        "a text stands in single quotes, `'{found}'`; of a sum only the result, in quotes, too", unknown,
    ),
    lossy_row(
        "unquoted-value", "GLUED", r"GLUED ", "`{found}` stands without quotes; {value}", _IN_QUOTES, unknown,
    ),
)  # fmt: skip

COMPUTED_COLUMNS: tuple[Construct, ...] = (
    *(
        lossy_row(
            "arithmetic", trigger, rf"(?:select|COMMA) (?P<here>{_COMPUTED})(?=(?:COMMA|from|as) )",
            "VTQL does not compute; {value}", "the fields themselves, computed with in Python", unknown,
        )
        for trigger in ("SIGN", "ARITHMETIC", "STAR", "SIGNED", "div", "mod")
    ),
    lossy_row(
        "arithmetic", "||", rf"(?:select|COMMA) (?P<here>{_OPERAND}(?:\|\| {_OPERAND})++)(?=(?:COMMA|from|as) )",
        f"VTQL does not join texts; {UNREADABLE}", "the fields themselves, joined in Python", unknown,
    ),
)  # fmt: skip

VALUES_OTHERWISE: tuple[Construct, ...] = (
    lossy_row(
        "placeholder", "HOLE", r"in (?P<here>HOLE )",
        "`{found}` is filled in before a query is sent; a server knows no parameters",
        "the values in their quotes; `vtql` builds queries from values: `objects.filter(lastname__in=names)`",
        lambda found, group: bracketed(unknown(found, group)),
    ),
    lossy_row(
        "placeholder", "HOLE", r"HOLE ",
        "`{found}` is filled in before a query is sent; a server knows no parameters",
        "a value in its quotes; `vtql` builds queries from values: `objects.filter(lastname=name)`",
        unknown,
    ),
    extended_row(
        "unquoted-value", "DECIMAL", r"DECIMAL ",
        f"a decimal stands in quotes, and `{{found}}` in none; {UNREADABLE}", _IN_QUOTES,
    ),
    exact_row(
        "unquoted-value", "DATE", r"DATE ",
        "a date stands in quotes, and `{found}` in none; {value}",
        "ISO form in single quotes: `'2024-01-31'`", as_literal,
    ),
    lossy_row(
        "unquoted-value", "ODDDATE", r"ODDDATE ",
        "a date stands in quotes and in ISO form, and `{found}` in neither; {value}",
        "ISO form in single quotes, without a time zone, for servers convert none: "
        "`'2024-01-31 10:20:30'`", unknown,
    ),
    exact_row(
        "unquoted-value", "TIME", r"TIME ", "a time stands in quotes, and `{found}` in none; {value}",
        _IN_QUOTES, as_literal,
    ),
    *(
        exact_row(
            "unquoted-value", kind, rf"{kind} ",
            "a text stands in quotes, and `{found}` in none; {value}", _IN_QUOTES, as_literal,
        )
        for kind in ("EMAIL", "URL")
    ),
    *(
        lossy_row(
            "arithmetic", kind,
            r"(?:(?:(?:SIGN|ARITHMETIC) (?:[a-z_]\w*|(?!SEMICOLON)[A-Z]+)|STAR (?:NUMBER|DECIMAL)) )++",
            "VTQL does not compute; {answer}", _RESULT, nothing,
        )
        for kind in ("SIGN", "ARITHMETIC")
    ),
    *(
        exact_row(
            "function", word, rf"{_BEFORE_A_VALUE}(?P<here>{word} )(?=LITERAL )",
            f"VTQL has no typed literals, and `{{found}}` makes one; {SYNTAX}", "the literal alone",
            nothing,
        )
        for word in ("date", "time", "timestamp", "datetime", "n")
    ),
    *(
        lossy_row(
            "function", word, rf"{_BEFORE_A_VALUE}(?P<here>{word} )(?=LITERAL )",
            f"VTQL has no typed literals, and `{{found}}` makes one; {SYNTAX}",
            "a literal that means the value itself", nothing,
        )
        for word in ("interval", "e", "x", "b", "r", "u", "_utf8", "_utf8mb4", "_latin1", "_binary")
    ),
    *(
        lossy_row(
            "function", word, rf"{COMPARES}(?P<here>{word} )",
            "`{found}` is the clock of SQL, which a server's database reads in its own time zone",
            "the moment itself, in quotes: `'2024-01-31 10:20:30'`", unknown,
        )
        for word in ("current_date", "current_time", "current_timestamp", "localtime", "sysdate")
    ),
    *(
        lossy_row(
            "function", word, rf"{COMPARES}(?P<here>{word} )",
            f"VTQL has no dates by name, and a word without quotes is a column to a server; {EMPTY_LIST}",
            "the day itself, in quotes: `'2024-01-31'`", unknown,
        )
        for word in (
            "today", "yesterday", "tomorrow", "now", "this_week", "last_week", "this_month", "last_month",
            "this_year", "last_year",
        )
    ),
    exact_row(
        "bare-word", "true", rf"{COMPARES}(?P<here>true )",
        "a server takes `true` for the number 1, which a checkbox that is ticked equals, and a text that "
        "reads as 1",
        "a checkbox is `'1'` or `'0'`", as_checkbox_value,
    ),
    exact_row(
        "bare-word", "false", rf"{COMPARES}(?P<here>false )",
        "a server takes `false` for the number 0, which a checkbox that is not ticked equals, and every "
        "text that is no number",
        "a checkbox is `'1'` or `'0'`", as_checkbox_value,
    ),
    *(
        exact_row(
            "bare-word", f"{before} {word}", rf"{COMPARES}(?P<here>{word} ){CONDITION_ENDS}",
            f"`{{found}}` stands without quotes, so a server puts the word into SQL, which breaks; {EMPTY_LIST}",
            _IN_QUOTES, as_literal,
        )
        for word, before in (
            ("asc", "…"), ("desc", "…"), ("select", "COMPARES"), ("from", "COMPARES"), ("by", "…"),
        )
    ),
    *(
        exact_row(
            "bare-word", key,
            rf"{key} (?P<here>{_WORDS}+)(?=(?:and|or|order|orderby|limit|group|CLOSE|SEMICOLON) |\Z)",
            "`{found}` stands without quotes, and a word without them is a column to a server; {value}",
            _IN_QUOTES, as_literal,
        )
        for key in ("EQ", "NE", "LT", "LE", "GT", "GE", "like")
    ),
)  # fmt: skip


_PARTS = frozenset(
    ("NUMBER", "SIGNED", "DECIMAL", "ID", "NAME", "WORD", "DOT", "SIGN", "ARITHMETIC", "STAR", "JUNK",
     "DATE", "ODDDATE", "TIME", "EMAIL", "URL", "CAST")
)  # fmt: skip
_COMPARES = frozenset(("EQ", "NE", "LT", "LE", "GT", "GE"))
_LOOKS_COMPUTED = re.compile(r"[\w.]+(?:[-+*/%^][\w.]+)+")
_QUALIFIED = ["NAME", "DOT", "NAME"]


def merge_values(text: str, tokens: Sequence[Token]) -> list[Token]:
    """The pieces, those with no blank between them as one where a value stands.

    `SUM` is the kind of what could be computed, `GLUED` of all others.
    """
    merged: list[Token] = []
    listed = False
    at = 0
    while at < len(tokens):
        first = tokens[at]
        if merged and first.kind in _PARTS and _precedes_value(merged[-1], listed=listed):
            last = at
            while last + 1 < len(tokens) and _adjoins(tokens[last], tokens[last + 1]):
                last += 1
            run = tokens[at : last + 1]
            if (
                len(run) > 1
                and [token.kind for token in run] != _QUALIFIED
                and run[-1].kind != "CAST"
            ):
                place = (first.start(), run[-1].end())
                value = text[slice(*place)]
                kind = "SUM" if _LOOKS_COMPUTED.fullmatch(value) else "GLUED"
                merged.append(Token(kind, value, place))
                at = last + 1
                continue
        listed = (first.kind == "OPEN" and _is_in(merged)) or (listed and first.kind != "CLOSE")
        merged.append(first)
        at += 1
    return merged


def _precedes_value(last: Token, *, listed: bool) -> bool:
    return (
        last.kind in _COMPARES or last.word == "like" or (listed and last.kind in ("OPEN", "COMMA"))
    )


def _adjoins(left: Token, right: Token) -> bool:
    return right.kind in _PARTS and left.end() == right.start()


def _is_in(tokens: Sequence[Token]) -> bool:
    return bool(tokens) and tokens[-1].word == "in"
