"""A file that is continued after an interruption, and that one process at a time may write.

The lock is one of the operating system's on the file itself. It ends with the process, however that
ends, so that nothing is left behind that would have to be removed by hand.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO

from vtql.atomic_write import NOFOLLOW
from vtql.errors import FileInUse

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_FLAGS = (
    os.O_RDWR
    | os.O_CREAT
    | NOFOLLOW
    | getattr(os, "O_NONBLOCK", 0)  # a pipe is refused below, and not waited for
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


@contextmanager
def locked_file(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Open a file to read and write, without a buffer, and lock it; an empty one is made if there is none.

    Raises:
        FileInUse: another process or another call has it open.
        OSError: it cannot be opened, is a symbolic link, or no regular file.
    """
    name = os.fspath(path)
    _check_kind(name)
    with open(os.open(name, _FLAGS, 0o666), "r+b", buffering=0) as file:  # noqa: PTH123 - pathlib costs 4 ms of start-up
        if not try_lock(file.fileno()):
            raise FileInUse(f"{name} is in use by another process, or by another call of this one")
        owner = os.getpid()
        try:
            if not _is_at(name, os.fstat(file.fileno())):
                # Whoever had it locked has just renamed or removed it.
                raise FileInUse(f"{name} was in use by another process until now")
            yield file
        finally:
            if not file.closed and os.getpid() == owner:  # a forked child shares the lock
                unlock(file.fileno())


def try_lock(file: int) -> bool:
    """Lock an open file; False where another has it locked.

    Raises:
        OSError: the file system has no locks.
    """
    try:
        if sys.platform == "win32":
            _seek_and(file, msvcrt.LK_NBLCK)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EAGAIN, errno.EACCES, errno.EDEADLK):
            return False
        raise
    return True


def unlock(file: int) -> None:
    """Release the lock of an open file. Closing would not where a forked process has it open, too."""
    with suppress(OSError):
        if sys.platform == "win32":
            _seek_and(file, msvcrt.LK_UNLCK)
        else:
            fcntl.flock(file, fcntl.LOCK_UN)


if sys.platform == "win32":

    def _seek_and(file: int, kind: int) -> None:
        """Lock a byte that is never read: a lock on Windows keeps readers out."""
        before = os.lseek(file, 0, os.SEEK_CUR)
        os.lseek(file, 1 << 40, os.SEEK_SET)
        try:
            msvcrt.locking(file, kind, 1)
        finally:
            os.lseek(file, before, os.SEEK_SET)


def _check_kind(path: str) -> None:
    try:
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        return
    if stat.S_ISLNK(mode):
        raise OSError(errno.ELOOP, "a symbolic link, which is not followed here", path)
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "not a regular file", path)


def _is_at(path: str, opened: os.stat_result) -> bool:
    try:
        return os.path.samestat(os.lstat(path), opened)
    except FileNotFoundError:
        return False
