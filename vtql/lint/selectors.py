"""The codes of all findings, and the selectors that match them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from vtql.errors import SettingsError
from vtql.recovery.syntax_codes import CODES
from vtql.rules import too_many_placeholders, unknown_ignore, unreadable_source, unused_ignore
from vtql.rules.registry import RULES
from vtql.rules.spliced_value import spliced_value
from vtql.suggestions import listing, nearest_names, suggestion

HOST_RULES = (spliced_value,)
"""The rules about the interpolated values of queries in host files."""

LINTER_RULES = (unreadable_source, too_many_placeholders, unused_ignore, unknown_ignore)
"""Findings about host files and suppression comments, documented like rules, a file each."""

SLUGS: Mapping[str, str] = {
    **{code: slug for slug, code in CODES.items()},
    **{rule.code: rule.slug for rule in RULES},
    **{rule.code: rule.slug for rule in HOST_RULES},
    **{rule.CODE: rule.SLUG for rule in LINTER_RULES},
}
"""The name (`unknown-field`) of each code (`VT102`)."""

_CODE_OF = {slug: code for code, slug in SLUGS.items()}

ALL = "VT"
"""The prefix of all codes; the selector `ALL` matches them, too."""

_NEAR = 3
_PREFIX = re.compile(r"VT[0-9]*", re.IGNORECASE)


def codes_of_selector(selector: str) -> frozenset[str]:
    """The codes that match a code, a prefix of codes (`VT3`) or a name (`unknown-field`).

    Raises:
        SettingsError: no rule matches; the message suggests the nearest.
    """
    codes = matching_codes(selector)
    if not codes:
        near = suggest_rules(selector) or f"`{ALL}3` means all rules of a family"
        raise SettingsError(f"`{selector}` is no rule; {near}")
    return codes


@lru_cache(maxsize=1024)  # a file may have any number of different ones
def matching_codes(selector: str) -> frozenset[str]:
    """The codes that match a selector, perhaps none."""
    prefix = prefix_of(selector)
    return frozenset(code for code in SLUGS if code.startswith(prefix))


def suggest_rules(selector: str) -> str:
    """Suggest rules for a selector that matches none; the sentence may be empty.

    The nearest codes are those next to it in its family, not those with similar digits.
    """
    code = selector.upper()
    if not _PREFIX.fullmatch(code):
        return suggestion(selector, SLUGS.values())
    families = sorted({rule_code[:3] for rule_code in SLUGS})
    number = int(code[len(ALL) :] or 0)
    near = [rule_code for rule_code in SLUGS if rule_code.startswith(code[:3])]
    near = sorted(near, key=lambda rule_code: abs(int(rule_code[len(ALL) :]) - number))[:_NEAR]
    return nearest_names(sorted(near)) or f"the families are {listing(families, 'and')}"


def prefix_of(selector: str) -> str:
    """The prefix of codes that a selector stands for; the longer prefix is more specific."""
    if selector.upper() == "ALL":
        return ALL
    if _PREFIX.fullmatch(selector):
        return selector.upper()
    return _CODE_OF.get(selector.lower(), selector)
