"""What a terminal is given, and what becomes of output that nobody can take."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from stub_servers import Serve

import vtql
from vtql.catalog.catalog import Catalog
from vtql.cli import main
from vtql.cli.progress import counted
from vtql.sandbox import Sandbox
from vtql.sanitize import visible, visible_lines

Capture = pytest.CaptureFixture[str]

CONTROLS = "".join(map(chr, [*range(1, 0x20), 0x7F, *range(0x80, 0xA0)]))
BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
HOSTILE = f"\x1b]0;owned\x07{CONTROLS}{BIDI}\u2028\u2029\ufeff\u200b"
FREE = "".join(sorted(set(HOSTILE)))


def obeyed(text: str) -> str:
    """The characters of a text that a terminal would obey, or not show."""
    return "".join(
        sorted(
            {each for each in text if each != "\n" and not each.isprintable() and each != "\xa0"}
        )
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, é, 日本, \xa0", "plain, é, 日本, \xa0"),
        ("\x1b[31m\x7f\x9b\0", r"\x1b[31m\x7f\x9b\x00"),
        ("\t\r\n", r"\t\r\n"),
        ("\u202e\u2066\u200f\u061c\u2028\u2029\ufeff", r"\u202e\u2066\u200f\u061c\u2028\u2029\ufeff"),
        ("\udcff\ud800\U000e0001", r"\udcff\ud800\U000e0001"),
    ],
)  # fmt: skip
def test_what_is_not_printed_is_spelled_out(text: str, shown: str) -> None:
    assert visible(text) == shown
    assert visible_lines(f"{text.replace(chr(10), '')}\nb").split("\n") == [
        visible(text.replace("\n", "")), "b",
    ]  # fmt: skip
    assert obeyed(visible(text)) == ""


@pytest.fixture(scope="module")
def hostile() -> Iterator[Sandbox]:
    """A server whose labels, choices and values hold whatever a terminal would obey."""
    described: list[dict[str, Any]] = []
    with Sandbox() as demo:
        for name in ("Contacts", "Users", "Groups", "Currency"):
            described.append(json.loads(json.dumps(demo.catalog.describe(name))))
    for module in described:
        module["label"] = f"{module['label']}{HOSTILE}"
        for field in module["fields"]:
            field["label"] = f"{field['label']}{HOSTILE}"
    records = {"Contacts": [{"id": "12x1", "lastname": f"a{HOSTILE}b", "firstname": "c\nd"}]}
    with Sandbox(catalog=Catalog.from_describes(described), records=records) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def url(hostile: Sandbox) -> str:
    return hostile.serve()


@pytest.fixture
def _server(hostile: Sandbox, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VTQL_URL", url)
    monkeypatch.setenv("VTQL_USERNAME", hostile.username)
    monkeypatch.setenv("VTQL_ACCESS_KEY", hostile.access_key)


QUERY = "SELECT lastname, firstname FROM Contacts;"


@pytest.mark.usefixtures("_server")
@pytest.mark.parametrize(
    "arguments",
    [
        ["run", QUERY],
        ["run", QUERY, "--format", "json"],
        ["run", QUERY, "--format", "jsonl"],
        ["describe"],
        ["describe", "Contacts"],
        ["describe", "--format", "json"],
        ["describe", "Contacts", f"No{HOSTILE}"],
        ["doctor"],
        ["doctor", "--format", "json"],
        ["explain", "-q", f"SELECT id FROM Contacts WHERE lastname = 'x{HOSTILE}';"],
        ["explain", "-q", f"SELECT id FROM {HOSTILE};"],
        ["compile", "-q", f"SELECT id{HOSTILE} FROM Contacts;"],
        ["format", "-q", f"SELECT id{HOSTILE} FROM Contacts;"],
        ["lint", "-q", f"SELECT id FROM Contacts WHERE lastname LIKE '{HOSTILE}'{HOSTILE};"],
        ["lint", "--live", "-q", f"SELECT nosuch FROM Contacts WHERE '{HOSTILE}' = {HOSTILE};"],
        ["lint", "--format", "github", "-q", f"SELECT id FROM Contacts WHERE {HOSTILE} = '1'"],
        ["lint", f"no{HOSTILE}.vtql"],
        ["lint", "--statistics", f"no{HOSTILE}.cs"],
        ["format", f"no{HOSTILE}.vtql"],
        ["run", f"SELECT {HOSTILE} FROM Contacts;"],
        ["run", f"SELECT id FROM No{HOSTILE};"],
        ["run", QUERY, "--url", f"http://a{HOSTILE}"],
        ["run", QUERY, "--account", HOSTILE],
        ["export", "Contacts", "--output", f"no{HOSTILE}/x.csv"],
        ["export", "Contacts", "--output", f"x{HOSTILE}.csv"],
        ["export", f"No{HOSTILE}"],
        ["logout", HOSTILE],
        ["rule", HOSTILE],
        ["describe", "--catalog", f"no{HOSTILE}"],
        ["describe", "--save", f"x{HOSTILE}.json"],
        ["sandbox", "--rows", HOSTILE],
        ["sandbox", "--host", HOSTILE],
    ],
    ids=lambda arguments: " ".join(map(ascii, arguments))[:60],
)
def test_no_command_gives_a_terminal_what_it_would_obey(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) in (0, 1, 2)
    shown = capsys.readouterr()
    assert obeyed(shown.out + shown.err) == ""
    assert shown.out + shown.err


@pytest.mark.usefixtures("_server")
def test_what_programs_read_keeps_its_data(capsys: Capture, hostile: Sandbox) -> None:
    (row,) = hostile.records("Contacts")
    wanted = {"lastname": row["lastname"], "firstname": row["firstname"]}
    assert HOSTILE[1:9] in str(row["lastname"])
    assert main(["run", QUERY, "--format", "json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found.items() >= wanted.items()
    assert main(["run", QUERY, "--format", "jsonl"]) == 0
    assert json.loads(capsys.readouterr().out).items() >= wanted.items()
    assert main(["run", QUERY, "--format", "csv"]) == 0
    (found,) = csv.DictReader(io.StringIO(capsys.readouterr().out, newline=""))
    assert found.items() >= wanted.items()
    assert main(["describe", "--format", "json"]) == 0
    labels = [each["label"] for each in json.loads(capsys.readouterr().out)]
    assert labels == [hostile.catalog[name].label for name in hostile.catalog]


def test_a_message_of_a_server_is_one_line(serve: Serve, capsys: Capture) -> None:
    said = f"first\nvtql: all is well\r\n{HOSTILE}"
    body = json.dumps({"success": False, "error": {"code": f"C{HOSTILE}", "message": said}})

    def answer(_request: Any) -> Any:
        return 200, {"Content-Type": "application/json"}, body.encode()

    server = serve(answer)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VTQL_ACCESS_KEY", "0123456789abcdef")
        assert main(["run", QUERY, "--url", server.url, "--username", "admin"]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    assert obeyed(shown.err) == ""
    assert r"first\nvtql: all is well\r\n" in shown.err


# Streams that take nothing


def vtql_with(
    redirected: str, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """The command in a shell that redirects its streams."""
    return subprocess.run(
        ["sh", "-c", f'exec "$@" {redirected}', "sh", sys.executable, "-m", "vtql", *arguments],
        capture_output=True, encoding="utf-8", timeout=30, stdin=subprocess.DEVNULL, check=False,
        env={**os.environ, "PYTHONUNBUFFERED": "", "PYTHONPATH": str(Path(vtql.__file__).parents[1]), **environment},
    )  # fmt: skip


LACKING = ["-q", "SELECT id FROM A"]


@pytest.mark.parametrize(
    ("redirected", "arguments", "status", "err"),
    [
        (">&-", ["rule"], 2, "vtql: stdout: Bad file descriptor\n"),
        (">&-", ["--help"], 2, "vtql: stdout: Bad file descriptor\n"),
        (">&-", ["lint", "--output", "/dev/null", "--quiet", *LACKING], 1, ""),
        (">/dev/full", ["rule"], 2, "vtql: stdout: No space left on device\n"),
        (">/dev/full", ["--version"], 2, "vtql: stdout: No space left on device\n"),
        (">/dev/full", ["compile", "-q", "SELECT id FROM A"], 2,
         "vtql: stdout: No space left on device\n"),
        ("<&-", ["lint"], 2, "vtql: <stdin>: Bad file descriptor\n1 text was not looked at\n"),
        ("<&-", ["run", "-"], 2, "vtql: <stdin>: Bad file descriptor\n"),
        ("</dev/zero", ["compile"], 2, "vtql: <stdin>: larger than 50 MB\n"),
        ("2>&-", ["rule", "VT999"], 2, ""),
        ("2>&-", ["lint", "nowhere.vtql"], 2, ""),
        ("2>&-", ["lint", "--nosuch"], 2, ""),
        ("2>/dev/full", ["lint", "nowhere.vtql"], 2, ""),
        ("<&- >&- 2>&-", ["compile"], 2, ""),
    ],
)  # fmt: skip
def test_a_stream_that_takes_nothing_ends_a_command_in_a_line(
    redirected: str, arguments: list[str], status: int, err: str
) -> None:
    for buffered in ("", "1") if "stdout" in err else ("",):
        done = vtql_with(redirected, *arguments, PYTHONUNBUFFERED=buffered)
        assert (done.returncode, done.stdout, done.stderr) == (status, "", err)


def test_a_reader_that_leaves_is_no_failure() -> None:
    done = vtql_with("| head -n 1; exit 0", "rule")
    assert done.stdout.startswith("VT")
    assert done.stderr == ""


def test_an_encoding_that_lacks_a_character_is_told_in_a_line() -> None:
    query = "SELECT id FROM A WHERE b = 'é'"
    done = vtql_with("", "compile", "-q", query, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"vtql: stdout: its encoding, ascii, has no '\\xe9'; .*\n", done.stderr)
    done = vtql_with("", "lint", "-q", f"{query};", PYTHONIOENCODING="ascii")
    assert done.returncode in (0, 1)
    assert "Traceback" not in done.stderr


def on_a_terminal(arguments: list[str]) -> str:
    """What a command writes to a terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "vtql", *arguments], stdout=theirs, stderr=theirs, stdin=theirs,
        env={**os.environ, "PYTHONPATH": str(Path(vtql.__file__).parents[1])},
    ):  # fmt: skip
        os.close(theirs)
        written = b""
        try:
            while part := os.read(ours, 4096):
                written += part
        except OSError:  # as Linux tells the end
            pass
    os.close(ours)
    return written.decode().replace("\r\n", "\n")


@pytest.mark.parametrize(
    "arguments", [["compile"], ["format"], ["format", "--diff"], ["compile", "--format", "curl"]]
)
def test_data_on_a_terminal_is_escaped_and_elsewhere_is_not(arguments: list[str]) -> None:
    query = "select id from A where b = 'x\x1b[31m\x9b\u202ey'"
    assert obeyed(on_a_terminal([*arguments, "-q", query])) == ""
    if arguments == ["compile"]:
        assert vtql_with("", *arguments, "-q", query).stdout.count("\x1b[31m\x9b\u202e") == 1


class Screen(io.StringIO):
    """A stderr that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("screen", [io.StringIO, Screen], ids=["lines", "a bar"])
def test_progress_shows_the_name_of_a_module_escaped_and_as_it_is(
    screen: type[io.StringIO], monkeypatch: pytest.MonkeyPatch
) -> None:
    if screen is Screen:
        pytest.importorskip("rich")
    stderr = screen()
    monkeypatch.setattr(sys, "stderr", stderr)
    monkeypatch.setattr("vtql.cli.progress.SECONDS", 0)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "200")
    assert list(counted([1, 2], "[bold]A[/bold]\x1b]0;x\x07\u202e")) == [1, 2]
    shown = stderr.getvalue()
    assert r"[bold]A[/bold]\x1b]0;x\x07\u202e: 2 rows" in re.sub(
        r"\x1b\[[0-9;?]*[A-Za-z]", "", shown
    )
    assert "\x1b]" not in shown
    assert "\u202e" not in shown
