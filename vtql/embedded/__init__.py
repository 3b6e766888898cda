"""VTQL inside programs: the queries in the strings of a file, whatever language it is written in.

What reads a language is loaded when the first file of it is read.
"""

from __future__ import annotations

TYPE_CHECKING = False  # what type checkers take for True; `typing` itself costs milliseconds
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from vtql.analysis import Analysis
    from vtql.catalog.catalog import Catalog
    from vtql.embedded.bracket_parser import analyze_javascript, analyze_php
    from vtql.embedded.python import analyze_python

_HOMES = {
    "analyze_javascript": "vtql.embedded.bracket_parser",
    "analyze_php": "vtql.embedded.bracket_parser",
    "analyze_python": "vtql.embedded.python",
}
"""Where the functions of this package are defined."""

__all__ = ["LANGUAGES", "Reader", "analyze_javascript", "analyze_php", "analyze_python"]


class Reader:
    """The function of a name in this package, called as it is, loaded when it is first called."""

    __slots__ = ("function",)

    def __init__(self, function: str) -> None:
        self.function = function

    def __call__(
        self, text: str, catalog: Catalog | None = None, profile: str | None = None, *, name: str
    ) -> Analysis:
        """What is found in the queries of a program; see `vtql.embedded.analyze_python`."""
        found: Analysis = __getattr__(self.function)(text, catalog, profile, name=name)
        return found


_PYTHON, _PHP, _JAVASCRIPT = map(Reader, ("analyze_python", "analyze_php", "analyze_javascript"))

LANGUAGES: Mapping[str, Reader] = {
    **dict.fromkeys((".py", ".pyi", ".pyw"), _PYTHON),
    **dict.fromkeys((".php", ".phtml", ".inc"), _PHP),
    **dict.fromkeys(
        (".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".vue"), _JAVASCRIPT
    ),
}
"""The function that reads a file, by the suffix of its name in lower case.

Each takes the text, a catalog or None, the name of a profile or None, and `name`, the file's path.
"""


def __getattr__(name: str) -> Any:
    from importlib import import_module  # noqa: PLC0415 - costs a millisecond at start-up

    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'vtql.embedded' has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(home), name)
    return value
