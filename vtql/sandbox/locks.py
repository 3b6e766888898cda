"""Locks: one sandbox per file, and one thread at a time at the records.

Two sandboxes on one file would lose each other's records.

SQLite lets several processes write to one file, but a sandbox remembers numbers and sizes, so the
file is its own for as long as it lives. The lock is on another file, because closing *any* file
handle of a process takes away the locks that SQLite has on that file. A killed process loses it.
"""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable
from pathlib import Path

from vtql.errors import ClosedError, FileInUse, ForkError, VtqlError
from vtql.files import try_lock
from vtql.fork import pause_during_fork, renew_after_fork

SUFFIX = "-lock"
_FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)


class FileLock:
    """A file lock that is held until `release`, or until it is garbage-collected."""

    __slots__ = ("__weakref__", "_descriptor", "_path")

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor: int | None = descriptor
        renew_after_fork(self, FileLock._leave_to_parent)

    def release(self) -> None:
        """Release the lock and remove its file; it may be called again."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is None:
            return
        try:
            if _is_at(self._path, descriptor):
                self._path.unlink(missing_ok=True)
        except OSError:
            pass  # Windows removes no file that is open; one that stays does no harm
        finally:
            os.close(descriptor)

    def _leave_to_parent(self) -> None:
        """In a forked child, close this copy, which would outlive the lock of the parent."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    def __del__(self) -> None:
        self.release()


def lock_file(path: Path) -> FileLock:
    """Lock the file of a sandbox; its path may go through links.

    Raises:
        FileInUse: another sandbox has it, of this process or of another one.
        OSError: there is no such folder, or nothing can be written there.
    """
    own = Path(os.path.realpath(path) + SUFFIX)
    while True:
        try:
            descriptor = os.open(own, _FLAGS, 0o666)
        except OSError as error:
            raise OSError(f"{path}: {os.strerror(error.errno or errno.EIO)}") from None
        try:
            taken = not _locked(descriptor)
            if not taken and _is_at(own, descriptor):
                os.truncate(descriptor, 0)
                os.write(descriptor, str(os.getpid()).encode())
                return FileLock(own, descriptor)
            holder = _holder(descriptor)
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
        if taken:
            raise FileInUse(
                f"{path} is in use by a sandbox{holder}; close that one, or name another file"
            )


def _is_at(path: Path, descriptor: int) -> bool:
    """Whether an open file is the one at a path."""
    try:
        there, here = path.stat(), os.fstat(descriptor)
    except FileNotFoundError:
        return False
    return (there.st_dev, there.st_ino) == (here.st_dev, here.st_ino)


def _holder(descriptor: int) -> str:
    """The process that holds a lock, if it can be read, as the end of a message."""
    try:
        text = os.read(descriptor, 20).decode("ascii", "replace")
    except OSError:  # Windows shows nobody what is locked
        return ""
    if not text.isdecimal():
        return ""
    return " of this process" if int(text) == os.getpid() else f" of process {text}"


def _locked(descriptor: int) -> bool:
    """Whether a file could be locked; a file system without locks counts as success."""
    try:
        return try_lock(descriptor)
    except OSError:
        return True


CLOSING_SECONDS = 5.0
"""How long `close`, and a fork, wait for the request that is using the records."""


class RecordLock:
    """A lock around the records, which `close` ends permanently.

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
        """Check that the records may still be used.

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
        """Refuse all requests that have not begun."""
        if self._refusal is None:
            self._refusal = ClosedError("the sandbox is closed, and answers no more requests")

    def close(self, seconds: float = CLOSING_SECONDS) -> None:
        """Refuse new requests, and release the records when they are unused; it may be called again.

        Args:
            seconds: how long to wait for the request that uses them.
        """
        self.refuse()
        if self._lock.acquire(timeout=seconds):
            try:
                self._end()
            finally:
                self._lock.release()
