"""The file of a sandbox, and snapshots of one.

In a file, every statement is a transaction that is on the disk when it returns: a process that is
killed takes nothing with it that it answered.
"""

from __future__ import annotations

import errno
import json
import os
import sqlite3
from pathlib import Path

from vtql.errors import ArgumentError
from vtql.schema.catalog import Catalog

_OWN = """
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
"""What is kept beside the records: which column is which field, what was deleted, who is related
to whom, the last number that was given, the files of records, and what applications call them."""
_SHAPE = "SELECT module, position, fields FROM columns ORDER BY position"


def kept_catalog(path: Path) -> Catalog | None:
    """The catalog of a sandbox's file; None where there is none yet.

    Raises:
        ArgumentError: the file is another program's.
        OSError: it cannot be read.
    """
    if not path.exists() or not path.stat().st_size:
        return None
    connection = opened(path)
    try:
        found = connection.execute("SELECT described FROM columns ORDER BY position").fetchall()
    finally:
        connection.close()
    return Catalog.from_describes([json.loads(text) for (text,) in found]) if found else None


def opened(path: Path | None) -> sqlite3.Connection:
    """A connection to a sandbox's file, a new one or an old one, or to memory.

    Raises:
        ArgumentError: the file is another program's.
        OSError: it cannot be opened or written.
    """
    try:
        connection = sqlite3.connect(
            ":memory:" if path is None else path, check_same_thread=False, isolation_level=None
        )
        if path is not None:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
        connection.executescript(_OWN)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise OSError(f"{path}: {error}") from None
        raise ArgumentError(f"{path} is not a file of a sandbox: {error}") from None
    return connection


def copied(connection: sqlite3.Connection, path: Path) -> None:
    """Copy all of a sandbox to a file, in place of what was there.

    Raises:
        OSError: the file cannot be written.
    """
    path.unlink(missing_ok=True)
    copy = opened(path)
    try:
        connection.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # a snapshot is one file
    finally:
        copy.close()


def brought_back(connection: sqlite3.Connection, path: Path) -> None:
    """Fill a sandbox with what a snapshot has of one with the same modules and fields.

    Raises:
        ArgumentError: it has others, or is no snapshot.
        OSError: the file cannot be read.
    """
    if not path.is_file():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
    copy = opened(path)
    try:
        if copy.execute(_SHAPE).fetchall() != connection.execute(_SHAPE).fetchall():
            raise ArgumentError(f"{path} is a snapshot of a sandbox with other modules or fields")
        copy.backup(connection)
    finally:
        copy.close()
