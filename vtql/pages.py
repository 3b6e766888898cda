"""The documentation of each finding: of a rule from its file, of syntax from the tables there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module

from vtql.analysis import analyze
from vtql.diagnostics import Applicability, Severity
from vtql.rules import RULES
from vtql.rules.rule import Rule
from vtql.syntax.recovery.codes import CODES
from vtql.syntax.recovery.constructs import CONSTRUCTS
from vtql.syntax.recovery.examples import EXAMPLES, example_of

FAMILIES: Mapping[str, str] = {
    "VT0": "syntax",
    "VT1": "schema",
    "VT2": "values",
    "VT3": "meaning",
    "VT4": "limits and cost",
    "VT5": "style",
}
"""What the codes that begin so are about."""


@dataclass(frozen=True, slots=True)
class Page:
    """What there is to know of a finding: a sentence, and Markdown that says more."""

    code: str
    slug: str
    severity: Severity
    sentence: str
    body: str

    @property
    def family(self) -> str:
        """What findings of its kind are about."""
        return FAMILIES[self.code[:3]]

    @property
    def text(self) -> str:
        """The whole page, as Markdown."""
        head = f"# {self.slug} ({self.code})\n\n{self.sentence}\n\nFamily: {self.family}."
        return f"{head} Severity: {self.severity.value}.\n\n{self.body}"


def pages() -> Mapping[str, Page]:
    """The pages of all findings by code, in the order of the codes."""
    every = [*map(_of_syntax, CODES), *map(_of_a_rule, RULES)]
    return {page.code: page for page in sorted(every, key=lambda page: page.code)}


def _of_a_rule(rule: Rule) -> Page:
    document = import_module(rule.check.__module__).__doc__ or ""
    sentence, _, body = document.strip().partition("\n\n")
    return Page(
        rule.code, rule.slug, rule.severity, " ".join(sentence.split()), f"{body.strip()}\n"
    )


def _of_syntax(slug: str) -> Page:
    sentence, example = EXAMPLES.get(slug, ("A text is no VTQL here.", ""))
    told: dict[str, None] = {}
    for _, row in CONSTRUCTS:
        if row.slug == slug:
            told[f"* {_shown(row.message)}.\n  Instead: {_shown(row.help)}.\n"] = None
    parts = [f"## Why\n\n{''.join(told)}"] if told else []
    if example:
        parts.append(f"## Example\n\n    {example}\n")
        right = analyze(example_of(slug)).fixed(list(Applicability))
        if "…" not in example and analyze(right).select is not None:
            parts.append(f"## Use instead\n\n    {right}\n")
    return Page(CODES[slug], slug, Severity.ERROR, sentence, "\n".join(parts))


def _shown(text: str) -> str:
    return re.sub(r"\{found\}", "…", text)
