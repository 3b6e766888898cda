"""Repairs the keywords and the order of clauses, before anything that depends on where clauses begin."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

from vtql.diagnostics import Diagnostic, Edit
from vtql.parser.node_builders import COUNT_DIGITS, OFFSET_DIGITS
from vtql.parser.vtiger_parser import DENIED, SYNTAX, UNREADABLE, effect_of_start
from vtql.recovery.lexer import Statement, Token
from vtql.recovery.matcher import COMPARES, NAME, RecoveryState, shortened
from vtql.recovery.syntax_codes import syntax_diagnostic
from vtql.sanitize import visible
from vtql.source import Span
from vtql.suggestions import nearest

_VERBS = frozenset(("get", "find", "fetch", "list", "retrieve", "read", "query", "search"))
_WRAPPED = re.compile(r"""["'`{\[(]?[\s\S]{0,40}?\bselect\b""", re.IGNORECASE)
_ENCODED = re.compile(r"select(?:\+|%[0-9A-Fa-f]{2})[^\s]*\Z", re.IGNORECASE)
_CLAUSES = frozenset(("where", "order", "orderby", "limit", "from", "SEMICOLON"))
MAX_WORDS = 50
"""Words of a text that are looked at for one that may begin a query."""

_QUOTES = ("DOUBLE", "LITERAL", "CURLY", "HOLE", "BACKTICK")


def wrapped_query(text: str, tokens: tuple[Token, ...]) -> Diagnostic | None:
    """The finding that a text is a query in quotes or in the code of a URL; None where it is not."""
    first, last = tokens[0], tokens[-1]
    span = Span(first.start(), last.end())
    quoted = first.kind in _QUOTES and _WRAPPED.match(text[first.start() : first.end()])
    if quoted and len(tokens) - (last.kind == "SEMICOLON") == 1:
        wrapping, instead = "in quotes or other wrapping", "the query alone"
    elif first.word == "select" and _ENCODED.match(
        text[span.start : min(span.end, span.start + 9000)]
    ):
        wrapping, instead = (
            "encoded for a URL",
            "the text itself, which a client encodes when it sends it",
        )
    elif (
        [token.kind for token in tokens[:2]] == ["NAME", "EQ"]
        and tokens[2:3]
        and tokens[2].word == "select"
    ):
        own = text[span.start : span.end]
        before = Span(first.start(), tokens[2].start())
        return syntax_diagnostic(
            "other-statement", Span(first.start(), tokens[1].end()),
            "a query begins with SELECT", "the query alone",
            (Edit(before, ""),), effect=effect_of_start(own)
        )  # fmt: skip
    else:
        return None
    own = text[span.start : span.end]
    return syntax_diagnostic(
        "other-statement", span, f"this query is {wrapping}", instead, effect=effect_of_start(own)
    )


def not_a_query(text: str, tokens: tuple[Token, ...]) -> Diagnostic | None:
    """The finding that a text is of words, and none of them begins a query; None where one may."""
    words = [token.text for token in tokens if token.kind == "NAME"]
    if tokens[0].kind != "NAME" or any(map(_nearly_a_query, words[:MAX_WORDS])):
        return None
    own = text[tokens[0].start() : tokens[-1].end()]
    return syntax_diagnostic(
        "other-statement", Span(*tokens[0].place),
        "a query has SELECT and FROM, and this has neither",
        "a query reads `SELECT * FROM Contacts;`", effect=effect_of_start(own)
    )  # fmt: skip


def _nearly_a_query(word: str) -> bool:
    return word.lower().startswith(("select", "from")) or bool(nearest(word, ("SELECT", "FROM")))


def repair_keywords(state: RecoveryState) -> None:
    """Take the first word for SELECT where it is nearly that, and part words that run together."""
    _move_from_behind_select(state)
    _repair_select(state)
    _split_joined_keyword(state, "from", DENIED)
    _split_joined_keyword(state, "where", SYNTAX)
    _split_joined_keyword(state, "limit", SYNTAX)


def _move_from_behind_select(state: RecoveryState) -> None:
    """Put SELECT and its columns before a FROM that the query begins with."""
    keys = state.keys().all
    if keys[0] != "from" or "select" not in keys:
        return
    start = keys.index("select")
    stop = next((at for at in range(start, len(keys)) if keys[at] in _CLAUSES), len(keys))
    own = state.text[state.tokens[0].start() : state.tokens[-1].end()]
    state.diagnostics.append(
        syntax_diagnostic(
            "clause-order", Span(*state.tokens[start].place),
            f"`{state.tokens[start].text}` stands behind `{state.tokens[0].text}`",
            "a query goes SELECT, FROM, WHERE, ORDER BY, LIMIT", effect=effect_of_start(own)
        )
    )  # fmt: skip
    columns, before, following = (
        state.tokens[start:stop],
        state.tokens[:start],
        state.tokens[stop:],
    )
    state.tokens = [*columns, *before, *following]
    state.extended = True


def _repair_select(state: RecoveryState) -> None:
    first = state.tokens[0]
    following = state.keys().all[1:2]
    if first.kind != "NAME" or first.word == "select":
        return
    rest = first.text[len("select") :]
    if (
        rest.isidentifier()
        and first.word.startswith("select")
        and following in (["from"], ["COMMA"])
    ):
        middle = first.end() - len(rest)
        own = state.text[first.start() : state.tokens[-1].end()]
        state.diagnostics.append(
            syntax_diagnostic(
                "unexpected-token", Span(*first.place),
                f"between `{first.text[: len('select')]}` and `{rest}` is no blank",
                "a blank", (Edit(Span(middle, middle), " "),), effect=effect_of_start(own)
            )
        )  # fmt: skip
        parted = [Token("NAME", "SELECT", (first.start(), middle)),
                  Token("NAME", rest, (middle, first.end()))]  # fmt: skip
        state.tokens = [*parted, *state.tokens[1:]]
        return
    if following in ([], ["from"], ["COMMA"], ["SEMICOLON"], ["EQ"]):
        return
    own = state.text[first.start() : state.tokens[-1].end()]
    if nearest(first.text, ["SELECT"]):
        finding = syntax_diagnostic(
            "unexpected-token", Span(*first.place),
            f"`{first.text}` has no place at the start of a query",
            "`SELECT` may be meant", (Edit(Span(*first.place), "SELECT"),), effect=effect_of_start(own)
        )  # fmt: skip
    elif first.word in _VERBS and "from" in state.keys().present:
        finding = syntax_diagnostic(
            "other-statement", Span(*first.place),
            f"a query begins with SELECT, and this with `{first.text}`",
            "`SELECT`, and the fields", effect=effect_of_start(own)
        )  # fmt: skip
        state.exact = False
    else:
        return
    state.diagnostics.append(finding)
    state.tokens = [replace(first, text="SELECT"), *state.tokens[1:]]


def _split_joined_keyword(state: RecoveryState, word: str, answer: str) -> None:
    """Part `FROMContacts` where no FROM stands by itself; what begins so may well be a name."""
    keys = state.keys()
    if word in keys.present or (word != "from" and "from" not in keys.present):
        return
    for place, token in enumerate(state.tokens[1:], start=1):
        rest = token.text[len(word) :]
        if token.kind != "NAME" or not rest or token.word[: len(word)] != word:
            continue
        if not _may_begin(word, rest, keys.all, place):
            continue
        middle = token.start() + len(word)
        state.diagnostics.append(
            syntax_diagnostic(
                "unexpected-token", Span(*token.place),
                f"between `{token.text[: len(word)]}` and `{rest}` is no blank", "a blank",
                (Edit(Span(middle, middle), " "),), effect=answer
            )
        )  # fmt: skip
        parted = [
            Token("NAME", token.text[: len(word)], (token.start(), middle)),
            Token("NUMBER" if rest.isdigit() else "NAME", rest, (middle, token.end())),
        ]
        state.tokens = [*state.tokens[:place], *parted, *state.tokens[place + 1 :]]
        return


def _may_begin(word: str, rest: str, keys: list[str], place: int) -> bool:
    last, following = keys[place - 1], keys[place + 1 : place + 2]
    if word == "limit":
        return rest.isdigit() and following in ([], ["SEMICOLON"], ["COMMA"], ["offset"])
    if word == "where":
        operators = (
            "EQ",
            "NE",
            "LT",
            "LE",
            "GT",
            "GE",
            "<>",
            "==",
            "in",
            "like",
            "is",
            "not",
            "between",
        )
        return last != "COMMA" and bool(following) and following[0] in operators
    return last not in ("select", "COMMA", "EQ") and (
        not following
        or following[0] in ("order", "orderby", "limit", "SEMICOLON")
        or following[0].startswith("where")
    )


_CHANGES = "which modules and fields there are is settled in the CRM, not by its web service"
_ALONE = "a query stands alone, and nothing is kept from one to the next"

OTHER_STATEMENTS: Mapping[str, str] = {
    "insert": "records are made by the operation `create`",
    "update": "records are changed by the operations `revise` and `update`",
    "delete": "records are deleted by the operation `delete`, each by its id",
    "replace": "records are changed by the operations `revise` and `update`",
    "merge": "records are made by the operation `create` and changed by `revise`",
    "truncate": "records are deleted by the operation `delete`, each by its id",
    "show": "the operation `listtypes` names the modules: `vtql describe`",
    "describe": "the operation `describe` tells the fields: `vtql describe Contacts`",
    "desc": "the operation `describe` tells the fields: `vtql describe Contacts`",
    "explain": "`vtql compile` shows which queries a condition takes",
    "with": "VTQL has no WITH: a query each, and the ids of one in the next",
    "values": "a query reads `SELECT * FROM Contacts;`",
    "create": _CHANGES, "alter": _CHANGES, "drop": _CHANGES,
    "set": _ALONE, "use": _ALONE, "call": _ALONE, "begin": _ALONE, "commit": _ALONE,
    "rollback": _ALONE, "grant": _ALONE, "lock": _ALONE, "declare": _ALONE, "exec": _ALONE,
}  # fmt: skip
"""The words that begin statements of SQL, and what to use instead."""


def empty_query(text: str, statement: Statement) -> Diagnostic:
    """The finding that a statement is empty."""
    if not statement.tokens:
        end = len(text.rstrip(" \t\r\n"))
        return syntax_diagnostic(
            "incomplete-query", Span(max(0, end - 1), end), "the query is empty",
            "a query reads `SELECT * FROM Contacts;`",
        )  # fmt: skip
    (semicolon, *_) = statement.tokens
    return syntax_diagnostic(
        "incomplete-query", Span(*semicolon.place), "no query stands before this `;`", "",
        (Edit(Span(*semicolon.place), ""),),
    )  # fmt: skip


def missing_semicolon(statement: Statement) -> Diagnostic:
    """The finding that its semicolon is missing."""
    end = statement.tokens[-1].end()
    return syntax_diagnostic(
        "missing-semicolon", Span(end - 1, end), "the query does not end with `;`",
        "every open-source server answers QUERY_SYNTAX_ERROR without it, which the published page "
        "does not mention; it is the last character", (Edit(Span(end, end), ";"),),
    )  # fmt: skip


def wrong_terminator(last: Token) -> Diagnostic:
    """The finding that a query ends with another sign than its semicolon."""
    return syntax_diagnostic(
        "unreadable-text", Span(*last.place), f"`{last.text}` ends no query",
        "`;` ends a query", (Edit(Span(*last.place), ";"),), effect=UNREADABLE
    )  # fmt: skip


def other_statement(first: Token, text: str) -> Diagnostic:
    """The finding that a statement, whose text this is, begins with another word than SELECT."""
    return syntax_diagnostic(
        "other-statement", Span(*first.place),
        f"VTQL only reads: a query begins with SELECT, and this with `{first.text}`",
        OTHER_STATEMENTS[first.word], effect=effect_of_start(text)
    )  # fmt: skip


_RANK = {"where": 0, "order": 1, "orderby": 1, "limit": 2}


_STRAY_CONDITION = re.compile(
    rf"(?<!by )(?<!COMMA )(?<![^ ])(?P<joint>(?:and|or) )?(?:not |OPEN )*{NAME}"
    rf"(?:{COMPARES}|(?:not )?(?:in|between) |is )"
)


def reorder_clauses(state: RecoveryState) -> None:
    """Put WHERE before ORDER BY before LIMIT, and the number of a TOP after LIMIT."""
    _large_numbers(state)
    _move_stray_conditions(state)
    keys = state.keys().all
    if "from" not in keys:
        return
    start = keys.index("from")
    cuts = [place for place in range(start, len(keys)) if keys[place] in _RANK]
    ranks = [_RANK[keys[place]] for place in cuts]
    end = len(keys) - (keys[-1] == "SEMICOLON")
    if len(set(ranks)) == len(ranks) and ranks != sorted(ranks):
        wrong = next(place for place, (a, b) in enumerate(pairwise(ranks)) if a > b)
        misplaced = state.tokens[cuts[wrong + 1]]
        state.diagnostics.append(
            syntax_diagnostic(
                "clause-order",
                Span(*misplaced.place),
                f"`{misplaced.text}` stands behind `{state.tokens[cuts[wrong]].text}`",
                "a query goes SELECT, FROM, WHERE, ORDER BY, LIMIT",
                effect=SYNTAX,
            )
        )
        ends = [*cuts[1:], end]
        clauses = [state.tokens[cut:stop] for cut, stop in zip(cuts, ends, strict=True)]
        ordered = [token for _, clause in sorted(zip(ranks, clauses, strict=True), key=_rank)
                   for token in clause]  # fmt: skip
        state.tokens = state.tokens[: cuts[0]] + ordered + state.tokens[end:]
        state.extended = True
    _add_limit(state)


def _move_stray_conditions(state: RecoveryState) -> None:
    """Move conditions after ORDER BY or LIMIT, without a WHERE of their own, to WHERE."""
    keys = state.keys()
    cuts = [place for place, key in enumerate(keys.all) if key in _RANK]
    later = [place for place in cuts if keys.all[place] != "where"]
    if "from" not in keys.present or not later or "where" in keys.all[later[0] :]:
        return
    stray = _STRAY_CONDITION.search(keys.text, keys.starts[later[0] + 1])
    if stray is None:
        return
    end = len(keys.all) - (keys.all[-1] == "SEMICOLON")
    start = bisect_left(keys.starts, stray.start())
    stop = next((cut for cut in cuts if cut > start), end)
    run = state.tokens[start:stop]
    span = Span(run[0].start(), run[-1].end())
    excerpt = shortened(visible(" ".join(state.text[slice(*span)].replace("`", "").split())))
    last = next(keys.all[cut] for cut in reversed(cuts) if cut < start)
    clause = "LIMIT" if last == "limit" else "ORDER BY"
    state.diagnostics.append(
        syntax_diagnostic(
            "clause-order", span, f"the condition `{excerpt}` stands behind {clause}",
            "conditions stand behind WHERE, before ORDER BY and LIMIT", effect=SYNTAX
        )
    )  # fmt: skip
    has_where = "where" in keys.present
    if has_where is not bool(stray["joint"]):
        state.exact = False
    if not has_where or not stray["joint"]:
        word = Token("NAME", "AND" if has_where else "WHERE", (run[0].start(), run[0].start()))
        run = [word, *run[bool(stray["joint"]) :]]
    rest = [*state.tokens[later[0] : start], *state.tokens[stop:]]
    state.tokens = [*state.tokens[: later[0]], *run, *rest]
    state.extended = True


def _rank(pair: tuple[int, list[Token]]) -> int:
    return pair[0]


def _add_limit(state: RecoveryState) -> None:
    rows = [token for token in state.tokens if token.kind == "ROWS"]
    if not rows:
        return
    state.tokens = [token for token in state.tokens if token.kind != "ROWS"]
    if "limit" in state.keys().present:
        state.exact = False
        return
    end = len(state.tokens) - (state.tokens[-1].kind == "SEMICOLON")
    number = rows[0]
    limit = [
        Token("NAME", "LIMIT", number.place), Token("NUMBER", number.text, number.place),
    ]  # fmt: skip
    state.tokens = [*state.tokens[:end], *limit, *state.tokens[end:]]
    state.extended = True


def _large_numbers(state: RecoveryState) -> None:
    """Tell of a number of records that no database can count, and go on with another."""
    keys = state.keys().all
    start = keys.index("limit") if "limit" in state.keys().present else len(keys)
    for place in range(start, len(keys)):
        token = state.tokens[place]
        is_offset = keys[place + 1 : place + 2] == ["COMMA"] or keys[place - 1] == "offset"
        most = OFFSET_DIGITS if is_offset else COUNT_DIGITS
        if token.kind == "NUMBER" and len(token.text) > most:
            state.diagnostics.append(
                syntax_diagnostic(
                    "large-limit",
                    Span(*token.place),
                    f"`{shortened(token.text)}` is more records than a database can count",
                    "a smaller number; a server gives at most 100 records a request",
                )
            )
            state.tokens[place] = Token("NUMBER", "100", token.place)
            state.exact = False
