"""The SQLite database of a sandbox, in memory or in a file, and snapshots of it.

In a file, every statement is a transaction that is on the disk when it returns, so nothing that was
answered is lost when the process is killed.
"""

from __future__ import annotations

import errno
import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

from vtql.catalog.catalog import Catalog
from vtql.errors import ArgumentError
from vtql.files import replacing

_TABLES = """
CREATE TABLE IF NOT EXISTS columns (module TEXT PRIMARY KEY, position INTEGER, fields TEXT, described TEXT);
CREATE TABLE IF NOT EXISTS gone (module TEXT, number INTEGER, at TEXT, owner TEXT);
CREATE TABLE IF NOT EXISTS links (label TEXT, source TEXT, target TEXT, UNIQUE (label, source, target));
CREATE TABLE IF NOT EXISTS converted (number INTEGER);
CREATE TABLE IF NOT EXISTS counted (name TEXT PRIMARY KEY, last INTEGER);
CREATE TABLE IF NOT EXISTS attached (number INTEGER PRIMARY KEY, record INTEGER, name TEXT, type TEXT, content BLOB);
CREATE TABLE IF NOT EXISTS apps (key TEXT PRIMARY KEY, name TEXT, type TEXT);
CREATE TABLE IF NOT EXISTS mapped (key TEXT, client TEXT, server TEXT, changed TEXT, UNIQUE (key, client));
CREATE INDEX IF NOT EXISTS of_record ON attached (record);
"""
"""Tables that are not modules: fields by column, deleted records, relations, converted leads, the
last numbers of sequences, attachments, and the ids of records in other applications."""
_SHAPE = "SELECT module, position, fields FROM columns ORDER BY position"


APPLICATION = 0x5654514C
"""SQLite's application id of a sandbox file: `VTQL` in ASCII."""
_HEADER, _MAGIC, _NUMBER = 100, b"SQLite format 3\0", slice(68, 72)
"""The header of a SQLite file: its length, its first bytes, the position of the application id."""


def check_own(path: Path) -> None:
    """Check that a file is a sandbox's, empty, or does not exist. It is only read.

    Raises:
        ArgumentError: it is another program's.
        OSError: it cannot be read.
    """
    if path.is_symlink() and not path.exists():
        raise ArgumentError(f"{path} is a symbolic link that leads nowhere; a sandbox needs a file")
    if not path.exists():
        return
    if not path.is_file():
        raise ArgumentError(f"{path} is not a file; a sandbox keeps its records in one")
    with path.open("rb") as file:
        header = file.read(_HEADER)
    if header and not header.startswith(_MAGIC):
        raise ArgumentError(f"{path} is not a file of a sandbox: not a database of SQLite")
    if header and int.from_bytes(header[_NUMBER]) != APPLICATION:
        raise ArgumentError(
            f"{path} is not a file of a sandbox: a database of another program; "
            "a sandbox needs a file of its own, and makes one where there is none"
        )


def stored_catalog(path: Path) -> Catalog | None:
    """The catalog in a sandbox's file; None if the file is new.

    Raises:
        ArgumentError: the file is another program's.
        OSError: it cannot be read.
    """
    check_own(path)
    if not path.exists() or not path.stat().st_size:
        return None
    connection = open_database(path)
    try:
        descriptions = connection.execute(
            "SELECT described FROM columns ORDER BY position"
        ).fetchall()
    finally:
        connection.close()
    return (
        Catalog.from_describes([json.loads(text) for (text,) in descriptions])
        if descriptions
        else None
    )


def open_database(path: Path | None) -> sqlite3.Connection:
    """Connect to a sandbox's file, new or existing, or to memory.

    Raises:
        ArgumentError: the file is another program's; it is not changed.
        OSError: it cannot be opened or written.
    """
    if path is not None:
        check_own(path)
    try:
        connection = sqlite3.connect(
            ":memory:" if path is None else path, check_same_thread=False, isolation_level=None
        )
        if path is None or not path.stat().st_size:
            # Written first, so that no sandbox's file is ever without it.
            connection.execute(f"PRAGMA application_id = {APPLICATION}")
        if path is not None:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
        connection.executescript(_TABLES)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise OSError(f"{path}: {error}") from None
        raise ArgumentError(f"{path} is not a file of a sandbox: {error}") from None
    return connection


def keep_open(connection: sqlite3.Connection) -> None:
    """In a child after `os.fork`, keep a connection from being closed, even when the process ends.

    SQLite would write its cache to a file that the parent has changed since, and delete the log of
    the file, which may be another sandbox's by then.
    """
    import ctypes  # noqa: PLC0415 - for a forked child alone

    ctypes.pythonapi.Py_IncRef(ctypes.py_object(connection))


def save_snapshot(connection: sqlite3.Connection, path: Path) -> None:
    """Copy the database to a file, replacing its content.

    Raises:
        OSError: the file cannot be written; an existing one stays as it is.
    """
    with replacing(path) as file, closing(sqlite3.connect(file.name)) as copy:
        try:
            connection.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # a snapshot is one file
        except sqlite3.Error as error:
            raise OSError(f"{path}: {error}") from None


def load_snapshot(connection: sqlite3.Connection, path: Path) -> None:
    """Replace the database by a snapshot with the same modules and fields.

    Raises:
        ArgumentError: it has other modules or fields, or is not a snapshot.
        OSError: the file cannot be read.
    """
    if not path.is_file():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
    check_own(path)
    copy = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        if copy.execute(_SHAPE).fetchall() != connection.execute(_SHAPE).fetchall():
            raise ArgumentError(f"{path} is a snapshot of a sandbox with other modules or fields")
        copy.backup(connection)
    except sqlite3.OperationalError as error:
        raise OSError(f"{path}: {error}") from None
    except sqlite3.DatabaseError as error:
        raise ArgumentError(f"{path} is not a snapshot of a sandbox: {error}") from None
    finally:
        copy.close()
