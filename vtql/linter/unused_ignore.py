"""A remark that ignores nothing.

## Why

What it once ignored is gone, or never was there. It looks as if something was wrong, and would hide
the same kind of finding if it came back.

## Example

    -- vtql: ignore VT301
    SELECT id FROM Contacts LIMIT 10;

## Use instead

    SELECT id FROM Contacts LIMIT 10;
"""

from vtql.diagnostics import Severity

CODE, SLUG, SEVERITY = "VT590", "unused-ignore", Severity.WARNING
