"""Rows as files and as tables of other libraries, streamed: one file for each, the only door to it."""
