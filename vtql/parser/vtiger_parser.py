"""The server's own parser: what it takes, what it takes by accident, and what it answers to the rest.

It looks for the module first, by a search through the text. Then its lexer and its parser go on
token by token, so whichever stumbles first gives the answer (read in the source; measured on 8.4).
The parser looks at little more than the order of words: a word as a value goes to SQL as a column,
IN does without brackets at the end, `limit abc` limits nothing. `tolerated_query` rewrites such a
text as VTQL, and notes what stood there. `syntax_error_message` is the message for a text that is not
taken: the lexer names a token by the state it is in, and the parser often has reduced what came
before by the time it complains, so the message tells little; programs show it all the same.
The functions `effect_of…` tell what a server does with a part of a broken text, for messages.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

TOKEN = re.compile(
    r"(?P<blank>[ \t\r\n]+)|(?P<word>\w+)|(?P<literal>'(?:[^']++|'')++')|(?P<signed>[+-][0-9]+)"
    r"|(?P<sign>[()]|,|\*|=|<(?!=)|>(?!=)|<=|>=|!=|;)", re.ASCII,
)  # fmt: skip
"""What the server's lexer knows."""

_KEYWORDS = frozenset({"and", "or", "in", "like", "where", "limit", "order", "orderby"})
"""Words that the server never takes for a value or a field of a condition."""

_WHOLE = re.compile(r"[0-9]+(?:x[0-9]+)?")
_OPEN_ENDED = re.compile(r"(?<!\\)(?:\\\\)*\\'")
"""A backslash that takes a quote with it when the database reads the literal."""


@dataclass(slots=True)
class ToleratedQuery:
    """A text the parser can read; what stood where it differs, by offset; whether SQL will fail."""

    originals: dict[int, str] = field(default_factory=dict)
    fails: bool = False
    text: str = ""

    def add(self, piece: str, original: str | None = None) -> None:
        """Write a token, and what it stands for if that is something else."""
        if original is not None:
            self.originals[len(self.text)] = original
        self.text += piece + " "


def tolerated_query(text: str) -> ToleratedQuery | None:
    """The text as VTQL; None where the server's own lexer knows no way either."""
    tokens = []
    at = 0
    while at < len(text):
        token = TOKEN.match(text, at)
        if token is None:
            return None
        if token.lastgroup != "blank":
            tokens.append((str(token.lastgroup), token.group()))
        at = token.end()
    query = ToleratedQuery()
    _rewrite(tokens, query)
    return query


def _rewrite(tokens: list[tuple[str, str]], query: ToleratedQuery) -> None:
    words = [text.lower() for _, text in tokens]
    rest = words.index("from") + 2 if "from" in words else len(tokens)
    _rewrite_head([text for _, text in tokens[:rest]], query)
    _rewrite_rest(tokens[rest:], query)


def _rewrite_head(words: list[str], query: ToleratedQuery) -> None:
    """Up to the module. Columns behind `count(*)` do not count."""
    if [word.lower() for word in words[1:6]] == ["count", "(", "*", ")", ","]:
        words = words[:5] + words[-2:]
    for word in words:
        query.add(word)


def _rewrite_rest(tokens: list[tuple[str, str]], query: ToleratedQuery) -> None:
    """Behind the module; `state` is what the server expects, going from left to right."""
    state, listing = "named", False
    following = [text.lower() for _, text in tokens[1:]] + [""]
    for (kind, text), after in zip(tokens, following, strict=False):
        word = text.lower() if kind == "word" else ""
        if listing and (word in ("order", "orderby", "limit") or text == ";"):
            query.add(")")
            query.fails, listing = query.fails or state == "brackets", False
        if word == "order" and after != "by":
            continue  # wherever it stands
        if word in ("where", "order", "orderby", "limit"):
            query.add(text)
            state = "field" if word == "where" else word
        elif state == "field":
            _field(kind, text, query)
            state = "operator"
        elif state == "operator":
            query.add(text)
            listing = word == "in"
            state = "brackets" if listing and after == "(" else "value"
            if listing and state == "value":
                query.add("(")
        elif word in ("and", "or"):
            query.add(text)
            state = "field"
        elif state in ("value", "brackets"):
            _value(kind, text, query)
            listing = listing and text != ")"
        elif state in ("order", "orderby"):
            _sort_field(kind, text, query)
        elif state == "limit":
            _limit(kind, text, after, query)
        else:
            query.add(text)


def _field(kind: str, token: str, query: ToleratedQuery) -> None:
    """Anything but a keyword or a sign is the name of a field, and refused later for being none."""
    if kind in ("literal", "signed") or token[0].isdigit():
        query.add("nothing", token)
    else:
        query.add(token)


def _value(kind: str, token: str, query: ToleratedQuery) -> None:
    if kind == "literal" and _OPEN_ENDED.search(token):
        query.fails = True
        query.add("'open'")
    elif kind == "word" and token.lower() not in _KEYWORDS and not _WHOLE.fullmatch(token):
        query.add(f"'{token}'", token)
    else:
        query.add(token)


def _sort_field(kind: str, token: str, query: ToleratedQuery) -> None:
    if kind in ("literal", "signed"):
        query.fails = True
        query.add("id")
    else:
        query.add(token)


def _limit(kind: str, token: str, after: str, query: ToleratedQuery) -> None:
    """PHP compares a limit that is no number with 100 as texts: a word is more, a quote less."""
    if kind == "sign" or token.isdigit():
        query.add(token)
    elif kind == "word" and not token[0].isdigit():
        query.fails = query.fails or after == ","
        query.add("100")
    else:
        query.fails = True
        query.add("1")


PLAIN_MESSAGE = "There is an syntax error in query"
"""What the server says where its lexer stops without a token to blame."""

_SIGNS: Mapping[str, str] = {
    "(": "PARENOPEN", ")": "PARENCLOSE", ",": "COMMA", "*": "ASTERISK", ";": "SEMICOLON",
    "=": "EQ", "<": "LT", ">": "GT", "<=": "LTE", ">=": "GTE", "!=": "NE",
}  # fmt: skip
_OPERATORS = ("EQ", "LT", "GT", "LTE", "GTE", "NE", "IN", "LIKE")

# What the parser takes in each of its states, and the state that follows; and what it says it
# expected where it does not take a token.
_GRAMMAR: Mapping[str, tuple[Mapping[str, str], str]] = {
    "start": ({"SELECT": "columns"}, "SELECT"),
    "columns": ({"COLUMNNAME": "column", "ASTERISK": "all", "COUNT": "count"}, "COLUMNNAME"),
    "column": ({"COMMA": "more", "FRM": "table"}, "SELECT"),
    "more": ({"COLUMNNAME": "column"}, "SELECT"),
    "all": ({"FRM": "table", "COMMA": "more"}, "FRM,COMMA"),
    "count": ({"PARENOPEN": "count (", }, "PARENOPEN"),
    "count (": ({"ASTERISK": "count (*"}, "ASTERISK"),
    "count (*": ({"PARENCLOSE": "column"}, "PARENCLOSE"),
    "table": ({"TABLENAME": "named"}, "TABLENAME"),
    "named": ({"WHERE": "field", "ORDERBY": "sort", "LIMIT": "limit", "SEMICOLON": "end"},
              "SEMICOLON"),
    "field": ({"COLUMNNAME": "operator"}, "COLUMNNAME"),
    "another": ({"COLUMNNAME": "operator"}, "SEMICOLON"),
    "operator": (dict.fromkeys(_OPERATORS, "value"), ",".join(_OPERATORS)),
    "value": ({"VALUE": "condition", "PARENOPEN": "list"}, "VALUE"),
    "list": ({"VALUE": "listed"}, "VALUE"),
    "listed": ({"COMMA": "list", "PARENCLOSE": "closed", "LOGICAL_AND": "another",
                "LOGICAL_OR": "another", "ORDERBY": "sort", "LIMIT": "limit", "SEMICOLON": "end"},
               "SEMICOLON"),
    "condition": ({"COMMA": "list", "LOGICAL_AND": "another", "LOGICAL_OR": "another",
                   "ORDERBY": "sort", "LIMIT": "limit", "SEMICOLON": "end"}, "SEMICOLON"),
    "closed": ({"LOGICAL_AND": "another", "LOGICAL_OR": "another", "ORDERBY": "sort",
                "LIMIT": "limit", "SEMICOLON": "end"}, "SEMICOLON"),
    "sort": ({"COLUMNNAME": "sorted"}, "COLUMNNAME"),
    "further": ({"COLUMNNAME": "sorted"}, "SEMICOLON"),
    "sorted": ({"COMMA": "further", "ASC": "directed", "DESC": "directed", "LIMIT": "limit",
                "SEMICOLON": "end"}, "SEMICOLON"),
    "directed": ({"LIMIT": "limit", "SEMICOLON": "end"}, "SEMICOLON"),
    "limit": ({"VALUE": "limited"}, "VALUE"),
    "limited": ({"COMMA": "count of limit", "SEMICOLON": "end"}, "SEMICOLON"),
    "count of limit": ({"VALUE": "windowed"}, "VALUE"),
    "windowed": ({"SEMICOLON": "end"}, "SEMICOLON"),
    "end": ({}, ""),
}  # fmt: skip


def syntax_error_message(text: str) -> str:
    """The message of the server's parser for a text that it does not take."""
    state, last, line = "start", "", 1
    for token, name, line in _classified(text):
        if name is None:
            last = token
            continue
        if not name:
            return PLAIN_MESSAGE
        takes, expected = _GRAMMAR[state]
        if name not in takes:
            return _message(line, token, name, token, expected)
        state, last = takes[name], token
    return (
        PLAIN_MESSAGE
        if state == "end"
        else _message(line, last, "End of Input", "0", _GRAMMAR[state][1])
    )


def _message(line: int, token: str, name: str, value: str, expected: str) -> str:
    return (
        f"Syntax Error on line {line}: token '{token}' Unexpected {name}({value}), "
        f"expected one of: {expected}"
    )


def _classified(text: str) -> Iterator[tuple[str, str | None, int]]:
    """The tokens, what the lexer calls each, None for those it skips, and the line it thinks it is in."""
    lexer, line = _ServerLexer(), 1
    for token in TOKEN.finditer(text):
        if token.lastgroup == "blank":
            line += token.group() == "\n"  # the server counts no others
            yield token.group(), None, line
        else:
            yield token.group(), lexer.name(token.group()), line


class _ServerLexer:
    """The server's lexer: the state it is in, and whether a condition waits for its value."""

    __slots__ = ("_counting", "_ended", "_listing", "_open", "_ordered", "_starred", "_state")

    def __init__(self) -> None:
        self._state = "select"
        self._open = self._listing = self._counting = self._starred = False
        self._ordered = self._ended = False

    def name(self, text: str) -> str | None:
        """What a token is called; empty where the lexer stops, None where it skips the token."""
        word = text.lower()
        match self._state:
            case "select":
                self._state = "columns"
                return "SELECT" if word == "select" else "Unknown"
            case "columns":
                return self._column(text, word)
            case "table":
                self._state = "named"
                return "Unknown" if word == "where" else "TABLENAME"
        ordered, self._ordered = self._ordered, word == "order"
        if word == "order":
            return None
        if word in ("where", "orderby", "limit") or (word == "by" and ordered):
            self._state = "orderby" if word == "by" else word
            return {"where": "WHERE", "limit": "LIMIT"}.get(word, "ORDERBY")
        if text == ";":
            self._ended = True
            return "SEMICOLON"
        match self._state:
            case "where":
                return self._condition(text, word)
            case "orderby":
                return {",": "COMMA", "asc": "ASC", "desc": "DESC"}.get(word, "COLUMNNAME")
            case "limit":
                return _SIGNS.get(text, "VALUE")
        return "COLUMNNAME" if self._ended else ""

    def _column(self, text: str, word: str) -> str:
        if self._starred and word != "from":
            return "Unknown"
        if word == "from":
            self._state = "table"
            return "FRM"
        if word == "count":
            self._counting = True
            return "COUNT"
        self._starred = text == "*" and not self._counting
        return _SIGNS[text] if text in ("*", "(", ")", ",") else "COLUMNNAME"

    def _condition(self, text: str, word: str) -> str:
        if text in _SIGNS and (text != "," or self._open):
            if text == ")":
                self._open = self._listing = False
            return _SIGNS[text]
        if word in ("and", "or"):
            return f"LOGICAL_{word.upper()}"
        if not self._open:
            self._open = True
            return "COLUMNNAME"
        if word in ("in", "like"):
            self._listing = word == "in"
            return word.upper()
        self._open = self._listing
        return "VALUE"


SYNTAX = "a server answers QUERY_SYNTAX_ERROR"
UNREADABLE = "a server answers INTERNAL_SERVER_ERROR"
DENIED = "a server answers ACCESS_DENIED"
EMPTY_LIST = "Vtiger 8 answers an empty list, older servers DATABASE_QUERY_ERROR"
ENDLESS = "a server answers QUERY_SYNTAX_ERROR, or its parser runs until its time limit"

MODULE = re.compile(r"from\s+([^\s;]+)", re.IGNORECASE | re.ASCII)
"""How a server looks for the module, in the text itself, before its lexer reads a token."""

_NAME = re.compile(r"\w+", re.ASCII)
_SELECT = re.compile(r"select\b", re.IGNORECASE)


def _is_readable(text: str) -> bool:
    """Whether the server's lexer knows every token of a text."""
    at = 0
    while at < len(text):
        token = TOKEN.match(text, at)
        if token is None:
            return False
        at = token.end()
    return True


def effect_of(excerpt: str) -> str:
    """The answer to signs or words that have no place."""
    return SYNTAX if _is_readable(excerpt) else UNREADABLE


def effect_of_value(excerpt: str) -> str:
    """The answer to a value without quotes: its first token passes, and nothing more may follow."""
    first = TOKEN.match(excerpt)
    if first is None:
        return UNREADABLE
    rest = excerpt[first.end() :].lstrip(" \t\r\n")
    if not rest:
        return EMPTY_LIST
    return SYNTAX if TOKEN.match(rest) else UNREADABLE


EFFECTS_IN_GENERAL: Mapping[Callable[[str], str], str] = {
    effect_of: f"{SYNTAX}, or INTERNAL_SERVER_ERROR where it does not know a character",
    effect_of_value: f"{SYNTAX}, or INTERNAL_SERVER_ERROR where it does not know a character; as a "
    f"single word {EMPTY_LIST}",
}
"""What the functions above return, without a text."""


def effect_of_start(text: str) -> str:
    """The answer to a text that begins with another word than SELECT."""
    return DENIED if lacks_module(text) else ENDLESS


def effect_without_from(text: str) -> str:
    """The answer to a text whose FROM is not where it should be."""
    return DENIED if lacks_module(text) else SYNTAX


def lacks_module(text: str) -> bool:
    """Whether a server finds no name of a module in a text: it denies the rest unread."""
    module = MODULE.search(text)
    return module is None or _NAME.fullmatch(module[1]) is None


def effect_of_head(text: str) -> str:
    """The answer to the whole text where a server reads no further than its head, or nothing."""
    if lacks_module(text):
        return DENIED
    return "" if _SELECT.match(text) else ENDLESS
