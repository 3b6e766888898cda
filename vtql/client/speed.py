"""How many logins make a read faster: the same pages, asked for over 1, 2 and 4 of them.

A server does the requests of one login in turn, so a second one helps; but its processors are shared.
Measured on two cores: a parallel read took 0.38 of the time of a loop over 2 logins and 0.42 over 8
with all fields, 0.54 and 0.69 with two fields.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from vtql.query.connection import Fetch

LOGINS = (1, 2, 4)
PAGES = 8
"""Requests for each number of logins."""
GAIN = 0.8
"""The part of the time that a read must take at most for more logins to be worth it."""
LONG = 4.0
"""Seconds after which pages are not asked for a second time to be sure."""


@dataclass(frozen=True, slots=True)
class Speed:
    """The seconds that the same pages took, by the number of logins."""

    seconds: Mapping[int, float]

    @property
    def best(self) -> int:
        """The fewest logins of which more do not make the read faster by a fifth."""
        best = min(self.seconds)
        for logins in sorted(self.seconds):
            if self.seconds[logins] <= GAIN * self.seconds[best]:
                best = logins
        return best


def measured(
    fetch_over: Callable[[int], Fetch], text: str, clock: Callable[[], float] = time.perf_counter
) -> Speed:
    """Ask for the page of a query several times, over each number of logins.

    Every login is made before the clock runs.

    Args:
        fetch_over: gives what asks over so many logins.
        text: the query.
        clock: gives seconds.

    Raises:
        VtqlError: what a request ends with.
    """
    return Speed({logins: _seconds(fetch_over(logins), logins, text, clock) for logins in LOGINS})


def _seconds(fetch: Fetch, logins: int, text: str, clock: Callable[[], float]) -> float:
    with ThreadPoolExecutor(logins, "vtql-speed") as pool:

        def asked(times: int) -> float:
            began = clock()
            list(pool.map(fetch, [text] * times))
            return clock() - began

        asked(logins)
        first = asked(PAGES)
        return first if first > LONG else min(first, asked(PAGES))
