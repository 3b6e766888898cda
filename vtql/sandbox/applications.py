"""Applications of the sync server: their keys, and what they call the records that they have."""

from __future__ import annotations

from dataclasses import dataclass

from vtql.sandbox.store import Store


@dataclass(frozen=True, slots=True)
class Application:
    """An application: its key, its name, and whose records it is told of."""

    key: str
    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Mapping:
    """A record that an application has: its id there, its id here, and when it last changed here."""

    client: str
    server: str
    changed: str


def register(store: Store, application: Application) -> None:
    """Make an application known."""
    each = application
    store.run("INSERT INTO apps VALUES (?, ?, ?)", [each.key, each.name, each.type])


def deregister(store: Store, name: str, key: str) -> None:
    """Forget an application and what it has."""
    found = registered(store, key)
    if found is not None and found.name == name:
        store.run("DELETE FROM apps WHERE key = ?", [key])
        store.run("DELETE FROM mapped WHERE key = ?", [key])


def registered(store: Store, key: str) -> Application | None:
    """The application of a key."""
    found = store.run("SELECT key, name, type FROM apps WHERE key = ?", [key])
    return Application(*found[0]) if found else None


def mappings(store: Store, key: str) -> list[Mapping]:
    """What an application has."""
    sql = "SELECT client, server, changed FROM mapped WHERE key = ?"
    return [Mapping(*row) for row in store.run(sql, [key])]


def remember(store: Store, key: str, mapping: Mapping) -> None:
    """Note that an application has a record, in the state that it has here."""
    each = mapping
    sql = "INSERT OR REPLACE INTO mapped VALUES (?, ?, ?, ?)"
    store.run(sql, [key, each.client, each.server, each.changed])


def forget(store: Store, key: str, client: str) -> None:
    """Note that an application has a record no longer."""
    store.run("DELETE FROM mapped WHERE key = ? AND client = ?", [key, client])
