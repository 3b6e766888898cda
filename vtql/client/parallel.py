"""A parallel read: all rows of a query over several logins at once, in the order of their ids.

A server answers the requests of one session in turn (measured), so a read is as fast as there are logins.
The ids after the first page are cut into ranges (`id_ranges.py`), each read as one login reads all: by
`id > last ORDER BY id`. A range has no upper bound in its query; it ends with the first row after it, so
that nothing is asked only to hear that there is no more. What ends a read, and that neither a short page
nor an empty one does, is explained in `vtql/query/id_paging.py`, and holds here.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from queue import Empty, SimpleQueue

from vtql.client import cancellation
from vtql.client.cancellation import Cancel, Cancelled
from vtql.client.deadlines import Watch, in_background
from vtql.client.id_ranges import IdRange, IdRanges
from vtql.client.operations.read import run_query
from vtql.client.session import Delivery, Session
from vtql.client.transport import Request
from vtql.fork import renew_after_fork
from vtql.protocol import PAGE
from vtql.query.connection import Fetch, Row
from vtql.query.id_paging import (
    Pages,
    PagesOver,
    by_id,
    comes_after,
    end_of,
    in_order,
    number_of,
    rows_after_hidden,
)

IDLE = 0.5
"""Seconds after which a thread that has nothing to send ends."""

LOOK = 0.25
"""Seconds after which who waits for an answer looks whether its deadline has passed."""


class Job:
    """A request that is waiting for a login, and then its outcome."""

    __slots__ = ("cancel", "outcome", "request", "session", "watch")

    def __init__(self, request: Request, cancel: Cancel) -> None:
        self.request, self.cancel, self.watch = request, cancel, Watch()
        self.session: Session | None = None
        self.outcome: SimpleQueue[tuple[Delivery | None, BaseException | None]] = SimpleQueue()

    def send(self, session: Session) -> None:
        """Ask over a login, and hand the outcome to who waits for it."""
        self.session = session
        try:
            cancellation.check(self.cancel)
            self.outcome.put((session.carry(self.request, self.cancel, self.watch), None))
        except BaseException as error:  # noqa: BLE001 - raised where the answer is awaited
            self.outcome.put((None, error))

    def delivery(self) -> Delivery:
        """What came, once it has; at the deadline of the answer, that it did not end."""
        while True:
            try:
                delivery, error = self.outcome.get(timeout=LOOK)
            except Empty:
                if self.session is not None and self.watch.passed:
                    return self.session.given_up()
                continue
            if delivery is not None:
                return delivery
            assert error is not None
            try:
                raise error
            finally:
                del error  # else its traceback would lead back to it


class SessionPool:
    """Logins that share the requests of all threads that ask, in a thread each.

    A login's thread does nothing but send and receive: what comes before and after, such as making rows of
    an answer, is done by whoever asked, while the login has its next request under way. So a login waits
    for nobody, as long as more threads ask than there are logins. Threads are begun as they are needed.
    """

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

    def carry(self, request: Request, cancel: Cancel = None) -> Delivery:
        """Send a request over the next login that is free; what came of it.

        Raises: what `Session.carry` does, and Cancelled.
        """
        job = Job(request, cancel)
        with self._lock:
            if self._free <= 0 and self._resting:
                self._begin(self._resting.pop())
            self._free -= 1
            self._jobs.put(job)
        return job.delivery()

    def _begin(self, session: Session) -> None:
        self._free += 1
        name = f"vtql-login-{len(self._resting)}"
        threading.Thread(target=self._work, args=(session,), name=name, daemon=True).start()

    def _work(self, session: Session) -> None:
        while (job := self._next(session)) is not None:
            job.send(session)
            del job
            with self._lock:
                self._free += 1

    def _next(self, session: Session) -> Job | None:
        """The next request to send; None where there was none for a while."""
        try:
            return self._jobs.get(timeout=IDLE)
        except Empty:
            with self._lock:
                try:  # another thread may take what has come since, so this one does not wait for it
                    return self._jobs.get_nowait()
                except Empty:
                    self._free -= 1
                    self._resting.append(session)
                    return None


ANEW = 9
"""How often a session may be gone again under one request; each time it is sent in a new one. While
a login waits for its turn among many, what was made for it may have ended."""
FEW = 3 * PAGE
"""A slice of so many rows is not worth several logins."""

MORE = 4
"""Threads that read besides one for each login, so that a login has its next request when an answer has
come, and not only when its rows are made."""


class ParallelFetch:
    """The way to a server over several logins: a function from VTQL to its rows, one page, and
    all rows by id. No more requests are under way at any time than there are logins."""

    __slots__ = ("_first", "_pool", "connections")

    def __init__(self, sessions: Sequence[Session]) -> None:
        self.connections = len(sessions)
        self._first = sessions[0]
        self._pool = SessionPool(sessions)

    def __call__(self, text: str) -> list[Row]:
        """The rows of one query, over whichever login is free."""
        return run_query(self._first, text, ANEW, self._pool.carry)

    def until(self, cancel: threading.Event) -> Fetch:
        """The same as long as an event is not set; then Cancelled is raised instead."""
        return partial(self._fetch, cancel)

    def _fetch(self, cancel: threading.Event, text: str) -> list[Row]:
        return run_query(self._first, text, ANEW, self._pool.carry, cancel)

    def by_id(self, pages: PagesOver, most: int | None) -> Iterator[Row]:
        """All rows in the order of their ids, `most` of them."""
        if most is not None and most <= FEW:
            return by_id(pages(self), most)
        return islice(self._all(pages), most)

    def _all(self, pages_over: PagesOver) -> Iterator[Row]:
        pages, stopped, process = pages_over(self), threading.Event(), os.getpid()
        cancelled_pages = pages_over(self.until(stopped))
        end = in_background(partial(end_of, cancelled_pages, None), "vtql-end")
        try:
            first = in_order(pages.page(None, PAGE, 0), None, pages.direction)
            yield from first
            if len(first) < PAGE:
                yield from by_id(pages, None, after=first[-1]["id"] if first else None)
                return
            last = first[-1]["id"]
            top = end(None)
        finally:
            if os.getpid() == process:
                stopped.set()
        if top is None or not comes_after(top, last, pages.direction):
            yield from by_id(pages, None, after=last)
            return
        spread = float(number_of(last) - number_of(first[0]["id"]) + 1)
        ranges = IdRanges(number_of(last), number_of(top), spread, self.connections)
        cancel = threading.Event()
        reading = ParallelRead(
            pages_over(self.until(cancel)), cancel, last.partition("x")[0], ranges
        )
        yield from reading.rows(self.connections + MORE)


class ParallelRead:
    """The threads of one read. `pages` gives the rows behind an id, of which `prefix` is a part."""

    def __init__(
        self, pages: Pages, cancel: threading.Event, prefix: str, pieces: IdRanges
    ) -> None:
        self._pages = pages
        self._stopped = cancel
        self._prefix = prefix
        self._pieces = pieces
        self._lock = threading.Lock()
        self._ready = threading.Condition(self._lock)  # for who takes: the next rows are there
        self._room = threading.Condition(self._lock)  # for who reads: a piece may be begun
        self._error: BaseException | None = None

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
