"""Files that vtql writes: whole or not at all, never through a link, and only where it may."""

from __future__ import annotations

import os
import resource
import signal
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from vtql.cli import main
from vtql.client import accounts
from vtql.client.accounts import Account
from vtql.client.secrets import Secret
from vtql.errors import ArgumentError, FileInUse
from vtql.files import replacing, rewrite_file, write_file
from vtql.sandbox import Sandbox

WRONG = "select lastname from Contacts where lastname = 'a'"
"""A query that `--fix` and `format` change."""

FULL = "File too large|disk is full|disk I/O error"


@contextmanager
def small_disk(size: int = 2_000) -> Iterator[None]:
    """Have every file that grows over a size fail, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


OUTPUTS = [
    ("describe", "--sandbox", "--save"),
    ("run", "SELECT * FROM Contacts;", "--sandbox", "--output"),
    ("run", "SELECT * FROM Contacts;", "--sandbox", "--format", "jsonl", "--output"),
    ("lint", "--isolated", *("-q", f"{WRONG} and lastnam = 'b'") * 20, "--output"),
]
"""Commands that write the file that comes last."""


@pytest.mark.parametrize("command", OUTPUTS)
def test_a_file_stays_as_it_was_where_writing_fails(
    command: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a"
    file.write_text("good", encoding="utf-8")
    with small_disk():
        assert main([*command, str(file)]) == 2
    assert capsys.readouterr().err.splitlines()[-1].startswith(f"vtql: {file}: File too large")
    assert (file.read_text("utf-8"), names(tmp_path)) == ("good", ["a"])


def test_a_parquet_file_stays_as_it_was_where_writing_fails(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    file = tmp_path / "a.parquet"
    file.write_text("good", encoding="utf-8")
    with (
        Sandbox() as sandbox,
        sandbox.client() as client,
        small_disk(),
        pytest.raises(OSError, match=FULL),
    ):
        client.model("Contacts").objects.to_parquet(file)
    assert (file.read_text("utf-8"), names(tmp_path)) == ("good", ["a.parquet"])


def test_a_snapshot_stays_as_it_was_where_writing_fails(tmp_path: Path) -> None:
    file = tmp_path / "snapshot"
    with Sandbox(rows=5) as small:
        small.save(file)
    before = file.read_bytes()
    with Sandbox() as sandbox, small_disk(), pytest.raises(OSError, match=FULL):
        sandbox.save(file)
    assert (file.read_bytes(), names(tmp_path)) == (before, ["snapshot"])


def test_a_program_stays_as_it_was_where_writing_fails(tmp_path: Path) -> None:
    file, other = tmp_path / "a.vtql", tmp_path / "b.vtql"
    text = f"{WRONG};\n" * 80
    file.write_text(text, encoding="utf-8")
    os.link(file, other)  # written in place, and restored
    for links in (2, 1):
        assert file.stat().st_nlink == links
        with small_disk(file.stat().st_size - 1_000):
            assert main(["format", str(file), "--line-width", "10"]) == 2
        assert file.read_text("utf-8") == text
        other.unlink(missing_ok=True)
    assert names(tmp_path) == ["a.vtql"]


def interrupted(file: Path, error: type[BaseException]) -> None:
    with replacing(file) as opened:
        opened.write(b"half")
        raise error


def test_what_fails_in_the_middle_leaves_no_temporary_file(tmp_path: Path) -> None:
    file = tmp_path / "a"
    for error in (KeyboardInterrupt, ValueError):
        with pytest.raises(error):
            interrupted(file, error)
    assert names(tmp_path) == []


def test_a_temporary_file_is_new_and_has_a_name_that_nobody_can_guess(tmp_path: Path) -> None:
    found = set[str]()
    for _ in range(20):
        with replacing(tmp_path / "a") as file:
            found.add(file.name)
    assert len({name[-20:-4] for name in found}) == 20
    assert names(tmp_path) == ["a"]


def test_a_link_that_waits_under_a_name_of_the_process_is_not_followed(tmp_path: Path) -> None:
    victim, file = tmp_path / "victim", tmp_path / "q.vtql"
    file.write_text(f"{WRONG};\n", encoding="utf-8")
    victim.write_text("mine", encoding="utf-8")
    for name in (f".q.vtql.{os.getpid()}", ".q.vtql.tmp", "q.vtql.tmp", "q.vtql.new"):
        (tmp_path / name).symlink_to(victim)
    assert main(["format", str(file)]) == 0
    assert file.read_text("utf-8").startswith("SELECT")
    assert victim.read_text("utf-8") == "mine"


@pytest.mark.parametrize("command", OUTPUTS)
def test_a_link_where_a_file_is_made_is_replaced_and_not_followed(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    victim, file, nowhere = tmp_path / "victim", tmp_path / "a", tmp_path / "b"
    victim.write_text("mine", encoding="utf-8")
    file.symlink_to(victim)
    nowhere.symlink_to(tmp_path / "absent")
    for each in (file, nowhere):
        assert main([*command, str(each)]) in (0, 1)
        assert each.is_file()
        assert not each.is_symlink()
    assert victim.read_text("utf-8") == "mine"
    assert names(tmp_path) == ["a", "b", "victim"]


def test_a_link_to_a_program_stays_and_the_program_is_changed(tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    program, link = tmp_path / "sources" / "q.vtql", tmp_path / "q.vtql"
    program.write_text(f"{WRONG};\n", encoding="utf-8")
    link.symlink_to(program)
    assert main(["format", str(link)]) == 0
    assert link.is_symlink()
    assert program.read_text("utf-8").startswith("SELECT")
    assert names(tmp_path / "sources") == ["q.vtql"]


@pytest.mark.parametrize("command", [("lint", "--isolated", "--fix"), ("format",)])
def test_a_program_that_is_read_only_is_refused_and_keeps_its_text(
    command: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, other = tmp_path / "q.vtql", tmp_path / "r.vtql"
    file.write_text(f"{WRONG}\n", encoding="utf-8")
    other.write_text(f"{WRONG}\n", encoding="utf-8")
    file.chmod(0o444)
    text = file.read_text("utf-8")
    if command == ("format",):
        file.chmod(0o644)
        file.write_text(f"{WRONG};\n", encoding="utf-8")
        other.write_text(f"{WRONG};\n", encoding="utf-8")
        text = file.read_text("utf-8")
        file.chmod(0o444)
    assert main([*command, str(file), str(other)]) == 2
    assert f"vtql: {file}: read-only; nothing is written" in capsys.readouterr().err.splitlines()
    assert (file.read_text("utf-8"), stat.S_IMODE(file.stat().st_mode)) == (text, 0o444)
    assert other.read_text("utf-8") != text
    assert names(tmp_path) == ["q.vtql", "r.vtql"]


@pytest.mark.parametrize("command", [("lint", "--isolated", "--fix"), ("format",)])
def test_hard_links_to_a_program_stay_together(command: tuple[str, ...], tmp_path: Path) -> None:
    file, other = tmp_path / "q.vtql", tmp_path / "r.vtql"
    text = f"{WRONG};" if command == ("format",) else WRONG
    file.write_text(f"{text}\n" + "-- a comment that makes it longer than what is written\n")
    os.link(file, other)
    assert main([*command, str(file)]) in (0, 1)
    assert file.samefile(other)
    assert other.read_text("utf-8") != f"{text}\n"
    assert other.read_text("utf-8") == file.read_text("utf-8")


def test_a_shorter_text_leaves_no_rest_of_the_longer_one(tmp_path: Path) -> None:
    file, other = tmp_path / "a", tmp_path / "b"
    file.write_bytes(b"a long text")
    os.link(file, other)
    rewrite_file(file, b"short")
    assert other.read_bytes() == b"short"


def test_permissions_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "a"
    write_file(file, b"1")
    assert stat.S_IMODE(file.stat().st_mode) & 0o444 == 0o444
    for mode in (0o600, 0o755, 0o640):
        file.chmod(mode)
        write_file(file, b"2")
        assert stat.S_IMODE(file.stat().st_mode) == mode
    write_file(file, b"3", mode=0o600)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_no_file_may_replace_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        write_file(tmp_path, b"")
    with pytest.raises(FileNotFoundError) as told:
        write_file(tmp_path / "no" / "a", b"")
    assert told.value.filename == str(tmp_path / "no" / "a")
    read_only = tmp_path / "a"
    read_only.write_bytes(b"1")
    read_only.chmod(0o400)
    with pytest.raises(PermissionError, match="read-only"):
        write_file(read_only, b"2")
    assert names(tmp_path) == ["a"]


def test_a_device_and_a_pipe_are_written_and_not_replaced(tmp_path: Path) -> None:
    write_file("/dev/null", b"1")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)
    with pytest.raises(OSError, match="No space left"):
        write_file("/dev/full", b"1")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_file(pipe, b"through the pipe")
    assert os.read(reader, 100) == b"through the pipe"
    os.close(reader)


def test_accounts_are_readable_by_nobody_else_whatever_was_there(tmp_path: Path) -> None:
    path = accounts.accounts_file()
    path.parent.mkdir(parents=True)
    victim = tmp_path / "victim"
    victim.write_text("{}", encoding="utf-8")
    victim.chmod(0o600)
    path.symlink_to(victim)
    accounts.save("default", Account("https://a.example", "admin", Secret("a key")))
    assert victim.read_text("utf-8") == "{}"
    assert (path.is_symlink(), stat.S_IMODE(path.stat().st_mode)) == (False, 0o600)
    assert names(path.parent) == [path.name]


# A sandbox's file


def foreign_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE columns (module, position, fields, described)")
        connection.execute("INSERT INTO columns VALUES ('a', 0, '[]', '{}')")
        connection.commit()


def foreign_application(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA application_id = 252006673")
        connection.execute("CREATE TABLE a (b)")


FOREIGN: dict[str, Any] = {
    "a database of another program": foreign_database,
    "a database with another number": foreign_application,
    "a text": lambda path: path.write_text("name,age\n" * 50, encoding="utf-8"),
    "a short text": lambda path: path.write_text("a", encoding="utf-8"),
    "a database cut off": lambda path: path.write_bytes(b"SQLite format 3\0"),
    "zeros": lambda path: path.write_bytes(bytes(4096)),
    "a folder": lambda path: path.mkdir(),
    "a link that leads nowhere": lambda path: path.symlink_to(path.with_name("absent")),
    "a pipe": os.mkfifo,
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_file_that_is_not_a_sandboxs_is_refused_and_not_changed(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "file"
    FOREIGN[kind](file)
    before = file.read_bytes() if file.is_file() else None
    state = file.lstat()
    with pytest.raises(ArgumentError, match="is "):
        Sandbox(file=file)
    assert main(["sandbox", "--port", "0", "--file", str(file)]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert said.err.startswith(f"vtql: {file} is ")
    assert (file.read_bytes() if file.is_file() else None) == before
    assert (file.lstat().st_mtime_ns, names(tmp_path)) == (state.st_mtime_ns, ["file"])
    with Sandbox(rows=1) as sandbox, pytest.raises((ArgumentError, OSError)):
        sandbox.restore(file)
    assert (file.read_bytes() if file.is_file() else None) == before


def test_an_empty_file_becomes_a_sandboxs(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with Sandbox(rows=3, file=file) as sandbox:
        kept = sandbox.records("Contacts")
    with Sandbox(file=file) as again:
        assert again.records("Contacts") == kept


def test_a_snapshot_is_not_changed_when_it_is_restored(tmp_path: Path) -> None:
    file = tmp_path / "snapshot"
    with Sandbox(rows=30) as sandbox:
        sandbox.save(file)
        file.chmod(0o444)
        before = file.read_bytes()
        sandbox.restore(file)
    assert (file.read_bytes(), names(tmp_path)) == (before, ["snapshot"])


def test_a_snapshot_does_not_go_into_the_file_of_the_sandbox(tmp_path: Path) -> None:
    file, link = tmp_path / "file", tmp_path / "link"
    link.symlink_to(file)
    with Sandbox(rows=3, file=file) as sandbox:
        kept = sandbox.records("Contacts")
        for path in (file, link):
            with pytest.raises(FileInUse):
                sandbox.save(path)
    with Sandbox(file=file) as again:
        assert again.records("Contacts") == kept
