"""What a construct of another language is: a row of the tables.

A row's pattern is a regular expression, not over the text but over the *keys* of its pieces: a word
stands for itself in lower case, everything else for its kind in capitals, each with a blank behind.
`select a from B where c is null;` has the keys `select a from b where c is null SEMICOLON `, and
`is (?:not )?null ` finds the test in them, whatever blanks, comments and cases were between.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from itertools import accumulate, pairwise
from typing import TypeAlias

from vtql.diagnostics import Diagnostic, Edit
from vtql.parser.vtiger_parser import effect_of, effect_of_value
from vtql.recovery.lexer import Token
from vtql.recovery.syntax_codes import syntax_diagnostic
from vtql.sanitize import visible
from vtql.source import Span

RESERVED = (
    "where", "order", "orderby", "limit", "group", "having", "union", "join", "inner", "left",
    "right", "full", "cross", "on", "as", "and", "or", "offset", "fetch", "from", "in", "like",
    "not", "is", "between", "select", "into", "straight_join", "groupby", "natural",
)  # fmt: skip
"""Words that are no names, where one is meant."""

VALUES = (
    "LITERAL", "DOUBLE", "CURLY", "NUMBER", "SIGNED", "ID", "DECIMAL", "DATE", "ODDDATE", "TIME",
    "EMAIL", "URL", "WORD", "SUM", "GLUED", "HOLE", "ANY",
)  # fmt: skip
"""Kinds of pieces that a value may be."""

NAME = rf"(?!(?:{'|'.join(RESERVED)}) )[a-z_]\w* "
VALUE = rf"(?:{'|'.join(VALUES)}) "
COMPARES = r"(?:[ENLG][QTE]|[<>=!]+|i?like) "
"""EQ, NE, LT, LE, GT, GE, and the operators of other languages: said shortly, it compiles faster."""

CONDITION = r"(?:where|and|or|not|OPEN|&&|\|\||BANG) "
"""Behind what a condition stands."""

CONDITION_ENDS = r"(?=(?:and|or|&&|\|\||CLOSE|order|orderby|limit|group|SEMICOLON) |\Z)"
NEXT_CLAUSE = r"(?=(?:where|group|groupby|having|order|orderby|limit|offset|fetch|union|intersect|except|minus|for|SEMICOLON) |\Z)"

Rewrite: TypeAlias = Callable[[Sequence[Token], Callable[[str], Sequence[Token]]], list[Token]]
"""From the pieces of a construct, and of a group of its pattern, to those that go on in its place."""


@dataclass(frozen=True, slots=True)
class Construct:
    """A row: what people write, and what there is to say about it.

    `trigger` is what every occurrence has, and what is looked for before a pattern is compiled: a
    key, some in a row (`not in`), or one somewhere behind another (`from … COMMA`); NAME, VALUE and
    COMPARES in it stand for any key of that sort (`COMPARES VALUE COMMA`). What is found is the group `here` of the pattern,
    or all of it. `message` says what it is and what a server does with it, `help` what to write
    instead; `{found}` in them is the text itself, `{answer}` what a server answers to it, and `{value}`
    what it answers to it as a value. `becomes` says how to go on, None with the construct
    itself; `exact` whether the query still means the same then. `compiles` says that the extended
    language has the construct, `by_compiling` that what goes on is of that language and no VTQL yet.
    """

    slug: str
    trigger: str
    pattern: str
    message: str
    help: str
    rewrite: Rewrite | None = None
    exact: bool = True
    compiles: bool = False
    by_compiling: bool = False

    @property
    def expression(self) -> re.Pattern[str]:
        """The pattern, compiled when it is first used: most rows never are."""
        return _compiled(self.pattern)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def exact_row(
    slug: str, trigger: str, pattern: str, message: str, help_: str,
    becomes: Rewrite | None = None,
) -> Construct:  # fmt: skip
    """A row whose meaning stays."""
    return Construct(slug, trigger, rf"(?<![^ ]){pattern}", message, help_, becomes)


def extended_row(
    slug: str, trigger: str, pattern: str, message: str, help_: str,
    becomes: Rewrite | None = None,
) -> Construct:  # fmt: skip
    """A row of what the extended language has; VTQL itself only has what it becomes, if anything."""
    row = exact_row(slug, trigger, pattern, message, help_, becomes)
    return replace(row, compiles=True, by_compiling=becomes is None)


def respelled_row(
    slug: str, trigger: str, pattern: str, message: str, help_: str, becomes: Rewrite
) -> Construct:
    """A row of what the extended language has in another spelling, and VTQL not at all."""
    return replace(extended_row(slug, trigger, pattern, message, help_, becomes), by_compiling=True)


def lossy_row(
    slug: str, trigger: str, pattern: str, message: str, help_: str, becomes: Rewrite
) -> Construct:
    """A row behind which the query goes on with another meaning: nothing says the same."""
    row = exact_row(slug, trigger, pattern, message, help_, becomes)
    return replace(row, exact=False)


def nothing(_tokens: Sequence[Token], _group: object) -> list[Token]:
    """Nothing goes on in its place."""
    return []


def unknown(tokens: Sequence[Token], _group: object) -> list[Token]:
    """Something that can be anything goes on in its place."""
    return [Token("ANY", "…", (tokens[0].start(), tokens[-1].end()))]


def only_group(name: str) -> Rewrite:
    """Only the pieces of a group of the pattern go on."""
    return lambda _found, group: list(group(name))


def one_token(kind: str, text: str) -> Rewrite:
    """One piece goes on in its place: a sign, or with kind NAME a word."""
    return lambda tokens, _group: [Token(kind, text, (tokens[0].start(), tokens[-1].end()))]


_SORTS = frozenset(("NAME", "VALUE", "COMPARES"))
_COMPARES = frozenset(("EQ", "NE", "LT", "LE", "GT", "GE", "like"))


@dataclass(frozen=True)
class Keys:
    """The key of each piece: in a row, as a set, as the text that patterns are for."""

    tokens: list[Token]
    all: list[str]
    present: frozenset[str]
    text: str

    @cached_property
    def starts(self) -> list[int]:
        """The offsets of the keys in the text, and its length."""
        return [*accumulate(map((1).__add__, map(len, self.all)), initial=0)]

    @cached_property
    def sorts(self) -> str:
        """The text with names, values and signs that compare as such."""
        sorts = {key: _sort(key) for key in self.present}
        return " ".join([*map(sorts.__getitem__, self.all), ""])

    def may_have(self, trigger: str) -> bool:
        """Whether what every occurrence of a construct has is there (see `Construct`)."""
        if " " not in trigger:
            return trigger in self.present
        text = self.text
        if not _SORTS.isdisjoint(trigger.split()):
            if "ilike" in self.present:
                return True  # which may be a name, too
            text = self.sorts
        at = 0
        for run in trigger.split("… "):
            at = text.find(run.strip() + " " if run else run, at) + 1
            if not at:
                return False
        return True


def _sort(key: str) -> str:
    if key in _COMPARES or key[:1] in "<>=!":
        return "COMPARES"
    if key in VALUES:
        return "VALUE"
    return key if key.isupper() or key in RESERVED else "NAME"


def keys_of(tokens: list[Token]) -> Keys:
    """The keys of pieces."""
    keys = [
        piece.text.lower() if piece.kind == "NAME"
        else piece.text if piece.kind == "OPERATOR" else piece.kind
        for piece in tokens
    ]  # fmt: skip
    return Keys(tokens, keys, frozenset(keys), " ".join([*keys, ""]))


MAX_DIAGNOSTICS = 1000
"""Findings of a statement that are worked out; a reader is shown fewer still."""

_BLANKS = re.compile(r"[ \t]*")
_WORDS_MEET = re.compile(r"\w\w|''|[-+]\d|\w'")


@dataclass(slots=True)
class RecoveryState:
    """A statement while the tables are applied to it.

    `found` is told of, and `compiled` is what of that the extended language has; `exact` says that
    the pieces still mean what was written, `extended` that they take compiling to be VTQL. Of more
    than `TOLD` findings, `untold` counts the rest.
    """

    text: str
    tokens: list[Token]
    found: list[Diagnostic]
    compiled: set[Diagnostic] = field(default_factory=set)
    exact: bool = True
    extended: bool = False
    omitted: int = 0
    _keys: Keys | None = None

    def keys(self) -> Keys:
        """The keys of the pieces; made anew when the pieces are others."""
        if self._keys is None or self._keys.tokens is not self.tokens:
            self._keys = keys_of(self.tokens)
        return self._keys


def apply(row: Construct, state: RecoveryState) -> None:
    """Find a construct wherever it stands, tell of it, and put in its place what goes on."""
    _apply(row, state, lambda last: last)


def apply_to_columns(row: Construct, state: RecoveryState) -> None:
    """The same for what stands before FROM; a text without FROM has no columns to tell apart."""
    keys = state.keys()
    if keys.may_have(row.trigger) and "from" in keys.present:
        _apply_to_range(row, state, 0, keys.all.index("from") + 1)


def apply_to_order(row: Construct, state: RecoveryState) -> None:
    """The same for what stands behind the first ORDER."""
    keys = state.keys()
    if keys.may_have(row.trigger) and not keys.present.isdisjoint(("order", "orderby")):
        start = next(place for place, key in enumerate(keys.all) if key in ("order", "orderby"))
        _apply_to_range(row, state, start, len(keys.all))


def _apply_to_range(row: Construct, state: RecoveryState, start: int, end: int) -> None:
    tokens = state.tokens
    part = state.tokens = tokens[start:end]
    apply(row, state)
    changed = state.tokens is not part
    state.tokens = [*tokens[:start], *state.tokens, *tokens[end:]] if changed else tokens


def apply_nested(row: Construct, state: RecoveryState) -> None:
    """The same for a construct that begins with its bracket, and goes to the end of that."""
    ends = _closing(state.tokens) if state.keys().may_have(row.trigger) else {}
    _apply(row, state, lambda last: ends.get(last - 1, len(state.tokens)))


def _apply(row: Construct, state: RecoveryState, widened: Callable[[int], int]) -> None:
    keys = state.keys()
    if not keys.may_have(row.trigger):
        return
    result: list[Token] = []
    at = 0
    name = "here" if "here" in row.expression.groupindex else 0
    for match in row.expression.finditer(keys.text):

        def group(name: str, match: re.Match[str] = match) -> list[Token]:
            first, last = (bisect_left(keys.starts, offset) for offset in match.span(name))
            return state.tokens[first:last]

        first, last = (bisect_left(keys.starts, offset) for offset in match.span(name))
        if first < at or first == last:
            continue
        last = widened(last)
        original = state.tokens[first:last]
        rewritten = original if row.rewrite is None else row.rewrite(original, group)
        if len(state.found) < MAX_DIAGNOSTICS:
            finding = _diagnostic(row, state, first, last, rewritten)
            state.found.append(finding)
            if row.compiles:
                state.compiled.add(finding)
        else:
            state.omitted += 1
        state.extended |= row.by_compiling
        state.exact &= row.exact and not _has_unknown(rewritten, original)
        result += state.tokens[at:first]
        result += rewritten
        at = last
    if at:
        state.tokens = result + state.tokens[at:]


def _has_unknown(rewritten: Sequence[Token], original: Sequence[Token]) -> bool:
    """Whether something that goes on stands for what nobody knows."""
    holes = {piece for piece in rewritten if piece.kind == "ANY"}
    return bool(holes) and not holes <= set(original)


def _closing(pieces: Sequence[Token]) -> dict[int, int]:
    """For each opening bracket the position behind its closing one, or behind the last piece."""
    ends: dict[int, int] = {}
    opened: list[int] = []
    stop = len(pieces) - bool(pieces and pieces[-1].kind == "SEMICOLON")
    for position, piece in enumerate(pieces):
        if piece.kind == "OPEN":
            opened.append(position)
        elif piece.kind == "CLOSE" and opened:
            ends[opened.pop()] = position + 1
    return ends | dict.fromkeys(opened, stop)


def _diagnostic(
    row: Construct, state: RecoveryState, first: int, last: int, rewritten: Sequence[Token]
) -> Diagnostic:
    pieces = state.tokens
    span = Span(pieces[first].start(), pieces[last - 1].end())
    text = state.text[span.start : span.end]
    shown = visible(" ".join(text.replace("`", "").split()) if len(text) <= 60 else text[:57] + "…")
    edits = _edits(state.text, pieces[first:last], rewritten) if row.exact and row.rewrite else ()
    message, help_ = (_fill(template, text, shown) for template in (row.message, row.help))
    return syntax_diagnostic(row.slug, span, message, help_, edits)


def _fill(template: str, text: str, excerpt: str) -> str:
    """What a row says, of this text."""
    if "{answer}" in template:
        template = template.replace("{answer}", effect_of(text))
    if "{value}" in template:
        template = template.replace("{value}", effect_of_value(text))
    return template.replace("{found}", excerpt)


def _edits(text: str, original: Sequence[Token], rewritten: Sequence[Token]) -> tuple[Edit, ...]:
    """What makes the text that which goes on: as little as can be."""
    if _has_unknown(rewritten, original) or any(piece.kind == "ROWS" for piece in rewritten):
        return ()
    had = set(original)
    if [piece for piece in rewritten if piece in had] == list(original):
        return tuple(
            Edit(Span(*piece.place), piece.text) for piece in rewritten if piece not in had
        )
    if [piece.place for piece in rewritten] == [piece.place for piece in original]:
        pairs = zip(original, rewritten, strict=True)
        return tuple(_spaced_edit(text, new.place, new.text) for old, new in pairs if new != old)
    start, end = original[0].start(), original[-1].end()
    if not rewritten:
        return (Edit(_span_to_delete(text, start, end), ""),)
    return (_spaced_edit(text, (start, end), _text_of(rewritten)),)


def _spaced_edit(text: str, place: tuple[int, int], new: str) -> Edit:
    """The edit that puts a text in a place, with a blank where two words would become one."""
    start, end = place
    if new == ",":
        start = len(text[:start].rstrip(" \t"))
    before = " " if _WORDS_MEET.fullmatch(text[max(0, start - 1) : start] + new[:1]) else ""
    after = " " if _WORDS_MEET.fullmatch(new[-1:] + text[end : end + 1]) else ""
    return Edit(Span(start, end), f"{before}{new}{after}")


def _text_of(pieces: Sequence[Token]) -> str:
    """The text of pieces, with no blank inside brackets and none before a comma."""
    text = pieces[0].text
    for last, piece in pairwise(pieces):
        close = last.kind == "OPEN" or piece.kind in ("CLOSE", "COMMA")
        text += piece.text if close else f" {piece.text}"
    return text


def _span_to_delete(text: str, start: int, end: int) -> Span:
    """What to delete, so that neither two blanks stay nor none between two words."""
    first = start
    while first and text[first - 1] in " \t":
        first -= 1
    if first == start:
        return Span(start, end)
    if text[end : end + 1] in ",;)":  # the end of the text, too
        return Span(first, end)
    blank = _BLANKS.match(text, end)
    return Span(start, blank.end() if blank else end)
