"""A parser of brackets: the strings of a scanned file, and what is done with them.

The tokens go through one stack of groups: a bracket, a template or a placeholder in one opens a
group, and its end closes it, so that the work is one step a token however deep they are nested. In a
group, operands with the language's operator between them are a concatenation; whatever is not a
string is a placeholder. A concatenation that has a string which begins like a query, with all that
follows in it, is a candidate.

Uses of variables are collected by function, as far as braces show what a function is: that they are
given to a function, or that more is appended to them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from vtql.embedded.expressions import (
    CONTROL,
    MAX_FUNCTIONS,
    MAX_NAMES,
    CandidateString,
    Collector,
    Group,
    Operand,
    dotted_name,
    is_request,
    nested,
)
from vtql.embedded.host import Fate, Flow, HostString
from vtql.embedded.markers import marker_of_lines, markers_in
from vtql.embedded.scanned_data_flow import KEEP, Carried, Variable, string_origin
from vtql.embedded.scanners import Kind, Syntax, Token
from vtql.embedded.template import Part, Placeholder, Text
from vtql.source import Source, Span

if TYPE_CHECKING:
    pass

_ENDS = frozenset(",;=?:<>|&") | {"=>", "==", "!=", "===", "!==", "&&", "||", "??", "??=", "|", "&"}
"""Signs at which a concatenation ends."""

_BEFORE_AN_OBJECT = frozenset(("(", ",", "=", ":", "[", "?", "return", "&&", "||", "??", "{"))
"""What comes before a brace that begins an object and not a block."""

_JOINS = frozenset(("join", "concat", "push", "unshift", "append"))
"""Methods of a string literal that join it with more text."""

_FUNCTIONS = ("function", "fn")
_SHOWS = frozenset(("echo", "print", "throw"))
_DECLARES = frozenset(("const", "let", "var"))


class Signature(NamedTuple):
    """The contents of the last brackets, as those of a function."""

    name: str = ""
    parameters: Sequence[str] = ()
    defaults: Sequence[tuple[str, Carried]] = ()


class BracketParser:
    """The stack of groups through which the tokens go."""

    def __init__(self, text: str, syntax: Syntax) -> None:
        self.text, self.syntax = text, syntax
        self.collector = Collector(text, syntax)
        self.groups = [Group("", 0)]
        self._signature = Signature()
        self._arrow: Signature | None = None
        self._typed = False

    def read(self, token: Token, last: Token) -> None:
        """Take the next token."""
        group = self.groups[-1]
        if group.statement < 0:
            group.statement = token.start
        if self._arrow is not None and token.text != "{":
            scope = group.scope[-1] if group.scope else 0
            self.collector.graph.define(*self._arrow[:2], scope, self._arrow.defaults)
            self._arrow = None
        match token.kind:
            case Kind.STRING:
                self._string(group, token, token.parts)
            case Kind.NAME:
                self._name(group, token, last)
            case Kind.SIGN:
                self._sign(group, token, last)
            case Kind.OPEN:
                self._open(group, token, last)
            case Kind.CLOSE | Kind.PLACEHOLDER_END:
                self._close(token)
            case Kind.BEGIN:
                called = group.operand.name if group.operand else ""
                self.groups.append(nested(group, Group("`", token.start, called, group.scope)))
            case Kind.TEXT:
                group.template += token.parts
            case Kind.PLACEHOLDER:
                placeholder = Group("${", token.start, "", group.scope, statement=token.start)
                self.groups.append(nested(group, placeholder))
            case Kind.END:
                self._end_of_template(token)
            case _:
                pass

    def end(self) -> None:
        """Close what is still open."""
        while self.groups:
            self.collector.finish(self.groups[-1])
            self.groups.pop()

    def _string(
        self, group: Group, token: Token, parts: Sequence[Part], *, formatted: bool = False
    ) -> None:
        if group.operand is not None:
            self.collector.finish(group)
        self.collector.interpolated(group, parts)
        group.operand = Operand(token.start, token.end, parts, formatted=formatted)

    def _name(self, group: Group, token: Token, last: Token) -> None:
        operand = group.operand
        if token.text in _FUNCTIONS:
            group.function = True
        if token.text.lower() in self.syntax.keywords:
            self.collector.finish(group)
            self._keyword(group, token.text.lower())
            return
        member = last.kind is Kind.SIGN and last.text in self.syntax.member
        if last.kind is Kind.CLOSE and operand is not None and self._ends_before_name(operand):
            self.collector.finish(group)
            operand = None
        if operand is not None and (operand.parts is None or member):
            if not member and last.kind is Kind.NAME:
                operand.words.clear()  # `new Client`, `int name`: the last of them counts
            operand.words.append(token.text)
            operand.end = token.end
            if member and token.text in _JOINS and operand.parts is not None:
                self._join(operand)
            return
        if operand is not None:
            self.collector.finish(group)
        group.names_class = group.names_class or (token.text == "class" and not member)
        group.operand = Operand(token.start, token.end, words=[token.text])

    def _ends_before_name(self, operand: Operand) -> bool:
        """Whether a name after a bracket begins something new: `if (a) b`, a line without `;`."""
        return bool(operand.words) and (
            self.syntax.optional_semicolons or operand.words[0].lower() in (*CONTROL, *_FUNCTIONS)
        )

    def _keyword(self, group: Group, word: str) -> None:
        """Note the keyword of a statement."""
        group.returns = group.returns or word == "return"
        group.shows = group.shows or word in _SHOWS
        group.declares = group.declares or word in _DECLARES
        group.iterates = group.iterates or word in ("as", "of")

    def _join(self, operand: Operand) -> None:
        """Note that a string literal is joined with more."""
        last_part = operand.parts[-1] if operand.parts else None
        if not (isinstance(last_part, Placeholder) and not last_part.certain):
            operand.parts = (
                *(operand.parts or ()),
                Placeholder(Span(operand.end, operand.end), certain=False),
            )

    def _sign(self, group: Group, token: Token, last: Token) -> None:
        syntax, sign = self.syntax, token.text
        operand = group.operand
        if sign == syntax.concatenates:
            if operand is not None:
                group.chain.append(operand)
                group.operand = None
        elif sign == syntax.appends:
            name = ""
            if operand is not None:
                for value in self.collector.carried(group, operand):
                    self.collector.graph.add(value, Fate.COMPLETED)
                name, group.appends = _target(operand, syntax.member)
            group.operand = None
            self.collector.finish(group)
            group.assigned = name
        elif sign in syntax.member:
            if operand is not None and operand.parts is None:
                operand.words.append(sign)
        elif sign in _ENDS or (sign in "?:" and len(sign) == 1):
            self._end(group, token, last)
        elif operand is not None:
            operand.words.clear()
            operand.words.append("")
            operand.end = token.end
        if sign in "<>!-/*%^~@" and operand is not None and operand.parts is not None:
            operand.parts = operand.parts if sign == "@" else None

    def _end(self, group: Group, token: Token, last: Token) -> None:
        """End a concatenation at a sign."""
        sign = token.text
        if sign == "=":
            self._assign(group, token)
        elif sign == "?":
            self._begin_conditional(group)
        elif sign == ":" and group.in_conditional:
            if last.text == "?" and self.syntax.elvis:  # `$q ?: …` has the value of `$q`
                group.operand = group.condition
            self.collector.finish(group)
            group.in_conditional = False
        elif sign == "=>" and self.syntax.arrow_functions:
            self._begin_arrow(group, last)
        elif sign in (":", "=>"):
            self._key(group, sign, last)
        else:
            self.collector.finish(group)
        if sign == ",":
            group.commas += 1
            group.key = ""
            group.assigned = "" if group.opening else group.assigned
            group.in_conditional = False
        elif sign == ";":
            _begin_statement(group)
            self._signature, self._typed = Signature(), False

    def _assign(self, group: Group, token: Token) -> None:
        """End the concatenation before `=`: the variable that is assigned to."""
        operand = group.operand
        name, appends = _target(operand, self.syntax.member) if operand else ("", False)
        if group.opening == "(" and operand is not None:
            self.collector.finish(group)
        group.operand = None
        self.collector.finish(group)
        if group.declares and group.declared:
            name = group.declared  # `const q: string =`
        group.declares, group.declared = False, ""
        again = operand is not None and not self.text[group.equals : operand.start].strip()
        group.also = [*group.also, group.assigned] if again and group.assigned else []
        group.equals = token.end
        if name:
            group.assigned, group.appends = name, appends

    def _begin_conditional(self, group: Group) -> None:
        """End the condition before `?`, or the name of an optional parameter."""
        group.condition = None if group.chain else group.operand
        if group.condition is not None:
            if group.opening == "(":
                group.parameters.setdefault(group.commas, group.condition.name)
            group.operand = None
        self.collector.finish(group)
        group.in_conditional = True

    def _begin_arrow(self, group: Group, last: Token) -> None:
        """End the parameters of an arrow function."""
        operand = group.operand
        named = [] if operand is None or last.text == ")" else [operand.name]
        group.operand = None
        self.collector.finish(group)
        name = group.assigned.lstrip(".") or group.key
        signature = self._signature
        self._arrow = Signature(
            name, named or signature.parameters, () if named else signature.defaults
        )

    def _key(self, group: Group, sign: str, last: Token) -> None:
        """End the key of a value, or the name before a type."""
        operand = group.operand
        name = operand.name if operand else ""
        if operand is not None and operand.parts is not None:
            name = "".join(part.value for part in operand.parts if isinstance(part, Text))
        if last.text == ")" and sign == ":":
            self._typed = True
        if group.opening == "(" and sign == ":" and self.syntax.types_after_colons:
            group.parameters.setdefault(group.commas, name)
        if group.opening and operand is not None and not group.chain:
            group.operand = None  # a key is no value
        self.collector.finish(group)
        if group.declares and sign == ":" and not group.declared:
            group.declared = name
        if name:
            group.key = name
            group.keys.add(name)

    def _open(self, group: Group, token: Token, last: Token) -> None:
        called = group.operand.name if group.operand and group.operand.parts is None else ""
        scope = group.scope
        opening = token.text
        opened = Group(opening, token.start, called, scope)
        if opening == "{" and last.text in _BEFORE_AN_OBJECT and not self._typed:
            opened.opening = "{}"
        elif opening == "{":
            opened.called = ""
            method = last.text == ")" and self._called not in CONTROL
            if group.function or method or last.text == "=>" or self._typed:
                scope = (*scope, token.start + 1) if len(scope) < MAX_FUNCTIONS else scope
                opened.scope = scope
                self._define(group, scope[-1])
            opened.holds_members, group.names_class = group.names_class, False
            group.function, self._typed = group.function and group.names_class, False
        self.groups.append(nested(group, opened))

    def _define(self, group: Group, scope: int) -> None:
        """Note the function whose body begins."""
        signature = self._arrow or self._signature
        name = signature.name or group.assigned.lstrip(".$") or group.key
        self.collector.graph.define(name, signature.parameters, scope, signature.defaults)
        self._arrow, self._signature = None, Signature()

    _called = ""

    def _close(self, token: Token) -> None:
        if len(self.groups) == 1:
            self.collector.finish(self.groups[0])
            return
        group = self.groups[-1]
        whole: Operand | None = None
        if group.opening == "(" and not group.commas and not group.called:
            whole = self.collector.whole(group)
        if whole is None:
            self.collector.finish(group)
        self.groups.pop()
        self._called = group.called
        outer = self.groups[-1]
        if group.opening == "${":
            outer.template.append(self.collector.placeholder(group.start, token.end))
            return
        if group.opening == "{":
            self.collector.finish(outer)
            _begin_statement(outer, keep=group.holds_members)
            return
        if group.opening == "(" and group.called != "use":
            self._keep_signature(group)
        self._grouped(outer, group, token, whole)

    def _keep_signature(self, group: Group) -> None:
        """Keep the contents of brackets: they may be those of a function."""
        name = dotted_name(group.called).rpartition(".")[2]
        places = range(max(group.parameters, default=-1) + 1)
        self._signature = Signature(
            "" if name in _FUNCTIONS else name,
            [group.parameters.get(place, "") for place in places],
            group.defaults,
        )

    def _grouped(self, outer: Group, group: Group, token: Token, whole: Operand | None) -> None:
        """Make a bracket a part of the operand around it."""
        values = self._values_of(group)
        if outer.operand is None:
            if whole is not None:
                outer.operand = Operand(
                    group.start, token.end, whole.parts, formatted=whole.formatted
                )
            else:
                outer.operand = Operand(group.start, token.end, words=["()"])
                outer.operand.base = values
            return
        outer.operand.end = token.end
        if outer.operand.parts is not None:
            for value in values:
                self.collector.complete(outer, value)
        elif values:
            outer.operand.words[:] = ["()"]
            outer.operand.base = values
        else:
            outer.operand.words.append("[]" if group.opening == "[" else "()")

    def _values_of(self, group: Group) -> list[Carried]:
        """The values of a bracket; those of a request are sent."""
        called = dotted_name(group.called)
        if group.opening in ("[", "{}") or called == "array":
            lists: list[Carried] = []
            keys = group.keys | {key for key, _ in group.elements}
            for key, value in group.elements:
                sent = value.sent or is_request(keys, key)
                if sent and not value.sent:
                    self.collector.graph.add(value, Fate.SENT)
                lists.append(value._replace(lists=True, sent=sent))
                if group.opening == "{}":
                    self.collector.graph.add(value._replace(sent=True), Variable((0, f".{key}")))
            return lists
        if called in ("for", "foreach"):
            lists, names = (group.targets, group.carried) if called == "foreach" else (
                group.carried, group.targets,
            )  # fmt: skip
            for iterated in lists:
                for name in names:
                    source, _ = name.sources[-1]
                    self.collector.graph.add(
                        iterated._replace(indexed=not iterated.lists, lists=False), Variable(source)
                    )
            return []
        if group.commas and KEEP.search(called):
            for value in group.carried:
                self.collector.complete(group, value)
            return []
        return group.carried

    def _end_of_template(self, token: Token) -> None:
        while len(self.groups) > 1 and self.groups[-1].opening != "`":
            self.collector.finish(self.groups.pop())
        if len(self.groups) > 1:
            group = self.groups.pop()
            whole = Token(Kind.STRING, "", group.start, token.end)
            outer = self.groups[-1]
            if outer.operand is not None and outer.operand.parts is None and group.called:
                outer.operand = None  # the tag of the template: vtql`…`
            self._string(outer, whole, group.template)
            if group.called:
                outer.chain.clear()
                assert outer.operand is not None
                outer.operand.words.append(group.called)


def _begin_statement(group: Group, *, keep: bool = False) -> None:
    group.assigned = group.key = group.declared = ""
    group.statement = -1
    group.returns = group.shows = group.declares = group.in_conditional = group.appends = False
    group.function = group.function and keep


def _target(operand: Operand, member: Collection[str]) -> tuple[str, bool]:
    """The variable that is assigned to, and whether as an element of it."""
    words = operand.words
    appends = words[-1:] == ["[]"]
    words = words[:-1] if appends else words
    if not words or "()" in words or "[]" in words or len(words) > MAX_NAMES:
        return "", False
    if len(words) > 1 and words[-2] in member:
        return f".{words[-1].lstrip('$')}", appends
    return "".join(words), appends


def scanned_strings(source: Source, syntax: Syntax) -> Iterator[HostString]:
    """The strings of a scanned file that may be queries, with their context."""
    parser = BracketParser(source.text, syntax)
    comments: list[tuple[int, str]] = []
    last = Token(Kind.SIGN, ";", 0, 0)
    for token in syntax.scan(source.text):
        if token.kind is Kind.COMMENT:
            comments.append((token.start, token.text))
            continue
        parser.read(token, last)
        last = token
    parser.end()
    markers = markers_in(source, comments)
    graph = parser.collector.graph
    for number, candidate in enumerate(parser.collector.candidates):
        yield _with_context(source, candidate, graph.flow(string_origin(number)), markers)


def _with_context(
    source: Source, candidate: CandidateString, flow: Flow, markers: Mapping[int, bool]
) -> HostString:
    """A candidate with where it goes, and the marker of its lines."""
    string = candidate.string
    given = (*string.given_to, *sorted(flow.given_to.difference(string.given_to)))
    string = string._replace(given_to=given, fate=flow.fate)
    if markers:
        first, last = (source.position(offset)[0] for offset in string.span)
        lines = (source.position(candidate.statement)[0], *range(first, last + 1))
        string = string._replace(marked=marker_of_lines(markers, lines))
    return string
