"""The journal of a bulk write: whose it is, who has it, and what an interruption leaves of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import vtql
from vtql.catalog.catalog import Catalog
from vtql.client import Client
from vtql.client.operations import bulk as journal_module
from vtql.errors import ArgumentError, FileInUse, JournalError, VtqlError
from vtql.sandbox import Sandbox

FIELDS = {"name": "string", "number": "integer", "kinds": "multipicklist", "more": "text"}
CATALOG = Catalog.from_describes(
    [
        {
            "name": name,
            "idPrefix": prefix,
            "fields": [
                {"name": n, "type": {"name": t}, "editable": True} for n, t in FIELDS.items()
            ],
        }
        for name, prefix in (("Things", "5"), ("Others", "6"))
    ]
)
ROWS = [{"name": f"a{number}", "number": number} for number in range(5)]


@pytest.fixture
def server() -> Iterator[tuple[Sandbox, Client]]:
    with Sandbox("8.4", CATALOG) as sandbox:
        url = sandbox.serve()
        with vtql.connect(url, sandbox.username, sandbox.access_key, retries=0) as client:
            yield sandbox, client


def stored(sandbox: Sandbox, module: str = "Things") -> list[str]:
    return sorted(str(row["name"]) for row in sandbox.records(module))


def sent(sandbox: Sandbox) -> int:
    return sum(
        each.operation in ("create", "revise", "update", "delete") for each in sandbox.requests
    )


def statuses(results: list[Any]) -> list[str]:
    return [each.status for each in results]


# One at a time


def test_two_writes_with_one_journal_at_a_time_are_refused(
    server: tuple[Sandbox, Client], tmp_path: Path
) -> None:
    sandbox, client = server
    journal = tmp_path / "journal.jsonl"
    program = (
        "import sys, vtql\n"
        "client = vtql.connect(sys.argv[1], 'admin', sys.argv[2])\n"
        "try:\n"
        "    client.bulk_create('Things', [{'name': 'a0'}], journal=sys.argv[3])\n"
        "except vtql.errors.FileInUse as error:\n"
        "    print(error)\n"
    )

    def rows() -> Iterator[dict[str, Any]]:
        yield ROWS[0]
        with pytest.raises(FileInUse, match="in use"):
            sandbox.client().bulk_create("Things", ROWS, journal=journal)
        given = [sys.executable, "-c", program, sandbox.url, sandbox.access_key, str(journal)]
        second = subprocess.run(given, capture_output=True, text=True, check=True, timeout=60)
        assert str(journal) in second.stdout
        yield from ROWS[1:]

    sandbox.url = client.server + "/"
    assert statuses(client.bulk_create("Things", rows(), journal=journal)) == ["done"] * 5
    assert stored(sandbox) == [f"a{n}" for n in range(5)]
    assert statuses(client.bulk_create("Things", ROWS, journal=journal)) == ["before"] * 5


def test_a_journal_is_free_again_after_an_error_and_while_a_child_lives(
    server: tuple[Sandbox, Client], tmp_path: Path
) -> None:
    _, client = server
    journal = tmp_path / "journal.jsonl"
    children: list[int] = []

    def rows() -> Iterator[dict[str, Any]]:
        yield ROWS[0]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of a fork beside threads
            child = os.fork()
        if not child:
            signal.pause()
        children.append(child)
        raise RuntimeError("the rows end here")

    try:
        with pytest.raises(RuntimeError, match="end here"):
            client.bulk_create("Things", rows(), journal=journal)
        assert statuses(client.bulk_create("Things", ROWS, journal=journal))[0] == "before"
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


# Whose it is


def test_a_journal_belongs_to_a_server_a_user_a_module_and_an_operation(
    server: tuple[Sandbox, Client], tmp_path: Path
) -> None:
    one, client = server
    journal = tmp_path / "journal.jsonl"
    assert statuses(client.bulk_create("Things", ROWS, journal=journal)) == ["done"] * 5
    before = journal.read_bytes()
    with Sandbox("8.4", CATALOG) as other:
        url = other.serve()
        with vtql.connect(url, "admin", other.access_key) as second:
            with pytest.raises(JournalError, match="its `server` is"):
                second.bulk_create("Things", ROWS, journal=journal)
            assert (stored(other), sent(other)) == ([], 0)
            own = tmp_path / "own.jsonl"
            assert statuses(second.bulk_create("Things", ROWS, journal=own)) == ["done"] * 5
            assert stored(other) == stored(one)
    one.requests.clear()
    with (
        vtql.connect(client.server, "sam", one.access_key, catalog=CATALOG) as third,
        pytest.raises(JournalError, match="its `user` is 'admin', and this one's is 'sam'"),
    ):
        third.bulk_create("Things", ROWS, journal=journal)
    with pytest.raises(JournalError, match="its `module` is 'Things', and this one's is 'Others'"):
        client.bulk_create("Others", ROWS, journal=journal)
    with pytest.raises(
        JournalError, match="its `operation` is 'create', and this one's is 'revise'"
    ):
        client.bulk_update({"5x1": ROWS[0]}, journal=journal)
    with pytest.raises(
        JournalError, match="its `operation` is 'create', and this one's is 'delete'"
    ):
        client.bulk_delete(["5x1"], journal=journal)
    assert (sent(one), stored(one, "Others"), journal.read_bytes()) == (0, [], before)


def test_nothing_is_sent_where_a_later_record_is_another(
    server: tuple[Sandbox, Client], tmp_path: Path
) -> None:
    sandbox, client = server
    journal = tmp_path / "journal.jsonl"
    sandbox.fail_next("create", code="ACCESS_DENIED")
    assert statuses(client.bulk_create("Things", ROWS[:3], journal=journal)) == [
        "failed", "done", "done",
    ]  # fmt: skip
    sandbox.requests.clear()
    with pytest.raises(JournalError, match="of other records: record 2 is not"):
        client.bulk_create("Things", [*ROWS[:2], ROWS[4]], journal=journal)
    assert sent(sandbox) == 0
    corrected = [{**ROWS[0], "name": "corrected"}, *ROWS[1:3]]
    assert statuses(client.bulk_create("Things", corrected, journal=journal)) == [
        "done", "before", "before",
    ]  # fmt: skip
    assert stored(sandbox) == ["a1", "a2", "corrected"]


def test_a_set_is_the_same_record_in_another_process(tmp_path: Path) -> None:
    program = (
        "from vtql.models.plain_values import plain_text\n"
        "print(plain_text({'kinds': {'a', 'b', 'c', 'd', 'e'}, 'x': frozenset({1, 2})}))\n"
    )
    found = set()
    for seed in ("1", "2"):
        given = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}
        ran = subprocess.run(
            [sys.executable, "-c", program], env=given, capture_output=True, text=True, check=True,
            timeout=60, cwd=tmp_path,
        )  # fmt: skip
        found.add(ran.stdout)
    assert len(found) == 1


# Damage


def changed(**values: Any) -> Callable[[bytes], bytes]:
    return lambda line: json.dumps(json.loads(line) | values).encode() + b"\n"


def without(key: str) -> Callable[[bytes], bytes]:
    def damage(line: bytes) -> bytes:
        values = json.loads(line)
        del values[key]
        return json.dumps(values).encode() + b"\n"

    return damage


LINES: dict[str, Callable[[bytes], bytes]] = {
    "not UTF-8": lambda line: line[:-2] + b"\xff\n",
    "UTF-16": lambda line: line.decode().encode("utf-16")[:-1] + b"\n",
    "NUL": lambda line: b"\0" * len(line) + b"\n",
    "deep JSON": lambda _: b"[" * 100_000 + b"\n",
    "many digits": lambda _: b'{"index": ' + b"9" * 5_000 + b"}\n",
    "cut off in the middle": lambda line: line[:20] + b"\n",
    "nothing": lambda _: b"\n",
    "a list": lambda _: b"[1]\n",
    "a number": lambda _: b"1\n",
    **{f"no {key}": without(key) for key in ("index", "mark", "status", "id")},
    "an unknown status": changed(status="finished"),
    "a status that is a list": changed(status=["done"]),
    "a huge index": changed(index=10**400),
    "a large index": changed(index=2**63),
    "an infinite index": lambda line: line.replace(b'"index": 1', b'"index": 1e999'),
    "an index below zero": changed(index=-1),
    "an index of a fraction": changed(index=1.0),
    "an index that is text": changed(index="1"),
    "an index that is true": changed(index=True),
    "a mark that is a number": changed(mark=5),
    "another mark": changed(mark="0" * 16),
    "an id that is a number": changed(id=5),
    "a long id": changed(id="5x" + "1" * 5_000),
    "of a record that was not sent": changed(index=4),
    "twice": lambda line: line * 2,
}


@pytest.mark.parametrize("kind", LINES)
def test_a_damaged_line_is_refused_with_file_and_line(
    server: tuple[Sandbox, Client], tmp_path: Path, kind: str
) -> None:
    sandbox, client = server
    journal = tmp_path / "journal.jsonl"
    client.bulk_create("Things", ROWS[:3], journal=journal)
    lines = journal.read_bytes().splitlines(keepends=True)
    assert [json.loads(line).get("status") for line in lines] == [None, *["sent", "done"] * 3]
    lines[4] = LINES[kind](lines[4])  # that the second record is done
    journal.write_bytes(b"".join(lines))
    before = journal.read_bytes()
    sandbox.requests.clear()
    with pytest.raises(JournalError) as told:
        client.bulk_create("Things", ROWS, journal=journal)
    line = 6 if kind == "twice" else 5
    assert f"{journal}, line {line}: " in str(told.value)
    assert ("\n" in str(told.value), len(str(told.value)) < 500) == (False, True)
    assert (told.value.line, sent(sandbox), journal.read_bytes()) == (line, 0, before)


HEADS = {
    "a table": b"name,age\n",
    "a table without a line end": b"name,age",
    "JSON of another kind": b'{"a": 1}\n',
    "a line of a record": b'{"index": 0, "mark": "0123456789abcdef", "status": "done", "id": "5x1"}\n',
    "not UTF-8": b"\xff\xfe\n",
    "not UTF-8, cut off": b"\xff\xfe",
    "NUL": bytes(200),
    "deep JSON": b"[" * 100_000,
    "another version": b'{"journal": "bulk", "version": 2, "server": "a", "user": "b", "module": "c", "operation": "d"}\n',
    "no server": b'{"journal": "bulk", "version": 1, "user": "b", "module": "c", "operation": "d"}\n',
    "a server that is a number": b'{"journal": "bulk", "version": 1, "server": 5, "user": "b", "module": "c", "operation": "d"}\n',
}  # fmt: skip


@pytest.mark.parametrize("kind", HEADS)
def test_a_file_that_is_no_journal_is_refused_and_not_changed(
    server: tuple[Sandbox, Client], tmp_path: Path, kind: str
) -> None:
    sandbox, client = server
    journal = tmp_path / "journal.jsonl"
    journal.write_bytes(HEADS[kind])
    with pytest.raises(JournalError, match="line 1: not a journal of records") as told:
        client.bulk_create("Things", ROWS, journal=journal)
    assert str(journal) in str(told.value)
    assert (told.value.line, sent(sandbox), journal.read_bytes()) == (1, 0, HEADS[kind])


def test_a_link_a_folder_and_a_pipe_are_no_journals(
    server: tuple[Sandbox, Client], tmp_path: Path
) -> None:
    sandbox, client = server
    victim, link, pipe = tmp_path / "victim", tmp_path / "link", tmp_path / "pipe"
    victim.write_text("mine", encoding="utf-8")
    link.symlink_to(victim)
    os.mkfifo(pipe)
    for path in (link, pipe, tmp_path):
        with pytest.raises(OSError, match=r"symbolic link|regular file"):
            client.bulk_create("Things", ROWS, journal=path)
    assert (victim.read_text("utf-8"), sent(sandbox)) == ("mine", 0)


# Interruptions


def test_a_line_that_was_cut_off_anywhere_is_repaired(
    server: tuple[Sandbox, Client], tmp_path: Path
) -> None:
    """At every byte: what was done is not sent again, and what may have been sent is uncertain."""
    sandbox, client = server
    journal = tmp_path / "journal.jsonl"
    client.bulk_create("Things", ROWS[:1], journal=journal)
    whole = journal.read_bytes()
    head, first, _ = whole.splitlines(keepends=True)
    for size in range(0, len(whole) + 1, 3):
        journal.write_bytes(whole[:size])
        sandbox.requests.clear()
        results = client.bulk_create("Things", ROWS[:1], journal=journal)
        if size < len(head + first) - 1:
            assert (statuses(results), sent(sandbox)) == (["done"], 1)
        elif size < len(whole) - 1:
            assert (statuses(results), sent(sandbox)) == (["uncertain"], 0)
        else:
            assert (statuses(results), sent(sandbox)) == (["before"], 0)
        lines = journal.read_bytes()
        assert lines.endswith(b"\n")
        assert all(json.loads(line) for line in lines.splitlines())


def killed_at(count: int, before: bool) -> None:
    """Have this process killed at the given flush of the journal, before it or after it."""
    real, flushes = os.fsync, Counter[str]()

    def fsync(file: int) -> None:
        flushes["all"] += 1
        if before and flushes["all"] == count:
            os.kill(os.getpid(), signal.SIGKILL)
        real(file)
        if not before and flushes["all"] == count:
            os.kill(os.getpid(), signal.SIGKILL)

    journal_module.os.fsync = fsync  # type: ignore[attr-defined]


@pytest.mark.parametrize("before", [True, False])
def test_a_write_that_is_killed_anywhere_stores_no_record_twice_and_loses_none(
    server: tuple[Sandbox, Client], tmp_path: Path, before: bool
) -> None:
    sandbox, client = server
    rows = ROWS[:2]
    kills = 0
    for count in range(1, 9):
        journal = tmp_path / f"{count}.jsonl"
        named = [{**row, "name": f"{count} {row['name']}"} for row in rows]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of a fork beside threads
            child = os.fork()
        if not child:
            killed_at(count, before)
            with vtql.connect(client.server, "admin", sandbox.access_key, catalog=CATALOG) as own:
                own.bulk_create("Things", named, journal=journal)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        kills += os.WIFSIGNALED(status)
        results = client.bulk_create("Things", named, journal=journal)
        again = client.bulk_create("Things", named, journal=journal)
        names = Counter(name for name in stored(sandbox) if name.startswith(f"{count} "))
        assert max(names.values(), default=0) <= 1
        for row, result, later in zip(named, results, again, strict=True):
            assert result.status in ("done", "before", "uncertain")
            assert later.status == ("before" if result.status == "done" else result.status)
            if result.status != "uncertain":
                assert names[str(row["name"])] == 1
    assert kills == 6  # head, folder, and two lines of each of the two records


# Bad records


def circular() -> dict[str, Any]:
    values: dict[str, Any] = {"name": "circular"}
    values["more"] = [values]
    return values


def deep() -> dict[str, Any]:
    value: Any = "a"
    for _ in range(10_000):
        value = [value]
    return {"name": "deep", "more": value}


class Nameless:
    def __repr__(self) -> str:
        raise RuntimeError("no text")

    __str__ = __repr__


class Odd(dict[str, Any]):
    def items(self) -> Any:
        raise OSError("these values cannot be read")


BAD: dict[str, Callable[[], Any]] = {
    "a name that is a number": lambda: {5: "a"},
    "names of two types": lambda: {"name": "a", 5: "a", None: "b"},
    "a name that is a tuple": lambda: {("a", "b"): "a"},
    "a name that is bytes": lambda: {b"name": "a"},
    "circular": circular,
    "deep": deep,
    "half a surrogate pair": lambda: {"name": "a\ud800"},
    "half a surrogate pair in a name": lambda: {"name\udc00": "a"},
    "half a surrogate pair in a list": lambda: {"name": "a", "kinds": ["a", "\ud800"]},
    "an object": lambda: {"name": object()},
    "an object without a text": lambda: {"name": Nameless()},
    "values that cannot be read": lambda: Odd(name="a"),
    "a number of many digits": lambda: {"name": "a", "number": 10**5000},
    "no number": lambda: {"name": "a", "number": Decimal("NaN")},
    "an infinite number": lambda: {"name": "a", "number": float("inf")},
    "nothing": dict,
    "None": lambda: None,
    "a list": lambda: ["name"],
    "a deep list": lambda: deep()["more"],
    "a function": lambda: {"name": print},
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_record_is_its_own_result_and_not_the_end_of_the_others(
    server: tuple[Sandbox, Client], tmp_path: Path, kind: str
) -> None:
    sandbox, client = server
    journal = tmp_path / "journal.jsonl"
    rows: list[Any] = [ROWS[0], BAD[kind](), ROWS[1]]
    tried = client.bulk_create("Things", rows, dry_run=True)
    assert (statuses(tried), sent(sandbox)) == (["checked", "failed", "checked"], 0)
    for given in (None, journal, journal):
        results = client.bulk_create("Things", rows, journal=given)
        assert results[1].status == "failed"
        assert isinstance(results[1].error, VtqlError)
        assert (type(results[1].error), str(results[1].error)) == (
            type(tried[1].error), str(tried[1].error),
        )  # fmt: skip
    assert statuses(results) == ["before", "failed", "before"]
    assert stored(sandbox) == ["a0", "a0", "a1", "a1"]
    changes = client.bulk_update({"5x1": rows[1], "5x2": {"name": "b"}}, dry_run=True)
    assert statuses(changes) == ["failed", "checked"]
    changes = client.bulk_update({"5x1": rows[1], "5x2": {"name": "b"}})
    assert (statuses(changes)[0], len(changes)) == ("failed", 2)


@pytest.mark.parametrize(
    "kind", ["circular", "deep", "half a surrogate pair", "a name that is bytes"]
)
def test_a_bad_record_by_itself_is_refused_before_anything_is_sent(
    server: tuple[Sandbox, Client], kind: str
) -> None:
    sandbox, client = server
    for call in (partial(client.create, "Things"), partial(client.revise, "5x1")):
        with pytest.raises((ArgumentError, vtql.FieldValueError)):
            call(BAD[kind]())
    assert sent(sandbox) == 0


def test_a_warning_that_is_an_error_is_the_result_of_its_record(
    server: tuple[Sandbox, Client], tmp_path: Path
) -> None:
    sandbox, client = server
    rows: list[Any] = [{"name": "<script>"}, ROWS[1]]
    with warnings.catch_warnings():
        warnings.simplefilter("error", vtql.errors.SilentChange)
        results = client.bulk_create("Things", rows, journal=tmp_path / "journal.jsonl")
    assert statuses(results) == ["failed", "done"]
    assert stored(sandbox) == ["a1"]


FORKED = """
import os, sys
from vtql.errors import FileInUse
from vtql.files import locked_file
try:
    with locked_file(sys.argv[1]):
        child = os.fork()
        if not child:
            raise KeyError  # the child leaves the block of its parent
        os.waitpid(child, 0)
        try:
            with locked_file(sys.argv[1]):
                print("lost")
        except FileInUse:
            print("kept")
except KeyError:
    os._exit(0)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_child_leaves_the_lock_to_its_parent(tmp_path: Path) -> None:
    command = [sys.executable, "-c", FORKED, str(tmp_path / "journal")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert (done.stdout, done.stderr) == ("kept\n", "")
