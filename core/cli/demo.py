"""`residua demo`: a lot of generated images to try everything on."""

import argparse
from pathlib import Path

from core.cli.progress import TerminalContext

NAME = "demo"
HELP = "write a demo lot of generated SEM images"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="where the lot is written")
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument(
        "--references", action="store_true", help="a small lot in which every image has a reference instead"
    )
    instead.add_argument(
        "--klarf", action="store_true", help="two inspected wafers with some images instead, as KLARF files"
    )


def run(arguments: argparse.Namespace) -> None:
    """Write the lot."""
    from core.services.demo import write_demo_lot
    from core.services.demo_pairs import write_demo_pairs
    from core.services.demo_wafers import FIRST_WAFER, write_demo_wafers

    if arguments.klarf:
        folder = write_demo_wafers(arguments.folder, TerminalContext())
        print(f"demo wafers in {folder}; open one with: residua {folder / FIRST_WAFER}")
        return
    write = write_demo_pairs if arguments.references else write_demo_lot
    folder = write(arguments.folder, TerminalContext())
    print(f"demo lot in {folder}; open it with: residua {folder}")
