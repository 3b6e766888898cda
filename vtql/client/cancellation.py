"""Whether what a thread asks a server for is still wanted.

A read over several logins asks in threads of its own, through layers that know of nothing but VTQL and
its rows. When whoever takes the rows has stopped, or another thread has failed, a thread must send
nothing more: neither the next page nor the same one again after a pause. So the thread itself is
marked, and each pause and each request looks at its mark.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_OVER: ContextVar[threading.Event | None] = ContextVar("vtql_over", default=None)


class NotSent(Exception):
    """That a request was not sent. Nobody sees it."""


class Cancelled(NotSent):
    """That nobody waits for this thread any more. It ends with it, and nobody sees it."""


@contextmanager
def cancelled_by(over: threading.Event) -> Iterator[None]:
    """Have everything that this thread asks for inside be wanted only until the event is set."""
    token = _OVER.set(over)
    try:
        yield
    finally:
        _OVER.reset(token)


def check() -> None:
    """Return if what this thread asks for is wanted.

    Raises:
        NotWanted: it is not.
    """
    over = _OVER.get()
    if over is not None and over.is_set():
        raise Cancelled


def pause(seconds: float) -> None:
    """Sleep; as long as somebody waits.

    Raises:
        NotWanted: nobody does any more.
    """
    over = _OVER.get()
    if over is None:
        time.sleep(seconds)
    elif over.wait(seconds):
        raise Cancelled
