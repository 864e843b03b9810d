"""`python -m core.cli`: the commands without the window's package."""

import sys

from core.cli.main import main

sys.exit(main(sys.argv[1:]))
