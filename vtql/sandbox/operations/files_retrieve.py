"""`files_retrieve`: a file that is attached to a record, by the file's own id."""

from __future__ import annotations

import base64
from typing import Any

from vtql.sandbox.kept import attachment
from vtql.sandbox.operations.retrieve import existing
from vtql.sandbox.refusals import Refusal
from vtql.sandbox.service import Call
from vtql.sandbox.values import record_number
from vtql.sandbox.written import RECORD_NOT_FOUND, place_of


def run(call: Call) -> list[dict[str, Any]]:
    """The file, its content in base64. An id of anything else is one of a file that is not there."""
    number = record_number(call.parameters["id"])
    found = attachment(call.service.store, number) if number else None
    if found is None:
        raise Refusal(RECORD_NOT_FOUND, "Record you are trying to access is not found")
    name, _ = place_of(call, call.parameters["id"])
    existing(call, name, found.record)
    return [
        {
            "fileid": str(found.number),
            "filename": found.name,
            "filetype": found.type,
            "filesize": len(found.content),
            "filecontents": base64.b64encode(found.content).decode(),
        }
    ]
