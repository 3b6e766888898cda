"""What the parser gives to the functions of its productions: tokens, and how they refuse one."""

from __future__ import annotations

from typing import Protocol

from vtql.source import Span


class Token(Protocol):
    """A match of the scanner, or what looks like one."""

    @property
    def lastindex(self) -> int:
        """The number of the group that is the token."""

    @property
    def string(self) -> str:
        """The text that it was found in."""

    def __getitem__(self, group: int, /) -> str: ...

    def span(self, group: int, /) -> tuple[int, int]:
        """Where a group stands."""

    def start(self) -> int:
        """Where the token begins."""


class RefusedTokenError(Exception):
    """What a function of a production raises about a token that the grammar could not rule out."""

    def __init__(self, at: int) -> None:
        super().__init__(at)
        self.at = at


def place(token: Token) -> Span:
    """Where a token stands, without the blanks behind it."""
    return Span(*token.span(token.lastindex))
