"""Writing files so that a reader finds the old content or the new one, never a part of it.

The content goes into a temporary file in the same folder, whose name nobody can guess and which is
created with O_EXCL, so that no file or link of another program is ever opened in its place. It is
flushed to the disk and then renamed. Whatever fails before the rename leaves the old file as it was.

Two kinds of files are written here:

* A file that vtql makes (a catalog, an export, accounts, a checkpoint, a snapshot). A symbolic link
  at its path is replaced by the file, and what the link leads to stays as it is.
* A file that a person wrote and vtql changes (`--fix`, `format`). A symbolic link stays, and the file
  that it leads to is changed. A file with several hard links is written in place, so that all of its
  names have the new content.

A file without write permission is refused in both cases, also where the folder would allow the
rename. Devices, pipes and what lies under `/dev` and `/proc` are written directly.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO

from vtql.errors import FileInUse

NOFOLLOW: int = getattr(os, "O_NOFOLLOW", 0)
"""The flag not to open a symbolic link, on systems that have it."""

_DIRECT = ("/dev/", "/proc/")
_SHARED_MEMORY = "/dev/shm/"  # noqa: S108 - a folder of ordinary files under /dev


@contextmanager
def replacing(path: str | os.PathLike[str], *, mode: int | None = None) -> Iterator[BinaryIO]:
    """A new file that takes the place of the one at `path` when the block ends without an error.

    Args:
        path: where it goes. A symbolic link there is replaced, not followed.
        mode: its permissions; if left out those of the file that is replaced, or those that the
            umask gives.

    Yields:
        The open file. Its `name` is the path of the temporary file, for libraries that take one.

    Raises:
        OSError: the file cannot be made or written, is read-only, or `path` is a folder.
    """
    target = os.fspath(path)
    if is_stream(target):
        with open(target, "wb") as stream:  # noqa: PTH123 - pathlib costs 4 ms of start-up
            yield stream
        return
    old = replaceable(target)
    file = _create(target, 0o666 if old is None and mode is None else 0o600)
    name = file.name
    try:
        with file:
            yield file
            file.flush()
            _keep(file, old, mode)
            os.fsync(file.fileno())
        os.replace(name, target)  # noqa: PTH105 - see above
    except BaseException:
        with suppress(OSError):
            os.unlink(name)  # noqa: PTH108 - see above
        raise
    sync_folder(target)


def write_file(path: str | os.PathLike[str], content: bytes, *, mode: int | None = None) -> None:
    """Write a file that vtql makes, in place of what is there; see `replacing`.

    Raises:
        OSError: as `replacing`.
    """
    try:
        with replacing(path, mode=mode) as file:
            file.write(content)
    except OSError as error:
        error.filename = error.filename or os.fspath(path)  # a full disk does not say which file
        raise


def rewrite_file(path: str | os.PathLike[str], content: bytes) -> None:
    """Change a file that a person wrote: links to it stay, and it keeps its permissions.

    A file with several hard links is written in place. A process that is killed while it writes
    leaves such a file incomplete; an error, such as a full disk, restores the old content.

    Raises:
        OSError: it is no regular file, is read-only, or cannot be written.
    """
    target = os.path.realpath(path)
    old = os.stat(target)  # noqa: PTH116 - see above
    if not stat.S_ISREG(old.st_mode):
        raise OSError(errno.EINVAL, "not a regular file; nothing is written", os.fspath(path))
    _check_writable(target, old)
    if old.st_nlink > 1:
        _write_in_place(target, content)
    else:
        write_file(target, content)


def move_into_place(source: str | os.PathLike[str], path: str | os.PathLike[str]) -> None:
    """Rename a finished file to `path`, with the permissions of the file that it replaces.

    Raises:
        OSError: as `replacing`.
    """
    old = replaceable(os.fspath(path))
    if old is not None:
        os.chmod(source, stat.S_IMODE(old.st_mode))  # noqa: PTH101 - see above
    os.replace(source, path)  # noqa: PTH105 - see above
    sync_folder(path)


def replaceable(path: str) -> os.stat_result | None:
    """The regular file that is replaced; None where there is none, or a symbolic link.

    Raises:
        OSError: it is read-only, a folder, or something else that no file may replace.
    """
    try:
        old = os.lstat(path)
    except FileNotFoundError:
        return None
    if stat.S_ISLNK(old.st_mode):
        return None
    if stat.S_ISDIR(old.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    if not stat.S_ISREG(old.st_mode):
        raise OSError(errno.EINVAL, "not a regular file, and is not replaced by one", path)
    _check_writable(path, old)
    return old


def is_stream(path: str) -> bool:
    """Whether a path is that of a device or pipe, which is written directly and never replaced."""
    where = os.path.abspath(path)  # noqa: PTH100 - see above
    if where.startswith(_DIRECT) and not where.startswith(_SHARED_MEMORY):
        return True
    try:
        mode = os.lstat(path).st_mode
    except OSError:
        return False
    return stat.S_ISCHR(mode) or stat.S_ISFIFO(mode) or stat.S_ISBLK(mode)


def sync_folder(path: str | os.PathLike[str]) -> None:
    """Have the disk know the name of a file, where the system can: fsync of a file is not enough."""
    if os.name != "posix":
        return
    with suppress(OSError):
        folder = os.open(os.path.dirname(path) or ".", os.O_RDONLY)  # noqa: PTH120 - see above
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def write_all(file: int, content: bytes) -> None:
    """Write all bytes to a descriptor; the system may take fewer at a time."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(file, rest) :]


def _check_writable(path: str, known: os.stat_result) -> None:
    # The mode is looked at, too: an administrator may write what is marked as read-only.
    if not known.st_mode & 0o222 or not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, "read-only; nothing is written", path)


def _create(target: str, mode: int) -> BinaryIO:
    """A temporary file beside the target. Its name does not contain the target's: that may be long.

    Raises:
        OSError: it cannot be made; the path is the target's, for that is the one that people know.
    """
    folder = os.path.dirname(target)  # noqa: PTH120 - see above
    name = os.path.join(folder, f".vtql-{os.urandom(12).hex()}.tmp")  # noqa: PTH118 - see above

    def opener(path: str, flags: int) -> int:
        return os.open(path, flags | NOFOLLOW, mode)

    try:
        return open(name, "x+b", opener=opener)
    except OSError as error:
        raise OSError(error.errno, error.strerror, target) from None


def _keep(file: BinaryIO, old: os.stat_result | None, mode: int | None) -> None:
    """Give the temporary file the owner and the permissions of the one that it replaces."""
    number = file.fileno()
    if old is not None and hasattr(os, "fchown"):
        new = os.fstat(number)
        if (old.st_uid, old.st_gid) != (new.st_uid, new.st_gid):
            with suppress(OSError):  # only an administrator can
                os.fchown(number, old.st_uid, old.st_gid)
    permissions = (
        mode if mode is not None else stat.S_IMODE(old.st_mode) if old is not None else None
    )
    if permissions is not None:
        os.chmod(file.name, permissions)  # noqa: PTH101 - see above


def _write_in_place(path: str, content: bytes) -> None:
    flags = os.O_RDWR | NOFOLLOW | getattr(os, "O_BINARY", 0)
    with open(os.open(path, flags), "r+b", buffering=0) as file:  # noqa: PTH123 - see above
        before = file.read()
        try:
            _overwrite(file.fileno(), content)
        except BaseException:
            with suppress(OSError):
                _overwrite(file.fileno(), before)
            raise


def _overwrite(file: int, content: bytes) -> None:
    os.lseek(file, 0, os.SEEK_SET)
    write_all(file, content)
    os.ftruncate(file, len(content))
    os.fsync(file)


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


STREAMS = ("/dev/fd/", "/dev/stdin", "/dev/null", "/proc/self/fd/")
"""What may be read although it is no file, as a shell's `<(…)` is none."""

LARGEST = 50_000_000
"""Bytes of a file that is read; nobody writes as many, and to look through them takes minutes."""

_CHUNK = 1 << 20


def content_of(path: str | os.PathLike[str], largest: int = LARGEST) -> bytes:
    """The bytes of a file.

    A pipe is not waited for and a device not read, for it may have no end.

    Raises:
        OSError: it cannot be read, is no file, or larger than `largest`; `filename` is its path,
            `strerror` says why.
    """
    name = os.fspath(path)
    try:
        known = os.stat(name)  # noqa: PTH116 - pathlib costs 4 ms of start-up
        if not stat.S_ISREG(known.st_mode) and not name.startswith(STREAMS):
            raise OSError(errno.EINVAL, f"{_kind(known.st_mode)}, which is no file to read", name)
        chunks, size = list[bytes](), known.st_size
        if size <= largest:
            size = 0
            with open(name, "rb") as file:  # noqa: PTH123 - the same
                while size <= largest and (chunk := file.read(_CHUNK)):
                    chunks.append(chunk)
                    size += len(chunk)
    except ValueError:  # a NUL in its name, or what no system can have there
        raise OSError(errno.EINVAL, "no file can have this name", name) from None
    if size > largest:
        raise OSError(errno.EFBIG, f"larger than {largest // 1_000_000} MB", name)
    return b"".join(chunks)


def _kind(mode: int) -> str:
    kinds = ((stat.S_ISFIFO, "a pipe"), (stat.S_ISDIR, "a folder"), (stat.S_ISSOCK, "a socket"))
    return next((kind for is_one, kind in kinds if is_one(mode)), "a device")
