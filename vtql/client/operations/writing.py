"""Writing records, one at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vtql.client.operations.calling import Calling, mapping, name, record_id


class Writing(Calling):
    """`create`, `update`, `revise`, `delete`."""

    __slots__ = ()

    def create(self, module: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Store a new record; it, as the server stored it."""
        asked = name(module, "the name of a module")
        return mapping(self._call("create", elementType=asked, element=dict(values)), "create")

    def update(self, record: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Store a record with all its mandatory fields; it, as the server stored it."""
        element = {**values, "id": record_id(record)}
        return mapping(self._call("update", element=element), "update")

    def revise(self, record: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Change these fields of a record and no others; it, as the server stored it."""
        element = {**values, "id": record_id(record)}
        return mapping(self._call("revise", element=element), "revise")

    def delete(self, record: str) -> dict[str, Any]:
        """Move a record to the recycle bin; `{"status": "successful"}`."""
        return mapping(self._call("delete", id=record_id(record)), "delete")
