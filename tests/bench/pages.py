"""A server of one module for the other programs here: `python tests/bench/pages.py ROWS LATENCY [EVENLY]`.

Each answer comes LATENCY seconds after its request was read, the server's own work among them, so that
what is measured is whoever asks. Ids lie apart as chance has it, as those of modules that share a counter
do, unless they shall lie evenly, which a million of them do without being kept. `/served` tells how many
requests were answered, and how long they took from the first byte that was read to the last one sent.
"""

from __future__ import annotations

import json
import random
import re
import socketserver
import subprocess
import sys
import threading
import time
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

APART = 3
DESCRIBED = {
    "name": "Contacts",
    "idPrefix": "12",
    "fields": [{"name": n, "type": {"name": "string"}} for n in ("lastname", "email")],
}
BEHIND, WINDOW = re.compile(r"id > '12x(\d+)'"), re.compile(r"LIMIT (?:(\d+), ?)?(\d+)")


def page(ids: Sequence[int]) -> bytes:
    """The answer with the records of some ids."""
    rows = ",".join(
        f'{{"lastname":"Contact {n}","email":"c{n}@example.com","id":"12x{n}"}}' for n in ids
    )
    return f'{{"success":true,"result":[{rows}]}}'.encode()


def answer(text: str, ids: Sequence[int]) -> bytes:
    """The answer to a query: all records, or those behind an id, from either end."""
    window = WINDOW.search(text)
    offset, size = (int(window[1] or 0), int(window[2])) if window else (0, 100)
    behind = max(map(int, BEHIND.findall(text)), default=0)
    start = bisect_right(ids, behind)
    if " DESC" in text:
        return page(ids[max(start, len(ids) - size) :][::-1])
    return page(ids[start + offset : start + offset + min(size, 100)])


class Handler(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True
    server: Server

    def handle(self) -> None:
        while line := self.rfile.readline().decode():
            began = time.perf_counter()
            length = 0
            while header := self.rfile.readline().decode().strip().lower():
                if header.startswith("content-length:"):
                    length = int(header.partition(":")[2])
            body = self.rfile.read(length).decode()
            target = line.split()[1]
            made = self.server.made(target, body)
            head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(made)}\r\n\r\n".encode()
            if target != "/served":
                time.sleep(max(0.0, self.server.latency - (time.perf_counter() - began)))
            self.wfile.write(head + made)
            if target != "/served":
                self.server.note(time.perf_counter() - began)


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, ids: Sequence[int], latency: float) -> None:
        self.ids, self.latency = ids, latency
        self.lock, self.answered, self.took = threading.Lock(), 0, 0.0
        super().__init__(("127.0.0.1", 0), Handler)

    def note(self, seconds: float) -> None:
        with self.lock:
            self.answered += 1
            self.took += seconds

    def made(self, target: str, body: str) -> bytes:
        if target == "/served":
            return json.dumps([self.answered, self.took]).encode()
        if "operation=login" in body:
            return b'{"success":true,"result":{"sessionName":"s","vtigerVersion":"8.4.0"}}'
        if "operation=logout" in body:
            return b'{"success":true,"result":{"message":"successfull"}}'
        asked = parse_qs(urlsplit(target).query)
        if asked["operation"][0] == "query":
            return answer(asked["query"][0], self.ids)
        if asked["operation"][0] == "getchallenge":
            return b'{"success":true,"result":{"token":"t"}}'
        return json.dumps({"success": True, "result": DESCRIBED}).encode()


@contextmanager
def serving(rows: int, latency: float, *, evenly: bool = False) -> Iterator[str]:
    """Run the server in a process of its own; its address."""
    command = [sys.executable, __file__, str(rows), str(latency), *(["evenly"] if evenly else [])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.terminate()


def served(url: str) -> tuple[int, float]:
    """How many requests a server has answered, and the seconds that these took it."""
    with urlopen(f"{url}/served") as came:
        number, seconds = json.load(came)
    return number, seconds


def main() -> None:
    rows, latency = int(sys.argv[1]), float(sys.argv[2])
    ids: Sequence[int] = range(APART, APART * rows + 1, APART)
    if len(sys.argv) < 4:
        ids = sorted(random.Random(1).sample(range(1, 2 * APART * rows), rows))
    with Server(ids, latency) as server:
        print(server.server_address[1], flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
