"""Why a text is not VTQL: a fault becomes a finding with its place, what stands there and what could.

What could stand there is read off the tables: every terminal that the stack of states would
take in the end. Words that belong together are named together, as `SIGHTS` says: a reader wants
to hear "a value", not three kinds of token.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from vtql.diagnostics import Diagnostic, Edit, Severity, visible
from vtql.source import Span
from vtql.spelling import nearest
from vtql.syntax.grammar import END, Tables, tables
from vtql.syntax.literals import LITERAL_BYTES

SIGHTS: dict[str, str] = {
    "columns": "`*`, `count(*)` or the names of fields",
    "column": "the name of a field",
    "module": "the name of a module",
    "condition": "a condition such as `lastname = 'Smith'`",
    "operator": "an operator (`=`, `!=`, `<`, `<=`, `>`, `>=`, `LIKE`)",
    "values": "values",
    "value": "a value, quoted (`'Smith'`)",
    "sort_list": "the name of a field",
    "sort_field": "the name of a field",
}
"""What a production is to a reader, the widest first."""

SIGNS = {"NUMBER": "a whole number", "EQ": "=", "NE": "!=", "LT": "<", "LE": "<=", "GT": ">", "GE": ">=", "STAR": "*",
         "OPEN": "(", "CLOSE": ")", "COMMA": ",", "SEMICOLON": ";", "ORDER": "ORDER BY"}  # fmt: skip
TOO_LARGE = "$TOO_LARGE"
UNSAID = {"ORDERBY"}  # the server's one-word spelling is understood and not advertised

_WORD = re.compile(r"[A-Za-z0-9_]+|[^\sA-Za-z0-9_]")


@dataclass(frozen=True, slots=True)
class Fault:
    """Where reading stopped, and by which grammar file.

    `kind` is the terminal that had no place, `$END` at the end of the text, `$TOO_LARGE` for a
    number out of range, None where no terminal matched at all; `states` is the stack of the parser at that moment.
    """

    grammar: str
    at: int
    kind: str | None
    states: tuple[int, ...]


def diagnose(text: str, fault: Fault) -> Diagnostic:
    """The finding that tells a reader about a fault."""
    expected = _expected(tables(fault.grammar), fault.states)
    if fault.kind is None:
        return _unreadable(text, fault.at)
    if fault.kind == TOO_LARGE:
        return _too_large(text, fault)
    if fault.kind == END:
        return _cut_short(text, expected)
    return _unexpected(text, fault, expected)


def _unexpected(text: str, fault: Fault, expected: list[str]) -> Diagnostic:
    token = tables(fault.grammar).scanner.match(text, fault.at)
    assert token is not None
    found = token.group()
    could = could_stand(expected)
    help_ = f"{could} could stand here"
    keywords = [name for name in expected if name.isupper() and name not in SIGNS]
    close = nearest(found, keywords, most=1)
    if close:
        help_ = f"`{close[0]}` may be meant"
    return Diagnostic(
        "VT001", "unexpected-token", Severity.ERROR,
        f"`{shortened(found)}` has no place {_behind(text, fault.at)}",
        Span(fault.at, token.end()), help_,
    )  # fmt: skip


def _too_large(text: str, fault: Fault) -> Diagnostic:
    at = fault.at
    token = tables(fault.grammar).scanner.match(text, at)
    end = token.end() if token else at
    return Diagnostic(
        "VT009", "large-limit", Severity.ERROR,
        f"`{shortened(text[at:end])}` is more records than a database can count",
        Span(at, end), "a server gives at most 100 records a request",
    )  # fmt: skip


def _cut_short(text: str, expected: list[str]) -> Diagnostic:
    last = len(text.rstrip(" \t\r\n"))
    place = Span(max(0, last - 1), last)
    if not last:
        return Diagnostic(
            "VT003", "incomplete-query", Severity.ERROR, "the query is empty", Span(0, 0),
            "a query reads `SELECT * FROM Contacts;`",
        )  # fmt: skip
    if "SEMICOLON" in expected:
        return Diagnostic(
            "VT002", "missing-semicolon", Severity.ERROR,
            "the query does not end with `;`", place,
            "a server answers QUERY_SYNTAX_ERROR without it; write it as the last character",
            (Edit(Span(last, last), ";"),),
        )  # fmt: skip
    return Diagnostic(
        "VT003", "incomplete-query", Severity.ERROR, "the query ends too early", place,
        f"{could_stand(expected)} could stand next",
    )  # fmt: skip


def _unreadable(text: str, at: int) -> Diagnostic:
    """No terminal matches: a stray character, or a literal that is none."""
    character = text[at]
    if character != "'":
        word = _WORD.match(text, at)
        found = word.group() if word else character
        return Diagnostic(
            "VT004", "unreadable-text", Severity.ERROR,
            f"`{visible(shortened(found))}` is not part of the language",
            Span(at, at + len(found)), _stray_help(character),
        )  # fmt: skip
    return _broken_literal(text, at)


def _stray_help(character: str) -> str:
    match character:
        case '"' | "`":
            return "values stand in single quotes, names in none"
        case "." | "%" | "-" | "+":
            return "a value that is not a whole number stands in single quotes: `'12.5'`"
        case "!":
            return "the operator is `!=`, without a blank inside"
        case _ if character.isspace():
            return "only space, tab and line ends are blanks here"
        case _ if not character.isascii():
            return "outside quotes a server reads ASCII only; a value stands in single quotes"
        case _ if character.isdigit():
            return "a value stands in single quotes: `'2024-01-31'`"
        case _:
            return "outside quotes there are names, numbers, operators, brackets and commas"


def _broken_literal(text: str, at: int) -> Diagnostic:
    literal = re.compile(r"'(?:[^']++|'')*+'").match(text, at)
    if literal is None:
        return Diagnostic(
            "VT005", "unclosed-literal", Severity.ERROR, "this literal has no closing quote",
            Span(at, len(text)), "a literal ends with `'`; a quote inside is written twice",
        )  # fmt: skip
    spelled = literal.group()
    if spelled == "''":
        return Diagnostic(
            "VT006", "empty-literal", Severity.ERROR, "a server cannot read the empty literal `''`",
            Span(at, at + 2), "`' '` equals the empty text", (Edit(Span(at, at + 2), "' '"),),
        )  # fmt: skip
    if len(spelled.encode("utf-8", "surrogatepass")) - 2 > LITERAL_BYTES:
        return Diagnostic(
            "VT008", "long-literal", Severity.ERROR,
            f"this literal is longer than the {LITERAL_BYTES} bytes that a server reads",
            Span(at, literal.end()), "a shorter value, or LIKE with a part of it",
        )  # fmt: skip
    return Diagnostic(
        "VT007", "escaped-quote", Severity.ERROR,
        "a backslash before a quote lets the text out of its literal on the server",
        Span(at, literal.end()), r"a backslash is written `\\`, a quote inside a literal `''`",
    )  # fmt: skip


def _behind(text: str, at: int) -> str:
    before = text[:at].rstrip(" \t\r\n")
    if not before:
        return "at the start of a query"
    word = re.search(r"[A-Za-z0-9_]+$|'[^']{0,20}'$|.$", before, re.DOTALL)
    return f"behind `{visible(word.group() if word else before[-1])}`"


def shortened(found: str) -> str:
    """The text as a message quotes it, cut where it is long."""
    return found if len(found) <= 40 else found[:37] + "…"


def could_stand(expected: list[str]) -> str:
    """A phrase of alternatives."""
    phrases = [_phrase(name) for name in expected]
    if len(phrases) < 2:
        return "".join(phrases)
    return f"{', '.join(phrases[:-1])} or {phrases[-1]}"


def _phrase(name: str) -> str:
    if not name.isupper():
        return name
    sign = SIGNS.get(name, name)
    return sign if sign.startswith("a ") else f"`{sign}`"


def _expected(table: Tables, states: tuple[int, ...]) -> list[str]:
    """What could stand next: phrases of `SIGHTS` and names of terminals."""
    taking = {kind: _taking(table, states, kind) for kind in table.actions[states[-1]]}
    left = {kind for kind, state in taking.items() if state is not None} - UNSAID - {END}
    open_ = {origin for state in taking.values() if state is not None
             for origin in table.gotos[state]}  # fmt: skip
    said = []
    for nonterminal, phrase in SIGHTS.items():
        first = _first(table, nonterminal)
        if nonterminal in open_ and first & left:
            left -= first
            said.append(phrase)
    return list(dict.fromkeys(said)) + sorted(left, key=_as_in_a_query)


def _as_in_a_query(kind: str) -> int:
    order = ("SELECT", "IN", "NUMBER", "COMMA", "CLOSE", "FROM", "WHERE", "AND", "OR", "ORDER", "ASC", "DESC",
             "LIMIT", "SEMICOLON")  # fmt: skip
    return order.index(kind) if kind in order else len(order)


def _taking(table: Tables, states: tuple[int, ...], kind: str) -> int | None:
    """The state that takes a terminal after all the reductions that it causes; None if none."""
    stack = list(states)
    while True:
        action = table.actions[stack[-1]].get(kind)
        if action is None or action >= 0:
            return None if action is None else stack[-1]
        rule = table.rules[~action]
        if rule.symbols:
            del stack[-len(rule.symbols) :]
        stack.append(table.gotos[stack[-1]][rule.origin])
        if stack[-1] == table.accept:
            return stack[-1] if kind == END else None


def _first(table: Tables, nonterminal: str) -> set[str]:
    """The terminals that a production can begin with; none of those in `SIGHTS` is ever empty."""
    found: set[str] = set()
    seen: set[str] = set()
    todo = [nonterminal]
    while todo:
        symbol = todo.pop()
        if symbol in seen:
            continue
        seen.add(symbol)
        produced = [
            rule.symbols[0] for rule in table.rules if rule.origin == symbol and rule.symbols
        ]
        if produced:
            todo += produced
        else:
            found.add(symbol)
    return found
