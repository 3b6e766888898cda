"""Fields that `describe` lists and a query cannot have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vtql.schema.model import Module

_APPENDED = re.compile(r"(?:tax|currency)[0-9]+")


SECRETS = frozenset({"user_password", "confirm_password", "accesskey"})
"""Those fields of Users on every open-source server (measured on 8.4)."""


def is_secret(module: Module, name: str) -> bool:
    """Whether a field holds a password or an access key (8.4 gives them to nobody: measured)."""
    field = module.fields.get(name)
    if field is None:
        return False
    return field.type.name == "password" or (module.name == "Users" and name in SECRETS)


def is_appended(module: Module, name: str) -> bool:
    """Whether a field is a tax or a currency of Products and Services (read in the source)."""
    return module.name in ("Products", "Services") and _APPENDED.fullmatch(name) is not None


def is_attachment(module: str, name: str) -> bool:
    """Whether a field is the attachment of an e-mail, which no query can name (measured on 8.4)."""
    return module == "Emails" and name == "filename"
