"""`python -m vtql`: the command line."""

import sys

from vtql.cli import main

sys.exit(main())
