"""What is lost with a record that other records depend on."""

from __future__ import annotations

from collections.abc import Mapping

from vtql.catalog.model import Module

EFFECTS: Mapping[str, str] = {
    "Users": "the records of a user who is gone have no owner, and nobody can log in as that user",
    "Groups": "the records of a group that is gone have no owner",
    "Currency": "prices and totals of the records that are kept in it lose their currency",
}
NO_BIN = "other records depend on it"
LINES = "LineItem"


def effect_of_deleting(module: Module) -> str | None:
    """What deleting a record of a module does to other records; None where it goes to the recycle
    bin, or is a line of a document."""
    if module.name == LINES or (module.is_entity and module.name not in EFFECTS):
        return None
    return f"{EFFECTS.get(module.name, NO_BIN)}, and no recycle bin holds it"
