"""What a command is."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable
from typing import NamedTuple

CLEAN, FINDINGS, FAILURE = 0, 1, 2
"""The exit statuses."""


def whole_number(text: str) -> int:
    """The number that an argument is, written in digits as everybody reads them.

    Raises:
        ArgumentTypeError: it is none, or has more digits than any that is meant.
    """
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 20):
        raise ArgumentTypeError(f"`{text[:40]}` is no whole number")
    return int(text)


class Command(NamedTuple):
    """A row of the table of commands. `run` gives the exit status."""

    name: str
    summary: str
    configure: Callable[[ArgumentParser], None]
    run: Callable[[Namespace], int]
    details: str = ""
