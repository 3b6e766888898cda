"""What is in a file that somebody named: all of it, where it is a file and has an end."""

from __future__ import annotations

import errno
import os
import stat

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
