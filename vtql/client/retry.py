"""Sending a request again: after which failures, how often, and how long to wait between.

A read may be sent again after any failure that may pass. A write may only if the server cannot
have received it: a record can be stored although the answer was HTTP 500 (measured on 8.4), and no
request carries a key by which a server could tell a second one from the first.

A server that restarts accepts no connections for a while: 2 s and 5 s were measured, and more is
common where its machine restarts, too. So a server that is down is asked for a number of seconds,
however many attempts that takes; after any other failure the number of attempts counts, because a
request that always ends in HTTP 500 would only keep its caller waiting.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from urllib3.util.retry import Retry

from vtql.errors import (
    AnswerTimeout,
    ArgumentError,
    BrokenAnswer,
    ConnectionLost,
    DeadlinePassed,
    RateLimited,
    ServerDown,
    ServerFailed,
    TransportError,
    Unreachable,
)
from vtql.fork import renew_after_fork
from vtql.protocol import Operation

TRANSIENT = (
    AnswerTimeout,
    BrokenAnswer,
    ConnectionLost,
    RateLimited,
    ServerFailed,
    Unreachable,
)
"""Failures that may be over a moment later."""

PROXY_STATUSES = frozenset({502, 503, 504})
"""What a proxy answers while the server behind it is down."""

LONGEST_WAIT = 120.0
"""Seconds that a server may ask to wait; a longer wait is left to the caller."""

_RANDOM = random.Random()  # noqa: S311 - no secret; the state of the program's own stays as it is
renew_after_fork(_RANDOM, random.Random.seed)  # else all children would wait equally long


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """When a request is sent again, as far as it may be.

    Args:
        retries: the number of further attempts after any failure that may pass.
        outage: the seconds for which a server that is down is asked again, with as many attempts
            as that takes.
        first_delay: the longest wait before the first further attempt; each is twice the last.
        longest_delay: the longest wait before any attempt.
        outage_delay: the longest wait while a server is down, so that its return is noticed soon.

    Raises:
        ArgumentError: a number is negative or none.
    """

    retries: int = 4
    outage: float = 20.0
    first_delay: float = 0.1
    longest_delay: float = 20.0
    outage_delay: float = 2.0

    def __post_init__(self) -> None:
        if not isinstance(self.retries, int) or self.retries < 0:
            raise ArgumentError("`retries` is a number of further attempts: at least 0")
        for name in ("outage", "first_delay", "longest_delay", "outage_delay"):
            value = getattr(self, name)
            if not isinstance(value, int | float) or not 0 <= value < float("inf"):
                raise ArgumentError(f"`{name}` is a number of seconds: at least 0")

    def delay(
        self,
        error: TransportError,
        failures: int,
        elapsed: float,
        jitter: Callable[[float, float], float] = _RANDOM.uniform,
    ) -> float | None:
        """The seconds to wait after a failure; None where the request is not sent again.

        Args:
            error: the failure.
            failures: the failures of this request before it.
            elapsed: the seconds since the first of them.
            jitter: gives a number between two others, so that no two callers come back together.
        """
        down = is_outage(error) and elapsed < self.outage
        if failures >= self.retries and not down:
            return None
        longest = self.outage_delay if down else self.longest_delay
        return max(
            _backoff(self.first_delay, failures, longest) * jitter(0.5, 1.0),
            error.retry_after or 0.0,
        )

    def delays(self, jitter: Callable[[float, float], float] = _RANDOM.uniform) -> Iterator[float]:
        """The seconds to wait before each of the `retries` attempts."""
        for failures in range(self.retries):
            yield _backoff(self.first_delay, failures, self.longest_delay) * jitter(0.5, 1.0)


ONCE = RetryPolicy(retries=0, outage=0)
"""A request that is not sent again."""


def policy_of(retries: int | RetryPolicy) -> RetryPolicy:
    """A policy, or that of a number: exactly so many further attempts, also where a server is down.

    Raises:
        ArgumentError: it is neither.
    """
    if isinstance(retries, RetryPolicy):
        return retries
    return RetryPolicy(retries, outage=0)


def is_outage(error: TransportError) -> bool:
    """Whether a failure is one that a server shows while it is down or restarts."""
    if isinstance(error, ServerDown | ConnectionLost):
        return True
    return isinstance(error, ServerFailed) and error.status in PROXY_STATUSES


def _backoff(first: float, failures: int, longest: float) -> float:
    """The first delay, doubled with every failure, up to the longest."""
    return min(first * 2.0 ** min(failures, 64), longest)


def may_repeat(operation: Operation, error: TransportError) -> bool:
    """Whether a request that ended so may be sent again."""
    if not isinstance(error, TRANSIENT) or isinstance(error, DeadlinePassed):
        return False
    if (error.retry_after or 0) > LONGEST_WAIT:
        return False
    return not operation.writes or not error.received


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds that a server asks to wait, from `Retry-After`: a number or a date."""
    value = headers.get("Retry-After")
    if not value:
        return None
    try:
        return float(Retry().parse_retry_after(value))
    except Exception:  # noqa: BLE001 - urllib3's InvalidHeader, and whatever a date parser finds
        return None
