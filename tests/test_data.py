"""Where the sandbox's records come from and where they are kept."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from http_caller import HttpCaller

import vtql
from vtql.catalog.catalog import Catalog
from vtql.sandbox import Sandbox
from vtql.sandbox.server import _CherootServer, _StandardServer

CATALOG = Catalog.from_describes(
    [
        {
            "name": "Things", "idPrefix": "7", "labelFields": "name",
            "fields": [
                {"name": "name", "type": {"name": "string"}, "mandatory": True},
                {"name": "colour", "mandatory": True, "type": {"name": "picklist", "picklistValues":
                    [{"label": "Red", "value": "Red"}, {"label": "Blue", "value": "Blue"}]}},
                {"name": "parent", "type": {"name": "reference", "refersTo": ["Things"]}},
                {"name": "odd", "type": {"name": "no such type"}},
            ],
        }
    ]
)  # fmt: skip


NEW = '{"lastname":"Brown","assigned_user_id":"19x1"}'


def asking(box: Sandbox) -> HttpCaller:
    caller = HttpCaller(box, box.session())
    caller.log_in()
    return caller


# Generated records


@pytest.mark.parametrize("catalog", [None, CATALOG], ids=["demo", "own"])
def test_generated_records_respect_types_picklists_and_references(catalog: Catalog | None) -> None:
    with Sandbox(catalog=catalog, rows=700, seed=3) as box:
        ids = {row["id"] for name in box.catalog for row in box.records(name)}
        entities = [name for name, each in box.catalog.items() if each.is_entity]
        assert sum(len(box.records(name)) for name in entities if name != "Users") == 700
        for name, module in box.catalog.items():
            for row in box.records(name):
                for field in module.fields.values():
                    value = row[field.name]
                    field.decode(value)
                    assert value or not field.mandatory or field.type.name == "password"
                    task = (name, field.name) == ("Calendar", "activitytype")  # in no list
                    if field.type.name == "picklist" and value and not task:
                        assert value in field.choices
                    if field.type.name in ("reference", "owner") and value:
                        assert value in ids


def test_the_same_seed_gives_the_same_records() -> None:
    with Sandbox(rows=90) as one, Sandbox(rows=90) as same, Sandbox(rows=90, seed=2) as other:
        assert one.records("Contacts") == same.records("Contacts")
        assert one.records("Contacts") != other.records("Contacts")


def test_records_of_some_modules_are_generated() -> None:
    with Sandbox(rows={"Contacts": 120, "Accounts": 3}) as box, box.client() as client:
        assert sum(1 for _ in client.model("Contacts").objects) == 120
        assert len(box.records("Accounts")) == 3
        assert box.records("Leads") == []


def test_of_many_records_an_index_finds_those_that_are_equal() -> None:
    with Sandbox(rows={"Contacts": 3000}) as box, box.client() as client:
        contacts = client.model("Contacts").objects
        for _ in range(2):
            assert len(list(contacts.filter(lastname="brown"))) == sum(
                row["lastname"] == "Brown" for row in box.records("Contacts")
            )
        made = asking(box).ask("create", elementType="Contacts", element=NEW)
        assert made["id"] in {row.id for row in contacts.filter(lastname="BROWN")}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rows": {"Contact": 1}}, "no module `Contact`.*`Contacts`"),
        ({"rows": {"Contacts": -1}}, "-1 records of Contacts"),
        ({"rows": 5, "records": {}}, "either given or generated"),
    ],
)
def test_records_that_cannot_be_made_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(vtql.ArgumentError, match=message):
        Sandbox(**options)  # type: ignore[arg-type] # wrong on purpose


# Snapshots and files


def test_a_snapshot_brings_the_records_back(tmp_path: Path) -> None:
    with Sandbox() as box:
        caller, before = asking(box), box.records("Contacts")
        box.save(tmp_path / "before")
        caller.ask("delete", id=str(before[0]["id"]))
        made = caller.ask("create", elementType="Contacts", element=NEW)
        assert made["lastname"] == "Brown"
        assert len(box.records("Contacts")) == len(before)
        box.restore(tmp_path / "before")
        assert box.records("Contacts") == before
        assert caller.ask("retrieve", id=str(before[0]["id"]))["id"] == before[0]["id"]
    with Sandbox(file=tmp_path / "before") as other:
        assert other.records("Contacts") == before


def test_files_are_kept_with_the_records(tmp_path: Path) -> None:
    with Sandbox(file=tmp_path / "crm.sandbox") as box, box.client() as client:
        made = client.upload("a.txt", {"assigned_user_id": "19x1"}, content=b"kept")
        box.save(tmp_path / "snapshot")
    with Sandbox(file=tmp_path / "crm.sandbox") as again, again.client() as client:
        assert [file.content for file in client.download(made["id"])] == [b"kept"]
    with Sandbox() as other, other.client() as client:
        other.restore(tmp_path / "snapshot")
        assert [file.content for file in client.download(made["id"])] == [b"kept"]


def test_a_snapshot_of_something_else_is_refused(tmp_path: Path) -> None:
    with Sandbox(catalog=CATALOG) as small, Sandbox() as box:
        small.save(tmp_path / "small")
        with pytest.raises(vtql.ArgumentError, match="other modules or fields"):
            box.restore(tmp_path / "small")
        with pytest.raises(FileNotFoundError):
            box.restore(tmp_path / "nothing")
        (tmp_path / "text").write_text("no database" * 100)
        with pytest.raises(vtql.ArgumentError, match="not a file of a sandbox"):
            box.restore(tmp_path / "text")
        assert len(box.records("Contacts")) == 432


def test_a_file_is_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    with Sandbox(catalog=CATALOG, records={"Things": [{"id": "7x1", "name": "a"}]}, file=path):
        pass
    with Sandbox(file=path) as box, box.client() as client:
        assert box.catalog == CATALOG
        assert client.query("select name from Things;") == [{"name": "a", "id": "7x1"}]
    with pytest.raises(vtql.ArgumentError, match="has a catalog and records of its own"):
        Sandbox(catalog=CATALOG, file=path)


def test_a_process_that_is_killed_loses_nothing_that_it_answered(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    answered: list[str] = []
    with serving("--file", str(path)) as (url, key, process), requests.Session() as http:
        with Sandbox(catalog=CATALOG) as stranger:
            stranger.access_key = key
            caller = HttpCaller(stranger, http, url)
            caller.log_in()
        killer = threading.Timer(0.6, os.kill, (process.pid, signal.SIGKILL))
        killer.start()
        try:
            while True:
                made = caller.ask("create", elementType="Contacts", element=NEW)
                answered.append(made["id"])
        except requests.RequestException:
            pass
        killer.join()
        assert process.wait(timeout=10) == -signal.SIGKILL
    assert answered
    with Sandbox(file=path) as box:
        assert set(answered) <= {row["id"] for row in box.records("Contacts")}


# The command


@contextmanager
def serving(*options: str) -> Iterator[tuple[str, str, subprocess.Popen[str]]]:
    command = [sys.executable, "-m", "vtql", "sandbox", "--port", "0", *options]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(3)]
        told = dict(line.rsplit(maxsplit=1) for line in lines)
        try:
            yield told["url"], told["access key"], process
        finally:
            process.kill()


def test_the_command_serves_until_it_is_told_to_stop() -> None:
    for stop in (signal.SIGINT, signal.SIGTERM):
        with serving("--rows", "Contacts=7", "--profile", "8.4") as (url, key, process):
            with vtql.connect(url, "admin", key) as client:
                assert len(client.query("select id from Contacts;")) == 7
            process.send_signal(stop)
            _, said = process.communicate(timeout=10)
            assert process.returncode == 0
            assert said.splitlines()[-1] == "stopped"


def run(*options: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "vtql", "sandbox", *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    return done.returncode, done.stderr


def test_what_cannot_be_served_is_said_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert run("--port", port) == (
            2, f"vtql: port {port} of 127.0.0.1 is in use; `--port 0` takes a free one\n",
        )  # fmt: skip
    records = tmp_path / "records.json"
    cases = {
        '{"Contacts": [{"id": "12x5", "lastname": 7}]}':
            "row 0 of Contacts: `lastname` is not text or None: 7",
        '{"Contcats": []}': "`Contcats`, a module that the catalog does not have; the nearest name",
        "[": "is not JSON",
        "[]": "is not a mapping of modules to rows",
    }  # fmt: skip
    for text, message in cases.items():
        records.write_text(text)
        status, said = run("--port", "0", "--records", str(records))
        assert status == 2
        assert message in said
        assert said.count("\n") == 1
    for options in (("--file", str(tmp_path)), ("--file", "/nowhere/at/all"), ("--rows", "many"),
                    ("--port", "70000"), ("--records", "/nowhere"), ("--host", "192.0.2.1")):  # fmt: skip
        status, said = run("--port", "0", *options)
        assert status == 2, options
        assert said.startswith("vtql: "), options
        assert said.count("\n") == 1, said


# Servers


@pytest.mark.parametrize("kind", [_CherootServer, _StandardServer])
def test_both_servers_answer_many_at_a_time_and_stop(
    kind: type[_CherootServer | _StandardServer],
) -> None:
    with Sandbox() as box:
        server = kind(box.app, 0, "127.0.0.1")
        try:
            wrong: list[object] = []
            threads = [threading.Thread(target=ask_often, args=(server.url, wrong))
                       for _ in range(8)]  # fmt: skip
            for each in threads:
                each.start()
            for each in threads:
                each.join()
            assert wrong == []
        finally:
            server.close()
        with pytest.raises(requests.ConnectionError):
            requests.get(server.url, timeout=5)


def ask_often(url: str, wrong: list[object]) -> None:
    with requests.Session() as http:
        for _ in range(20):
            fields = {"operation": "getchallenge", "username": "admin"}
            answer = http.get(f"{url}webservice.php", params=fields, timeout=30)
            if not answer.json()["success"]:
                wrong.append(answer.text)
