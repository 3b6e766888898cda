"""Modules as Python classes."""
