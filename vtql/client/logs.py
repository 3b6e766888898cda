"""Keeping the session out of logs: urllib3 writes the address of every request at level DEBUG."""

from __future__ import annotations

import logging
import re

_SESSION = re.compile(r"(sessionName=)[^&\s\"]+")


def redact_session() -> None:
    """From now on a logged address shows `sessionName=…` without its value."""
    logging.getLogger("urllib3.connectionpool").addFilter(_redacted)


def _redacted(record: logging.LogRecord) -> bool:
    if isinstance(record.args, tuple):
        record.args = tuple(
            _SESSION.sub(r"\1…", each) if isinstance(each, str) else each for each in record.args
        )
    return True
