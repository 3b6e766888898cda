"""Closing a sandbox, its server and a client while other threads are asking."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from stub_servers import JSON, Answer, Connect, Seen, Serve, after_login

import vtql
from vtql.sandbox import Sandbox
from vtql.sandbox.locks import RecordLock
from vtql.sandbox.server import _CherootServer, _StandardServer

ASKING = """
import sys, threading, time
import vtql
from vtql.sandbox import Sandbox

how, path = sys.argv[1:]
box = Sandbox(rows={"Contacts": 500}, file=path or None)
url = box.serve()
clients = {
    "in process": lambda: box.client(connections=2),
    "over HTTP": lambda: vtql.connect(url, box.username, box.access_key, connections=2, retries=0),
    "the client": lambda: vtql.connect(url, box.username, box.access_key, connections=2, retries=0),
}
client = clients[how]()
closed = client.close if how == "the client" else box.close
allowed = (vtql.ClosedError, vtql.TransportError) if how == "over HTTP" else vtql.ClosedError
right = client.query("select id from Contacts where lastname like '%a%' order by id limit 50;")
assert len(right) == 50
wrong, answers, refused = [], [], []

def ask():
    while True:
        try:
            found = client.query(
                "select id from Contacts where lastname like '%a%' order by id limit 50;")
        except allowed as error:
            refused.append(error)
            return
        except BaseException as error:
            wrong.append(repr(error))
            return
        answers.append(found)
        if found != right:
            wrong.append(found)

asking = [threading.Thread(target=ask) for _ in range(8)]
for each in asking:
    each.start()
while len(answers) < 10:
    time.sleep(0.002)
closing = [threading.Thread(target=closed) for _ in range(3)]
for each in closing:
    each.start()
for each in closing + asking:
    each.join(20)
closed()
box.close()
assert not any(each.is_alive() for each in closing + asking)
assert not wrong, wrong[:3]
assert len(refused) == 8
if how != "the client":
    try:
        box.records("Contacts")
    except vtql.ClosedError:
        print("closed")
"""


@pytest.mark.parametrize(
    ("how", "file"),
    [("in process", ""), ("in process", "kept"), ("over HTTP", "kept"), ("the client", "")],
)
def test_closing_while_threads_ask_ends_no_interpreter(tmp_path: Path, how: str, file: str) -> None:
    path = str(tmp_path / file) if file else ""
    command = [sys.executable, "-X", "faulthandler", "-c", ASKING, how, path]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == ("" if how == "the client" else "closed\n")


def test_a_closed_sandbox_refuses_everything(tmp_path: Path) -> None:
    box = Sandbox()
    client = box.client()
    assert client.query("select id from Contacts limit 1;")
    box.close()
    box.close()
    for call in (
        lambda: client.query("select id from Contacts limit 1;"),
        lambda: box.client().list_types(),
        lambda: box.records("Contacts"),
        lambda: box.save(tmp_path / "saved"),
        lambda: box.restore(tmp_path / "saved"),
        box.serve,
    ):
        with pytest.raises(vtql.ClosedError, match="the sandbox is closed"):
            call()
    assert list(tmp_path.iterdir()) == []


def refused(ask: Callable[[], object]) -> None:
    """Ask until it is refused, as it is as soon as closing has begun."""
    try:
        while True:
            ask()
    except vtql.ClosedError:
        pass


def test_closing_waits_for_the_request_that_has_begun() -> None:
    order: list[str] = []
    lock = RecordLock(lambda: order.append("released"))
    begun, go_on = threading.Event(), threading.Event()

    def use() -> None:
        with lock:
            begun.set()
            go_on.wait(10)
            order.append("answered")

    with ThreadPoolExecutor(2) as pool:
        using = pool.submit(use)
        begun.wait(10)
        closing = pool.submit(lock.close)
        refused(lock.check)
        go_on.set()
        using.result(10)
        closing.result(10)
    assert order[:2] == ["answered", "released"]


def test_records_that_are_used_for_too_long_are_released_by_who_uses_them() -> None:
    order: list[str] = []
    lock = RecordLock(lambda: order.append("released"))
    with lock:
        lock.close(seconds=0)
        order.append("answered")
    assert order == ["answered", "released"]


@pytest.mark.parametrize("kind", [_CherootServer, _StandardServer])
def test_a_server_answers_what_has_begun_before_it_stops(
    kind: type[_CherootServer | _StandardServer],
) -> None:
    with Sandbox() as box:
        server = kind(box.app, 0, "127.0.0.1")
        box.latency = 0.3
        with (
            vtql.connect(server.url, box.username, box.access_key, retries=0) as client,
            ThreadPoolExecutor(3) as pool,
        ):
            asking = pool.submit(client.get_challenge)
            while not box.requests:
                pass
            closing = [pool.submit(server.close) for _ in range(2)]
            assert asking.result(10)["token"]
            for each in closing:
                each.result(10)
            server.close()
            with pytest.raises(vtql.TransportError):
                client.get_challenge()


def test_a_sandbox_that_is_closing_answers_503_over_http() -> None:
    with Sandbox() as box:
        url = box.serve()
        box._service.record_lock.refuse()
        with (
            vtql.connect(url, box.username, box.access_key, retries=0) as client,
            pytest.raises(vtql.ServerFailed, match="503"),
        ):
            client.list_types()


@pytest.mark.parametrize("connections", [1, 8])
def test_a_closed_client_refuses_everything(sandbox: Sandbox, connections: int) -> None:
    url = sandbox.serve()
    client = vtql.connect(url, sandbox.username, sandbox.access_key, connections=connections)
    contacts = client.model("Contacts")
    rows = iter(contacts.objects.all())
    next(rows)
    client.close()
    client.close()
    asked = len(sandbox.requests)
    for call in (
        client.list_types,
        client.logout,
        lambda: list(rows),
        contacts.objects.count,
        lambda: client.create("Contacts", {"lastname": "A", "assigned_user_id": "19x1"}),
    ):
        with pytest.raises(vtql.ClosedError, match="the client is closed"):
            call()
    assert len(sandbox.requests) == asked


def test_a_closing_client_waits_for_the_answers_under_way(serve: Serve, connect: Connect) -> None:
    arrived, go_on = threading.Event(), threading.Event()

    def slow(_: Seen) -> Answer:
        arrived.set()
        go_on.wait(10)
        return 200, JSON, b'{"success":true,"result":[{"id":"12x1"}]}'

    client = connect(serve(after_login(slow)))
    with ThreadPoolExecutor(2) as pool:
        asking = pool.submit(client.query, "select id from Contacts;")
        arrived.wait(10)
        closing = pool.submit(client.close)
        refused(client.get_challenge)
        assert not closing.done()
        go_on.set()
        assert asking.result(10) == [{"id": "12x1"}]
        closing.result(10)


# One sandbox a file

HOLDING = """
import sys, time
from vtql.sandbox import Sandbox

box = Sandbox(file=sys.argv[1])
made = box.client().create("Contacts", {"lastname": "Kept", "assigned_user_id": "19x1"})
print(made["id"], flush=True)
time.sleep(60)
"""


@pytest.fixture
def held(tmp_path: Path) -> Iterator[tuple[Path, str, subprocess.Popen[str]]]:
    """A file that a sandbox of another process has, and the id of a record in it."""
    path = tmp_path / "crm.sandbox"
    command = [sys.executable, "-c", HOLDING, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield path, process.stdout.readline().strip(), process
        finally:
            process.kill()


def test_a_file_is_of_one_process_until_that_is_killed(
    held: tuple[Path, str, subprocess.Popen[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, kept, process = held
    (tmp_path / "link").symlink_to(path)
    monkeypatch.chdir(tmp_path)
    for name in (path, tmp_path / "link", "crm.sandbox", "./x/../crm.sandbox"):
        with pytest.raises(vtql.FileInUse, match=f"in use by a sandbox of process {process.pid}"):
            Sandbox(file=name)
    with Sandbox() as other, pytest.raises(vtql.FileInUse):
        other.save(path)
    command = [sys.executable, "-m", "vtql", "sandbox", "--port", "0", "--file", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(f"vtql: {path} is in use by a sandbox of process {process.pid}")
    assert done.stderr.count("\n") == 1
    os.kill(process.pid, signal.SIGKILL)
    process.wait(10)
    with Sandbox(file="crm.sandbox") as box:
        assert kept in {row["id"] for row in box.records("Contacts")}


def test_a_file_is_of_one_sandbox_in_a_process(tmp_path: Path) -> None:
    path = tmp_path / "crm.sandbox"
    with Sandbox(file=path) as box:
        path.read_bytes()  # closing a file takes SQLite's own locks away
        for _ in range(2):
            with pytest.raises(vtql.FileInUse, match="of this process"):
                Sandbox(file=path)
        with pytest.raises(vtql.FileInUse, match="of this process"):
            box.save(path)
        assert box.client().query("select id from Contacts limit 1;")
    assert [each.name for each in tmp_path.iterdir()] == ["crm.sandbox"]
    with Sandbox(file=path):
        pass


def test_a_sandbox_that_could_not_be_made_leaves_its_file_to_others(tmp_path: Path) -> None:
    path = tmp_path / "crm.sandbox"
    for _ in range(2):
        with pytest.raises(vtql.ArgumentError, match="half a surrogate pair"):
            Sandbox(records={"Contacts": [{"id": "12x5", "lastname": "\ud800"}]}, file=path)
        with pytest.raises(vtql.ArgumentError, match="no module"):
            Sandbox(rows={"Contact": 1}, file=path)
    with Sandbox(file=path):
        pass
    box = Sandbox(file=path)
    del box  # as one that nobody closes
    with Sandbox(file=path):
        pass


# The command

SERVING = """
import sys
if sys.argv.pop(1) == "plain":
    sys.modules["cheroot.wsgi"] = None
from vtql.cli import main
sys.exit(main(["sandbox", "--port", "0", "--rows", "Contacts=9", "--file", *sys.argv[1:]]))
"""


@pytest.mark.parametrize(
    ("server", "number"), [("cheroot", signal.SIGTERM), ("plain", signal.SIGINT)]
)
def test_the_command_ends_cleanly_while_it_is_asked(
    tmp_path: Path, server: str, number: signal.Signals
) -> None:
    path = tmp_path / "crm.sandbox"
    command = [sys.executable, "-X", "faulthandler", "-c", SERVING, server, str(path)]
    pipe = subprocess.PIPE
    acknowledged: list[str] = []
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            assert process.stdout is not None
            lines = [process.stdout.readline().split() for _ in range(3)]
            url, user, key = (line[-1] for line in lines)

            def ask() -> None:
                with vtql.connect(url, user, key, retries=0) as client:
                    while True:
                        row = {"lastname": "Kept", "assigned_user_id": "19x1"}
                        acknowledged.append(client.create("Contacts", row)["id"])

            with ThreadPoolExecutor(4) as pool:
                asking = [pool.submit(ask) for _ in range(4)]
                while len(acknowledged) < 8:
                    time.sleep(0.005)
                process.send_signal(number)
                try:
                    for each in asking:
                        assert isinstance(each.exception(20), vtql.TransportError)
                except TimeoutError:
                    process.kill()  # or the callers would ask for ever, and the pool wait for them
                    raise
            _, errors = process.communicate(timeout=20)
        finally:
            process.kill()
    assert (process.returncode, errors) == (0, "Ctrl-C stops it\nstopped\n")
    with Sandbox(file=path) as box:
        assert set(acknowledged) <= {row["id"] for row in box.records("Contacts")}
