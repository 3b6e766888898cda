"""All rows of a query over several logins at once, in the order of their ids.

A server does the requests of one session in turn (measured), so a read is as fast as there are
logins. The ids behind the first page are cut into pieces (`pieces.py`), each read as one login reads
all: by `id > last ORDER BY id`. A piece has no upper bound in its query; it ends with the first row
behind it, so that nothing is asked only to hear that there is no more. What ends a read, and that
neither a short page nor an empty one does, stands in `vtql/query/id_paging.py`, and holds here.
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Generic, NoReturn, TypeVar

from vtql.client.lines import Lines
from vtql.client.operations.reading import run_query
from vtql.client.pieces import Piece, Pieces
from vtql.client.session import Session
from vtql.client.wanted import NotWanted, wanted_until
from vtql.protocol import PAGE
from vtql.query.connection import Row
from vtql.query.id_paging import (
    Pages,
    by_id,
    comes_after,
    end_of,
    in_order,
    number_of,
    rows_after_hidden,
)

ANEW = 9
"""How often a session may be gone again under one request; each time it is sent in a new one. While
a login waits for its turn among many, what was made for it may have ended."""
FEW = 3 * PAGE
"""A slice of so many rows is not worth several logins."""

MORE = 4
"""Threads that read besides one for each login, so that a login has its next request when an answer has
come, and not only when its rows are made."""

T = TypeVar("T")


class Spread:
    """The way to a server over several logins: a function from VTQL to its rows, one page, and
    all rows by id. No more requests are under way at any time than there are logins."""

    __slots__ = ("_first", "_lines", "connections")

    def __init__(self, sessions: Sequence[Session]) -> None:
        self.connections = len(sessions)
        self._first = sessions[0]
        self._lines = Lines(sessions)

    def __call__(self, text: str) -> list[Row]:
        """The rows of one query, over whichever login is free."""
        return run_query(self._first, text, ANEW, self._lines.carry)

    def by_id(self, pages: Pages, most: int | None) -> Iterator[Row]:
        """All rows in the order of their ids, `most` of them. `pages` asks through this object."""
        if most is not None and most <= FEW:
            return by_id(pages, most)
        return islice(self._all(pages), most)

    def _all(self, pages: Pages) -> Iterator[Row]:
        with Meanwhile(lambda: end_of(pages, None)) as end:
            first = in_order(pages.page(None, PAGE, 0), None, pages.direction)
            yield from first
            if len(first) < PAGE:
                yield from by_id(pages, None, after=first[-1]["id"] if first else None)
                return
            last = first[-1]["id"]
            top = end.result()
        if top is None or not comes_after(top, last, pages.direction):
            yield from by_id(pages, None, after=last)
            return
        spread = float(number_of(last) - number_of(first[0]["id"]) + 1)
        pieces = Pieces(number_of(last), number_of(top), spread, self.connections)
        reading = Reading(pages, last.partition("x")[0], pieces)
        yield from reading.rows(self.connections + MORE)


class Meanwhile(Generic[T]):
    """A question that is asked in a thread of its own, while something else is."""

    def __init__(self, ask: Callable[[], T]) -> None:
        self._ask = ask
        self._over = threading.Event()
        self._process = os.getpid()
        self._came: queue.SimpleQueue[Callable[[], T]] = queue.SimpleQueue()

    def __enter__(self) -> Meanwhile[T]:
        threading.Thread(target=self._work, name="vtql-meanwhile", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        if os.getpid() == self._process:
            self._over.set()

    def result(self) -> T:
        """What came of it; raises what it ended with."""
        return self._came.get()()

    def _work(self) -> None:
        with wanted_until(self._over):
            try:
                found = self._ask()
            except NotWanted:
                return
            except BaseException as error:  # noqa: BLE001 - raised again where the answer is wanted
                self._came.put(partial(_raise, error))
            else:
                self._came.put(lambda: found)


def _raise(error: BaseException) -> NoReturn:
    raise error


class Reading:
    """The threads of one read. `pages` gives the rows behind an id, of which `prefix` is a part."""

    def __init__(self, pages: Pages, prefix: str, pieces: Pieces) -> None:
        self._pages = pages
        self._prefix = prefix
        self._pieces = pieces
        self._lock = threading.Lock()
        self._ready = threading.Condition(self._lock)  # for who takes: the next rows are there
        self._room = threading.Condition(self._lock)  # for who reads: a piece may be begun
        self._error: BaseException | None = None
        self._stopped = threading.Event()

    def rows(self, threads: int) -> Iterator[Row]:
        """The rows in order."""
        process = os.getpid()
        for number in range(threads):
            threading.Thread(target=self._work, name=f"vtql-{number}", daemon=True).start()
        try:
            while (page := self._next()) is not None:
                yield from page
        finally:
            if (
                os.getpid() == process
            ):  # a forked child has no threads, and locks that nobody releases
                self._stop(None)

    def _next(self) -> list[Row] | None:
        """The next rows, perhaps none; None at the end."""
        with self._lock:
            while not (self._pieces.ready or self._stopped.is_set()):
                self._ready.wait()
            if not self._pieces.ready:
                assert self._error is not None
                raise self._error
            page = self._pieces.take()
            self._room.notify()
            return page

    def _work(self) -> None:
        with wanted_until(self._stopped):
            try:
                while (piece := self._begin()) is not None:
                    self._read(piece)
            except NotWanted:
                return
            except BaseException as error:  # noqa: BLE001 - raised again where the rows are taken
                self._stop(error)

    def _begin(self) -> Piece | None:
        """The next piece to read; None when there will be none."""
        with self._lock:
            while not (self._stopped.is_set() or self._pieces.over):
                piece = self._pieces.begin()
                if piece is not None:
                    self._room.notify()  # there may be another one
                    return piece
                self._room.wait()
            self._room.notify()  # the others end, too
            return None

    def _read(self, piece: Piece) -> None:
        end = f"{self._prefix}x{self._pieces.top}"
        while not (piece.over or self._stopped.is_set()):
            last = f"{self._prefix}x{piece.last}"
            page = in_order(self._pages.page(last, PAGE, 0), last, self._pages.direction)
            page = page or rows_after_hidden(self._pages, last, end)
            with self._lock:
                if page:
                    self._pieces.add(piece, page)
                else:
                    self._pieces.finish(piece)
                self._tell()

    def _stop(self, error: BaseException | None) -> None:
        """Ask for nothing more. Requests that are under way end by themselves, unheard."""
        with self._lock:
            self._error = self._error or error
            self._stopped.set()
            self._tell()

    def _tell(self) -> None:
        """Wake whom it concerns. Nobody else: a thread that wakes in vain keeps others from running."""
        if self._pieces.ready or self._stopped.is_set():
            self._ready.notify()
        self._room.notify()
