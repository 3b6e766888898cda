"""How the server's database compares texts: without case, accents and trailing blanks.

The tables of a Vtiger have the collation `utf8_general_ci`: every character has one weight, and
a letter's is that of its capital without accents. Comparing pads the shorter text with blanks;
LIKE does not, and reads `%`, `_` and a backslash before either.
"""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import combining, normalize

_FOLDED = ((0x0000, 0x05FF), (0x1E00, 0x1FFF), (0x2100, 0x24FF), (0xFF00, 0xFFEF))
"""The blocks in which the collation knows letters; elsewhere a character is itself."""

_THEMSELVES = "Йй"
"""Й is a letter of its own there, though Unicode writes it as an accented И."""


class _Weights(dict[int, str]):
    """Weights by code point, each worked out when first met."""

    def __missing__(self, code: int) -> str:
        weight = self[code] = _weight(chr(code))
        return weight


def _weight(character: str) -> str:
    if not any(first <= ord(character) <= last for first, last in _FOLDED):
        return character
    if character == "ß":
        return "S"
    parts = normalize("NFD", character)
    accented = character not in _THEMSELVES and all(map(combining, parts[1:]))
    base = parts[0] if accented else character
    capital = base.upper()
    return capital if len(capital) == 1 else base


_WEIGHTS = _Weights()


def as_text(value: str | None) -> str | None:
    """The key by which a text is equal to others and stands among them; null stays null."""
    if value is None:
        return None
    key = folded(value).rstrip(" ")
    return (_PADDED.sub(_below_the_blank, key) if _has_control(key) else key) + _END


_END, _BLANK, _CONTROL = " ", "\x01", "\x00"
"""What a key has for the endless blanks behind a text, for a blank before a control character, and
before that character; any other character of a key sorts behind them, but for a blank.

The shorter text is compared as if blanks followed it, so that a control character anywhere in the
longer one, only blanks before it, sorts before the end of the shorter; any greater character behind it.
"""
_PADDED = re.compile(r"( *)([\x00-\x1f])")
_has_control = re.compile(r"[\x00-\x1f]").search


def _below_the_blank(match: re.Match[str]) -> str:
    return _BLANK * len(match[1]) + _CONTROL + match[2]


def folded(text: str) -> str:
    """The text with every character replaced by its weight; its length stays."""
    return text.upper() if text.isascii() else text.translate(_WEIGHTS)


def matches_like(text: str | None, pattern: str | None) -> bool | None:
    """Whether a text is as a LIKE pattern says, all of it; null for null."""
    if text is None or pattern is None:
        return None
    return _pattern(pattern).match(folded(text)) is not None


@lru_cache(maxsize=256)
def _pattern(pattern: str) -> re.Pattern[str]:
    """A pattern as a regular expression over weights.

    What stands between two `%` is taken where it first occurs, for good: trying other places can
    not find more, and could take as long as there are ways to try.
    """
    first, *pieces = _pieces(pattern)
    if not pieces:
        return re.compile(first + r"\Z", re.DOTALL)
    *middle, last = pieces
    gaps = "".join(f"(?>.*?{piece})" for piece in middle if piece)
    return re.compile(rf"{first}{gaps}.*{last}\Z", re.DOTALL)


def _pieces(pattern: str) -> list[str]:
    """What stands between the `%` of a pattern, each piece a regular expression."""
    pieces = [""]
    characters = iter(pattern)
    for character in characters:
        if character == "%":
            pieces.append("")
        elif character == "_":
            pieces[-1] += "."
        else:
            escaped = next(characters, "\\") if character == "\\" else character
            pieces[-1] += re.escape(folded(escaped))
    return pieces
