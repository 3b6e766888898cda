"""The digest that a login sends."""

from __future__ import annotations


def login_digest(token: str, access_key: str) -> str:
    """What `login` sends for an access key: the MD5 of the challenge's token and the key."""
    import hashlib  # noqa: PLC0415 - a query set needs a number of this package, and no more

    return hashlib.md5((token + access_key).encode(), usedforsecurity=False).hexdigest()
