"""What is kept beside the records, in tables of its own: what went, what is related, attached files.

Each function has the store first; SQL stays in this file and in the store's.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from vtql.sandbox.store import Store


def gone(store: Store, module: str, after: str) -> list[tuple[int, str, str | None]]:
    """The records deleted after a moment: their numbers, when, and whose they were."""
    sql = "SELECT number, at, owner FROM gone WHERE module = ? AND at > ? ORDER BY at, number"
    return [(number, at, owner) for number, at, owner in store.run(sql, [module, after])]


def link(store: Store, label: str, source: str, target: str) -> None:
    """Relate two records under the name of a relation."""
    store.run("INSERT OR IGNORE INTO links VALUES (?, ?, ?)", [label, source, target])


def unlink(store: Store, one: str, other: str) -> None:
    """Relate two records no longer, under whatever name."""
    for source, target in ((one, other), (other, one)):
        store.run("DELETE FROM links WHERE source = ? AND target = ?", [source, target])


def linked(store: Store, label: str, source: str) -> list[str]:
    """The ids of the records that are related to one under the name of a relation."""
    sql = "SELECT target FROM links WHERE label = ? AND source = ? ORDER BY rowid"
    return [target for (target,) in store.run(sql, [label, source])]


def convert(store: Store, number: int) -> None:
    """Note that a lead was converted."""
    store.run("INSERT INTO converted VALUES (?)", [number])


def is_converted(store: Store, number: int) -> bool:
    """Whether a lead was converted."""
    return bool(store.run("SELECT 1 FROM converted WHERE number = ?", [number]))


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that a record has: its own number, the record's, its name, type and bytes."""

    number: int
    record: int
    name: str
    type: str
    content: bytes = field(repr=False)


def attach(store: Store, attachment: Attachment) -> None:
    """Have a record have a file, in place of what it had."""
    each = attachment
    detach(store, each.record)
    store.run(
        "INSERT INTO attached VALUES (?, ?, ?, ?, ?)",
        [each.number, each.record, each.name, each.type, each.content],
    )


def detach(store: Store, record: int) -> None:
    """Have a record have no file."""
    store.run("DELETE FROM attached WHERE record = ?", [record])


def attachment(store: Store, number: int) -> Attachment | None:
    """The file of a number."""
    found = store.run("SELECT * FROM attached WHERE number = ?", [number])
    return Attachment(*found[0]) if found else None


def attachments(store: Store, record: int) -> list[int]:
    """The numbers of the files of a record."""
    sql = "SELECT number FROM attached WHERE record = ? ORDER BY number"
    return [number for (number,) in store.run(sql, [record])]


def has_attachments(store: Store) -> bool:
    """Whether any record has a file."""
    return bool(store.run("SELECT 1 FROM attached LIMIT 1"))
