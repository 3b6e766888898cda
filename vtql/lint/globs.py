"""Globs of paths: `tests`, `*_old.vtql`, `vendor/*/sql`."""

from __future__ import annotations

from fnmatch import fnmatchcase


def matches(pattern: str, path: str) -> bool:
    """Whether a glob matches a path, given with `/` between its parts.

    It matches from the first part on, and then everything below; a glob without `/` also matches
    any single part. `*` also matches `/`.
    """
    plain = pattern.replace("\\", "/").removeprefix("./").strip("/")
    parts = path.split("/")
    heads = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
    return any(fnmatchcase(head, plain) for head in (heads if "/" in plain else heads + parts))
