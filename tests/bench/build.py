"""A query set built step by step, beside a builder that checks nothing, in one run.

    python tests/bench/build.py

The bare one copies a dictionary at each step and knows neither fields nor lookups nor values; what
checking costs is the distance between the two; "as text" is the writing of one that is built. They
take turns, so that a machine that becomes slower does so for all; times are of the processor, the
least and the median of the rounds.

Then trees of four conditions are planned: every shape that AND, OR and NOT give four fields, two of
which may be the same, under each reading; the least of a few rounds, and of those that seem the slowest of
many, for on a machine that does something else besides a few are not enough.
"""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any, get_args

import vtql
from vtql.ast import Comparison, Literal, Name, Operator
from vtql.logic.plan import Precedence, plan_chains
from vtql.logic.tree import And, Not, Or, Tree
from vtql.sandbox import Sandbox

ROUNDS, EACH = 100, 100
SLOWEST = 60
KINDS: tuple[type[And | Or], ...] = (And, Or)


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
    times: dict[str, list[float]] = {"checked": [], "bare": [], "as text": [], "in all": []}
    built = chain(checked)
    for _ in range(ROUNDS):
        times["checked"].append(timed(lambda: chain(checked)))
        times["bare"].append(timed(lambda: chain(bare)))
        times["as text"].append(timed(lambda: str(built)))
        times["in all"].append(timed(lambda: str(chain(checked))))
    for name, taken in times.items():
        print(f"{name:8} {min(taken):7.1f} µs at least, {statistics.median(taken):7.1f} µs mostly")
    ratio = statistics.median(
        one / other for one, other in zip(times["checked"], times["bare"], strict=True)
    )
    print(f"checked takes {ratio:.1f} times what bare takes")
    every = [(tree, reading) for tree in four_conditions() for reading in get_args(Precedence)]
    planning = {number: plan_time(*each, 5) for number, each in enumerate(every)}
    slowest = sorted(planning, key=lambda number: -planning[number])[:SLOWEST]
    most = max(min(planning[number], plan_time(*every[number], 50)) for number in slowest)
    middle = statistics.median(planning.values())
    print(f"planned  {middle:7.1f} µs mostly, {most:7.1f} µs at most, {len(planning)} plans")


def plan_time(tree: Tree, reading: Precedence, rounds: int) -> float:
    """Microseconds that a plan takes, the least of some rounds."""
    return min(timed(lambda: plan_chains(tree, reading), 10) for _ in range(rounds))


def chain(query: Any) -> Any:
    """The steps of an ordinary query."""
    return (
        query.filter(lastname="Brown")
        .exclude(mailingcity="Sofia")
        .only("lastname", "email")
        .order_by("lastname")[10:20]
    )


def four_conditions() -> Iterator[Tree]:
    """Trees of four conditions: the ways to put brackets, what joins them, and NOT before a part."""
    leaves = [Comparison(Name(name), Operator.EQ, Literal("x")) for name in "abcd"]
    alike = [*leaves[:3], Comparison(Name("a"), Operator.EQ, Literal("y"))]
    for conditions in (leaves, alike):
        for a, b, c, d in itertools.permutations(conditions) if conditions is alike else [leaves]:
            for one, two, three in itertools.product(KINDS, repeat=3):
                yield one((a, two((b, three((c, d))))))
                yield one((two((a, b)), three((c, d))))
                yield one((a, Not(two((b, Not(three((c, d))))))))
                yield Not(one((two((a, b)), Not(three((c, d))))))


def timed(work: Callable[[], Any], each: int = EACH) -> float:
    """Microseconds that the work takes, on average of a few."""
    begin = time.process_time()
    for _ in range(each):
        work()
    return (time.process_time() - begin) / each * 1e6


if __name__ == "__main__":
    main()
