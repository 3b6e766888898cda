"""Text in the extended language to its query."""

from __future__ import annotations

from functools import cache

from vtql.extended.reduce import EXTENDED, Extended
from vtql.parser.lalr import Machine, Stop, drive, machine


@cache
def extended_machine() -> Machine:
    """The parser of the extended language."""
    return machine("extended", EXTENDED)


def read_extended(text: str) -> Extended | Stop:
    """The query that a text is, or where reading stopped."""
    made: Extended | Stop = drive(extended_machine(), text)
    return made
