"""Queries written in Python: lookups, `Q`, query sets, and how their pages are asked for."""
