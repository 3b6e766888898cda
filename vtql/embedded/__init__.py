"""VTQL inside programs: the queries in the strings of a file, whatever language it is written in."""

from collections.abc import Callable, Mapping

from vtql.analysis import Analysis
from vtql.embedded.programs import analyze_javascript, analyze_php
from vtql.embedded.python import analyze_python
from vtql.embedded.spliced_value import SpliceRule, spliced_value

LANGUAGES: Mapping[str, Callable[..., Analysis]] = {
    ".py": analyze_python,
    ".pyi": analyze_python,
    ".pyw": analyze_python,
    ".php": analyze_php,
    ".phtml": analyze_php,
    ".inc": analyze_php,
    ".js": analyze_javascript,
    ".mjs": analyze_javascript,
    ".cjs": analyze_javascript,
    ".jsx": analyze_javascript,
    ".ts": analyze_javascript,
    ".mts": analyze_javascript,
    ".cts": analyze_javascript,
    ".tsx": analyze_javascript,
    ".vue": analyze_javascript,
}
"""The function that reads a file, by the suffix of its name in lower case.

Each takes the text, a catalog or None, the name of a profile or None, and `name`, the file's path.
"""

RULES: tuple[SpliceRule, ...] = (spliced_value,)
"""The rules about what a program puts into its queries, which a query alone cannot break."""

__all__ = ["LANGUAGES", "RULES", "analyze_javascript", "analyze_php", "analyze_python"]
