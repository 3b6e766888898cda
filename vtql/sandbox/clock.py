"""The sandbox's own time: it stands still until it is moved, so that a test is the same every day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from math import isfinite

from vtql.errors import ArgumentError

START = datetime(2026, 1, 5, 9, tzinfo=UTC).timestamp()
"""When a sandbox begins that is given no clock, in seconds since 1970: a Monday morning."""


class Clock:
    """Seconds since 1970, by another clock or standing still, and `advance`d by hand."""

    __slots__ = ("_base", "_more")

    def __init__(self, base: Callable[[], float] | None = None) -> None:
        self._base = base or _still
        self._more = 0.0

    def __call__(self) -> float:
        """The seconds since 1970."""
        return self._base() + self._more

    def advance(self, seconds: float) -> None:
        """Move on, or back by a negative number, as a server's clock does when it is set.

        Raises:
            ArgumentError: it is no number of seconds.
        """
        if not isinstance(seconds, int | float) or not isfinite(seconds):
            raise ArgumentError(f"a clock is moved by a number of seconds, not {seconds!r}")
        self._more += seconds

    def text(self) -> str:
        """The moment as a server stores it: `2026-01-05 09:00:00`, in UTC."""
        return datetime.fromtimestamp(int(self()), UTC).strftime("%Y-%m-%d %H:%M:%S")


def _still() -> float:
    return START
