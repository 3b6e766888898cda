"""How fast all rows of a module are read: `python tests/bench/read.py [ROWS [LATENCY]]`.

A server in a process of its own (`pages.py`) answers each request after LATENCY seconds, 0.02 if left
out, with rows of three fields: first a loop over `LIMIT m,100`, then all rows by id over 1 and over 8
logins.

The bound of a read is requests × latency / connections, and the time that decoding takes by itself: making
rows of the same number of answers, as a query set does, and of rows what is looped over, which are records
where all rows are read by id. No sending, receiving and waiting is in it, and no checking of the ids.

The first page and the last ones cannot keep all connections busy, which counts less the more rows are
read: 200,000 of them tell how fast the reading itself is. A machine that is busy makes a latency longer than it was meant to be, whatever the client does;
so what the requests took as the server saw it is told, too, and the bound that follows from that.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from pages import page, served, serving

import vtql
from vtql.client import Client
from vtql.protocol import PAGE, read_answer


def by_offset(client: Client) -> Iterator[object]:
    start = 0
    while rows := client.query(f"SELECT lastname, email, id FROM Contacts LIMIT {start}, 100;"):
        yield from rows
        start += 100


def by_id(client: Client) -> Iterator[object]:
    yield from client.model("Contacts").objects.only("lastname", "email")


def measured(
    url: str,
    connections: int,
    read: Callable[[Client], Iterator[object]],
    latency: float,
    rows: int,
) -> float:
    with vtql.connect(url, "admin", "key", connections=connections) as client:
        began = time.perf_counter()
        contacts = client.model("Contacts")
        if connections > 1:  # a client logs in once, however often it reads
            sum(1 for _ in client.model("Contacts").objects.only("lastname")[:5000])
            print(f"logging in over {connections} connections and reading 5,000 rows: "
                  f"{time.perf_counter() - began:.2f} s")  # fmt: skip
        before = served(url)
        began, worked = time.perf_counter(), time.process_time()
        found = sum(1 for _ in read(client))
        took, work = time.perf_counter() - began, time.process_time() - worked
    requests, seen = (now - then for now, then in zip(served(url), before, strict=True))
    assert found == rows, found
    decoded = decoding(rows, iter if read is by_offset else partial(map, contacts))
    bound = requests * latency / connections + decoded
    as_served = seen / connections + decoded
    print(
        f"{read.__name__:9} {connections} connections: {took:6.2f} s, {rows / took:8,.0f} rows/s, "
        f"{requests:.0f} requests; {100 * (took / bound - 1):5.1f} % above the bound of {bound:.2f} s "
        f"({decoded:.2f} s of it decoding); a request took the server {1000 * seen / requests:.1f} ms: "
        f"{100 * (took / as_served - 1):5.1f} % above that; own work {work:.2f} s"
    )
    return took


def decoding(rows: int, made: Callable[[list[Any]], Iterator[object]]) -> float:
    """The seconds that so many rows take to be read from their JSON and made into what is given."""
    body = page(range(100_000, 100_000 + PAGE))
    began = time.process_time()
    for _ in range(rows // PAGE):
        for _ in made(read_answer(body, 200, "query")):
            pass
    return time.process_time() - began


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    latency = float(sys.argv[2]) if len(sys.argv) > 2 else 0.02
    with serving(rows, latency) as url:
        print(f"{rows:,} rows, {1000 * latency:.0f} ms a request, {urlsplit(url).netloc}")
        sequential = measured(url, 1, by_offset, latency, rows)
        measured(url, 1, by_id, latency, rows)
        eight = min(measured(url, 8, by_id, latency, rows) for _ in range(3))
        print(
            f"8 connections are {sequential / eight:.1f} times as fast as the loop over LIMIT m,100"
        )


if __name__ == "__main__":
    main()
