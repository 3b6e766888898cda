"""Who may use a sandbox's records: one thread at a time, and nobody once the sandbox is closed."""

from __future__ import annotations

import threading
from collections.abc import Callable

from vtql.errors import ClosedError, ForkError, VtqlError
from vtql.fork import pause_during_fork, renew_after_fork

CLOSING_SECONDS = 5.0
"""How long `close`, and a fork, wait for the request that is using the records."""


class RecordLock:
    """A lock around the records, which `close` ends for good.

    SQLite ends the interpreter where a connection is closed while a statement runs, so `release`,
    which closes it, is called by a thread that holds the lock: by `close`, or, where that has waited
    in vain, by the request that leaves last.

    SQLite's connections do not work in a child after `os.fork` either, so nobody has the lock there.
    And a fork waits for the request that uses the records: in the midst of a statement SQLite holds
    locks that are its whole process's, and the child could use no database at all.
    """

    __slots__ = ("__weakref__", "_lock", "_paused", "_refusal", "_release")

    def __init__(self, release: Callable[[], None]) -> None:
        self._lock = threading.Lock()
        self._refusal: VtqlError | None = None
        self._release: Callable[[], None] | None = release
        self._paused = False
        renew_after_fork(self, RecordLock._leave_to_parent)
        pause_during_fork(self, RecordLock._pause, RecordLock._resume)

    def _pause(self) -> None:
        self._paused = self._lock.acquire(timeout=CLOSING_SECONDS)

    def _resume(self) -> None:
        if self._paused:
            self._paused = False
            self._lock.release()

    def _leave_to_parent(self) -> None:
        self._lock = threading.Lock()
        self._paused = False
        self._release = None
        self._refusal = self._refusal or ForkError(
            "this sandbox belongs to the process that was forked; make one in the child, or have the "
            "parent `serve()` it and connect to its URL"
        )

    def check(self) -> None:
        """Return if the records may still be used.

        Raises:
            ClosedError: the sandbox is closed.
            ForkError: it belongs to the parent of this process.
        """
        if self._refusal is not None:
            raise type(self._refusal)(str(self._refusal))

    def __enter__(self) -> None:
        self.check()
        self._lock.acquire()
        try:
            self.check()
        except BaseException:
            self._lock.release()
            raise

    def __exit__(self, *_: object) -> None:
        try:
            if self._refusal is not None:
                self._end()
        finally:
            self._lock.release()

    def _end(self) -> None:
        if self._release is not None:
            self._release()

    def refuse(self) -> None:
        """Refuse everything that has not begun."""
        if self._refusal is None:
            self._refusal = ClosedError("the sandbox is closed, and answers no more requests")

    def close(self, seconds: float = CLOSING_SECONDS) -> None:
        """Refuse everything, and release the records when nobody uses them; it may be called again.

        Args:
            seconds: how long to wait for the request that uses them.
        """
        self.refuse()
        if self._lock.acquire(timeout=seconds):
            try:
                self._end()
            finally:
                self._lock.release()
