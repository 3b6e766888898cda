"""What a thread does as soon as its request has been sent, while the answer is on its way.

Python runs one thread at a time. Where an answer is handed to the thread that makes rows of it, that
thread runs, and the next request waits for it; handed over a moment later, the rows are made while the
server works.
"""

from __future__ import annotations

import threading
from collections.abc import Callable


class _Later(threading.local):
    do: Callable[[], None] | None = None


_LATER = _Later()


def once_sent(do: Callable[[], None]) -> None:
    """Have something done when this thread's next request has been sent; until then, by `now`."""
    now()
    _LATER.do = do


def now() -> None:
    """Do it, if it is not done yet: a request has been sent, or none will be for a while."""
    do, _LATER.do = _LATER.do, None
    if do is not None:
        do()
