"""Comments that speak to the linter, such as `-- vtql: ignore VT301`: how they are known."""

from __future__ import annotations

import re

REMARK = re.compile(r"\W*vtql\s*:", re.IGNORECASE)
"""What such a comment begins with, whatever begins comments where it stands."""
