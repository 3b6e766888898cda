"""Regular expressions that are compiled when they are first asked something.

To compile one takes 0.1 to 5 ms, and a module has them ready for whatever it may be given: a file
without a date, an apostrophe or a comment pays for those of others. One that many texts need at once
gains nothing here.
"""

from __future__ import annotations

import re
from typing import Any, cast


class _Late:
    """Stands for a compiled pattern; each of its methods is the pattern's own from its first call on."""

    def __init__(self, pattern: str, flags: int) -> None:
        self._said = pattern, flags

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(*self._said), name)
        setattr(self, name, found)
        return found


def late(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """As `re.compile`, which does its work at the first match or search."""
    return cast("re.Pattern[str]", _Late(pattern, flags))
