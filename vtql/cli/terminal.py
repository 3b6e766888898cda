"""What a command writes: to people, escaped as `vtql.sanitize` does it, and to programs, as it is.

The standard streams may be closed, full, or of an encoding that lacks a character. What cannot be
told on stderr is not told; what cannot be given on stdout is a failure.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from vtql.sanitize import visible, visible_lines

_STREAMS = (("stdin", "r", os.O_WRONLY), ("stdout", "w", os.O_RDONLY), ("stderr", "w", os.O_WRONLY))


class StdoutError(OSError):
    """What was given on stdout did not arrive."""


def say(text: str, end: str = "\n") -> None:
    """Tell people something on stderr, in one line or several."""
    try:
        sys.stderr.write(f"{visible_lines(text)}{end}")
        sys.stderr.flush()
    except OSError:
        discard(sys.stderr)


def complain(problem: str) -> None:
    """Say on stderr, in a line, what is in the way."""
    say(f"vtql: {visible(problem)}")


def show(text: str, end: str = "\n") -> None:
    """Give people something on stdout; what its encoding lacks is escaped, too."""
    escaped = visible_lines(text)
    encoding = sys.stdout.encoding or "utf-8"
    _write(escaped.encode(encoding, "backslashreplace").decode(encoding), end)


def give(text: str, end: str = "\n") -> None:
    """Give a program something on stdout, as it is; on a terminal people read it.

    Raises:
        StdoutError: it cannot be written, or the encoding of stdout lacks a character.
    """
    (show if sys.stdout.isatty() else _write)(text, end)


def give_bytes(content: bytes) -> None:
    """Give a program on stdout what it gave, in its encoding."""
    with _errors_named():
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()


def _write(text: str, end: str) -> None:
    with _errors_named():
        sys.stdout.write(text + end)


@contextmanager
def _errors_named() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except UnicodeEncodeError as error:
        raise StdoutError(
            errno.EILSEQ,
            f"its encoding, {error.encoding}, has no {error.object[error.start]!a}; "
            "`PYTHONIOENCODING=utf-8` makes it UTF-8",
            "stdout",
        ) from None
    except OSError as error:
        raise StdoutError(error.errno, error.strerror or str(error), "stdout") from None


def give_json(text: str, end: str = "\n") -> None:
    r"""Give JSON on stdout; a character that a terminal would obey is spelled `\u….`, as JSON may."""
    _write(text if text.isprintable() else "".join(map(_in_json, text)), end)


def _in_json(character: str) -> str:
    if character.isprintable() or character in " \n":
        return character
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def open_closed_streams() -> None:
    """Put something in the place of standard streams that are closed.

    Reading and writing then fail as they do where a shell has closed them; stderr takes anything. A
    file that is opened does not get the number of one of them, and so what was not meant for it.
    """
    for number, (name, mode, flags) in enumerate(_STREAMS):
        if getattr(sys, name) is None:
            opened = os.open(os.devnull, flags)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115 - a stream for as long as the process lasts


def lost() -> str | None:
    """Why what was given on stdout did not arrive; None where it did. The rest is discarded."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        discard(sys.stdout)  # the reader has seen enough, as `vtql … | head` does
    except OSError as error:
        discard(sys.stdout)
        return f"stdout: {error.strerror or error}"
    return None


def discard(stream: TextIO) -> None:
    """Have a stream whose other end is gone take all that is left, so that the process can end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
