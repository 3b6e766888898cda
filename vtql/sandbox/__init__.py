"""A stand-in for a Vtiger: the web service's protocol over SQLite, with VTQL executed for real."""

from __future__ import annotations

from vtql.sandbox.sandbox import Sandbox

__all__ = ["Sandbox"]
