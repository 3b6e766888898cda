"""A suppression comment that the linter does not understand.

## Why

It names no rule, or begins with another word than `ignore` or `ignore-file`, so that it suppresses
nothing.

## Example

    SELECT id FROM Contacts LIMIT 10; -- vtql: ignore VT999

## Use instead

    SELECT id FROM Contacts LIMIT 10;
"""

from vtql.diagnostics import Severity

CODE, SLUG, SEVERITY = "VT591", "unknown-ignore", Severity.WARNING
