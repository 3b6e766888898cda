"""The operations of the mobile application, on a server whose module Mobile is switched off.

What they tell is of use to that application alone, and no answer of theirs was recorded. A server
that does not have the module active refuses all of them in these words (read in the source).
"""

from __future__ import annotations

from typing import NoReturn

from vtql.sandbox.refusals import Refusal
from vtql.sandbox.service import Call


def refuse(_call: Call) -> NoReturn:
    """The refusal."""
    raise Refusal("1501", "Service not available")
