"""The digest that a login sends."""

from __future__ import annotations

from vtql.errors import ArgumentError

LONGEST = 1_000
"""Characters of a challenge's token at most; a server's has 13."""


def login_digest(token: str, access_key: str) -> str:
    """What `login` sends for an access key: the MD5 of the challenge's token and the key.

    Raises:
        ArgumentError: the token is not what a challenge has (printable ASCII, at most 1,000
            characters), or the key cannot be encoded. The message and its traceback have neither.
    """
    import hashlib  # noqa: PLC0415 - a query set needs a number of this package, and no more

    problem = None
    if not is_token(token):
        problem = "the challenge's token has characters that no challenge has"
    elif not isinstance(access_key, str) or any(
        "\ud800" <= character <= "\udfff" for character in access_key
    ):
        problem = "the access key is not Unicode text"
    if problem:
        del token, access_key
        raise ArgumentError(problem)
    return hashlib.md5((token + access_key).encode(), usedforsecurity=False).hexdigest()


def is_token(token: object) -> bool:
    """Whether a value can be the token of a challenge."""
    return (
        isinstance(token, str) and len(token) <= LONGEST and token.isascii() and token.isprintable()
    )
