"""Keeping within the limits of Vtiger Cloud, which each of its answers tells (reference 7).

A server that has refused a request with HTTP 429 and says when to come again gets none before, not
even another one: otherwise many writes one after another would each be refused.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping

from vtql.client import cancellation
from vtql.client.logging import log_hold
from vtql.fork import renew_after_fork

LONGEST_HOLD = 120.0
"""Seconds that a request is held back; more is told to the caller instead."""
_EPOCH = 1_000_000_000
"""A reset that is greater is a moment, a smaller one a number of seconds; which is not published."""

REMAINING = {
    "minute": ("X-FloodControl-MinuteRemaining", "X-FloodControl-Remaining"),
    "day": ("X-RateLimit-DailyRemaining", "X-RateLimit-Remaining"),
}
LIMITS = ("X-", "x-")
"""How the names of all these headers begin, so that most answers are done with at once."""
RESET = {
    "minute": ("X-FloodControl-MinuteReset", "X-FloodControl-Reset"),
    "day": ("X-RateLimit-DailyReset", "X-RateLimit-Reset"),
}


class RateLimit:
    """What is left of each limit, and when it begins anew; shared by all logins of a client."""

    __slots__ = ("__weakref__", "_left", "_lock", "_reset", "_rest_until")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left: dict[str, int] = {}
        self._reset: dict[str, float] = {}
        self._rest_until = 0.0
        renew_after_fork(self, RateLimit._renew)

    def _renew(self) -> None:
        self._lock = threading.Lock()

    def rest(self, seconds: float) -> None:
        """Have the requests of all logins wait, as a server asked that was sent too many."""
        with self._lock:
            self._rest_until = max(self._rest_until, time.time() + seconds)

    def note(self, headers: Mapping[str, str]) -> None:
        """Take from an answer what is left."""
        if not any(name.startswith(LIMITS) for name in headers):
            return
        now = time.time()
        with self._lock:
            for limit, names in REMAINING.items():
                left = _number(headers, names)
                if left is None:
                    continue
                reset = _number(headers, RESET[limit])
                default = now + (60 if limit == "minute" else 3600)
                self._left[limit] = left
                self._reset[limit] = (
                    default if reset is None else reset if reset > _EPOCH else now + reset
                )

    def hold(self, cancel: cancellation.Cancel = None) -> float:
        """Wait until a request may be sent; the seconds that are still to wait, if too many."""
        while True:
            pause = self._pause()
            if pause == 0 or pause > LONGEST_HOLD:
                return pause
            log_hold(pause)
            cancellation.wait(pause, cancel)

    def _pause(self) -> float:
        with self._lock:
            now = time.time()
            longest = max(0.0, self._rest_until - now)
            for limit, left in self._left.items():
                if left <= 0 and self._reset[limit] > now:
                    longest = max(longest, self._reset[limit] - now)
            if longest == 0:
                for limit in list(self._left):
                    if self._reset[limit] <= now:
                        del self._left[limit]
                    else:
                        self._left[limit] -= 1
            return longest


def _number(headers: Mapping[str, str], names: tuple[str, ...]) -> int | None:
    for name in names:
        value = str(headers.get(name, "")).strip()
        if value.isdecimal() and len(value) < 20:
            return int(value)
    return None
