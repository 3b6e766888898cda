"""Clients, query sets and sandboxes on both sides of `os.fork`, over real sockets."""

from __future__ import annotations

import logging
import os
import pickle
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from copy import copy, deepcopy
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
import requests
from stub_servers import asked

import vtql
from vtql.client import Client
from vtql.sandbox import Sandbox

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no `os.fork`"),
    # Python 3.12 warns of every fork in a program with threads, which is what these tests are about.
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning"),
]

ROWS = 250


@pytest.fixture(autouse=True)
def _unlogged(caplog: pytest.LogCaptureFixture) -> None:
    """Write no log: a file that another thread writes to at a fork has a lock of Python's own, which
    stays locked in the child."""
    caplog.set_level(logging.CRITICAL, "vtql.client")


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Sandbox, str]]:
    with Sandbox("8.4", rows={"Contacts": ROWS}) as box:
        yield box, box.serve()


@pytest.fixture(params=["1", "8", "given"])
def client(request: pytest.FixtureRequest, server: tuple[Sandbox, str]) -> Iterator[Client]:
    """A client over one login, over eight, and over a session that was given."""
    box, url = server
    with requests.Session() as http:
        options: dict[str, Any] = {"session": http} if request.param == "given" else {}
        connections = 1 if request.param == "given" else int(request.param)
        with vtql.connect(
            url, box.username, box.access_key, connections=connections, **options
        ) as made:
            yield made


def in_child(work: Callable[[], object], seconds: int = 20) -> Callable[[], str]:
    """Fork, and do something in the child; what gives the text of its result, or of its failure."""
    read, write = os.pipe()
    process = os.fork()
    if process == 0:
        try:
            signal.alarm(seconds)  # a child that hangs is ended
            found = str(work())
        except BaseException:  # noqa: BLE001 - the parent shows it
            found = traceback.format_exc()
        os.write(write, found.encode()[:60_000])
        os._exit(0)
    os.close(write)

    def result() -> str:
        with open(read, "rb") as pipe:  # noqa: PTH123 - a descriptor
            found = pipe.read().decode()
        _, status = os.waitpid(process, 0)
        assert os.waitstatus_to_exitcode(status) == 0, found
        return found

    return result


def ids(client: Client) -> list[str]:
    return [row["id"] for row in client.model("Contacts").objects.values("id")]


def test_a_client_reads_every_row_on_both_sides(client: Client) -> None:
    expected = ids(client)
    assert len(expected) == ROWS
    children = [in_child(lambda: ids(client)) for _ in range(3)]
    here = [ids(client) for _ in range(3)]
    assert [child() for child in children] == [str(expected)] * 3
    assert here == [expected] * 3


def test_each_process_gets_its_own_answers(client: Client) -> None:
    wanted = ids(client)

    def ask(start: int) -> list[str]:
        """Of 40 records, those for which another one came."""
        return [
            each
            for each in wanted[start : start + 40]
            if client.query(f"select id from Contacts where id = '{each}';")[0]["id"] != each
        ]

    children = [in_child(lambda start=start: ask(start)) for start in (40, 80)]  # type: ignore[misc]
    assert ask(0) == []
    assert [child() for child in children] == ["[]", "[]"]


@pytest.mark.parametrize("taken", [1, 150])
def test_a_loop_ends_in_the_child_and_goes_on_in_the_parent(client: Client, taken: int) -> None:
    expected = ids(client)
    rows = iter(client.model("Contacts").objects.values_list("id", flat=True))
    first = [next(rows) for _ in range(taken)]

    def go_on() -> str:
        try:
            next(rows)
        except vtql.ForkError as error:
            assert list(rows) == []
            return f"{error} {ids(client) == expected}"
        return "no error"

    child = in_child(go_on)
    assert [*first, *rows] == expected
    told = child()
    assert f"began in process {os.getpid()}, which was forked" in told
    assert told.endswith("begin it again True")


def test_a_child_leaves_the_session_of_the_parent(
    client: Client, server: tuple[Sandbox, str]
) -> None:
    box, _ = server
    ids(client)
    began = len(box.requests)

    def leave() -> str:
        client.logout()  # there is no login yet, so there is nothing to end
        ids(client)
        client.logout()
        client.close()
        return "left"

    assert in_child(leave)() == "left"
    assert asked(box)[began:].count("logout") == 1
    before = len(box.requests)
    assert len(ids(client)) == ROWS
    assert "login" not in asked(box)[before:]


def test_locks_of_other_threads_do_not_hang_the_child(client: Client) -> None:
    expected = ids(client)
    over = threading.Event()

    def keep_asking() -> None:
        while not over.is_set():
            assert ids(client) == expected

    with ThreadPoolExecutor(3) as pool:
        asking = [pool.submit(keep_asking) for _ in range(3)]
        try:
            for _ in range(3):
                assert in_child(lambda: ids(client) == expected)() == "True"
        finally:
            over.set()
        for each in asking:
            each.result(20)


def test_locks_that_are_held_at_the_fork_are_free_in_the_child(client: Client) -> None:
    ids(client)
    session, pool = client._session, client._spread._pool if client._spread else None
    held: list[Any] = [
        session._lock, session._turn.lock, session._transport._idle, session._transport._pace._lock,
        client._lock,
    ]  # fmt: skip
    held += [pool._lock] if pool else []
    acquired, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        for each in held:
            each.acquire()
        acquired.set()
        go_on.wait(20)
        for each in reversed(held):
            each.release()

    holding = threading.Thread(target=hold)
    holding.start()
    acquired.wait(20)
    child = in_child(lambda: len(ids(client)))
    assert child() == str(ROWS)
    go_on.set()
    holding.join(20)
    assert len(ids(client)) == ROWS


def test_changes_end_in_the_child_and_leave_the_position_to_the_parent(
    server: tuple[Sandbox, str], tmp_path: Path
) -> None:
    box, url = server
    box.clock.advance(60)
    state = tmp_path / "state"
    with vtql.connect(url, box.username, box.access_key) as client:
        changes = iter(client.changes("Contacts", state=state))
        next(changes)

        def go_on() -> bool:
            with pytest.raises(vtql.ForkError):
                next(changes)
            return state.exists()

        assert in_child(go_on)() == "False"
        assert len(list(changes)) == ROWS - 1
        assert state.exists()


# Pools of processes


_client: Client | None = None


def inherit(given: Client) -> None:
    global _client  # noqa: PLW0603 - what a pool's initializer is for
    _client = given


def count_below(last: str) -> int:
    assert _client is not None
    return _client.model("Contacts").objects.filter(id__lte=last).count()


def test_a_pool_of_forked_processes_inherits_a_client(client: Client) -> None:
    wanted = ids(client)[9:100:30]
    with ProcessPoolExecutor(2, get_context("fork"), inherit, (client,)) as pool:
        assert list(pool.map(count_below, wanted)) == [10, 40, 70, 100]
    assert len(ids(client)) == ROWS


def identity(value: Any) -> Any:
    return value


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_what_is_bound_to_a_process_is_not_pickled(
    server: tuple[Sandbox, str], method: str
) -> None:
    box, url = server
    with vtql.connect(url, box.username, box.access_key) as client:
        contacts = client.model("Contacts").objects
        with ProcessPoolExecutor(1, get_context(method)) as pool:
            for value, name in ((client, "client"), (contacts.filter(lastname="A"), "query set"),
                                (contacts.first(), "record")):  # fmt: skip
                with pytest.raises(TypeError, match=f"a {name} is not pickled"):
                    pool.submit(identity, value).result(30)
            first = contacts.values("id", "lastname").first()
            assert pool.submit(identity, first).result(30) == first


def test_errors_of_pickling_show_no_secret_and_copies_work(demo: Sandbox) -> None:
    with demo.client() as client:
        with pytest.raises(TypeError) as caught:
            pickle.dumps(client)
        assert demo.access_key not in "".join(traceback.format_exception(caught.value))
        objects = client.model("Contacts").objects
        record = objects.first()
        assert copy(record) == deepcopy(record) == record
        assert copy(objects)[:3].count() == deepcopy(objects)[:3].count() == 3


# The sandbox


def test_a_sandbox_in_process_is_refused_in_the_child() -> None:
    with Sandbox() as box, box.client() as client:
        client.list_types()

        def use() -> str:
            for call in (
                client.list_types,
                lambda: client.query("select id from Contacts;"),
                lambda: box.records("Contacts"),
                box.serve,
            ):
                with pytest.raises(vtql.ForkError, match="belongs to the process that was forked"):
                    call()
            client.close()
            box.close()
            return "refused"

        assert in_child(use)() == "refused"
        assert len(box.records("Contacts")) == 432
        assert client.query("select id from Contacts limit 1;")


def test_a_fork_while_a_sandbox_answers_hangs_nobody() -> None:
    with Sandbox() as box, box.client() as client:
        over = threading.Event()

        def keep_asking() -> None:
            while not over.is_set():
                client.query("select * from Contacts where lastname like '%a%';")

        def use() -> str:
            with pytest.raises(vtql.ForkError):
                box.client().list_types()
            box.close()
            with Sandbox() as own, own.client() as other:
                return f"refused, {len(other.list_types())}"

        with ThreadPoolExecutor(2) as pool:
            asking = [pool.submit(keep_asking) for _ in range(2)]
            try:
                for _ in range(3):
                    assert in_child(use)() == "refused, 2"
            finally:
                over.set()
            for each in asking:
                each.result(20)


def test_a_child_stops_no_server_and_keeps_no_port(tmp_path: Path) -> None:
    with Sandbox(file=tmp_path / "crm.sandbox") as box:
        url = box.serve()
        go_on, ready = os.pipe(), os.pipe()

        def live_on() -> str:
            box.close()
            os.write(ready[1], b".")
            os.read(go_on[0], 1)
            return "ended"

        child = in_child(live_on)
        os.read(ready[0], 1)
        with vtql.connect(url, box.username, box.access_key, retries=0) as client:
            assert client.query("select id from Contacts limit 1;")
            with pytest.raises(vtql.FileInUse):
                Sandbox(file=tmp_path / "crm.sandbox")
            box.close()
            with pytest.raises(vtql.Unreachable):
                client.get_challenge()
        with Sandbox(file=tmp_path / "crm.sandbox") as again:  # the child has no part of the lock
            assert again.records("Contacts")
        os.write(go_on[1], b".")
        assert child() == "ended"
        for end in (*go_on, *ready):
            os.close(end)


ENDING = """
import os, signal, sys
from vtql.sandbox import Sandbox

new = {"lastname": "Kept", "assigned_user_id": "19x1"}
box = Sandbox(file=sys.argv[1])
made = [box.client().create("Contacts", new)["id"]]
waiting, go_on = os.pipe()
process = os.fork()
if process == 0:
    os.read(waiting, 1)
    sys.exit()  # as programs end: everything is let go of
made.append(box.client().create("Contacts", new)["id"])
box.close()
print(*made, flush=True)
killed = os.fork()
if killed == 0:  # its records are in SQLite's log alone, which is beside the file
    again = Sandbox(file=sys.argv[1])
    print(*[again.client().create("Contacts", new)["id"] for _ in range(3)], flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
os.waitpid(killed, 0)
os.write(go_on, b".")
_, status = os.waitpid(process, 0)
assert status == 0
"""


def test_a_child_that_ends_later_harms_no_file(tmp_path: Path) -> None:
    path = tmp_path / "crm.sandbox"
    command = [sys.executable, "-W", "ignore", "-c", ENDING, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    with Sandbox(file=path) as again:
        kept = [row["id"] for row in again.records("Contacts") if row["lastname"] == "Kept"]
    assert len(kept) == 5
    assert kept == done.stdout.split()
