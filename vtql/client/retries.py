"""Asking again: how often, how long between, and when not.

A read may be asked again whatever became of it. A write may only if the server cannot have
received it: a record can be stored although the answer was HTTP 500 (measured on 8.4), and no
request carries a key by which a server could tell a second one from the first.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from urllib3.util.retry import Retry

from vtql.client import wanted
from vtql.errors import (
    AnswerTimeout,
    BrokenAnswer,
    ConnectionLost,
    DeadlinePassed,
    RateLimited,
    ServerFailed,
    TransportError,
    Unreachable,
)
from vtql.protocol import Operation

PASSING = (
    AnswerTimeout,
    BrokenAnswer,
    ConnectionLost,
    RateLimited,
    ServerFailed,
    Unreachable,
)
"""What may be otherwise a moment later."""

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 20.0
LONGEST_WAIT = 120.0
"""Seconds that a server may ask to wait; more is told to the caller instead."""


_CHANCE = random.Random()  # noqa: S311 - no secret; a program's own chance stays as it seeded it


@dataclass(frozen=True, slots=True)
class Patience:
    """How many more times a request may be sent."""

    retries: int = 4

    def pauses(self) -> Iterator[float]:
        """The seconds before each further try: doubling, and no two callers the same."""
        policy = Retry(total=self.retries, backoff_factor=FIRST_PAUSE)
        for _ in range(self.retries):
            policy = policy.increment(method="GET", url="/", error=None)
            backoff = max(policy.get_backoff_time(), FIRST_PAUSE)
            yield min(backoff, LONGEST_PAUSE) * _CHANCE.uniform(0.5, 1.0)


def may_repeat(operation: Operation, error: TransportError) -> bool:
    """Whether a request that ended so may be sent again."""
    if not isinstance(error, PASSING) or isinstance(error, DeadlinePassed):
        return False
    if (error.retry_after or 0) > LONGEST_WAIT:
        return False
    return not operation.writes or not error.received


def wait(pause: float, error: TransportError | None = None) -> None:
    """Sleep for the pause, or for as long as the server asked."""
    asked = error.retry_after if error is not None else None
    wanted.pause(max(pause, asked or 0.0))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds that a server asks to wait, from `Retry-After`: a number or a date."""
    value = headers.get("Retry-After")
    if not value:
        return None
    try:
        return float(Retry().parse_retry_after(value))
    except Exception:  # noqa: BLE001 - urllib3's InvalidHeader, and whatever a date parser finds
        return None
