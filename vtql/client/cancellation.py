"""Cancellation: an event that travels with a request, and ends it before it is sent.

A parallel read asks in threads of its own. When whoever iterates has stopped, or another worker has
failed, a worker must send nothing more: neither the next page nor the same one again after a backoff.
So each request and each wait is given the event of its read, and looks at it first.
"""

from __future__ import annotations

import threading
import time
from typing import TypeAlias

Cancel: TypeAlias = threading.Event | None
"""Set once nobody waits any more; None for a request that is not cancelled."""


class NotSent(Exception):
    """That a request was not sent. It ends inside the client."""


class Cancelled(NotSent):
    """That nobody waits for an answer any more. It ends the worker that would have asked."""


def check(cancel: Cancel) -> None:
    """Return if somebody still waits.

    Raises:
        Cancelled: nobody does.
    """
    if cancel is not None and cancel.is_set():
        raise Cancelled


def wait(seconds: float, cancel: Cancel) -> None:
    """Sleep, as long as somebody waits.

    Raises:
        Cancelled: nobody does any more.
    """
    if cancel is None:
        time.sleep(seconds)
    elif cancel.wait(seconds):
        raise Cancelled
