"""Findings as output: a format a file, loaded when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Protocol

from vtql.diagnostics import Diagnostic
from vtql.source import Source


class Findings(Protocol):
    """A text and what is found in it, as an `Analysis` has it."""

    @property
    def source(self) -> Source:
        """The text and its name."""

    @property
    def diagnostics(self) -> Sequence[Diagnostic]:
        """What is found, in the order of the text."""


FORMATS: tuple[str, ...] = ("text", "json", "sarif", "github")
"""Each is a module of this package with a function `render_…`."""

RELATIVE_TO_WORKING_DIRECTORY = ("sarif", "github")
"""The formats whose readers look for files from the folder that the command runs in."""


def renderer(name: str) -> Callable[[Sequence[Findings]], str]:
    """The function that makes output of a format from findings."""
    render: Callable[[Sequence[Findings]], str] = getattr(
        import_module(f"vtql.render.{name}"), f"render_{name}"
    )
    return render


__all__ = ["FORMATS", "RELATIVE_TO_WORKING_DIRECTORY", "Found", "renderer"]
