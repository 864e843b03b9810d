"""The command line: the same engine as the window, for scripts and machines without a display."""

from core.cli.main import COMMANDS, main

__all__ = ["COMMANDS", "main"]
