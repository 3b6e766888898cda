"""What a server answers to what is no VTQL, as a clause of a message.

A server looks for the module first, by a search through the raw text. Then its lexer and its parser
go on token by token, so whichever stumbles first gives the answer (source; measured on 8.4.0).
"""

from __future__ import annotations

import re

SYNTAX = "a server answers QUERY_SYNTAX_ERROR"
UNREADABLE = "a server answers INTERNAL_SERVER_ERROR"
DENIED = "a server answers ACCESS_DENIED"
NOTHING = "Vtiger 8 answers an empty list, older servers DATABASE_QUERY_ERROR"
ENDLESS = "a server answers QUERY_SYNTAX_ERROR, or its parser runs until its time limit"

_TOKEN = re.compile(r"\w+|'(?:[^']|'')+'|[+-]?[0-9]+|<=|>=|!=|[()*,;=<>]", re.ASCII)
_READABLE = re.compile(rf"(?:[ \t\r\n]|{_TOKEN.pattern})*+", re.ASCII)
_MODULE = re.compile(r"from[ \t\n\v\f\r]+[^\s;]", re.IGNORECASE | re.ASCII)


def answer_to(found: str) -> str:
    """The answer to signs or words that have no place."""
    return SYNTAX if _READABLE.fullmatch(found) else UNREADABLE


def answer_to_value(found: str) -> str:
    """The answer to a value without quotes: its first token passes, and nothing more may follow."""
    first = _TOKEN.match(found)
    if first is None:
        return UNREADABLE
    rest = found[first.end() :].lstrip(" \t\r\n")
    if not rest:
        return NOTHING
    return SYNTAX if _TOKEN.match(rest) else UNREADABLE


def answer_to_start(text: str) -> str:
    """The answer to a text that begins with another word than SELECT."""
    return ENDLESS if _MODULE.search(text) else DENIED


def answer_without_from(text: str) -> str:
    """The answer to a text whose FROM is not where it should be."""
    return SYNTAX if _MODULE.search(text) else DENIED
