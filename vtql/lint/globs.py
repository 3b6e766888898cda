"""Patterns of paths, as shells have them: `tests`, `*_old.vtql`, `vendor/*/sql`."""

from __future__ import annotations

from fnmatch import fnmatchcase


def matches(pattern: str, path: str) -> bool:
    """Whether a pattern means a path, given with `/` between its parts.

    It means one that it matches from its first part on, and all that lies below such a one; a
    pattern without `/` also matches any part alone. `*` goes over `/`.
    """
    plain = pattern.replace("\\", "/").removeprefix("./").strip("/")
    parts = path.split("/")
    heads = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
    return any(fnmatchcase(head, plain) for head in (heads if "/" in plain else heads + parts))
