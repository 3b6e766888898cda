"""The strings of a scanned program: those that a sign puts together, and what is done with them.

The tokens go through one stack of groups: a bracket, a template or a hole in one opens a group, and
its end closes it, so that the work is one step a token however deep they are inside each other. In a
group, operands with the language's plus between them are a chain; whatever is no string is a hole.
A chain that has a string which begins like a query, and all behind it in the chain, is a candidate.

What is done with variables is noted by function, as far as braces tell what a function is: that
they are given to a function, or that more is put behind them.
"""

from __future__ import annotations

from collections.abc import Sequence

from vtql.embedded.collector import Collector
from vtql.embedded.groups import DEEP, NAMES, Group, Operand, inside
from vtql.embedded.parts import Hole, Part, Text
from vtql.embedded.scanned import Kind, Language, Token
from vtql.source import Span

_ENDS = frozenset(",;=?:<>|&") | {"=>", "==", "!=", "===", "!==", "&&", "||", "??", "??=", "|", "&"}
"""Signs at which a chain ends."""

_BEFORE_AN_OBJECT = frozenset(("(", ",", "=", ":", "[", "?", "return", "&&", "||", "??", "{"))
"""What stands before a brace that begins an object and no block."""

_CONTROL = frozenset(
    ("if", "for", "foreach", "while", "switch", "catch", "elseif", "with", "match")
)
JOINS = frozenset(("join", "concat", "push", "unshift", "append"))
"""Methods that put more text beside what they are called of, or beside what is in it."""


class Reader(Collector):
    """The stack of groups while the tokens go through it."""

    def __init__(self, text: str, language: Language) -> None:
        super().__init__(text, language)
        self.groups = [Group("", 0)]
        self._made = (0, 0)  # the candidates in the list that was closed last

    def read(self, token: Token, last: Token) -> None:
        """Take the next token."""
        group = self.groups[-1]
        if group.statement < 0:
            group.statement = token.start
        match token.kind:
            case Kind.STRING:
                self._string(group, token, token.parts)
            case Kind.NAME:
                self._name(group, token, last)
            case Kind.SIGN:
                self._sign(group, token)
            case Kind.OPEN:
                self._open(group, token, last)
            case Kind.CLOSE | Kind.FILLED:
                self._close(token)
            case Kind.BEGIN:
                called = group.operand.name if group.operand else ""
                self.groups.append(inside(group, Group("`", token.start, called, group.scope)))
            case Kind.TEXT:
                group.template += token.parts
            case Kind.HOLE:
                hole = Group("${", token.start, "", group.scope, statement=token.start)
                self.groups.append(inside(group, hole))
            case Kind.END:
                self._end_of_template(token)
            case _:
                pass

    def end(self) -> None:
        """Close what is still open."""
        while self.groups:
            self.finish(self.groups[-1])
            self.groups.pop()

    def _string(
        self, group: Group, token: Token, parts: Sequence[Part], *, filled: bool = False
    ) -> None:
        if group.operand is not None:
            self.finish(group)
        group.operand = Operand(token.start, token.end, parts, filled=filled)

    def _name(self, group: Group, token: Token, last: Token) -> None:
        operand = group.operand
        if token.text in ("function", "fn"):
            group.function = True
        if token.text.lower() in self.language.keywords:
            self.finish(group)
            return
        member = last.kind is Kind.SIGN and last.text in self.language.member
        if operand is not None and (operand.parts is None or member):
            if not member and last.kind is Kind.NAME:
                operand.words.clear()  # `new Client`, `int name`: the last of them counts
            operand.words.append(token.text)
            operand.end = token.end
            if member and token.text in JOINS:
                self._join(group, operand, last)
            return
        if operand is not None:
            self.finish(group)
        group.operand = Operand(token.start, token.end, words=[token.text])

    def _join(self, group: Group, operand: Operand, last: Token) -> None:
        """Note that more is put to a text, or to a list: one that has a name, or the one before."""
        if operand.parts is not None:
            last_part = operand.parts[-1] if operand.parts else None
            if not (isinstance(last_part, Hole) and not last_part.seen):
                operand.parts = (*operand.parts, Hole(Span(operand.end, operand.end), seen=False))
            return
        if len(operand.words) > NAMES:
            return
        self.uses.grow(group.scope, "".join(operand.words[:-2]))
        if operand.words[:-2] == ["()"] and self._made[1] == last.start:
            for number in range(self._made[0], len(self.candidates)):
                each = self.candidates[number]
                found = each.found._replace(open=True)
                self.candidates[number] = each._replace(found=found)

    def _sign(self, group: Group, token: Token) -> None:
        language, sign = self.language, token.text
        operand = group.operand
        if sign == language.plus:
            if operand is not None:
                group.chain.append(operand)
                group.operand = None
        elif sign == language.grows:
            if operand is not None:
                self.uses.grow(group.scope, operand.name)
            self.finish(group)
        elif sign in language.member:
            if operand is not None and operand.parts is None:
                operand.words.append(sign)
        elif sign in _ENDS or (sign in "?:" and len(sign) == 1):
            name, key = operand.name if operand else "", operand
            if sign in (":", "=>") and key is not None and key.parts is not None:
                name = "".join(part.value for part in key.parts if isinstance(part, Text))
            self.finish(group)
            if sign == "=" and name:
                group.assigned = name
                if name.endswith("()"):  # `$parts[] =`
                    self.uses.grow(group.scope, name.removesuffix("()"))
            elif sign in (":", "=>") and name:
                group.key = name
            elif sign == ",":
                group.commas += 1
                group.key = ""
                group.assigned = "" if group.opening else group.assigned
            elif sign == ";":
                group.assigned = group.key = ""
                group.function = False
                group.statement = -1
        elif operand is not None:
            operand.words.clear()
            operand.words.append("")
            operand.end = token.end
        if sign in "<>!-/*%^~@" and operand is not None and operand.parts is not None:
            operand.parts = operand.parts if sign == "@" else None

    def _open(self, group: Group, token: Token, last: Token) -> None:
        called = group.operand.name if group.operand and group.operand.parts is None else ""
        scope = group.scope
        opening = token.text
        if opening == "{" and last.text in _BEFORE_AN_OBJECT:
            opening = "{}"
        elif opening == "{":
            called = ""
            method = last.text == ")" and self._called not in _CONTROL
            if group.function or method or last.text == "=>":
                scope = (*scope, token.start + 1) if len(scope) < DEEP else scope
                group.function = False
        self.groups.append(inside(group, Group(opening, token.start, called, scope)))
        self.groups[-1].candidates = len(self.candidates)

    _called = ""

    def _close(self, token: Token) -> None:
        if len(self.groups) == 1:
            self.finish(self.groups[0])
            return
        group = self.groups[-1]
        whole: Operand | None = None
        if group.opening == "(" and not group.commas and not group.called:
            whole = self.whole(group)
        if whole is None:
            self.finish(group)
        self.groups.pop()
        self._called = group.called
        self._made = (group.candidates, token.end) if group.opening == "[" else (0, 0)
        outer = self.groups[-1]
        if group.opening == "${":
            outer.template.append(self.hole(group.start, token.end, group))
            return
        if group.opening == "{":
            self.finish(outer)
            outer.assigned = outer.key = ""
            outer.statement = -1
            return
        self._grouped(outer, group, token, whole)

    def _grouped(self, outer: Group, group: Group, token: Token, whole: Operand | None) -> None:
        """Let a bracket and what is in it be a part of the operand that it stands in."""
        if outer.operand is None:
            if whole is not None:
                outer.operand = Operand(group.start, token.end, whole.parts, filled=whole.filled)
            else:
                outer.operand = Operand(group.start, token.end, words=["()"])
        else:
            outer.operand.end = token.end
            if outer.operand.parts is None:
                outer.operand.words.append("()")

    def _end_of_template(self, token: Token) -> None:
        while len(self.groups) > 1 and self.groups[-1].opening != "`":
            self.finish(self.groups.pop())
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
