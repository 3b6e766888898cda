"""Access rights: administrators have full access, other users what their profile allows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from vtql.sandbox.errors import Refusal, access_denied
from vtql.sandbox.sessions import User


@dataclass(frozen=True, slots=True)
class Access:
    """Restrictions of a user, none by default; the module Users is denied to non-administrators.

    `denied`: modules that the user cannot see.
    `hidden`: fields that the user cannot see, by module.
    `readonly`: modules that the user cannot change.
    `private`: modules in which the user sees only their own records and those of their groups.
    `groups`: the ids of those groups, such as `20x3`.
    `subordinates`: the ids of users whose private records the user sees too.
    """

    denied: Collection[str] = ()
    hidden: Mapping[str, Collection[str]] = field(default_factory=dict)
    readonly: Collection[str] = ()
    private: Collection[str] = ()
    groups: Collection[str] = ()
    subordinates: Collection[str] = ()


FULL_ACCESS = Access()
_USER_DEFAULT = Access(denied=("Users",))


def access_of(user: User, access_by_user: Mapping[str, Access]) -> Access:
    """Access rights of a user; administrators always have full access."""
    if user.row.get("is_admin") == "on":
        return FULL_ACCESS
    access = access_by_user.get(user.name, _USER_DEFAULT)
    return replace(access, denied=(*access.denied, "Users"))


def owner_numbers(user: User, access: Access) -> list[int]:
    """Numbers of the owners whose records in private modules the user sees."""
    return [int(id_.partition("x")[2]) for id_ in (user.id, *access.groups, *access.subordinates)]


def check_readable(access: Access, module: str) -> None:
    """Raise a Refusal if the user cannot see a module."""
    if module in access.denied:
        raise access_denied()


def check_writable(access: Access, module: str) -> None:
    """Raise a Refusal if the user cannot change a module."""
    check_readable(access, module)
    if module in access.readonly:
        raise Refusal("ACCESS_DENIED", "Permission to write is denied")
