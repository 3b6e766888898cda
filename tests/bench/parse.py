"""Text to tree, side by side with another parser of this family, in one run on the same texts.

    pip install 'sqlglot[c]' && python tests/bench/parse.py

Each text is parsed anew every time, and no parser keeps texts. The two take turns, so that a machine
that becomes slower does so for both; the figure is the median of the rounds, the ratio that of the
rounds' ratios. Without sqlglot the script gives the times of vtql alone.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial

import vtql

CONDITIONS = " AND ".join(f"field_{n} = 'value {n}'" for n in range(20))
VALUES = ", ".join(f"'{n}x{n * 7}'" for n in range(1000))
TEXTS = {
    "10 tokens": "SELECT lastname FROM Contacts WHERE lastname = 'Smith' LIMIT 10",
    "20 conditions": f"SELECT lastname, firstname FROM Contacts WHERE {CONDITIONS} ORDER BY lastname LIMIT 10",
    "1,000 IN values": f"SELECT lastname FROM Contacts WHERE account_id IN ({VALUES})",
}
ROUNDS, SECONDS = 21, 0.05  # a round takes about so long


def main() -> None:
    """Print a line for each text."""
    other = rival()
    for name, text in TEXTS.items():
        mine = partial(vtql.parse, f"{text};")
        times, ratios = [], []
        count = repetitions(mine)
        for _ in range(ROUNDS):
            times.append(timed(mine, count))
            if other is not None:
                ratios.append(timed(partial(other, text), max(1, count // 2)) / times[-1])
        shown = f"{name:16} {statistics.median(times) * 1e6:9.1f} µs"
        if ratios:
            low, middle, high = min(ratios), statistics.median(ratios), max(ratios)
            shown += f"   sqlglot takes {middle:.2f} times as long ({low:.2f} to {high:.2f})"
        print(shown)


def rival() -> Callable[[str], object] | None:
    """sqlglot's parser, in its fastest dialect, which is its own; None where it is not installed."""
    try:
        import sqlglot
        import sqlglot.tokenizer_core
    except ImportError:
        return None
    compiled = str(sqlglot.tokenizer_core.__file__).endswith(".so")
    print(f"sqlglot {sqlglot.__version__}, {'compiled' if compiled else 'NOT compiled'}")
    parse: Callable[[str], object] = sqlglot.parse_one
    return parse


def repetitions(work: Callable[[], object]) -> int:
    """How often the work is done in a round."""
    return max(1, int(SECONDS / timed(work, 3)))


def timed(work: Callable[[], object], count: int) -> float:
    """Seconds that the work takes once, as the mean of `count` times."""
    start = time.perf_counter()
    for _ in range(count):
        work()
    return (time.perf_counter() - start) / count


if __name__ == "__main__":
    main()
