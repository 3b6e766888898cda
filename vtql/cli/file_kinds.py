"""Which files a command reads, and as what: by the suffix of their names, or as `--as` says."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence

from vtql.embedded import HOST_LANGUAGES
from vtql.files import STREAMS

VTQL = "vtql"
STDIN = "<stdin>"

KINDS: Mapping[str, tuple[str, ...]] = {
    VTQL: (".vtql",),
    **{language.module: language.suffixes for language in HOST_LANGUAGES},
}
"""The suffixes of files, by the name of a language that `--as` takes."""

SHARED = ".sql"
"""The suffix of files of VTQL and of files of SQL; a comment in the file tells them apart."""

_MARKED = re.compile(r"--[ \t]*vtql[ \t]*(?::|$)", re.IGNORECASE | re.MULTILINE)


def kind_of(name: str, as_language: str | None = None) -> str | None:
    """The language of a file.

    Args:
        name: the file's name.
        as_language: the language that `--as` names, if any.

    Returns:
        A key of `KINDS`, also for a `.sql` file, whose text `is_sql` looks at; None if unknown.
    """
    lowered = name.lower()
    if as_language is not None:
        return as_language
    if lowered.endswith(SHARED) or name.startswith(STREAMS):
        return VTQL
    return next((kind for kind, suffixes in KINDS.items() if lowered.endswith(suffixes)), None)


def refusal(name: str, as_language: str | None, languages: Sequence[str]) -> str:
    """Why a file on disk is not read by a command that reads these languages; empty if it is."""
    if not os.path.isfile(name):  # noqa: PTH113 - pathlib costs 4 ms of start-up
        return ""  # reading it says what is wrong with it
    return of_no_language(name, as_language, languages)


def of_no_language(name: str, as_language: str | None, languages: Sequence[str]) -> str:
    """Why a text with this name is not read by a command that reads these languages."""
    kind = kind_of(name, as_language)
    if kind in languages:
        return ""
    suffix = os.path.splitext(name)[1]  # noqa: PTH122 - pathlib costs 4 ms of start-up
    known = ", ".join(suffix for language in languages for suffix in KINDS[language])
    if kind is not None:
        says = f"`{suffix}` is {kind}, which this command does not read"
    elif suffix:
        says = f"no language is known for `{suffix}`"
    else:
        says = "no language is known for a name without a suffix"
    return (
        f"{says}; known are {known}, {SHARED} with a comment `-- vtql`, and any file with "
        f"`--as {'|'.join(languages)}`"
    )


def is_sql(name: str, as_language: str | None, text: str) -> str:
    """Why the text of a `.sql` file is not read: nothing in it says that it is VTQL."""
    if as_language is not None or not name.lower().endswith(SHARED) or _MARKED.search(text):
        return ""
    return (
        f"`{SHARED}` is read only with a comment `-- vtql` or `-- vtql: …` in it, which says that it "
        f"is VTQL, or with `--as {VTQL}`"
    )
