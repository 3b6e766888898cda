"""No search for garbage while a long text is read.

Python looks for values that only hold each other whenever many new ones have come, and again walks
over all that it knows as soon as those are a quarter more. A tree of a hundred thousand conditions
has no such rings, nor has what is found in it, so all of that walking is in vain: of the time that a
megabyte takes it was a tenth to a third (`tests/bench/big.py`).

The pause is one of the whole process, for there is no other. So it is only taken for a text that is
long enough to gain by it, it ends with the call, by an exception too, and a process in which the
search is switched off already, by its program or by another thread in such a call, is left alone.
"""

from __future__ import annotations

import gc
from functools import wraps
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import ParamSpec, TypeVar

    P = ParamSpec("P")
    R = TypeVar("R")

LONG = 50_000
"""Characters of a text from which on the pause is worth taking."""


def undisturbed(read: Callable[P, R]) -> Callable[P, R]:
    """The same function of a text, its first argument, without the search where the text is long."""

    @wraps(read)
    def reading(*given: P.args, **named: P.kwargs) -> R:
        text = given[0] if given else named.get("text")
        if not isinstance(text, str) or len(text) < LONG or not gc.isenabled():
            return read(*given, **named)
        gc.disable()
        try:
            return read(*given, **named)
        finally:
            gc.enable()

    return reading
