"""What a real server takes for a query: a model of Vtiger 8.4 to hold `vtql` against.

It does what the server's lexer and parser do, accidents included, and shares nothing with `vtql`.
A comment says where a surprise comes from: "measured", a live 8.4.0 did it; "read", the source of
the servers (5.4 to 8.4) says so. "Taken" means that a text became SQL; whether the database likes
that SQL is another matter (if not, an 8.x answers an empty list).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the server takes a text; if not, where it stops and what it answers.

    A stage is `fromquery` (module lookup, before any parsing), `lex`, `parse` or `hang`.
    """

    ok: bool
    stage: str | None = None
    code: str | None = None
    message: str = ""


class _Refused(Exception):
    def __init__(self, code: str, message: str, stage: str = "parse") -> None:
        self.verdict = Verdict(False, stage, code, message)


def _denied(to: str, stage: str = "parse") -> _Refused:
    return _Refused("ACCESS_DENIED", f"Permission to {to}", stage)


def _syntax(message: str) -> _Refused:
    return _Refused("QUERY_SYNTAX_ERROR", message)


def _hang() -> _Refused:
    return _Refused("HANG", "the server parser never ends", "hang")


def verdict(text: str, catalog_describes: Mapping[str, Any]) -> Verdict:
    """The server's verdict; `catalog_describes` has the result of `describe` for each module."""
    raw = text.encode("utf-8", "surrogatepass").decode("latin-1")  # PHP sees bytes, one a character
    try:
        _look_up(raw, catalog_describes)
        _parse(raw, catalog_describes)
    except _Refused as refused:
        message = refused.verdict.message.encode("latin-1").decode("utf-8", "surrogatepass")
        return replace(refused.verdict, message=message)
    return Verdict(True)


# Before any syntax, the module: the first "from" anywhere, in words and literals too, and what
# follows up to a blank or a semicolon (measured: `select datefrom from X` is denied for "from").
_MODULE = re.compile(r"from[ \t\n\v\f\r]+([^ \t\n\v\f\r;]+)", re.IGNORECASE | re.ASCII)
_FOR = "perform the operation is denied for"


def _look_up(raw: str, describes: Mapping[str, Any]) -> None:
    found = _MODULE.search(raw)
    name = found[1].strip(" \t\n\r\0\v") if found else ""  # read: PHP's trim, NUL is a blank to it
    if name not in describes:
        raise _denied(f"{_FOR} name : {name}" if found else f"{_FOR} query", "fromquery")


def _parse(raw: str, describes: Mapping[str, Any]) -> None:
    lexer = _Lexer(raw)
    parser = _Parser(lexer, describes)
    fed = False
    try:
        for kind, text in lexer.tokens():
            parser.feed(kind, text)
            fed = True
    except _Refused as refused:
        if refused.verdict.stage == "lex" and not fed:  # `/* a comment */ select …`
            # Read: a parser thrown away before its first token empties its stack forever.
            raise _hang() from None
        raise
    parser.feed("End of Input", "0")


# ASCII only, first alternative first (read): so `12x3` is one word, `1.5` and `''` are nothing.
_TOKEN = re.compile(
    r"(?P<blank>[ \t\r\n]+)|\w+|'(?:[^']|'')+'|[+-]?[0-9]+|<=|>=|!=|[()*,;=<>]", re.ASCII
)
_LITERAL_BYTES = 8189  # measured: PHP's regular expressions give up on a longer one
_BRACKETS = {"(": "PARENOPEN", ")": "PARENCLOSE", ",": "COMMA"}
_OPERATORS = {"=": "EQ", "<": "LT", ">": "GT", "<=": "LTE", ">=": "GTE", "!=": "NE"}


class _Lexer:
    """Names each token by the part of the query that it stands in (read: a state machine)."""

    def __init__(self, raw: str) -> None:
        self.raw, self.last, self.line, self.part = raw, "", 1, "select"
        self.counted = self.ordering = self.in_condition = self.in_list = False

    def tokens(self) -> Iterator[tuple[str | None, str]]:
        """Kind and text of each token; the kind is None where that part knows no such token."""
        at = 0
        while at < len(self.raw):
            found = _TOKEN.match(self.raw, at)
            if found is None or (found[0][0] == "'" and len(found[0]) - 2 > _LITERAL_BYTES):
                unknown = "Unknown Error while processing request"
                raise _Refused("INTERNAL_SERVER_ERROR", unknown, "lex")
            self.last, at = found[0], found.end()
            self.line += self.last == "\n"  # no other blank counts (read: swapped arguments)
            if not found["blank"] and (kind := self._kind(self.last, self.last.lower())) != "":
                yield kind, self.last

    def _kind(self, text: str, word: str) -> str | None:
        if self.part in ("select", "columns", "from", "table"):
            return self._head(text, word)
        if word == "order":  # dropped wherever it stands: `where order a = 'x'` parses (measured)
            self.ordering = True
            return ""
        if word == ";":
            return "SEMICOLON"
        if word == "by" and self.ordering:  # so `order by` opens the order, and `by` inside it, too
            self.ordering, self.part = False, "orderby"
        elif word in ("where", "orderby", "limit"):  # even as a value: `a = limit`
            self.part = word
        if self.part == "where":
            return self._condition(text, word)
        if self.part == "limit":  # of any token: `limit abc` and `limit *` parse (measured)
            return {"limit": "LIMIT", **_BRACKETS}.get(word, "VALUE")
        if not self.ordering:
            self.ordering = True
            return "ORDERBY"
        return {",": "COMMA", "asc": "ASC", "desc": "DESC"}.get(word, "COLUMNNAME")

    def _head(self, text: str, word: str) -> str | None:
        if self.part == "select" and word == "select":
            self.part = "columns"
            return "SELECT"
        if self.part in ("columns", "from") and word == "from":
            self.part = "table"
            return "FRM"
        if self.part == "columns":  # any token at all may name one
            if text == "*" and not self.counted:
                self.part = "from"  # so `*` is never combined
            self.counted = self.counted or word == "count"
            return {"*": "ASTERISK", "count": "COUNT", **_BRACKETS}.get(word, "COLUMNNAME")
        if self.part == "table":
            self.part = "where"  # already: whatever else follows the module is in a condition
            return None if word == "where" else "TABLENAME"
        return None

    def _condition(self, text: str, word: str) -> str:
        if text == ")" and self.in_list:
            self.in_list = self.in_condition = False
        if text in _OPERATORS or text in ("(", ")"):
            return _OPERATORS.get(text) or _BRACKETS[text]
        if word in ("where", "and", "or"):  # also where a name or a value should stand
            return {"where": "WHERE"}.get(word, f"LOGICAL_{word.upper()}")
        if not self.in_condition:
            self.in_condition = True
            return "COLUMNNAME"  # whatever it is: `10 = 'x'`, a literal, a comma
        if word in ("in", "like", ","):
            self.in_list = self.in_list or word == "in"
            return _BRACKETS.get(word, word.upper())
        # A value ends its condition, but in a list only `)` does: behind `in 'a'` comes no other.
        self.in_condition = self.in_list
        return "VALUE"


_TERMINALS = """SELECT FRM COLUMNNAME ASTERISK COUNT PARENOPEN PARENCLOSE COMMA TABLENAME WHERE
    LOGICAL_AND LOGICAL_OR VALUE EQ LT GT LTE GTE NE IN LIKE ORDERBY ASC DESC LIMIT SEMICOLON"""
# The grammar (read). Lists begin with nothing, hence "expected one of: SELECT" in odd places.
_GRAMMAR = """query: SELECT columns FRM table where order limit end
    columns: column COLUMNNAME | ASTERISK | COUNT PARENOPEN ASTERISK PARENCLOSE
    column: columns COMMA |
    table: TABLENAME
    where: WHERE chain |
    chain: link condition
    link: chain LOGICAL_AND | chain LOGICAL_OR |
    condition: COLUMNNAME operator list
    operator: EQ | LT | GT | LTE | GTE | NE | IN | LIKE
    list: PARENOPEN values PARENCLOSE | values
    values: value VALUE
    value: values COMMA |
    order: ORDERBY sorted direction |
    sorted: names
    names: name COLUMNNAME
    name: names COMMA |
    direction: ASC | DESC |
    limit: LIMIT numbers |
    numbers: VALUE | VALUE COMMA VALUE
    end: SEMICOLON"""
_RULES = [(head.strip(), tuple(body.split()))
          for head, bodies in (line.split(":") for line in _GRAMMAR.splitlines())
          for body in bodies.split("|")]  # fmt: skip
_State = frozenset[tuple[int, int]]  # numbers of productions, and how far each has come


@cache
def _table(state: _State) -> tuple[Mapping[str, _State], int | None, list[str]]:
    """Where symbols lead, the production that any other token ends, and the terminals that lead.

    At most one production can end in a state, so nobody needs to look ahead.
    """
    items, ends = sorted(state), None
    to: dict[str, set[tuple[int, int]]] = {}
    for rule, dot in items:  # grows
        symbol = _RULES[rule][1][dot : dot + 1]
        if not symbol:
            ends = rule
            continue
        to.setdefault(symbol[0], set()).add((rule, dot + 1))
        begun = [(n, 0) for n, (head, _) in enumerate(_RULES) if head == symbol[0]]
        items += [item for item in begun if item not in items]
    leads = {symbol: frozenset(led) for symbol, led in to.items()}
    return leads, ends, [kind for kind in _TERMINALS.split() if kind in leads]


@dataclass(slots=True)
class _Parser:
    """The driver of the tables, and what it collects on the way.

    Before it takes a token it plays, on its own stack, what that would lead to, and where that is
    an error in the end forgets to put the stack back (read). So the production that it then ends
    takes wrong entries; the error comes later or, a `)` missing behind a value, never (measured).
    `top` is where it believes its stack to end.
    """

    lexer: _Lexer
    describes: Mapping[str, Any]
    stack: list[tuple[_State, str | None]] = field(default_factory=list)
    top: int = -1
    module: str = ""
    columns: list[str | None] = field(default_factory=list)
    fields: list[str | None] = field(default_factory=list)
    values: list[list[str]] = field(default_factory=list)
    operators: list[str] = field(default_factory=list)
    listing: bool = True

    def feed(self, kind: str | None, text: str) -> None:
        if self.top < 0:  # at the start, or lost: then no SELECT will come again
            self.stack, self.top = [(frozenset({(0, 0)}), None)], 0
        for _ in range(100):
            leads, ends, _ = _table(self.stack[self.top][0])
            fits = kind == "End of Input" or self._play(kind)[0]
            if fits and (to := leads.get(kind or "")):
                self.stack.append((to, text))
                self.top += 1
                return
            if not fits or ends is None:
                could = ",".join(dict.fromkeys(self._play(kind)[1]))
                where = f"Syntax Error on line {self.lexer.line}: token '{self.lexer.last}'"
                what = f"Unexpected {kind or 'Unknown'}({text}), expected one of: {could}"
                raise _syntax(f"{where} {what}")
            self._end(*_RULES[ends])
            if self.top < 0:
                return
        raise _hang()  # `in 'a', =` ends one empty production after the other (read)

    def _play(self, kind: str | None) -> tuple[bool, list[str]]:
        """Whether a token may come, and which might as well. Leaves the stack odd on an error."""
        stack, top = self.stack.copy(), self.top
        _, ends, expected = _table(self.stack[self.top][0])
        could = expected.copy()
        while kind not in expected:
            if ends is None:
                return True, could
            head, body = _RULES[ends]
            self.top -= len(body)
            to = self._leads(head)
            if to is None:  # the whole query is done: nothing may follow
                self.stack, self.top = stack, top
                return head != "query" or kind is None, could
            self.top += 1
            self.stack[self.top : self.top + 1] = [(to, None)]
            _, ends, expected = _table(to)
            could += expected[len(could) :]  # PHP's + adds lists by position
        self.stack, self.top = stack, top
        return True, could

    def _leads(self, head: str) -> _State | None:
        return _table(self.stack[self.top][0])[0].get(head) if self.top >= 0 else None

    def _end(self, head: str, body: tuple[str, ...]) -> None:
        self._act(head, body[-1:], self.stack[self.top][1])
        self.top -= len(body)
        del self.stack[len(self.stack) - len(body) :]
        to = self._leads(head)
        if to is not None:
            self.top += 1
            at = self.top if body else len(self.stack)
            self.stack[at : at + 1] = [(to, None)]
        elif head == "query":
            self.top = -1

    def _act(self, head: str, last: tuple[str, ...], text: str | None) -> None:
        match head:
            case "columns":
                self.columns.append("count(*)" if last == ("PARENCLOSE",) else text)
            case "table":
                if text in (None, "0"):  # None comes from a stack gone wrong, "0" is empty to PHP
                    raise _syntax("There is an syntax error in query")
                if text not in self.describes:  # `from ; from Contacts`
                    raise _denied(f"{_FOR} name : {text}")
                self.module = str(text)
            case "operator":
                self.operators += last
            case "values":
                at = max(len(self.values) - 1, 0)
                empty = not self.values or self.values[at][0] in ("", "0")
                if self.listing and self.operators[at : at + 1] == ["IN"] and not empty:
                    self.values[at].append(text or "")
                else:  # another one where "0" came first: `in (0, 1)` is two values (measured)
                    self.values.append([text or ""])
                    self.listing = True
            case "condition":
                self.fields.append(self.stack[self.top - 2][1])
                self.listing = False
                if self.fields[-1] == "id":  # read: split at once, so before any field is checked
                    _check_ids(self.values[-1], lenient=True)
            case "query":
                self._finish()

    def _finish(self) -> None:
        """Fields of SELECT, then those of conditions. Nobody looks at ORDER BY (measured)."""
        described = self.describes[self.module]
        types = {each["name"]: each["type"]["name"] for each in described["fields"]}
        if described.get("isEntity") and "id" in types:  # read: `describe` of Products goes on with
            for name in list(types)[list(types).index("id") + 1 :]:  # what only it knows, `tax1`
                del types[name]
        for name, type_ in list(types.items()):
            if type_ == "password" or (self.module, name) == ("Users", "accesskey"):
                del types[name]  # measured: secrets, since 8.4
        counted = {"*", "count(*)"} & set(self.columns)  # then other columns do not matter
        for name in () if counted else [*self.columns, "id"]:
            if name not in types:
                raise _denied(f"access '.{name}.' attribute denied.")
        if len(self.fields) != len(self.values):
            raise _syntax("columns data inappropriate")
        for name, values in zip(self.fields, self.values, strict=True):
            if name not in types:
                raise _denied(f"access {name or ''} attribute denied.")
            if types[name] in ("reference", "owner"):
                _check_ids(values, lenient=types[name] == "owner")


# An id is digits, `x`, digits, anywhere in the value (measured: ' 11x4' is one, '11x', 'x4' are not).
# A bare number passes for `id` and owners, and makes SQL that fails (measured).
_ID = re.compile(r"[0-9]+x[0-9]+")
_NUMBER = re.compile(r"['\"]*\s*[+-]?[0-9]+\s*['\"]*", re.ASCII)


def _check_ids(values: list[str], *, lenient: bool) -> None:
    for value in values:
        if not _ID.search(value) and not (lenient and _NUMBER.fullmatch(value)):
            raise _Refused("INVALID_ID_ATTRIBUTE", "Id specified is incorrect")
