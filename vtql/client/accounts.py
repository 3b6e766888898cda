"""Accounts that are kept: a file that only its owner can read, and the system's keyring.

The file is `vtql/accounts.json` in the user's configuration folder, with mode 0600 in a folder of
mode 0700. An account whose access key lies in the keyring has none in the file.
"""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from vtql.client import keychain
from vtql.client.secrets import Secret
from vtql.errors import ArgumentError
from vtql.files import write_file
from vtql.suggestions import suggestion

DEFAULT = "default"
"""The account that is meant where none is named."""


@dataclass(frozen=True, slots=True)
class Account:
    """A user at a server."""

    url: str
    username: str
    access_key: Secret


def accounts_file() -> Path:
    """Where accounts are kept: under XDG_CONFIG_HOME, else `~/.config`; on Windows, APPDATA."""
    variable, home = (
        ("APPDATA", Path.home() / "AppData" / "Roaming")
        if sys.platform == "win32"
        else ("XDG_CONFIG_HOME", Path.home() / ".config")
    )
    named = os.environ.get(variable)
    return (Path(named) if named else home) / "vtql" / "accounts.json"


def load(name: str) -> Account | None:
    """The account of a name; None if nothing is kept under the default name.

    Raises:
        ArgumentError: there is no such account, others can read the file, or it is not one.
    """
    kept = _read()
    found = kept.get(name)
    if found is None:
        if name == DEFAULT:
            return None
        near = suggestion(name, kept)
        raise ArgumentError(
            f"no account `{name}` is kept{f'; {near}' if near else ''}; "
            f"`vtql login {name}` keeps one"
        )
    return Account(found.url, found.username, found.access_key or keychain.read(name))


def save(name: str, account: Account, *, in_keyring: bool = False) -> Path:
    """Keep an account, in place of one of the same name; the file.

    Raises:
        ArgumentError: the file that is there is not one of accounts, or no keyring takes the key.
        OSError: it cannot be written.
    """
    kept = _read()
    if in_keyring:
        keychain.write(name, account.access_key)
    key = None if in_keyring else account.access_key
    return _write({**kept, name: _Kept(account.url, account.username, key)})


def forget(name: str) -> bool:
    """Keep an account no longer; whether there was one."""
    kept = _read()
    found = kept.pop(name, None)
    if found is None:
        return False
    if found.access_key is None:
        keychain.remove(name)
    _write(kept)
    return True


def names() -> list[str]:
    """The names of the accounts that are kept."""
    return sorted(_read())


@dataclass(frozen=True, slots=True)
class _Kept:
    """An entry of the file; its key lies in the keyring where there is none."""

    url: str
    username: str
    access_key: Secret | None


def _read() -> dict[str, _Kept]:
    path = accounts_file()
    if not path.exists():
        return {}
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise ArgumentError(
            f"others than its owner can read {path}, which holds access keys; "
            f"`chmod 600 {path}` keeps them out"
        )
    found = _parsed(path)
    if found is None:
        raise ArgumentError(
            f"{path} is not a file of accounts; moved away, `vtql login` writes a new one"
        )
    return found


def _parsed(path: Path) -> dict[str, _Kept] | None:
    """The entries; None where it is no file of them. Nothing is raised that would show a key."""
    try:
        entries = json.loads(path.read_bytes())
        return {
            name: _Kept(
                _text(entry["url"]),
                _text(entry["username"]),
                Secret(entry["access_key"]) if entry.get("access_key") else None,
            )
            for name, entry in entries.items()
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _texts(kept: _Kept) -> dict[str, str]:
    texts = {"url": kept.url, "username": kept.username}
    return texts | ({"access_key": kept.access_key.reveal()} if kept.access_key else {})


def _write(kept: Mapping[str, _Kept]) -> Path:
    """Write the file; at no moment can others read it."""
    path = accounts_file()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    content = json.dumps({name: _texts(each) for name, each in kept.items()}, indent=2)
    write_file(path, content.encode(), mode=0o600)
    return path
