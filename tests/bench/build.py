"""A query set built step by step, beside a builder that checks nothing, in one run.

    python tests/bench/build.py

The bare one copies a dictionary at each step and knows neither fields nor lookups nor values; what
checking and compiling cost is the distance between the two. They take turns, so that a machine that
becomes slower does so for both; times are of the processor, the least and the median of the rounds.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import vtql
from vtql.sandbox import Sandbox

ROUNDS, EACH = 200, 200


class Bare:
    """A builder that writes down what it is told."""

    __slots__ = ("_told",)

    def __init__(self, told: dict[str, Any]) -> None:
        self._told = told

    def __getattr__(self, step: str) -> Callable[..., Bare]:
        return lambda *names, **lookups: Bare({**self._told, step: (names, lookups)})

    def __getitem__(self, key: slice) -> Bare:
        return Bare({**self._told, "slice": key})


def main() -> None:
    """Print a line for each."""
    checked = vtql.model("Contacts", Sandbox().catalog).objects
    bare = Bare({})
    times: dict[str, list[float]] = {"checked": [], "bare": [], "to text": []}
    for _ in range(ROUNDS):
        times["checked"].append(timed(lambda: chain(checked)))
        times["bare"].append(timed(lambda: chain(bare)))
        times["to text"].append(timed(lambda: str(chain(checked))))
    for name, taken in times.items():
        print(f"{name:8} {min(taken):7.1f} µs at least, {statistics.median(taken):7.1f} µs mostly")
    ratio = statistics.median(
        one / other for one, other in zip(times["checked"], times["bare"], strict=True)
    )
    print(f"checked takes {ratio:.1f} times what bare takes")


def chain(query: Any) -> Any:
    """The steps of an ordinary query."""
    return (
        query.filter(lastname="Brown")
        .exclude(mailingcity="Sofia")
        .only("lastname", "email")
        .order_by("lastname")[10:20]
    )


def timed(work: Callable[[], Any]) -> float:
    """Microseconds that the work takes, on average of a few."""
    begin = time.process_time()
    for _ in range(EACH):
        work()
    return (time.process_time() - begin) / EACH * 1e6


if __name__ == "__main__":
    main()
