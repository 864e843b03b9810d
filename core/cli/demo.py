"""`residua demo`: a lot of generated images to try everything on."""

import argparse
from pathlib import Path

from core.cli.progress import TerminalContext

NAME = "demo"
HELP = "write a demo lot of generated SEM images"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="where the lot is written")
    parser.add_argument(
        "--references", action="store_true", help="a small lot in which every image has a reference instead"
    )


def run(arguments: argparse.Namespace) -> None:
    """Write the lot."""
    from core.services.demo import write_demo_lot
    from core.services.demo_pairs import write_demo_pairs

    write = write_demo_pairs if arguments.references else write_demo_lot
    folder = write(arguments.folder, TerminalContext())
    print(f"demo lot in {folder}; open it with: residua {folder}")
