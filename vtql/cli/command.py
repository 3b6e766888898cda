"""What a command is."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from typing import NamedTuple

CLEAN, FINDINGS, FAILURE = 0, 1, 2
"""The exit statuses."""


class Command(NamedTuple):
    """A row of the table of commands. `run` gives the exit status."""

    name: str
    summary: str
    configure: Callable[[ArgumentParser], None]
    run: Callable[[Namespace], int]
    details: str = ""
