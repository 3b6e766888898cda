"""How fast all rows of a module are read: `python tests/bench/read.py [ROWS [LATENCY]]`.

A server in a process of its own answers each request after LATENCY seconds, 0.02 if left out, with
rows of three fields. Its answers are made beforehand, for what is measured is the client: one loop
over `LIMIT m,100`, then all rows by id over 1 and over 8 connections. The bound of a read is requests ×
latency / connections, and the time that decoding the answers takes by itself; what is above it is the
rest of the client's work, and the time of the machine that the server took from it.
"""

from __future__ import annotations

import atexit
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import vtql
from vtql.client import Client

SERVER = """
import json, re, socketserver, sys, time
from bisect import bisect_right
from urllib.parse import parse_qs, urlsplit

rows, latency = int(sys.argv[1]), float(sys.argv[2])
ids = [number * 3 for number in range(1, rows + 1)]

def texts(part):
    found = ",".join(f'{{"lastname":"Contact {n}","email":"c{n}@example.com","id":"12x{n}"}}' for n in part)
    return f'{{"success":true,"result":[{found}]}}'.encode()

def answer(query):
    operation = query["operation"][0]
    if operation == "getchallenge":
        return b'{"success":true,"result":{"token":"t"}}'
    if operation == "describe":
        fields = [{"name": n, "type": {"name": "string"}} for n in ("lastname", "email")]
        described = {"name": "Contacts", "idPrefix": "12", "fields": fields}
        return json.dumps({"success": True, "result": described}).encode()
    text = query["query"][0]
    if " DESC" in text:
        behind = re.search(r"id > '12x(\\d+)'", text)
        if behind and int(behind[1]) >= ids[-1]:
            return texts([])
        return texts(ids[-1:])
    window = re.search(r"LIMIT (\\d+), ?(\\d+)", text)
    if window:
        start = int(window[1])
    else:
        behind = re.search(r"id > '12x(\\d+)'", text)
        start = bisect_right(ids, int(behind[1])) if behind else 0
    return texts(ids[start : start + 100])

class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        while line := self.rfile.readline().decode():
            length = 0
            while (header := self.rfile.readline().decode().strip().lower()):
                if header.startswith("content-length:"):
                    length = int(header.partition(":")[2])
            body = self.rfile.read(length).decode()
            began = time.perf_counter()
            if "operation=login" in body:
                made = b'{"success":true,"result":{"sessionName":"s","vtigerVersion":"8.4.0"}}'
            else:
                made = answer(parse_qs(urlsplit(line.split()[1]).query))
            time.sleep(max(0.0, latency - (time.perf_counter() - began)))
            head = f"HTTP/1.1 200 OK\\r\\nContent-Length: {len(made)}\\r\\n\\r\\n".encode()
            self.wfile.write(head + made)

class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

with Server(("127.0.0.1", 0), Handler) as server:
    print(server.server_address[1], flush=True)
    server.serve_forever()
"""


MANY = 200_000


class Counted:
    """The requests of a client, as its log tells them."""

    def __init__(self, client: Client) -> None:
        import logging

        self.number = 0
        log = logging.getLogger("vtql.client")
        log.setLevel(logging.INFO)
        log.propagate = False
        log.handlers = [handler := logging.Handler()]
        handler.emit = self.count  # type: ignore[method-assign, assignment]
        self.client = client

    def count(self, _: object) -> None:
        self.number += 1


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
        client.catalog("Contacts")
        if connections > 1:  # log in everywhere beforehand: a client does so once
            warm(client)
        counted = Counted(client)
        began, worked = time.perf_counter(), time.process_time()
        found = sum(1 for _ in read(client))
        took, work = time.perf_counter() - began, time.process_time() - worked
    assert found == rows, found
    least = counted.number * latency / connections
    bound = least + decoding(rows)
    print(
        f"{read.__name__:9} {connections} connections: {took:6.2f} s, {counted.number} requests, "
        f"bound {least:.2f} + {bound - least:.2f} s, {100 * (took / bound - 1):5.1f} % above it; "
        f"own work {work:.2f} s, {rows / took:8.0f} rows/s, "
        f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"
    )
    return took


def decoding(rows: int) -> float:
    """The seconds that reading so many rows from their JSON takes."""
    from vtql.protocol import PAGE, read_answer, success

    page = [
        {"lastname": f"Contact {n}", "email": f"c{n}@example.com", "id": f"12x{n}"}
        for n in range(100_000, 100_000 + PAGE)
    ]
    body = success(page)
    began = time.process_time()
    for _ in range(rows // PAGE):
        read_answer(body, 200, "query")
    return time.process_time() - began


def warm(client: Client) -> None:
    for _ in client.model("Contacts").objects.only("lastname")[:5000]:
        pass


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    latency = float(sys.argv[2]) if len(sys.argv) > 2 else 0.02
    with subprocess.Popen(
        [sys.executable, "-c", SERVER, str(rows), str(latency)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        atexit.register(process.kill)
        url = f"http://127.0.0.1:{process.stdout.readline().strip()}"
        if rows > MANY:  # only how much memory it takes
            measured(url, 8, by_id, latency, rows)
            process.terminate()
            return
        sequential = measured(url, 1, by_offset, latency, rows)
        measured(url, 1, by_id, latency, rows)
        eight = measured(url, 8, by_id, latency, rows)
        print(
            f"8 connections are {sequential / eight:.1f} times as fast as the loop over LIMIT m,100"
        )
        process.terminate()


if __name__ == "__main__":
    main()
