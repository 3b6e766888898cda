"""Requests of many threads over a few logins: each is sent as soon as a login is free.

A login has a thread that does nothing but send and receive. What comes before and behind, such as
making rows of an answer, is done by whoever asked, while the login has the next request under way. So
a login waits for nobody, as long as more threads ask than there are logins.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextvars import copy_context
from functools import partial
from queue import Empty, SimpleQueue

from vtql.client import meanwhile, wanted
from vtql.client.session import Carried, Session
from vtql.client.transport import Request
from vtql.fork import renew_after_fork

IDLE = 0.5
"""Seconds after which a thread that has nothing to send ends."""

Handing = Callable[[], None]
Job = Callable[[Session], Handing]
"""Asks over a login, and gives what hands the answer to who waits for it."""


class Lines:
    """Logins that share the requests of all who ask. Threads are begun as they are needed."""

    __slots__ = ("__weakref__", "_free", "_jobs", "_lock", "_resting", "_sessions")

    def __init__(self, sessions: Sequence[Session]) -> None:
        self._sessions = tuple(sessions)
        self._begin_anew()
        renew_after_fork(self, Lines._begin_anew)

    def _begin_anew(self) -> None:
        self._lock = threading.Lock()
        self._jobs: SimpleQueue[Job] = SimpleQueue()
        self._resting = list(reversed(self._sessions))  # those that have no thread
        self._free = 0  # threads less the requests that are waiting or under way

    def carry(self, request: Request) -> Carried:
        """Send a request over the next login that is free; what came of it.

        Raises: what `Session.carry` does, and NotWanted.
        """
        came: SimpleQueue[Callable[[], Carried]] = SimpleQueue()
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


def _done(session: Session, request: Request) -> Callable[[], Carried]:
    """What came of a request, to be called where it is wanted: a value, or something raised."""
    try:
        wanted.check()
        found = session.carry(request)
    except BaseException as error:  # noqa: BLE001 - raised where the answer is wanted
        return partial(_raise, error)
    return lambda: found


def _raise(error: BaseException) -> Carried:
    raise error
