"""`residua discover`: classes of the defects in a folder or file, the novel ones too."""

import argparse
from pathlib import Path

from core.cli.arguments import add_device, add_input, add_out_folder, add_recipe, recipe_of
from core.cli.progress import TerminalContext

NAME = "discover"
HELP = "group the defects of a folder, image file, manifest or KLARF into known and novel classes"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    add_input(parser)
    add_out_folder(parser)
    parser.add_argument(
        "--labels", type=Path, metavar="CSV", help="known classes: columns image,label; normal = defect-free"
    )
    add_recipe(parser)
    add_device(parser)


def run(arguments: argparse.Namespace) -> None:
    """Discover, and say how many classes there are."""
    from core.services.discovery.files import discover_files

    recipe = recipe_of(arguments)
    done = discover_files(
        arguments.input, arguments.out, recipe, arguments.device, TerminalContext(), arguments.labels
    )
    count = done.count
    low, high = count.interval
    print(
        f"{len(done.images)} images: {count.estimated_total} defect classes ({low} to {high}), "
        f"{count.known} of them known; results in {arguments.out}"
    )
