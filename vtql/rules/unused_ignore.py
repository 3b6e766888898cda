"""A suppression comment that suppresses nothing.

## Why

What it suppressed has been fixed, or was never there. It suggests that something is wrong here, and
would hide a new finding of that kind.

## Example

    -- vtql: ignore VT301
    SELECT id FROM Contacts LIMIT 10;

## Use instead

    SELECT id FROM Contacts LIMIT 10;
"""

from vtql.diagnostics import Severity

CODE, SLUG, SEVERITY = "VT590", "unused-ignore", Severity.WARNING
