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

_SAID = r"\w+|'(?:[^']|'')+'|[+-]?[0-9]+|<=|>=|!=|[()*,;=<>]"
_TOKEN = re.compile(_SAID, re.ASCII)
_READABLE = re.compile(rf"(?:[ \t\r\n]|{_SAID})*+", re.ASCII)
_MODULE = re.compile(r"from[ \t\n\v\f\r]+([^\s;]+)", re.IGNORECASE | re.ASCII)
_NAME = re.compile(r"\w+", re.ASCII)
_SELECT = re.compile(r"select\b", re.IGNORECASE)


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
    return DENIED if no_module(text) else ENDLESS


def answer_without_from(text: str) -> str:
    """The answer to a text whose FROM is not where it should be."""
    return DENIED if no_module(text) else SYNTAX


def no_module(text: str) -> bool:
    """Whether a server finds no name of a module in a text: it denies the rest unread."""
    found = _MODULE.search(text)
    return found is None or _NAME.fullmatch(found[1]) is None


def answer_to_all(text: str) -> str:
    """The answer to the whole text where a server reads no further than its head, or nothing."""
    if no_module(text):
        return DENIED
    return "" if _SELECT.match(text) else ENDLESS


def as_answered(message: str, answer: str) -> str:
    """The message with the answer that a server gives to the whole text, if it gives one to that."""
    if not answer:
        return message
    if ENDLESS in message:
        return message.replace(ENDLESS, answer)
    return message.replace(SYNTAX, answer).replace(UNREADABLE, answer)
