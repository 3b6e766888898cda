"""The demo: a catalog of stock modules, and generated records of a fictitious firm."""

from __future__ import annotations

import json
from importlib.resources import files

from vtql.catalog.catalog import Catalog
from vtql.sandbox.demo.rows import records

__all__ = ["catalog", "records"]


def catalog() -> Catalog:
    """The modules of the demo, as a fresh 8.4 describes them."""
    text = (files("vtql.sandbox.demo") / "catalog.json").read_text("utf-8")
    return Catalog.from_describes(json.loads(text))
