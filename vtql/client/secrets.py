"""The one place that holds secrets, and what is done with the text of one.

No exception that leaves this module has the text in its arguments, in what it came from, or among the
variables of its frames.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn

from vtql.client.redaction import forms_of, hide, hide_bytes
from vtql.errors import ArgumentError
from vtql.protocol import login_digest

SHORTEST = 8
"""A shorter secret may be part of many a value, so it is hidden in messages and not in results."""


class Secret:
    """A text that shows itself only when asked to, by `reveal()`.

    Not in `repr`, `str`, a format string, a log record or a pickle.

    Raises:
        ArgumentError: what is given is not text.
    """

    __slots__ = ("_forms", "_text")

    def __init__(self, text: str) -> None:
        if not isinstance(text, str):
            kind = type(text).__name__
            del text
            raise ArgumentError(f"an access key or password is text, not {kind}")
        self._text = str.__str__(text)
        self._forms: tuple[bytes, ...] | None = None

    def reveal(self) -> str:
        """The text itself, to be sent and not to be kept."""
        return self._text

    @property
    def is_unicode(self) -> bool:
        """Whether the text can be sent. Asked for, because an encoder's error would show it."""
        return not any("\ud800" <= character <= "\udfff" for character in self._text)

    @property
    def forms(self) -> tuple[bytes, ...]:
        """The text and its Base64, to be looked for in what a server sends."""
        if self._forms is None:
            self._forms = forms_of(self._text)
        return self._forms

    @property
    def is_short(self) -> bool:
        """Whether the text may be part of many a value."""
        return len(self._text) < SHORTEST

    def __repr__(self) -> str:
        return "<secret>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled")


def digest(token: Secret, access_key: Secret) -> Secret:
    """What `login` sends for a challenge's token and an access key.

    Raises:
        ArgumentError: one of them has characters that cannot be sent; neither is in the message.
    """
    return Secret(login_digest(token.reveal(), access_key.reveal()))


def hidden(text: str, secrets: Iterable[Secret]) -> str:
    """A text of a server for a message, with `<secret>` in place of each of the secrets."""
    return hide(text, [form for secret in secrets for form in secret.forms])


def hidden_in_body(body: bytes, secrets: Iterable[Secret]) -> bytes:
    """An answer without the secrets that the request carried, but for short ones."""
    long = [secret for secret in secrets if not secret.is_short]
    return hide_bytes(body, [form for secret in long for form in secret.forms])
