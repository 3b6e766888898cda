"""`python -m vtql`: the command line."""

import sys

from vtql.cli import program

sys.exit(program())
