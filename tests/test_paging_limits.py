"""How long a read by id waits for a record that does not come: few requests, and an end."""

from __future__ import annotations

from typing import Any

import pytest

from vtql.errors import BrokenAnswer
from vtql.query.id_paging import Pages, by_id


class Server:
    """A server whose last record is seen from behind only: in every window it does not come.

    After `deleted_after` windows it is deleted.
    """

    def __init__(self, deleted_after: int) -> None:
        self.deleted_after = deleted_after
        self.windows = 0

    def page(self, _last: str | None, size: int, _offset: int) -> list[dict[str, Any]]:
        if size == 1:  # a look at one record, which is there from both sides
            return [{"id": "12x500"}] if self.exists else []
        self.windows += 1
        return []

    def last_ids(self, _last: str | None) -> list[str]:
        return ["12x500"] if self.exists else []

    @property
    def exists(self) -> bool:
        return self.windows <= self.deleted_after

    @property
    def pages(self) -> Pages:
        return Pages(self.page, self.last_ids)


def test_a_record_that_is_deleted_while_it_is_awaited_ends_the_read_within_a_few_windows() -> None:
    server = Server(deleted_after=5)
    assert list(by_id(server.pages, None)) == []
    assert server.windows < 20


def test_a_record_that_never_comes_is_a_broken_promise_after_a_thousand_windows() -> None:
    server = Server(deleted_after=1_000_000)
    with pytest.raises(BrokenAnswer, match="1,000 windows in a row came without a row"):
        list(by_id(server.pages, None))
    assert 1_000 <= server.windows < 1_300
