"""Where the query of a program goes from the string that it is written in.

A fix of a string is safe only if the string is the text that a server gets: it reaches a call that
sends queries, unchanged, in the function that it is written in. A string that the program completes
before it is sent is not the whole query, so nothing can be said about its end, and a fix of it may
break the query that is sent.
"""

from __future__ import annotations

import re
from enum import Enum


class Fate(Enum):
    """What becomes of the string of a program."""

    SENT = "it is sent as it stands"
    UNKNOWN = "nothing is known of it"
    COMPLETED = "the program adds to it, or changes it, before it is sent"


class Flow:
    """What is known of the ways of a string: where it goes, and which functions it is given to.

    `filled` are the ways in which it is filled in as a template: `percent`, `braces`, `dollars`.
    """

    def __init__(self) -> None:
        self.fates: set[Fate] = set()
        self.given_to: set[str] = set()
        self.filled: set[str] = set()

    @property
    def fate(self) -> Fate:
        """The fate of the string: it is sent as it stands only if all of its ways are known."""
        if Fate.COMPLETED in self.fates:
            return Fate.COMPLETED
        return Fate.SENT if self.fates == {Fate.SENT} else Fate.UNKNOWN


_SENDS = re.compile(
    r"(?:^|[._])(?:do_?|run_?|send_?|raw_?|execute_?)?query(?:_?async)?\Z|(?:^|\.)vtws_query\Z"
)
_SHOWS = re.compile(
    r"(?:^|\.)(?:print|pprint|echo|die|exit|print_r|var_dump|var_export|error_log|len|strlen|bool|"
    r"isinstance|is_string|empty|isset|trigger_error)\Z"
    r"|(?:^|[._])(?:console|\w*log\w*|warnings?)\.(?:\w+\.)*\w+\Z"
)
_ERRORS = re.compile(r"(?:Error|Exception|Warning)\Z")
ADDED = frozenset((
    "limit", "offset", "page", "page_size", "pagesize", "per_page", "size", "start", "count", "order",
    "order_by", "orderby", "sort", "where", "filter", "fields", "columns",
))  # fmt: skip
"""Names of arguments beside a query that a function may add to it."""


def sends(name: str) -> bool:
    """Whether a function, by its dotted name, sends the query that it is given as it stands.

    Functions that read all pages of a query, as their names say (`query_all`), add LIMIT to it.
    """
    return _SENDS.search(name.lower()) is not None


def shows(name: str) -> bool:
    """Whether a function, by its dotted name, only shows a text, measures it or raises an error."""
    return _SHOWS.search(name.lower()) is not None or _ERRORS.search(name) is not None
