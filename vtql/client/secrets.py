"""The one place that holds secrets."""

from __future__ import annotations

from typing import NoReturn


class Secret:
    """A text that shows itself only when asked to, by `reveal()`.

    Not in `repr`, `str`, a format string, a log record or a pickle.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself, to be sent and not to be kept."""
        return self._text

    @property
    def is_unicode(self) -> bool:
        """Whether the text can be sent. Asked for, because an encoder's error would show it."""
        return not any("\ud800" <= each <= "\udfff" for each in self._text)

    def __repr__(self) -> str:
        return "<secret>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled")
