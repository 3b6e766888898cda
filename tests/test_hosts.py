"""The hosts that a served sandbox answers for, and what a page of another site gets."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import requests

import vtql
from vtql.cli import main
from vtql.sandbox import Sandbox

CHALLENGE = {"operation": "getchallenge", "username": "admin"}


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with Sandbox(rows={"Contacts": 1}) as made:
        made.url = made.serve(allow_hosts=["CRM.test", "192.0.2.7", "2001:DB8::7"])
        yield made


def status(box: Sandbox, **headers: str) -> tuple[int, bool]:
    """The status of a request, by GET and POST alike, and whether the sandbox answered it."""
    before = len(box.requests)
    url = f"{box.url}webservice.php"
    statuses = {
        requests.get(url, CHALLENGE, headers=headers, timeout=10).status_code,
        requests.post(url, {"operation": "login"}, headers=headers, timeout=10).status_code,
    }
    (found,) = statuses
    return found, len(box.requests) == before + 2


@pytest.mark.parametrize("host", ["localhost", "LocalHost:8080", "127.0.0.1", "127.9.9.9:1", "[::1]:8080",
                                  "[::ffff:127.0.0.1]", "crm.test", "Crm.Test:80", "192.0.2.7:8080",
                                  "[2001:db8::7]:8080"])  # fmt: skip
def test_this_machine_and_allowed_hosts_are_answered(box: Sandbox, host: str) -> None:
    assert status(box, Host=host) == (200, True)
    name = host.partition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]
    assert status(box, Host=host, Origin=f"http://{name}:5173") == (200, True)


@pytest.mark.parametrize("host", ["crm.example.com", "evil.test:8080", "127.0.0.1.example.com", "localhost.evil.test",
                                  "a.crm.test", "192.0.2.8", "10.0.0.1:8080", "2130706433", "[", "[]", "", ":8080",
                                  "127.0.0.1@evil.test", "evil.test#@127.0.0.1", "localhost evil.test",
                                  "localhost,evil.test", "[2001:db8::8]", "0.0.0.0"])  # fmt: skip
def test_another_host_is_refused(box: Sandbox, host: str) -> None:
    assert status(box, Host=host) == (403, False)


@pytest.mark.parametrize("origin", ["http://crm.example.com", "https://127.0.0.1.example.com", "null", "", "file://",
                                    "http://[", "chrome-extension://localhost", "http://localhost@evil.test"])  # fmt: skip
def test_another_origin_is_refused(box: Sandbox, origin: str) -> None:
    assert status(box, Origin=origin) == (403, False)
    assert status(box, Host="crm.test", Origin=origin) == (403, False)


def test_the_refusal_says_how_to_allow_a_host(box: Sandbox) -> None:
    answer = requests.get(box.url, CHALLENGE, headers={"Host": "crm.example.com"}, timeout=10)
    assert "--allow-host" in answer.text
    assert "allow_hosts" in answer.text
    assert "example" not in answer.text
    assert answer.headers["Content-Type"].startswith("text/plain")


def test_a_caller_that_names_no_host_is_answered(box: Sandbox) -> None:
    port = int(box.url.rstrip("/").rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(b"GET /webservice.php?operation=getchallenge&username=admin HTTP/1.0\r\n\r\n")
        assert b'"success":true' in line.makefile("rb").read()


def test_the_address_that_it_listens_at_is_answered() -> None:
    with Sandbox() as box:
        port = box.serve(host="0.0.0.0").rstrip("/").rpartition(":")[2]
        url = f"http://0.0.0.0:{port}/"
        with vtql.connect(url, box.username, box.access_key, retries=0) as client:
            assert client.list_types()


@pytest.mark.parametrize("name", ["http://crm.test", "crm.test:8080", "crm.test/", "", "é.test", 7])
def test_what_is_no_name_of_a_host_is_refused(name: Any) -> None:
    with Sandbox() as box, pytest.raises(vtql.ArgumentError, match="is not the name of a host"):
        box.serve(allow_hosts=[name])


def test_the_command_lets_hosts_in() -> None:
    command = [sys.executable, "-m", "vtql", "sandbox", "--port", "0", "--rows", "Contacts=1",
               "--allow-host", "crm.test", "--allow-host", "other.test"]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().split()[-1]
            hosts = {"crm.test": 200, "other.test:80": 200, "localhost": 200, "third.test": 403}
            found = {
                host: requests.get(url, CHALLENGE, headers={"Host": host}, timeout=10).status_code
                for host in hosts
            }
        finally:
            process.kill()
    assert found == hosts


def test_the_command_refuses_what_is_no_name_of_a_host(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sandbox", "--port", "0", "--allow-host", "http://crm.test"]) == 2
    error = capsys.readouterr().err
    assert "is not the name of a host" in error
    assert error.count("\n") == 1
