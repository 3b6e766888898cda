"""Any requests to a sandbox over a real socket, for as long as one likes.

    PYTHONPATH=.:tests python -m fuzz.http_requests [seconds] [seed] [profile]

A server is started as its command does. An answer has to be one that a server could give; one that
is not ends the run with the request that it was for. The memory of the server is told in five
places of the run.
"""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from hashlib import md5
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode, urlsplit

from fuzz.made_requests import FORM, request

POSSIBLE = {100, 200, 400, 404, 405, 408, 411, 413, 414, 417, 431, 500, 501, 505}
OURS = (b"Traceback", b"site-packages", b"sqlite", b'File "')
"""What stands in an answer only where something of ours is broken."""


@dataclass(slots=True)
class Caller:
    """Who sends requests to a server, each over a connection of its own."""

    url: str
    key: str
    session: str = ""
    seen: Counter[str] = field(default_factory=Counter)

    def log_in(self) -> None:
        """Begin a session."""
        asked = urlencode({"operation": "getchallenge", "username": "admin"})
        token = self.result(f"GET /webservice.php?{asked} HTTP/1.0\r\n\r\n")["token"]
        digest = md5((token + self.key).encode(), usedforsecurity=False).hexdigest()
        form = urlencode({"operation": "login", "username": "admin", "accessKey": digest})
        head = f"POST /webservice.php HTTP/1.0\r\nContent-Type: {FORM}\r\n"
        told = self.result(f"{head}Content-Length: {len(form)}\r\n\r\n{form}")
        self.session = told["sessionName"]

    def result(self, sent: str) -> Any:
        """The result in the answer to a request."""
        return json.loads(self.send(sent.encode()).partition(b"\r\n\r\n")[2])["result"]

    def send(self, sent: bytes) -> bytes:
        """All that comes back; nothing where the connection is cut."""
        parts = urlsplit(self.url)
        address = (parts.hostname or "", parts.port or 0)
        answer = b""
        with socket.create_connection(address, timeout=15) as line:
            try:
                line.sendall(sent)
                line.shutdown(socket.SHUT_WR)
                while more := line.recv(65536):
                    answer += more
            except TimeoutError:
                raise
            except OSError:  # the server has hung up
                return answer
        return answer

    def judge(self, answer: bytes) -> None:
        """Count an answer; an assertion fails where no server could have given it."""
        head, _, body = answer.partition(b"\r\n\r\n")
        found = re.match(rb"HTTP/1\.[01] (\d{3})", head)
        assert found or not answer, answer[:300]
        status = int(found[1]) if found else 0
        assert not status or status in POSSIBLE, answer[:300]
        assert not any(word in answer for word in OURS), answer[:2000]
        self.seen[f"HTTP {status}" if status else "nothing"] += 1
        if status == 200 and b"application/json" in head and body.startswith(b'{"success"'):
            # Behind it may stand the answer to what became a second request on the way.
            envelope, _ = json.JSONDecoder().raw_decode(body.decode())
            assert set(envelope) in ({"success", "result"}, {"success", "error"}), body[:300]
            self.seen[str(envelope.get("error", {}).get("code", "done"))] += 1


def main(seconds: float, seed: int, profile: str) -> None:
    """Run, and tell what was answered how often."""
    command = [sys.executable, "-m", "vtql", "sandbox", "--port", "0", "--profile", profile]
    output = subprocess.PIPE
    with subprocess.Popen(command, stdout=output, stderr=output, text=True) as server:
        assert server.stdout
        assert server.stderr
        told = dict(line.rsplit(maxsplit=1) for line in (server.stdout.readline() for _ in "123"))
        try:
            run(Caller(told["url"], told["access key"]), seconds, Random(seed), server.pid)
            assert server.poll() is None, "the server is gone"
        finally:
            server.terminate()
        written = server.stderr.read()
        assert "Traceback" not in written, written


def run(caller: Caller, seconds: float, chance: Random, server: int) -> None:
    """Send requests for some seconds."""
    began, count, sizes = time.monotonic(), 0, [memory(server)]
    caller.log_in()
    while (passed := time.monotonic() - began) < seconds:
        sent = request(chance, caller.session)
        whole = len(sent) if chance.random() > 0.02 else len(sent) // 2
        try:
            caller.judge(caller.send(sent[:whole]))
        except Exception:
            sys.stderr.write(f"request {count}: {sent[:2000]!r}\n")
            raise
        count += 1
        if passed > seconds * len(sizes) / 4:
            sizes.append(memory(server))
            caller.log_in()  # some of the requests end the session
    told = [f"{name} {number:,}" for name, number in caller.seen.most_common()]
    grown = ", ".join(map(str, [*sizes, memory(server)]))
    sys.stdout.write(f"{count:,} requests; memory {grown} MB\n{', '.join(told)}\n")


def memory(process: int) -> int:
    """The memory that a process has, in MB, where the system tells."""
    path = Path(f"/proc/{process}/status")
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmRSS")), 0)


if __name__ == "__main__":
    chosen = [*sys.argv[1:], *("60", "1", "documented")[len(sys.argv) - 1 :]]
    main(float(chosen[0]), int(chosen[1]), chosen[2])
