"""Who may use a sandbox's records: one thread at a time, and nobody once the sandbox is closed."""

from __future__ import annotations

import threading
from collections.abc import Callable

from vtql.errors import ClosedError

CLOSING_SECONDS = 5.0
"""How long `close` waits for the request that is using the records."""


class RecordLock:
    """A lock around the records, which `close` ends for good.

    SQLite ends the interpreter where a connection is closed while a statement runs, so `release`,
    which closes it, is called by a thread that holds the lock: by `close`, or, where that has waited
    in vain, by the request that leaves last.
    """

    __slots__ = ("_closed", "_lock", "_release")

    def __init__(self, release: Callable[[], None]) -> None:
        self._lock = threading.Lock()
        self._closed = False
        self._release = release

    def check(self) -> None:
        """Return if the records may still be used.

        Raises:
            ClosedError: the sandbox is closed.
        """
        if self._closed:
            raise ClosedError("the sandbox is closed, and answers no more requests")

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
            if self._closed:
                self._release()
        finally:
            self._lock.release()

    def refuse(self) -> None:
        """Refuse everything that has not begun."""
        self._closed = True

    def close(self, seconds: float = CLOSING_SECONDS) -> None:
        """Refuse everything, and release the records when nobody uses them; it may be called again.

        Args:
            seconds: how long to wait for the request that uses them.
        """
        self.refuse()
        if self._lock.acquire(timeout=seconds):
            try:
                self._release()
            finally:
                self._lock.release()
