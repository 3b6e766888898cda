"""The operation `sync`, page by page.

A page has the changes of a module behind a second, a hundred and all of the last one's second, oldest first;
of records that are deleted it has the ids, without their times. On open-source servers only the user's own
records come (measured), and on Vtiger Cloud those that the type of the sync says, for administrators all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from vtql.errors import BrokenAnswer
from vtql.schema.types import RECORD_ID

Ask = Callable[[int], Mapping[str, Any]]
"""From a second since 1970 to what `sync` answers for it."""
TIME = "modifiedtime"


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
        or not all(isinstance(row, dict) and _is_id(row.get("id")) and TIME in row for row in rows)
        or not all(map(_is_id, gone))
        or not str(last).isdecimal()
    ):
        raise BrokenAnswer("sync: the answer does not tell what has changed")
    return Page(rows, gone, int(str(last)))


def _is_id(value: object) -> bool:
    return isinstance(value, str) and bool(RECORD_ID.fullmatch(value))
