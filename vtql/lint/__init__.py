"""The linter: settings, suppression comments and fixes applied to the findings of a text."""
