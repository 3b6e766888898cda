"""What patterns of constructs see of a statement: a key for each of its pieces."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from vtql.recovery.construct import NO_NAMES, VALUES
from vtql.recovery.pieces import Piece

_SORTS = frozenset(("NAME", "VALUE", "COMPARES"))
_COMPARES = frozenset(("EQ", "NE", "LT", "LE", "GT", "GE", "like"))


@dataclass(frozen=True)
class Keys:
    """The key of each piece: in a row, as a set, as the text that patterns are for."""

    pieces: list[Piece]
    all: list[str]
    present: frozenset[str]
    text: str

    @cached_property
    def starts(self) -> list[int]:
        """The offsets of the keys in the text, and its length."""
        return [*accumulate(map((1).__add__, map(len, self.all)), initial=0)]

    @cached_property
    def sorts(self) -> str:
        """The text with names, values and signs that compare as such."""
        sorts = {key: _sort(key) for key in self.present}
        return " ".join([*map(sorts.__getitem__, self.all), ""])

    def may_have(self, trigger: str) -> bool:
        """Whether what every occurrence of a construct has is there (see `Construct`)."""
        if " " not in trigger:
            return trigger in self.present
        text = self.text
        if not _SORTS.isdisjoint(trigger.split()):
            if "ilike" in self.present:
                return True  # which may be a name, too
            text = self.sorts
        at = 0
        for run in trigger.split("… "):
            at = text.find(run.strip() + " " if run else run, at) + 1
            if not at:
                return False
        return True


def _sort(key: str) -> str:
    if key in _COMPARES or key[:1] in "<>=!":
        return "COMPARES"
    if key in VALUES:
        return "VALUE"
    return key if key.isupper() or key in NO_NAMES else "NAME"


def keys_of(pieces: list[Piece]) -> Keys:
    """The keys of pieces."""
    keys = [
        piece.text.lower() if piece.kind == "NAME"
        else piece.text if piece.kind == "OPERATOR" else piece.kind
        for piece in pieces
    ]  # fmt: skip
    return Keys(pieces, keys, frozenset(keys), " ".join([*keys, ""]))
