"""Patterns of paths, as shells have them: `tests`, `*_old.vtql`, `vendor/*/sql`."""

from __future__ import annotations

import re
from fnmatch import translate
from functools import lru_cache


def matches(pattern: str, path: str) -> bool:
    """Whether a pattern means a path, given with `/` between its parts.

    It means one that it matches from its first part on, and all that lies below such a one; a
    pattern without `/` also matches any part alone. `*` goes over `/`.
    """
    compiled, with_slash = _compiled(pattern)
    parts = path.split("/")
    heads = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
    return any(compiled.match(each) for each in (heads if with_slash else heads + parts))


@lru_cache(maxsize=20_000)  # `fnmatch` itself keeps few, and each file is held against all of them
def _compiled(pattern: str) -> tuple[re.Pattern[str], bool]:
    """A pattern as an expression, and whether it has a `/`."""
    plain = pattern.replace("\\", "/").removeprefix("./").strip("/")
    return re.compile(translate(plain)), "/" in plain
