"""Every command with arguments that nobody means: a line and an exit status, never a traceback."""

from __future__ import annotations

import io
import os
import re
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from test_terminal import obeyed, vtql_with

from vtql.cli import COMMANDS, main
from vtql.cli.configuration import LARGEST as LARGEST_CONFIGURATION
from vtql.files import LARGEST
from vtql.sandbox import Sandbox

Capture = pytest.CaptureFixture[str]

BYTES = "\udcff"
"""What an argument of the byte 0xff is in Python."""

HOSTILE = [
    "", " ", BYTES, f"é{BYTES}", "\x1b[31m", "\0", "\n", "\u202e", "x" * 5_000, "-", "../../x", "/dev/full", "9" * 5_000,
    "-1", "1e9", "NaN", "²", "٣", "'; DROP", "[", "=", "::", "%s%n{0}", "é",
]  # fmt: skip

QUERY = "SELECT id FROM Contacts;"

SUMMARY = re.compile(r"[0-9]+ (findings? in|texts? (was|were) not looked at)")

BASES: dict[str, list[str]] = {
    "demo": [],
    "lint": ["-q", QUERY],
    "format": ["-q", QUERY],
    "compile": ["-q", QUERY],
    "explain": ["-q", QUERY],
    "run": [QUERY, "--sandbox"],
    "export": ["Contacts", "--sandbox"],
    "describe": ["--sandbox"],
    "doctor": ["--sandbox"],
    "login": ["--url", "http://a..b", "--username", "admin"],
    "logout": [],
    "sandbox": ["--port", "99999"],
    "rule": [],
}
"""Each command with what it needs; `sandbox` with a port that is none, so that it never serves."""

OPTIONS: dict[str, list[str]] = {
    "demo": [],
    "lint": ["--as", "--stdin-filename", "--select", "--ignore", "--extend-select",
             "--per-file-ignores", "--severity", "--fail-level", "--profile", "--catalog", "--exclude",
             "--config", "--format", "--output", "--jobs", "--account"],
    "format": ["--as", "--line-width", "--keywords"],
    "compile": ["--catalog", "--precedence", "--format", "--url"],
    "explain": ["--catalog", "--precedence", "--format"],
    "run": ["--format", "--connections"],
    "export": ["--format", "--fields", "--connections"],
    "describe": ["--format", "--catalog"],
    "doctor": ["--format"],
    "login": ["--url"],
    "logout": [],
    "sandbox": ["--port", "--host", "--profile", "--seed", "--catalog", "--records", "--rows", "--file",
                "--allow-host"],
    "rule": [],
}  # fmt: skip

POSITIONAL = [name for name in COMMANDS if name not in ("demo", "doctor")]


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("VTQL_USERNAME", "admin")
    monkeypatch.setenv("VTQL_ACCESS_KEY", "0123456789abcdef")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"SELECT id FROM A;\n")))


def outcome(arguments: list[str], capsys: Capture) -> tuple[int, str, str]:
    """The exit status, stdout and stderr of a command."""
    try:
        status = main(arguments)
    except SystemExit as stopped:
        status = stopped.code if isinstance(stopped.code, int) else -1
    shown = capsys.readouterr()
    assert status in (0, 1, 2), arguments
    assert obeyed(shown.err) == "", arguments
    assert "Traceback" not in shown.err, arguments
    if status == 2:  # a line; behind how the command is used, or before how many texts were read
        lines = shown.err.splitlines()
        usage = shown.err.startswith("usage: ")
        said = lines[-1:] if usage else [each for each in lines if not SUMMARY.match(each)]
        painted = shown.err.startswith("error[")
        assert painted or (len(said) == 1 and said[0].startswith("vtql")), (arguments, shown.err)
    return status, shown.out, shown.err


def test_the_table_has_every_command() -> None:
    assert set(BASES) == set(OPTIONS) == set(COMMANDS)


@pytest.mark.parametrize(
    ("command", "option"), [(name, option) for name in COMMANDS for option in OPTIONS[name]]
)
def test_no_value_of_an_option_is_too_much(command: str, option: str, capsys: Capture) -> None:
    for value in HOSTILE:
        outcome([command, *BASES[command], f"{option}={value}"], capsys)


@pytest.mark.parametrize("command", POSITIONAL)
def test_no_argument_is_too_much(command: str, capsys: Capture) -> None:
    rest = [each for each in BASES[command] if each not in (QUERY, "Contacts", "-q")]
    for value in HOSTILE:
        outcome([command, *rest, "--", value], capsys)
        outcome([command, f"--no{value}"], capsys)


@pytest.mark.parametrize("command", ["lint", "format", "compile", "explain", "run"])
def test_a_query_of_invalid_bytes_is_no_text(command: str, capsys: Capture) -> None:
    for query in (BYTES, f"SELECT id FROM A WHERE b = 'é{BYTES}';"):
        flag = [] if command == "run" else ["-q"]
        status, out, err = outcome([command, *flag, query], capsys)
        assert (status, out) == (2, "")
        assert (
            err
            == f"vtql: the argument `{query}` is not UTF-8 text, at byte {err.split()[-1]}\n".replace(
                BYTES, r"\udcff"
            )
        )
    for form in ("url", "curl", "http", "postman"):
        assert outcome(["compile", "--format", form, "-q", BYTES], capsys)[:2] == (2, "")


def test_a_file_whose_name_is_no_text_is_read_and_shown(capsys: Capture) -> None:
    name = os.fsdecode(b"\xff.vtql")
    Path(name).write_text("SELECT id FROM A;\n")
    assert outcome(["format", "--check", name], capsys)[0] == 0
    Path(name).write_text("select id from A;\n")
    assert outcome(["format", "--check", name], capsys)[2] == "\\udcff.vtql: would be formatted\n"
    assert "\\udcff.vtql:1:" in outcome(["lint", "--select", "ALL", name], capsys)[1]


URLS = [" ", "x y", "//x", "ftp://a", "http://", "http://a..b", "http://[", "http://a:99999", "http://a:b",
        "http://a\r\nX: y", "http://a\u202e", f"http://a/{BYTES}", "javascript:alert(1)"]  # fmt: skip


@pytest.mark.parametrize(
    "command",
    [
        ["run", QUERY], ["export", "Contacts"], ["describe"], ["doctor"], ["login"],
        ["lint", "--live", "-q", QUERY],
        *(["compile", "-q", QUERY, "--format", form] for form in ("url", "curl", "http", "postman")),
    ],
    ids=" ".join,
)  # fmt: skip
def test_an_address_that_is_none_is_refused(command: list[str], capsys: Capture) -> None:
    for url in URLS:
        status, out, err = outcome([*command, "--url", url], capsys)
        assert (status, out, err.count("\n")) == (2, "", 1), (url, out, err)


@pytest.mark.parametrize(
    "host", ["a..b", ".", "", " ", "x" * 70, "a b", "\0", "http://localhost", "nowhere.invalid", "[", "::zz"]
)  # fmt: skip
@pytest.mark.parametrize("extra", [True, False], ids=["cheroot", "the standard library's server"])
def test_the_sandbox_serves_no_host_that_is_none(
    host: str, extra: bool, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    if not extra:
        monkeypatch.setitem(sys.modules, "cheroot.wsgi", None)
    status, out, err = outcome(["sandbox", "--port", "0", f"--host={host}"], capsys)
    assert (status, out, err.count("\n")) == (2, "", 1)


def test_the_sandbox_serves_no_port_that_is_none(capsys: Capture) -> None:
    for port in ("-1", "65536", "9" * 15):
        assert outcome(["sandbox", f"--port={port}"], capsys)[1:] == (
            "", f"vtql: {port} is not a port: they go from 0 to 65535\n",
        )  # fmt: skip


# Files that are none


@contextmanager
def a_socket(path: str) -> Iterator[None]:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(path)
        yield


READERS = [
    ["lint", "-q", QUERY, "--catalog"],
    ["lint", "-q", QUERY, "--config"],
    ["compile", "-q", QUERY, "--catalog"],
    ["explain", "-q", QUERY, "--catalog"],
    ["describe", "--catalog"],
    ["sandbox", "--port", "99999", "--catalog"],
    ["sandbox", "--port", "99999", "--records"],
    ["lint"],
    ["format"],
]


@pytest.mark.parametrize("reader", READERS, ids=" ".join)
def test_what_has_no_end_or_is_no_file_is_not_read(reader: list[str], capsys: Capture) -> None:
    os.mkfifo("pipe.vtql")
    Path("folder.json").mkdir()
    Path("link.vtql").symlink_to("/dev/zero")
    Path("loop.vtql").symlink_to("loop.vtql")
    with Path("large.vtql").open("wb") as file:
        file.truncate(500_000_001)
    with a_socket("socket.vtql"):
        for name, why in (
            ("pipe.vtql", "a pipe"), ("link.vtql", "a device"), ("socket.vtql", "a socket"),
            ("large.vtql", "larger than"), ("folder.json", "a folder"), ("loop.vtql", "symbolic links"),
            ("none.vtql", "No such file"), ("/dev/zero", "a device"),
        ):  # fmt: skip
            if name == "folder.json" and reader in (["lint"], ["format"]):
                continue
            status, out, err = outcome([*reader, name], capsys)
            assert status == 2, name
            assert (not out) == ("--catalog" not in reader or "lint" not in reader), name
            assert f"{name}: " in err, name
            assert why in err, name


def test_a_configuration_has_a_limit_of_its_own(capsys: Capture) -> None:
    assert LARGEST_CONFIGURATION < LARGEST
    Path("vtql.toml").write_text("#" * LARGEST_CONFIGURATION + "\n")
    Path("a.vtql").write_text("SELECT id FROM A LIMIT 5;\n")
    status, _, err = outcome(["lint", "a.vtql"], capsys)
    assert status == 2
    assert "vtql.toml: larger than 5 MB" in err


def test_a_catalog_may_come_from_a_shell(capsys: Capture) -> None:
    with Sandbox() as sandbox:
        sandbox.catalog.save("crm.json")
    done = vtql_with(f"3< {Path('crm.json').resolve()}", "lint", "-q", "SELECT x FROM Contacts LIMIT 5;",
                     "--catalog", "/dev/fd/3")  # fmt: skip
    assert done.returncode == 1
    assert "VT102" in done.stdout
    assert capsys.readouterr().err == ""


# The same in processes of their own


@pytest.mark.parametrize(
    ("arguments", "status", "err"),
    [
        (["compile", "--format", "url", "-q", BYTES], 2,
         "vtql: the argument `\\udcff` is not UTF-8 text, at byte 0\n"),
        (["run", BYTES], 2, "vtql: the argument `\\udcff` is not UTF-8 text, at byte 0\n"),
        (["lint", "--quiet", f"{BYTES}.vtql"], 2, "vtql: \\udcff.vtql: No such file or directory; "
         "a file or folder that can be read is needed\n"),
        (["sandbox", "--port", "0", "--host", "a..b"], 2,
         "vtql: `a..b` is no name of a host, and no address\n"),
    ],
)  # fmt: skip
def test_a_process_ends_in_a_line(arguments: list[str], status: int, err: str) -> None:
    done = vtql_with("", *arguments, PYTHONIOENCODING="utf-8:strict")
    assert (done.returncode, done.stdout, done.stderr) == (status, "", err)
