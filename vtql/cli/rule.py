"""`vtql rule`: what a finding means, and what to write instead."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from vtql.cli.command import CLEAN, FAILURE, Command
from vtql.spelling import suggestion

if TYPE_CHECKING:
    from vtql.pages import Page


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument(
        "names", nargs="*", metavar="RULE", help="codes or names; all, as a table, if left out"
    )


def _run(chosen: Namespace) -> int:
    from vtql.pages import pages  # noqa: PLC0415 - other commands need it not

    every = pages()
    if not chosen.names:
        for each in every.values():
            print(f"{each.code}  {each.slug:21}  {each.severity.value:7}  {each.sentence}")
        return CLEAN
    by_name = {name: page for page in every.values() for name in (page.code, page.slug)}
    found: list[Page] = []
    status = CLEAN
    for name in chosen.names:
        page = by_name.get(name.upper()) or by_name.get(name.lower().replace("_", "-"))
        if page is None:
            near = suggestion(name.upper() if name[:2].upper() == "VT" else name, by_name)
            told = near or "`vtql rule` lists them all"
            print(f"vtql: there is no rule `{name}`; {told}", file=sys.stderr)
            status = FAILURE
        else:
            found.append(page)
    print("\n\n".join(page.text.rstrip() for page in found), end="\n" if found else "")
    return status


command = Command(
    "rule", "tell what a finding means, and what to write instead", _configure, _run,
    "A rule is named by its code, such as VT102, or by its name, such as unknown-field.",
)  # fmt: skip
