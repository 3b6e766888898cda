"""The system's keyring. The door to keyring, an extra: `pip install 'vtql[keyring]'`."""

from __future__ import annotations

from typing import Any

from vtql.client.secrets import Secret
from vtql.errors import ArgumentError

SERVICE = "vtql"


def read(name: str) -> Secret:
    """The access key of an account.

    Raises:
        ArgumentError: no keyring is there, or it has no such key.
    """
    found = _done(lambda keyring: keyring.get_password(SERVICE, name))
    if found is None:
        raise ArgumentError(
            f"the keyring has no access key for the account `{name}`; `vtql login {name}` keeps one"
        )
    return Secret(found)


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
