"""`residua demo`: a lot of generated images to try everything on."""

import argparse
from pathlib import Path

from core.cli.progress import TerminalContext

NAME = "demo"
HELP = "write a demo lot of generated SEM images"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="where the lot is written")


def run(arguments: argparse.Namespace) -> None:
    """Write the lot."""
    from core.services.demo import write_demo_lot

    folder = write_demo_lot(arguments.folder, TerminalContext())
    print(f"demo lot in {folder}; open it with: residua {folder}")
