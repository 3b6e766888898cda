"""Texts of a megabyte: the processor's seconds until each has its answer or a limit is told.

    python tests/bench/big.py [part of a shape's name ...]

Each shape is read in each of the ways that a text comes in: a sixteenth of it and a quarter, and
whole where the quarter lets fear for it. Told are those that take longest, with how many times longer
the whole takes than the quarter: 4 is linear.
"""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress

from shapes import SHAPES, SIZE

import vtql
from vtql.sandbox.demo import catalog as demo_catalog

BOUND = 2.0
PATIENCE = 8.0

CATALOG = demo_catalog()

WAYS: dict[str, Callable[[str], object]] = {
    "analyze": vtql.analyze,
    "analyze, catalog": lambda text: vtql.analyze(text, CATALOG),
    "analyze_script": vtql.analyze_script,
    "analyze_script, catalog": lambda text: vtql.analyze_script(text, CATALOG),
    "format": vtql.format,
    "compile": vtql.compile,
    "compile, catalog": lambda text: vtql.compile(text, CATALOG),
}


def main() -> None:
    """Measure, and print what takes longest."""
    wanted = sys.argv[1:]
    signal.signal(signal.SIGVTALRM, _enough)
    vtql.analyze("SELEKT a FROM b WHERE (a = 'b')", CATALOG)
    taken: list[tuple[float, float, str, str]] = []
    for name, shape in SHAPES.items():
        if wanted and not any(part in name for part in wanted):
            continue
        whole, quarter, little = shape(SIZE), shape(SIZE // 4), shape(SIZE // 16)
        for way, run in WAYS.items():
            first = _seconds(run, quarter)
            if first < BOUND / 16 and first < 6 * _seconds(run, little):
                continue
            seconds = _least(run, whole)
            times = seconds / first
            taken.append((seconds, times, name, way))
            if seconds > BOUND or (times > 6 and seconds > BOUND / 4):
                print(f"{seconds:6.2f} s  {times:5.1f} times  {name}: {way}", flush=True)
    print(f"\n{len(SHAPES)} shapes; the longest:")
    for seconds, times, name, way in sorted(taken, reverse=True)[:20]:
        print(f"{seconds:6.2f} s  {times:5.1f} times  {name}: {way}")


def _least(run: Callable[[str], object], text: str) -> float:
    """Seconds that a text takes; of one over the bound the least of three, for others use the machine."""
    seconds = _seconds(run, text)
    for _ in range(2 * (seconds > BOUND)):
        seconds = min(seconds, _seconds(run, text))
    return seconds


def _seconds(run: Callable[[str], object], text: str) -> float:
    signal.setitimer(signal.ITIMER_VIRTUAL, PATIENCE)
    start = time.process_time()
    with suppress(vtql.VtqlError, TimeoutError):
        run(text)
    taken = time.process_time() - start
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return max(taken, 1e-6)


def _enough(*_: object) -> None:
    raise TimeoutError


if __name__ == "__main__":
    main()
