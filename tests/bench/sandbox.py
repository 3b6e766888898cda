"""How many queries a second the sandbox answers over HTTP, measured from outside.

    python tests/bench/sandbox.py [records] [requests] [callers]

A server is started with generated records; callers, each a process with one connection that stays
open, ask for single records and for pages of a hundred, then for anything, records that are made,
changed and deleted among it. Rates, the slowest percent, the processor's time that a request costs
the server, and its memory are printed. Nothing here is a test: it depends on the machine.
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from hashlib import md5
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode, urlsplit

HEADERS = {"Content-Type": "application/x-www-form-urlencoded"}
QUERIES = {
    "a record by its id": "select * from Contacts where id = '12x{number}';",
    "a record by its number": "select * from Contacts where contact_no = 'CON{serial}';",
    "a page of ids": "select id from Contacts where id > '12x{number}' order by id limit 100;",
    "a page of four fields":
        "select lastname, firstname, email, phone from Contacts where id > '12x{number}' limit 100;",
    "a page of everything": "select * from Contacts where id > '12x{number}' limit 100;",
    "anything": "",
}  # fmt: skip


def main(records: int = 100_000, requests: int = 2_000, callers: int = 2) -> None:
    """Start a server, measure, stop it."""
    command = [sys.executable, "-m", "vtql", "sandbox", "--port", "0", "--rows", str(records)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        told = dict(line.rsplit(maxsplit=1) for line in (server.stdout.readline() for _ in "123"))
        print(f"{records:,} records, {requests:,} requests of {callers} callers")
        before = memory(server.pid)
        try:
            session = log_in(told["url"], told["access key"])
            for name, query in QUERIES.items():
                measure(name, query, told["url"], session, requests, callers, server.pid)
            print(f"memory of the server: {before} MB before, {memory(server.pid)} MB after")
        finally:
            server.terminate()


def measure(
    name: str, query: str, url: str, session: str, requests: int, callers: int, server: int
) -> None:
    """Ask, and print what came of it."""
    asked(url, session, query, 20, 1)  # what is indexed is indexed then
    began, worked = time.perf_counter(), processor(server)
    taken = asked(url, session, query, requests // callers, callers)
    whole = time.perf_counter() - began
    every = sorted(one for part in taken for one in part)
    median, slow = every[len(every) // 2], every[int(len(every) * 0.99)]
    cost = (processor(server) - worked) / len(every) * 1000
    print(f"{name:24} {len(every) / whole:7.0f}/s   p50 {median:5.1f} ms   p99 {slow:5.1f} ms"
          f"   {cost:4.1f} ms of the processor   {memory(server)} MB", flush=True)  # fmt: skip


def asked(url: str, session: str, query: str, count: int, callers: int) -> list[list[float]]:
    """Have callers ask, each a process, all at a time; what each measured."""
    command = [sys.executable, __file__, "call", url, session, query, str(count)]
    running = [
        subprocess.Popen([*command, str(seed)], stdout=subprocess.PIPE, text=True)
        for seed in range(callers)
    ]
    return [json.loads(each.communicate()[0]) for each in running]


def call(url: str, session: str, query: str, count: int, seed: int) -> list[float]:
    """Ask `count` times; how many milliseconds each answer took."""
    send = sender(url)
    first = {
        "sessionName": session,
        "operation": "query",
        "query": "select id from Contacts limit 1;",
    }
    start = int(send("GET", first)[0]["id"].partition("x")[2])
    chance, taken = Random(seed), []
    for turn in range(count):
        at = chance.randrange(5_000)
        text = query.format(number=start + at, serial=at + 1)
        began = time.perf_counter()
        if query:
            send("GET", first | {"query": text})
        else:
            anything(send, session, turn, f"12x{start + at}")
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def anything(send: Callable[[str, dict[str, str]], Any], session: str, turn: int, id_: str) -> None:
    """One of the things that programs ask for, each in its turn."""
    fields = {"sessionName": session}
    match turn % 6:
        case 0:
            element = {"lastname": f"Made {turn}", "assigned_user_id": "19x1"}
            sent = {"elementType": "Contacts", "element": json.dumps(element)}
            made = send("POST", fields | sent | {"operation": "create"})["id"]
            send("POST", fields | {"operation": "delete", "id": made})
        case 1:
            send("GET", fields | {"operation": "describe", "elementType": "Contacts"})
        case 2:
            send("GET", fields | {"operation": "listtypes"})
        case 3:
            element = {"id": id_, "title": f"Title {turn}"}
            send("POST", fields | {"operation": "revise", "element": json.dumps(element)})
        case 4:
            send("GET", fields | {"operation": "retrieve", "id": id_})
        case _:
            text = f"select id from Contacts where lastname like 'B%' and id > '{id_}' limit 100;"
            send("GET", fields | {"operation": "query", "query": text})


def log_in(url: str, key: str) -> str:
    """A session for all callers: of two logins at a time one fails, as on a server."""
    send = sender(url)
    token = send("GET", {"operation": "getchallenge", "username": "admin"})["token"]
    digest = md5((token + key).encode(), usedforsecurity=False).hexdigest()
    fields = {"operation": "login", "username": "admin", "accessKey": digest}
    return str(send("POST", fields)["sessionName"])


def sender(url: str) -> Callable[[str, dict[str, str]], Any]:
    """A way to send requests over one connection and have their results."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)

    def send(method: str, fields: dict[str, str]) -> Any:
        form = urlencode(fields)
        target = "/webservice.php" + (f"?{form}" if method == "GET" else "")
        connection.request(method, target, form if method == "POST" else None, HEADERS)
        envelope = json.loads(connection.getresponse().read())
        assert envelope["success"], envelope
        return envelope["result"]

    return send


def processor(process: int) -> float:
    """The seconds of the processor that a process has had, where the system tells."""
    path = Path(f"/proc/{process}/stat")
    if not path.exists():
        return 0.0
    user, system = path.read_text("utf-8").rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def memory(process: int) -> int:
    """The memory that a process has, in MB, where the system tells."""
    path = Path(f"/proc/{process}/status")
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmRSS")), 0)


if __name__ == "__main__":
    if sys.argv[1:2] == ["call"]:
        _, _, where, session, query, count, seed = sys.argv
        print(json.dumps(call(where, session, query, int(count), int(seed))))
    else:
        main(*map(int, sys.argv[1:]))
