"""Saved accounts: a file that only its owner can read, and the system's keyring.

The file is `vtql/accounts.json` in the user's configuration folder, with mode 0600 in a folder of mode 0700.
An account whose access key is in the keyring has none in the file. This is the door to keyring, an extra:
`pip install 'vtql[keyring]'`.
"""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vtql.client.secrets import Secret
from vtql.errors import ArgumentError
from vtql.files import write_file
from vtql.suggestions import suggestion

SERVICE = "vtql"


def read(name: str) -> Secret:
    """The access key of an account.

    Raises:
        ArgumentError: no keyring is there, or it has no such key.
    """
    password = _done(lambda keyring: keyring.get_password(SERVICE, name))
    if password is None:
        raise ArgumentError(
            f"the keyring has no access key for the account `{name}`; `vtql login {name}` keeps one"
        )
    return Secret(password)


def write(name: str, key: Secret) -> None:
    """Keep the access key of an account.

    Raises:
        ArgumentError: no keyring is there, or it does not have the key afterwards.
    """
    _done(lambda keyring: keyring.set_password(SERVICE, name, key.reveal()))
    if _done(lambda keyring: keyring.get_password(SERVICE, name)) != key.reveal():
        raise ArgumentError(_useless("it keeps nothing"))


def remove(name: str) -> None:
    """Forget the access key of an account, if there is one."""
    if _done(lambda keyring: keyring.get_password(SERVICE, name)) is not None:
        _done(lambda keyring: keyring.delete_password(SERVICE, name))


def _done(work: Any) -> Any:
    try:
        import keyring  # noqa: PLC0415 - an extra
    except ImportError:
        raise ArgumentError(
            "the system's keyring needs the package keyring: `pip install 'vtql[keyring]'`"
        ) from None
    failed = ""
    try:
        return work(keyring)
    except Exception as error:  # noqa: BLE001 - backends raise what their libraries do
        failed = type(error).__name__
    # Outside, so that no frame of a backend, which has the key, is in the traceback.
    raise ArgumentError(_useless(failed))


def _useless(why: str) -> str:
    return (
        f"the system's keyring does not work here ({why}); "
        "without `--keyring` the key is kept in a file that only its owner can read"
    )


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
    directory = os.environ.get(variable)
    return (Path(directory) if directory else home) / "vtql" / "accounts.json"


def load(name: str) -> Account | None:
    """The account of a name; None if nothing is kept under the default name.

    Raises:
        ArgumentError: there is no such account, others can read the file, or it is not one.
    """
    accounts = _read()
    entry = accounts.get(name)
    if entry is None:
        if name == DEFAULT:
            return None
        near = suggestion(name, accounts)
        raise ArgumentError(
            f"no account `{name}` is kept{f'; {near}' if near else ''}; "
            f"`vtql login {name}` keeps one"
        )
    return Account(entry.url, entry.username, entry.access_key or read(name))


def save(name: str, account: Account, *, in_keyring: bool = False) -> Path:
    """Keep an account, in place of one of the same name; the file.

    Raises:
        ArgumentError: the file that is there is not one of accounts, or no keyring takes the key.
        OSError: it cannot be written.
    """
    accounts = _read()
    if in_keyring:
        write(name, account.access_key)
    key = None if in_keyring else account.access_key
    return _write({**accounts, name: _Entry(account.url, account.username, key)})


def forget(name: str) -> bool:
    """Keep an account no longer; whether there was one."""
    accounts = _read()
    entry = accounts.pop(name, None)
    if entry is None:
        return False
    if entry.access_key is None:
        remove(name)
    _write(accounts)
    return True


def names() -> list[str]:
    """The names of the accounts that are kept."""
    return sorted(_read())


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry of the file; its key lies in the keyring where there is none."""

    url: str
    username: str
    access_key: Secret | None


def _read() -> dict[str, _Entry]:
    path = accounts_file()
    if not path.exists():
        return {}
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise ArgumentError(
            f"others than its owner can read {path}, which holds access keys; "
            f"`chmod 600 {path}` keeps them out"
        )
    accounts = _parsed(path)
    if accounts is None:
        raise ArgumentError(
            f"{path} is not a file of accounts; moved away, `vtql login` writes a new one"
        )
    return accounts


def _parsed(path: Path) -> dict[str, _Entry] | None:
    """The entries; None where it is no file of them. Nothing is raised that would show a key."""
    try:
        entries = json.loads(path.read_bytes())
        return {
            name: _Entry(
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


def _texts(entry: _Entry) -> dict[str, str]:
    texts = {"url": entry.url, "username": entry.username}
    return texts | ({"access_key": entry.access_key.reveal()} if entry.access_key else {})


def _write(accounts: Mapping[str, _Entry]) -> Path:
    """Write the file; at no moment can others read it."""
    path = accounts_file()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    content = json.dumps({name: _texts(entry) for name, entry in accounts.items()}, indent=2)
    write_file(path, content.encode(), mode=0o600)
    return path
