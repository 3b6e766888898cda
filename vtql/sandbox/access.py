"""What a user may see and do: administrators everything, others what a profile leaves them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from vtql.sandbox.errors import Refusal, access_denied
from vtql.sandbox.sessions import User


@dataclass(frozen=True, slots=True)
class Access:
    """What is kept from a user; nothing, by default, but the module Users from who is no admin.

    `denied`: modules that the user does not see.
    `hidden`: fields that the user does not see, by module.
    `readonly`: modules in which the user changes nothing.
    `private`: modules of which the user sees no records but their own and their groups'.
    `groups`: the ids of those groups, such as `20x3`.
    `subordinates`: the ids of users below this one, whose private records the user sees as well.
    """

    denied: Collection[str] = ()
    hidden: Mapping[str, Collection[str]] = field(default_factory=dict)
    readonly: Collection[str] = ()
    private: Collection[str] = ()
    groups: Collection[str] = ()
    subordinates: Collection[str] = ()


FULL_ACCESS = Access()
_USER_DEFAULT = Access(denied=("Users",))


def access_of(user: User, given: Mapping[str, Access]) -> Access:
    """The access of a user, whatever is given for an administrator."""
    if user.row.get("is_admin") == "on":
        return FULL_ACCESS
    found = given.get(user.name, _USER_DEFAULT)
    return replace(found, denied=(*found.denied, "Users"))


def owner_numbers(user: User, access: Access) -> list[int]:
    """The numbers of those whose records in private modules the user sees."""
    return [int(id_.partition("x")[2]) for id_ in (user.id, *access.groups, *access.subordinates)]


def check_readable(access: Access, module: str) -> None:
    """Refuse who may not see a module."""
    if module in access.denied:
        raise access_denied()


def check_writable(access: Access, module: str) -> None:
    """Refuse who may change nothing in a module."""
    check_readable(access, module)
    if module in access.readonly:
        raise Refusal("ACCESS_DENIED", "Permission to write is denied")
