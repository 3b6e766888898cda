"""The server's message for a text that its parser does not take: which token, and what it expected.

Its lexer names a token by the state it is in, and its parser often has reduced what came before
by the time it complains, so the message tells little; programs show it all the same. Read in the
source, and held against the messages of a real server.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from vtql.sandbox.accidents import TOKEN

SHORT = "There is an syntax error in query"
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


def complaint(text: str) -> str:
    """The message of the server's parser for a text that it does not take."""
    state, last, line = "start", "", 1
    for token, name, line in _named(text):
        if name is None:
            last = token
            continue
        if not name:
            return SHORT
        takes, expected = _GRAMMAR[state]
        if name not in takes:
            return _message(line, token, name, token, expected)
        state, last = takes[name], token
    return (
        SHORT if state == "end" else _message(line, last, "End of Input", "0", _GRAMMAR[state][1])
    )


def _message(line: int, token: str, name: str, value: str, expected: str) -> str:
    return (
        f"Syntax Error on line {line}: token '{token}' Unexpected {name}({value}), "
        f"expected one of: {expected}"
    )


def _named(text: str) -> Iterator[tuple[str, str | None, int]]:
    """The tokens, what the lexer calls each, None for those it skips, and the line it thinks it is in."""
    lexer, line = _Lexer(), 1
    for token in TOKEN.finditer(text):
        if token.lastgroup == "blank":
            line += token.group() == "\n"  # the server counts no others
            yield token.group(), None, line
        else:
            yield token.group(), lexer.name(token.group()), line


class _Lexer:
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
