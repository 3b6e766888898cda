"""The operation `sync`, page by page.

A page has the changes of a module behind a second, a hundred and all of the last one's second, oldest first;
of records that are deleted it has the ids, without their times. On open-source servers only the user's own
records come (measured), and on Vtiger Cloud those that the type of the sync says, for administrators all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from vtql.catalog.types import RECORD_ID
from vtql.errors import BrokenAnswer

Ask = Callable[[int], Mapping[str, Any]]
"""From a second since 1970 to what `sync` answers for it."""
TIME = "modifiedtime"
LONGEST_ID, SECOND_DIGITS = 50, 11
"""Characters of an id and digits of a second since 1970 at most."""
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Page:
    """Records that were changed, ids of those that are gone, and the second up to which that is all."""

    rows: list[dict[str, Any]]
    gone: list[str]
    last: int


def pages(ask: Ask, since: int) -> Iterator[Page]:
    """All changes behind a second.

    Raises:
        BrokenAnswer: an answer has another shape, or there is no end of them.
    """
    since = max(since, 1)  # 0 is no value to PHP
    while True:
        answer = ask(since)
        page = _page(answer)
        yield page
        if not answer.get("more"):
            return
        if page.last <= since:
            raise BrokenAnswer(
                "sync: the server says that more has changed, and gives the same again"
            )
        since = page.last


def _page(answer: Mapping[str, Any]) -> Page:
    rows, gone, last = (answer.get(key) for key in ("updated", "deleted", "lastModifiedTime"))
    if (
        not isinstance(rows, list)
        or not isinstance(gone, list)
        or not all(isinstance(row, dict) and is_id(row.get("id")) for row in rows)
        or not all(is_moment(row.get(TIME)) for row in rows)
        or not all(map(is_id, gone))
        or not _is_second(last)
    ):
        raise BrokenAnswer("sync: the answer does not tell what has changed")
    return Page(rows, gone, int(str(last)))


def is_id(value: object) -> TypeGuard[str]:
    """Whether a value of an answer is the id of a record."""
    return isinstance(value, str) and len(value) <= LONGEST_ID and bool(RECORD_ID.fullmatch(value))


def is_moment(value: object) -> TypeGuard[str]:
    """Whether a value of an answer is a moment, to the second."""
    return isinstance(value, str) and bool(_MOMENT.fullmatch(value))


def _is_second(value: object) -> bool:
    text = str(value) if isinstance(value, str | int) else ""
    return text.isascii() and text.isdecimal() and len(text) <= SECOND_DIGITS
