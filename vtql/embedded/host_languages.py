"""The host languages: a row for each language whose source files may have queries in their strings.

A language is a row here and a module of this package. The module has `strings(source)`, which gives
the `HostString`s of a file, and `scan(text)`, which gives its tokens with the comments. (Python has no
`scan`: the standard library reads its comments.) It is imported with the first file of its language.
"""

from __future__ import annotations

from typing import NamedTuple


class HostLanguage(NamedTuple):
    """A row: the name of a language, its module, which is also what `--as` takes, and its files.

    The last three are the help of `spliced-value`: how a value, a name and a number are interpolated
    without harm.
    """

    name: str
    module: str
    suffixes: tuple[str, ...]
    safe_value: str
    safe_name: str
    safe_number: str


PYTHON = HostLanguage(
    "Python", "python", (".py", ".pyi", ".pyw"),
    "`Contacts.objects.filter(lastname=name)` builds the query, and `vtql.quote(name)` writes one "
    "value with its quotes",
    "a name from those that are known; `vtql.model(name, catalog)` has no others",
    "a whole number is written as one: `{n:d}`, `%d`; `objects.all()[m:n]` writes LIMIT",
)  # fmt: skip
PHP = HostLanguage(
    "PHP", "php", (".php", ".phtml", ".inc"),
    "a quote and a backslash are doubled between the quotes: "
    r"""`strtr($name, ["'" => "''", "\\" => "\\\\"])`""",
    "a name from those that are known: `in_array($name, $known, true)`",
    "a whole number is written as one: `(int) $n`, `%d` of `sprintf`",
)  # fmt: skip
JAVASCRIPT = HostLanguage(
    "JavaScript", "javascript", (".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".vue"),
    "a quote and a backslash are doubled between the quotes: "
    r"""`name.replace(/['\\]/g, "$&$&")`""",
    "a name from those that are known: `known.includes(name)`",
    "a whole number is written as one: `Math.trunc(n)`",
)  # fmt: skip

HOST_LANGUAGES = (PYTHON, PHP, JAVASCRIPT)
