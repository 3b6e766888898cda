"""VTQL inside programs: the queries in the strings of a file, whatever language it is written in.

`LANGUAGES` says which function reads a file of which name.
"""

from vtql.embedded.python import analyze_python

__all__ = ["analyze_python"]
