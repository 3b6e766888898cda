"""Requests of many threads over a few logins: each is sent as soon as a login is free.

A login has a thread that does nothing but send and receive. What comes before and behind, such as
making rows of an answer, is done by whoever asked, while the login has the next request under way. So
a login waits for nobody, as long as more threads ask than there are logins.
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from contextvars import copy_context
from functools import partial
from itertools import islice
from queue import Empty, SimpleQueue
from typing import Generic, NoReturn, TypeVar

from vtql.client import cancellation, meanwhile
from vtql.client.cancellation import Cancelled, cancelled_by
from vtql.client.id_ranges import IdRange, IdRanges
from vtql.client.operations.read import run_query
from vtql.client.session import Delivery, Session
from vtql.client.transport import Request
from vtql.fork import renew_after_fork
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

IDLE = 0.5
"""Seconds after which a thread that has nothing to send ends."""

Handing = Callable[[], None]
Job = Callable[[Session], Handing]
"""Asks over a login, and gives what hands the answer to who waits for it."""


class SessionPool:
    """Logins that share the requests of all who ask. Threads are begun as they are needed."""

    __slots__ = ("__weakref__", "_free", "_jobs", "_lock", "_resting", "_sessions")

    def __init__(self, sessions: Sequence[Session]) -> None:
        self._sessions = tuple(sessions)
        self._begin_anew()
        renew_after_fork(self, SessionPool._begin_anew)

    def _begin_anew(self) -> None:
        self._lock = threading.Lock()
        self._jobs: SimpleQueue[Job] = SimpleQueue()
        self._resting = list(reversed(self._sessions))  # those that have no thread
        self._free = 0  # threads less the requests that are waiting or under way

    def carry(self, request: Request) -> Delivery:
        """Send a request over the next login that is free; what came of it.

        Raises: what `Session.carry` does, and NotWanted.
        """
        came: SimpleQueue[Callable[[], Delivery]] = SimpleQueue()
        context = copy_context()

        def job(session: Session) -> Handing:
            return partial(came.put, context.run(_done, session, request))

        with self._lock:
            if self._free <= 0 and self._resting:
                self._begin(self._resting.pop())
            self._free -= 1
            self._jobs.put(job)
        return came.get()()

    def _begin(self, session: Session) -> None:
        self._free += 1
        name = f"vtql-line-{len(self._resting)}"
        threading.Thread(target=self._work, args=(session,), name=name, daemon=True).start()

    def _work(self, session: Session) -> None:
        while (job := self._next(session)) is not None:
            meanwhile.once_sent(job(session))
            with self._lock:
                self._free += 1

    def _next(self, session: Session) -> Job | None:
        """The next request to send; None where there was none for a while."""
        try:
            return self._jobs.get_nowait()
        except Empty:
            meanwhile.now()
        try:
            return self._jobs.get(timeout=IDLE)
        except Empty:
            with self._lock:
                if not self._jobs.empty():
                    return self._jobs.get()
                self._free -= 1
                self._resting.append(session)
                return None


def _done(session: Session, request: Request) -> Callable[[], Delivery]:
    """What came of a request, to be called where it is wanted: a value, or something raised."""
    try:
        cancellation.check()
        delivery = session.carry(request)
    except BaseException as error:  # noqa: BLE001 - raised where the answer is wanted
        return partial(_raise_in_caller, error)
    return lambda: delivery


def _raise_in_caller(error: BaseException) -> Delivery:
    raise error


ANEW = 9
"""How often a session may be gone again under one request; each time it is sent in a new one. While
a login waits for its turn among many, what was made for it may have ended."""
FEW = 3 * PAGE
"""A slice of so many rows is not worth several logins."""

MORE = 4
"""Threads that read besides one for each login, so that a login has its next request when an answer has
come, and not only when its rows are made."""

T = TypeVar("T")


class ParallelFetch:
    """The way to a server over several logins: a function from VTQL to its rows, one page, and
    all rows by id. No more requests are under way at any time than there are logins."""

    __slots__ = ("_first", "_lines", "connections")

    def __init__(self, sessions: Sequence[Session]) -> None:
        self.connections = len(sessions)
        self._first = sessions[0]
        self._lines = SessionPool(sessions)

    def __call__(self, text: str) -> list[Row]:
        """The rows of one query, over whichever login is free."""
        return run_query(self._first, text, ANEW, self._lines.carry)

    def by_id(self, pages: Pages, most: int | None) -> Iterator[Row]:
        """All rows in the order of their ids, `most` of them. `pages` asks through this object."""
        if most is not None and most <= FEW:
            return by_id(pages, most)
        return islice(self._all(pages), most)

    def _all(self, pages: Pages) -> Iterator[Row]:
        with BackgroundCall(lambda: end_of(pages, None)) as end:
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
        pieces = IdRanges(number_of(last), number_of(top), spread, self.connections)
        reading = ParallelRead(pages, last.partition("x")[0], pieces)
        yield from reading.rows(self.connections + MORE)


class BackgroundCall(Generic[T]):
    """A question that is asked in a thread of its own, while something else is."""

    def __init__(self, ask: Callable[[], T]) -> None:
        self._ask = ask
        self._over = threading.Event()
        self._process = os.getpid()
        self._came: queue.SimpleQueue[Callable[[], T]] = queue.SimpleQueue()

    def __enter__(self) -> BackgroundCall[T]:
        threading.Thread(target=self._work, name="vtql-meanwhile", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        if os.getpid() == self._process:
            self._over.set()

    def result(self) -> T:
        """What came of it; raises what it ended with."""
        return self._came.get()()

    def _work(self) -> None:
        with cancelled_by(self._over):
            try:
                result = self._ask()
            except Cancelled:
                return
            except BaseException as error:  # noqa: BLE001 - raised again where the answer is wanted
                self._came.put(partial(_raise, error))
            else:
                self._came.put(lambda: result)


def _raise(error: BaseException) -> NoReturn:
    raise error


class ParallelRead:
    """The threads of one read. `pages` gives the rows behind an id, of which `prefix` is a part."""

    def __init__(self, pages: Pages, prefix: str, pieces: IdRanges) -> None:
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
        with cancelled_by(self._stopped):
            try:
                while (piece := self._begin()) is not None:
                    self._read(piece)
            except Cancelled:
                return
            except BaseException as error:  # noqa: BLE001 - raised again where the rows are taken
                self._stop(error)

    def _begin(self) -> IdRange | None:
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

    def _read(self, piece: IdRange) -> None:
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
