"""The documentation of each finding: from the file of a rule, or the tables of syntax errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from types import ModuleType

from vtql.analysis import analyze
from vtql.diagnostics import Applicability, Severity
from vtql.lint.selectors import HOST_RULES, LINTER_RULES
from vtql.recovery.constructs import CONSTRUCTS
from vtql.recovery.syntax_codes import CODES, EXAMPLES, example_of
from vtql.rules.context import Rule
from vtql.rules.registry import RULES
from vtql.rules.spliced_value import SpliceRule

FAMILIES: Mapping[str, str] = {
    "VT0": "syntax",
    "VT1": "schema",
    "VT2": "values",
    "VT3": "meaning",
    "VT4": "limits and cost",
    "VT5": "style",
}
"""The subject of each family of codes."""


@dataclass(frozen=True, slots=True)
class RuleDocs:
    """The documentation of a rule: a sentence, and Markdown with the details."""

    code: str
    slug: str
    severity: Severity
    sentence: str
    body: str

    @property
    def family(self) -> str:
        """The subject of its family."""
        return FAMILIES[self.code[:3]]

    @property
    def text(self) -> str:
        """The whole page, as Markdown."""
        head = f"# {self.slug} ({self.code})\n\n{self.sentence}\n\nFamily: {self.family}."
        return f"{head} Severity: {self.severity.value}.\n\n{self.body}"


def all_rule_docs() -> Mapping[str, RuleDocs]:
    """The documentation of all rules by code, sorted."""
    return {code: build() for code, build in sorted(_builders().items())}


def rule_docs(code: str) -> RuleDocs | None:
    """The documentation of a code; None if it is unknown."""
    build = _builders().get(code)
    return build() if build else None


def _builders() -> dict[str, Callable[[], RuleDocs]]:
    rules: tuple[Rule | SpliceRule, ...] = (*RULES, *HOST_RULES)
    return {
        **{code: partial(_docs_of_syntax_code, slug) for slug, code in CODES.items()},
        **{rule.code: partial(_docs_of_rule, rule) for rule in rules},
        **{file.CODE: partial(_docs_of_linter_rule, file) for file in LINTER_RULES},
    }


def _docs_of_rule(rule: Rule | SpliceRule) -> RuleDocs:
    file = import_module(rule.check.__module__)
    return _docs_from_file(rule.code, rule.slug, rule.severity, file)


def _docs_of_linter_rule(file: ModuleType) -> RuleDocs:
    return _docs_from_file(file.CODE, file.SLUG, file.SEVERITY, file)


def _docs_from_file(code: str, slug: str, severity: Severity, file: ModuleType) -> RuleDocs:
    sentence, _, body = (file.__doc__ or "").strip().partition("\n\n")
    return RuleDocs(code, slug, severity, " ".join(sentence.split()), f"{body.strip()}\n")


def _docs_of_syntax_code(slug: str) -> RuleDocs:
    sentence, example = EXAMPLES.get(slug, ("A text is no VTQL here.", ""))
    entries: dict[str, None] = {}
    for _, row in CONSTRUCTS:
        if row.slug == slug:
            message, instead = row.in_general
            entries[f"* {message}.\n  Instead: {instead}.\n"] = None
    parts = [f"## Why\n\n{''.join(entries)}"] if entries else []
    if example:
        parts.append(f"## Example\n\n    {example}\n")
        right = analyze(example_of(slug)).fixed(list(Applicability))
        if "…" not in example and analyze(right).select is not None:
            parts.append(f"## Use instead\n\n    {right}\n")
    return RuleDocs(CODES[slug], slug, Severity.ERROR, sentence, "\n".join(parts))
