"""A remark that ignores nothing.

## Why

What it once ignored is gone, or never was there. It looks as if something were wrong here, and
would hide a finding of that kind if one came back.

## Example

    -- vtql: ignore VT301
    SELECT id FROM Contacts LIMIT 10;

## Use instead

    SELECT id FROM Contacts LIMIT 10;
"""

from vtql.diagnostics import Severity

CODE, SLUG, SEVERITY = "VT590", "unused-ignore", Severity.WARNING
