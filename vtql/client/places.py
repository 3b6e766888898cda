"""Where in a query a refusal points. A server tells a name or a token, never a place."""

from __future__ import annotations

import re

from vtql.errors import QuerySyntaxError, ServiceError
from vtql.protocol import ACCESS_DENIED, INTERNAL_SERVER_ERROR, QUERY_SYNTAX_ERROR
from vtql.source import Span
from vtql.statements import parse

# `Permission to access '.foo.' attribute denied.`, with dots where the field is selected, or
# `… denied for name : Foo`, or `token 'foo' Unexpected …` (reference 1.5 and 4.8).
_NAMED = (
    re.compile(r"access '?\.?(\w+)\.?'? attribute denied", re.ASCII),
    re.compile(r"denied for name : (\w+)", re.ASCII),
)
_TOKEN = re.compile(r"token '(.+?)' Unexpected", re.DOTALL)
_LITERAL = re.compile(r"'(?:[^']|'')*'")


def placed(text: str, error: ServiceError) -> Span | None:
    """The part of the text that a refusal is about; None where that cannot be told."""
    if error.code in (QUERY_SYNTAX_ERROR, INTERNAL_SERVER_ERROR):
        token = _TOKEN.search(error.message)
        return _first_error(text) or (_only(text, token[1]) if token else None)
    if error.code == ACCESS_DENIED:
        for pattern in _NAMED:
            named = pattern.search(error.message)
            if named:
                return _only(text, named[1])
    return None


def _only(text: str, word: str) -> Span | None:
    """The one place of a word outside literals; None where there are none or several."""
    outside = _LITERAL.sub(lambda found: " " * len(found[0]), text)
    found = list(re.finditer(rf"(?<!\w){re.escape(word)}(?!\w)", outside, re.ASCII))
    return Span(*found[0].span()) if len(found) == 1 else None


def _first_error(text: str) -> Span | None:
    try:
        parse(text)
    except QuerySyntaxError as error:
        return error.diagnostics[0].span if error.diagnostics else None
    return None
