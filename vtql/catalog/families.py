"""What field types have in common. Apart from their table, for the rules need this and not that."""

from __future__ import annotations

import re
from enum import Enum

RECORD_ID = re.compile(r"[0-9]+x[0-9]+")


class Family(Enum):
    """What types have in common: which comparisons make sense."""

    TEXT = "text"
    CHOICES = "choices"
    NUMBER = "number"
    MOMENT = "moment"
    TIME = "time"
    TRUTH = "truth"
    ID = "id"

    __hash__ = object.__hash__  # that of an Enum costs more than what is looked up by it
