"""`vtql rule`: what a finding means, and what to write instead."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from typing import TYPE_CHECKING

from vtql.cli.command import CLEAN, FAILURE, Command
from vtql.cli.terminal import complain, show

if TYPE_CHECKING:
    from vtql.rule_docs import RuleDocs


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument(
        "names",
        nargs="*",
        metavar="RULE",
        help="codes or names; a family (VT3) or all, as a table, if left out",
    )


def _run(options: Namespace) -> int:
    from vtql.lint.selectors import suggest_rules  # noqa: PLC0415 - the same
    from vtql.rule_docs import all_rule_docs  # noqa: PLC0415 - other commands need it not

    all_pages = all_rule_docs()
    if not options.names:
        _print_table(all_pages.values())
        return CLEAN
    by_name = {name: page for page in all_pages.values() for name in (page.code, page.slug)}
    chosen_pages: list[RuleDocs] = []
    status = CLEAN
    for name in options.names:
        family = [page for page in all_pages.values() if _is_of(page, name)]
        if family:
            _print_table(family)
            continue
        page = by_name.get(name.upper()) or by_name.get(name.lower().replace("_", "-"))
        if page is None:
            hint = suggest_rules(name) or "`vtql rule` lists them all"
            complain(f"there is no rule `{name}`; {hint}")
            status = FAILURE
        else:
            chosen_pages.append(page)
    show("\n\n".join(page.text.rstrip() for page in chosen_pages), end="\n" if chosen_pages else "")
    return status


def _is_of(page: RuleDocs, name: str) -> bool:
    """Whether a page is of the family of a name such as `VT3`."""
    return page.code[:3] == name.upper()


def _print_table(pages: Iterable[RuleDocs]) -> None:
    for page in pages:
        show(f"{page.code}  {page.slug:21}  {page.severity.value:7}  {page.sentence}")


command = Command(
    "rule", "tell what a finding means, and what to write instead", _configure, _run,
    "A rule is named by its code, such as VT102, or by its name, such as unknown-field.",
)  # fmt: skip
