"""`files_retrieve`: the sandbox keeps no files, and says so as a server does."""

from __future__ import annotations

from typing import NoReturn

from vtql.sandbox.refusals import Refusal
from vtql.sandbox.service import Call
from vtql.sandbox.written import RECORD_NOT_FOUND, place_of


def run(call: Call) -> NoReturn:
    """Refuse: no record has an attachment."""
    place_of(call, call.parameters["id"])
    raise Refusal(RECORD_NOT_FOUND, "Record you are trying to access is not found")
