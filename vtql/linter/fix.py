"""Repairs made until there is none left to make, and nothing made worse."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from typing import NamedTuple

from vtql.analysis import Analysis
from vtql.diagnostics import Applicability, repaired_wholly
from vtql.linter.judge import Told

ROUNDS = 50
"""Times that a text is mended and looked at again; who is not done by then goes in a circle."""


class Looked(NamedTuple):
    """What is in a text, and that part of it which is told."""

    found: Analysis
    told: Told


class Mended(NamedTuple):
    """The last look at a text, how many findings were mended on the way, and what was in the way.

    `hindrance` is empty where all went well.
    """

    looked: Looked
    repairs: int
    hindrance: str = ""


def mended(
    first: Looked, look: Callable[[str], Looked], accept: Collection[Applicability]
) -> Mended:
    """A text after the repairs of what is told, those of each kind that is accepted.

    A round of repairs after which the text has more findings of syntax of some kind is not made; a
    text that never comes to rest stays as it was. So a second run changes nothing.
    """
    now, repairs = first, 0
    for _ in range(ROUNDS):
        found = now.told.diagnostics
        wanted = [each.edits for each in found if each.applicability in accept]
        text = repaired_wholly(now.told.source.text, wanted)
        if text == now.told.source.text:
            return Mended(now, repairs)
        then = look(text)
        if _faults(then) - _faults(now):
            return Mended(now, repairs, "a repair would break what is right, and is not made")
        repairs += max(1, len(now.told.diagnostics) - len(then.told.diagnostics))
        now = then
    return Mended(first, 0, f"there is no end of repairs after {ROUNDS} rounds; none is made")


def _faults(looked: Looked) -> Counter[str]:
    return Counter(each.code for each in looked.found.diagnostics if each.code.startswith("VT0"))
