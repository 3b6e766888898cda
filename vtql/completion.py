"""What an editor offers while a query is typed: a function of text, place and catalog.

What could stand at a place is read off the stack of the parser, as messages do it; so keywords,
modules, fields and values come where the grammar has them and nowhere else. A token that does not
fit is passed over, as what stands before the cursor is seldom finished.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from vtql.catalog.catalog import Catalog
from vtql.catalog.model import Field, Module
from vtql.catalog.types import Family
from vtql.parser.lalr import shift, start_stack, tables
from vtql.parser.literals import quote
from vtql.parser.names import unwritable_name_reason
from vtql.recovery.lexer import match_token
from vtql.recovery.messages import PHRASES, expected_keywords, expected_tokens
from vtql.source import Span

MAX_COMPLETIONS = 50
"""Completions that are offered at a place."""

_LITERAL = re.compile(r"'(?:[^'\\]++|\\[^']|'')*+'")
_SPACE = ("BLANK", "COMMENT", "BLOCK", "ODDBLANK")
_FROM = re.compile(r"\bfrom[ \t\r\n]+([A-Za-z_]\w*)", re.IGNORECASE)
_SIGNS = ("=", "!=", "<", "<=", ">", ">=")
_FIELDS = tuple(PHRASES[symbol] for symbol in ("columns", "column", "tree", "sort_list"))


@dataclass(frozen=True, slots=True)
class Completion:
    """Something that could stand in a place.

    `text` goes in place of `span`; `kind` is `keyword`, `operator`, `module`, `field` or `value`;
    `detail` says what a reader wants to know of it, such as the type of a field.
    """

    text: str
    kind: str
    detail: str
    span: Span


def completions(text: str, offset: int, catalog: Catalog | None = None) -> tuple[Completion, ...]:
    """What could stand at an offset of a text, counted in characters; at most `MOST`.

    Names that begin with the word before the offset come first, then those that have it inside.
    Without a catalog there are keywords and operators alone. No text makes it raise.
    """
    offset = max(0, min(offset, len(text)))
    before = _before(text, offset)
    if before is None:
        return ()
    tokens, begun = before
    stack, field = start_stack(), ""
    for scanned, word in tokens:
        kind = _keyword(word) if scanned == "NAME" else scanned
        if kind == "SEMICOLON":
            stack, field = start_stack(), ""
            continue
        if kind == "NAME" and PHRASES["tree"] in expected_tokens(stack):
            field = word
        stack = shift(stack, kind) or stack
    word = text[begun:offset]
    module = _module(text, offset, catalog)
    sights = expected_tokens(stack)
    candidates = [*_names(sights, module, field, catalog, quoted=word.startswith("'"))]
    if not word.startswith("'"):
        candidates += [
            ("ORDER BY" if candidate == "ORDER" else candidate, "keyword", "")
            for candidate in expected_keywords(stack)
        ]
        if PHRASES["operator"] in sights:
            candidates += [(sign, "operator", "") for sign in _SIGNS]
    span = Span(begun, offset)
    return tuple(Completion(*candidate, span) for candidate in _fitting(candidates, word))[
        :MAX_COMPLETIONS
    ]


def _names(
    sights: Iterable[str],
    module: Module | None,
    field: str,
    catalog: Catalog | None,
    *,
    quoted: bool,
) -> Iterator[tuple[str, str, str]]:
    """Names and values of the catalog that could stand: the text, its kind, a word about it."""
    sights = tuple(sights)
    if not quoted:
        if PHRASES["module"] in sights and catalog is not None:
            for name in catalog:
                if not unwritable_name_reason(name):
                    yield name, "module", catalog[name].label
        if module is not None and any(other_field in sights for other_field in _FIELDS):
            for other_field in module.fields.values():
                if other_field.name not in module.unnameable:
                    yield other_field.name, "field", f"{other_field.label}, {other_field.type.name}"
    if (
        module is not None
        and field in module.fields
        and (PHRASES["value"] in sights or PHRASES["values"] in sights)
    ):
        for value in _values(module.fields[field]):
            yield quote(value), "value", field


def _values(field: Field) -> tuple[str, ...]:
    if field.type.family is Family.TRUTH:
        return "1", "0"
    return tuple(choice for choice in field.choices if choice)


def _fitting(
    candidates: Iterable[tuple[str, str, str]], word: str
) -> Iterable[tuple[str, str, str]]:
    """Those that have the word, the ones that begin with it first; the word itself is no news."""
    prefix = word.casefold()
    having = [
        candidate for candidate in dict.fromkeys(candidates) if prefix in candidate[0].casefold()
    ]
    ordered = sorted(having, key=lambda candidate: not candidate[0].casefold().startswith(prefix))
    return [] if prefix and [candidate[0] for candidate in ordered] == [word] else ordered


def _before(text: str, offset: int) -> tuple[list[tuple[str, str]], int] | None:
    """The tokens before an offset, and where the word or literal begins that ends there; None
    inside a comment."""
    tokens: list[tuple[str, str]] = []
    at = 0
    while at < offset:
        literal = _LITERAL.match(text, at, offset) if text[at] == "'" else None
        if text[at] == "'" and literal is None:
            return tokens, at
        match = literal or match_token(text, at, offset)
        kind = "LITERAL" if literal else str(match.lastgroup)
        if match.end() == offset and kind in ("NAME", "WORD"):
            return tokens, at
        if kind == "COMMENT" and match.end() == offset:
            return None
        if kind not in _SPACE:
            tokens.append((kind, match.group()))
        at = match.end()
    return tokens, offset


def _keyword(word: str) -> str:
    return tables("extended").keywords.get(word.lower(), "NAME")


def _module(text: str, offset: int, catalog: Catalog | None) -> Module | None:
    """The module of the query that an offset is in, which may follow it."""
    start = text.rfind(";", 0, offset) + 1
    match = _FROM.search(text, start)
    if catalog is None or match is None or match[1] not in catalog:
        return None
    return catalog[match[1]]
