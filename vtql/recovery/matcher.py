"""Finds foreign constructs in the tokens of a statement, reports them and rewrites them.

A pattern is a regular expression, not over the text but over the *keys* of its tokens: a word
stands for itself in lower case, everything else for its kind in capitals, each followed by a blank.
`select a from B where c is null;` has the keys `select a from b where c is null SEMICOLON `, and
`is (?:not )?null ` matches the test in them, whatever blanks, comments and case the text has.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import accumulate, pairwise
from typing import NamedTuple, TypeAlias

from vtql.diagnostics import Diagnostic, Edit
from vtql.parser.literals import read_literal, too_long_to_write, write_literal
from vtql.parser.vtiger_parser import EFFECTS_IN_GENERAL
from vtql.recovery.lexer import Token
from vtql.recovery.syntax_codes import syntax_diagnostic
from vtql.sanitize import visible
from vtql.source import Span
from vtql.suggestions import listing

RESERVED = (
    "where", "order", "orderby", "limit", "group", "having", "union", "join", "inner", "left",
    "right", "full", "cross", "on", "as", "and", "or", "offset", "fetch", "from", "in", "like",
    "not", "is", "between", "select", "into", "straight_join", "groupby", "natural",
)  # fmt: skip
"""Words that are no names where a name is meant."""

VALUES = (
    "LITERAL", "DOUBLE", "CURLY", "NUMBER", "SIGNED", "ID", "DECIMAL", "DATE", "ODDDATE", "TIME",
    "EMAIL", "URL", "WORD", "SUM", "GLUED", "HOLE", "ANY",
)  # fmt: skip
"""Kinds of tokens that a value may be."""

NAME = rf"(?!(?:{'|'.join(RESERVED)}) )[a-z_]\w* "
VALUE = rf"(?:{'|'.join(VALUES)}) "
PLAIN_WORD = r"(?:(?!(?:and|or|order|orderby|limit|group|in|like|not|is|between|where|from|null|true|false) )[a-z_]\w* )"
COMPARES = r"(?:[ENLG][QTE]|[<>=!]+|i?like) "
"""EQ, NE, LT, LE, GT, GE, and the operators of other languages; short, so that it compiles fast."""

CONDITION = r"(?:where|and|or|not|OPEN|&&|\|\||BANG) "
"""What a condition follows."""

CONDITION_ENDS = r"(?=(?:and|or|&&|\|\||CLOSE|order|orderby|limit|group|SEMICOLON) |\Z)"
NEXT_CLAUSE = r"(?=(?:where|group|groupby|having|order|orderby|limit|offset|fetch|union|intersect|except|minus|for|SEMICOLON) |\Z)"

Group: TypeAlias = Callable[[str], Sequence[Token]]
Rewrite: TypeAlias = Callable[[Sequence[Token], Group], list[Token]]
"""From the tokens of a construct, and the groups of its pattern, to the tokens that replace them."""

Effect: TypeAlias = str | Callable[[str], str]
"""What a server does with a construct, or the function that tells it from the text."""


class Construct(NamedTuple):
    """A row of the tables: a construct of another language, and what there is to report about it.

    Each occurrence has one of the `triggers`, which are looked for before the pattern is compiled:
    a key, some in a row (`not in`), or one somewhere after another (`from … COMMA`); NAME, VALUE
    and COMPARES in it stand for any key of that sort (`COMPARES VALUE COMMA`). What is reported and
    rewritten is the group `here` of the pattern, or all of it. In `message` and `help`, `{found}` is
    the text itself and `{WORD}` its first word in capitals. Without a `rewrite` the construct stays.
    `exact` tells whether the query still means the same after it. `in_extended` tells that the
    extended language has the construct, `needs_compiling` that the result is not plain VTQL yet.
    """

    slug: str
    triggers: frozenset[str]
    pattern: str
    message: str
    effect: Effect
    help: str
    rewrite: Rewrite | None = None
    exact: bool = True
    in_extended: bool = False
    needs_compiling: bool = False

    @property
    def in_general(self) -> tuple[str, str]:
        """The message with the effect, and the help, for any occurrence."""
        effect = self.effect if isinstance(self.effect, str) else EFFECTS_IN_GENERAL[self.effect]
        words = sorted({trigger.split()[0].upper() for trigger in self.triggers})
        message, help_ = (
            text.replace("`{WORD}`", listing(words)).replace("{WORD}", " or ".join(words))
            for text in (self.message, self.help)
        )
        return (f"{message}; {effect}" if effect else message).replace(
            "{found}", "…"
        ), help_.replace("{found}", "…")

    @property
    def expression(self) -> re.Pattern[str]:
        """The pattern, compiled when it is first used: most rows never are."""
        return _compiled(self.pattern)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![^ ])(?:{pattern})")


def exact_row(
    slug: str, triggers: Iterable[str], pattern: str, message: str, effect: Effect, help_: str,
    rewrite: Rewrite,
) -> Construct:  # fmt: skip
    """A row whose rewrite keeps the meaning."""
    return Construct(slug, frozenset(triggers), pattern, message, effect, help_, rewrite)


def lossy_row(
    slug: str, triggers: Iterable[str], pattern: str, message: str, effect: Effect, help_: str,
    rewrite: Rewrite,
) -> Construct:  # fmt: skip
    """A row whose rewrite has another meaning: VTQL cannot express the same."""
    return Construct(
        slug, frozenset(triggers), pattern, message, effect, help_, rewrite, exact=False
    )


def extended_row(
    slug: str, triggers: Iterable[str], pattern: str, message: str, effect: Effect, help_: str,
    rewrite: Rewrite | None = None,
) -> Construct:  # fmt: skip
    """A row of the extended language; plain VTQL has at most what it is rewritten to."""
    return Construct(
        slug, frozenset(triggers), pattern, message, effect, help_, rewrite,
        in_extended=True, needs_compiling=rewrite is None,
    )  # fmt: skip


def respelled_row(
    slug: str, triggers: Iterable[str], pattern: str, message: str, effect: Effect, help_: str,
    rewrite: Rewrite,
) -> Construct:  # fmt: skip
    """A row that the extended language spells differently and plain VTQL lacks."""
    return Construct(
        slug, frozenset(triggers), pattern, message, effect, help_, rewrite,
        in_extended=True, needs_compiling=True,
    )  # fmt: skip


_SORTS = frozenset(("NAME", "VALUE", "COMPARES"))
_COMPARES = frozenset(("EQ", "NE", "LT", "LE", "GT", "GE", "like"))


@dataclass(frozen=True)
class Keys:
    """The keys of tokens: in a row, as a set, and as the text that patterns match."""

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
        """The text with names, values and comparison operators generalised."""
        sorts = {key: _sort(key) for key in self.present}
        return " ".join([*map(sorts.__getitem__, self.all), ""])

    def may_have(self, row: Construct) -> bool:
        """Whether one of the triggers of a construct is there."""
        return not self.present.isdisjoint(row.triggers) or any(map(self.has, row.triggers))

    def has(self, trigger: str) -> bool:
        """Whether a trigger is there (see `Construct`)."""
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
    """The keys of tokens."""
    keys = [
        token.text.lower() if token.kind == "NAME"
        else token.text if token.kind == "OPERATOR" else token.kind
        for token in tokens
    ]  # fmt: skip
    return Keys(tokens, keys, frozenset(keys), " ".join([*keys, ""]))


MAX_DIAGNOSTICS = 1000
"""Diagnostics of a statement that are made; fewer still are reported."""

_BLANKS = re.compile(r"[ \t]*")
_WORDS_MEET = re.compile(r"\w\w|''|[-+]\d|\w'")


@dataclass(slots=True)
class RecoveryState:
    """A statement during recovery.

    `rows` has the construct of those diagnostics that report one. `exact` tells whether the tokens
    still mean what was written, `extended` whether they need compiling to be VTQL. `omitted` counts
    the diagnostics beyond `MAX_DIAGNOSTICS`.
    """

    text: str
    tokens: list[Token]
    diagnostics: list[Diagnostic]
    rows: dict[Diagnostic, Construct] = field(default_factory=dict)
    exact: bool = True
    extended: bool = False
    omitted: int = 0
    _keys: Keys | None = None

    def keys(self) -> Keys:
        """The keys of the tokens, computed anew when the tokens have changed."""
        if self._keys is None or self._keys.tokens is not self.tokens:
            self._keys = keys_of(self.tokens)
        return self._keys

    def excerpt(self, span: Span) -> str:
        """The text of a span as a message quotes it: on one line, shortened, without backticks."""
        text = self.text[span.start : span.end]
        return visible(
            " ".join(text.replace("`", "").split()) if len(text) <= 60 else text[:57] + "…"
        )


def shortened(text: str) -> str:
    """The text as a message quotes it, cut where it is long."""
    return text if len(text) <= 40 else text[:37] + "…"


def apply(row: Construct, state: RecoveryState) -> None:
    """Report and rewrite every occurrence of a construct."""
    _apply(row, state, lambda last: last)


def apply_to_columns(row: Construct, state: RecoveryState) -> None:
    """The same between SELECT and FROM; a text without FROM has no columns that could be distinguished."""
    keys = state.keys()
    if keys.may_have(row) and "from" in keys.present:
        _apply_to_range(row, state, 0, keys.all.index("from") + 1)


def apply_to_order(row: Construct, state: RecoveryState) -> None:
    """The same from the first ORDER on."""
    keys = state.keys()
    if keys.may_have(row) and not keys.present.isdisjoint(("order", "orderby")):
        start = next(index for index, key in enumerate(keys.all) if key in ("order", "orderby"))
        _apply_to_range(row, state, start, len(keys.all))


def _apply_to_range(row: Construct, state: RecoveryState, start: int, end: int) -> None:
    tokens = state.tokens
    part = state.tokens = tokens[start:end]
    apply(row, state)
    changed = state.tokens is not part
    state.tokens = [*tokens[:start], *state.tokens, *tokens[end:]] if changed else tokens


def apply_nested(row: Construct, state: RecoveryState) -> None:
    """The same for a construct whose match ends with an opening bracket: it ends where that closes."""
    ends = _closing(state.tokens) if state.keys().may_have(row) else {}
    _apply(row, state, lambda last: ends.get(last - 1, len(state.tokens)))


def _apply(row: Construct, state: RecoveryState, end_of: Callable[[int], int]) -> None:
    keys = state.keys()
    if not keys.may_have(row):
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
        last = end_of(last)
        original = state.tokens[first:last]
        rewritten = original if row.rewrite is None else row.rewrite(original, group)
        if len(state.diagnostics) < MAX_DIAGNOSTICS:
            diagnostic = _diagnostic(row, state, original, rewritten)
            state.diagnostics.append(diagnostic)
            state.rows[diagnostic] = row
        else:
            state.omitted += 1
        state.extended |= row.needs_compiling
        state.exact &= row.exact and not _has_unknown(rewritten, original)
        result += state.tokens[at:first]
        result += rewritten
        at = last
    if at:
        state.tokens = result + state.tokens[at:]


def _has_unknown(rewritten: Sequence[Token], original: Sequence[Token]) -> bool:
    """Whether a token with an unknown text was added."""
    unknown = {token for token in rewritten if token.kind == "ANY"}
    return bool(unknown) and not unknown <= set(original)


def _closing(tokens: Sequence[Token]) -> dict[int, int]:
    """For each opening bracket the index after its closing one, or after the last token."""
    ends: dict[int, int] = {}
    opened: list[int] = []
    stop = len(tokens) - bool(tokens and tokens[-1].kind == "SEMICOLON")
    for index, token in enumerate(tokens):
        if token.kind == "OPEN":
            opened.append(index)
        elif token.kind == "CLOSE" and opened:
            ends[opened.pop()] = index + 1
    return ends | dict.fromkeys(opened, stop)


def _diagnostic(
    row: Construct, state: RecoveryState, original: Sequence[Token], rewritten: Sequence[Token]
) -> Diagnostic:
    span = Span(original[0].start(), original[-1].end())
    text = state.text[span.start : span.end]
    excerpt, word = state.excerpt(span), original[0].text.upper()
    message, help_ = (
        template.replace("{WORD}", word).replace("{found}", excerpt)
        for template in (row.message, row.help)
    )
    effect = row.effect if isinstance(row.effect, str) else row.effect(text)
    edits = _edits(state.text, original, rewritten) if row.exact and row.rewrite else ()
    return syntax_diagnostic(row.slug, span, message, help_, edits, effect)


def _edits(text: str, original: Sequence[Token], rewritten: Sequence[Token]) -> tuple[Edit, ...]:
    """The smallest edits that rewrite the text."""
    if _has_unknown(rewritten, original) or any(token.kind == "ROWS" for token in rewritten):
        return ()
    old_tokens = set(original)
    if [token for token in rewritten if token in old_tokens] == list(original):
        return tuple(
            Edit(Span(*token.place), token.text) for token in rewritten if token not in old_tokens
        )
    if [token.place for token in rewritten] == [token.place for token in original]:
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


def _text_of(tokens: Sequence[Token]) -> str:
    """The text of tokens, without a blank inside brackets or before a comma."""
    text = tokens[0].text
    for last, token in pairwise(tokens):
        joined = last.kind == "OPEN" or token.kind in ("CLOSE", "COMMA")
        text += token.text if joined else f" {token.text}"
    return text


def _span_to_delete(text: str, start: int, end: int) -> Span:
    """What to delete so that neither two blanks stay nor none between two words."""
    first = start
    while first and text[first - 1] in " \t":
        first -= 1
    if first == start:
        return Span(start, end)
    if text[end : end + 1] in ",;)":  # the end of the text, too
        return Span(first, end)
    blank = _BLANKS.match(text, end)
    return Span(start, blank.end() if blank else end)


_OF_QUOTES = "\"`[]‘’‚‛´“”„«»'"
_MIRRORED = {"LT": ("GT", ">"), "GT": ("LT", "<"), "LE": ("GE", ">="), "GE": ("LE", "<=")}


def nothing(_tokens: Sequence[Token], _group: object = None) -> list[Token]:
    """The construct is left out."""
    return []


def unknown(tokens: Sequence[Token], _group: object = None) -> list[Token]:
    """One token that may be anything."""
    return [Token("ANY", "…", (tokens[0].start(), tokens[-1].end()))]


def only_group(name: str) -> Rewrite:
    """Only the tokens of a group of the pattern."""
    return lambda _tokens, group: list(group(name))


def one_token(kind: str, text: str) -> Rewrite:
    """One token: a sign, or with kind NAME a word."""
    return lambda tokens, _group: [Token(kind, text, (tokens[0].start(), tokens[-1].end()))]


def words(*names: str) -> Rewrite:
    """Words in the place of the first token."""
    return lambda tokens, _group: [Token("NAME", name, tokens[0].place) for name in names]


def as_literal(tokens: Sequence[Token], _group: object = None) -> list[Token]:
    """One value in single quotes."""
    value = value_of(tokens) or " "
    place = (tokens[0].start(), tokens[-1].end())
    return [Token("LITERAL", "'…'" if too_long_to_write(value) else write_literal(value), place)]


def value_of(tokens: Sequence[Token]) -> str:
    """The value that tokens mean, as text."""
    first = tokens[0]
    match first.kind:
        case "DOUBLE" | "LITERAL":
            return read_literal(first.text)
        case "CURLY" | "BACKTICK":
            return first.text[1:-1]
        case "DATE":
            return first.text.replace("T", " ")
    return " ".join(token.text for token in tokens)


def as_checkbox_value(tokens: Sequence[Token], _group: object = None) -> list[Token]:
    """`true` and `false` as a checkbox is compared: 1 and 0."""
    truth = "'1'" if tokens[0].word == "true" else "'0'"
    return [Token("LITERAL", truth, tokens[0].place)]


def signed_number(tokens: Sequence[Token], _group: object = None) -> list[Token]:
    """`- 5` as `-5`."""
    return _row(tokens, ("SIGNED", tokens[0].text + tokens[1].text))


def as_checkbox(kind: str, operator: str) -> Rewrite:
    """`is true` and `is false` as a comparison of a checkbox, with this operator."""
    return lambda tokens, group: [
        Token(kind, operator, tokens[0].place), *as_checkbox_value(tokens[-1:], group),
    ]  # fmt: skip


def as_name(tokens: Sequence[Token], _group: object = None) -> list[Token]:
    """One name without quotes."""
    text = tokens[0].text.strip(_OF_QUOTES)
    plain = text.isascii() and text.isidentifier()
    return [Token("NAME" if plain else "ANY", text or "…", tokens[0].place)]


def count_star(tokens: Sequence[Token], _group: object = None) -> list[Token]:
    """`count(*)`."""
    return _row(tokens, ("NAME", "count"), ("OPEN", "("), ("STAR", "*"), ("CLOSE", ")"))


def unknown_condition(tokens: Sequence[Token], _group: object = None) -> list[Token]:
    """A condition that stands for one that VTQL does not have."""
    return _row(tokens, ("ANY", "…"), ("EQ", "="), ("ANY", "…"))


def unknown_comparison(tokens: Sequence[Token], _group: object = None) -> list[Token]:
    """An operator and a value, for what VTQL does not have after a field."""
    return [Token("EQ", "=", tokens[0].place), Token("ANY", "…", tokens[0].place)]


def bracketed(tokens: Sequence[Token], _group: object = None) -> list[Token]:
    """Values in brackets."""
    return [
        Token("OPEN", "(", (tokens[0].start(), tokens[0].start())),
        *tokens,
        Token("CLOSE", ")", (tokens[-1].end(), tokens[-1].end())),
    ]


def closed_list(tokens: Sequence[Token], _group: object = None) -> list[Token]:
    """A list whose closing bracket was missing."""
    return [*tokens, Token("CLOSE", ")", (tokens[-1].end(), tokens[-1].end()))]


def swapped(tokens: Sequence[Token], _group: object = None) -> list[Token]:
    """`5 < amount` as `amount > 5`."""
    value, operator, name = tokens
    kind, text = _MIRRORED.get(operator.kind, (operator.kind, operator.text))
    return [name, Token(kind, text, operator.place), value]


def repeat_field(tokens: Sequence[Token], group: Group) -> list[Token]:
    """`or 'y'` after `city = 'x'` as `or city = 'y'`."""
    repeated = [*group("field"), *group("operator")]
    return [
        token
        for word, value in zip(tokens[::2], tokens[1::2], strict=True)
        for token in (word, *repeated, value)
    ]


def as_membership(tokens: Sequence[Token], _group: object = None) -> list[Token]:
    """`= 'x' or 'y'` as `in ('x', 'y')`."""
    values = tokens[1::2]
    result = [Token("NAME", "IN", tokens[0].place), *bracketed(values)[:1]]
    for value in values:
        result += [value, Token("COMMA", ",", (value.end(), value.end()))]
    return [*result[:-1], *bracketed(values)[-1:]]


def with_commas(tokens: Sequence[Token], _group: object = None) -> list[Token]:
    """Names with AND between them as names with commas."""
    return [Token("COMMA", ",", token.place) if token.word == "and" else token for token in tokens]


def round_brackets(tokens: Sequence[Token], _group: object = None) -> list[Token]:
    """A list in round brackets."""
    first, *values, last = tokens
    return [Token("OPEN", "(", first.place), *values, Token("CLOSE", ")", last.place)]


def complete_names(tokens: Sequence[Token], _group: object = None) -> list[Token]:
    """Names with AND and OR between them as unknown conditions."""
    result: list[Token] = []
    for token in tokens:
        match token.kind, token.word:
            case "OPERATOR", _:
                result.append(Token("NAME", "and" if token.text == "&&" else "or", token.place))
            case _, "and" | "or" | "not":
                result.append(token)
            case _:
                result += [token, *unknown_comparison([token])]
    return result


def split_range(_tokens: Sequence[Token], group: Group) -> list[Token]:
    """`5 < amount < 10` as `amount > 5 and amount < 10`."""
    (low,), (less,), (field,), (greater,), (high,) = map(
        group, ("low", "less", "field", "more", "high")
    )
    return [
        *swapped([low, less, field]), Token("NAME", "and", greater.place), field, greater, high,
    ]  # fmt: skip


def as_empty_test(tokens: Sequence[Token], _group: object = None) -> list[Token]:
    """`is [not] null` as `is [not] empty`, the nearest thing."""
    return [*tokens[:-1], Token("NAME", "empty", tokens[-1].place)]


def row_count(tokens: Sequence[Token], _group: object = None) -> list[Token]:
    """A number that belongs after LIMIT; `vtql.recovery.keywords` moves it there."""
    number = next((token.text for token in tokens if token.kind == "NUMBER"), "1")
    return [Token("ROWS", number, (tokens[0].start(), tokens[-1].end()))]


def limit_offset(tokens: Sequence[Token], _group: object = None) -> list[Token]:
    """`offset 5 limit 10` as `limit 10 offset 5`."""
    place = (tokens[0].start(), tokens[-1].end())
    numbers = [token.text for token in tokens if token.kind == "NUMBER"]
    offset, count = (*numbers, "1")[:2]
    return [
        Token("NAME", "LIMIT", place), Token("NUMBER", count, place),
        Token("NAME", "OFFSET", place), Token("NUMBER", offset, place),
    ]  # fmt: skip


def between_and(tokens: Sequence[Token], _group: object = None) -> list[Token]:
    """`between (1, 2)` as `between 1 and 2`."""
    first, *rest = [token for token in tokens if token.kind not in ("OPEN", "CLOSE")]
    words = [first, *rest]
    joint = len(words) - 2
    return [*words[:joint], Token("NAME", "AND", words[joint].place), *words[joint + 1 :]]


def _row(tokens: Sequence[Token], *parts: tuple[str, str]) -> list[Token]:
    place = (tokens[0].start(), tokens[-1].end())
    return [Token(kind, text, place) for kind, text in parts]
