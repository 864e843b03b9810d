"""`residua discover`: classes of the defects in a folder or file, the novel ones too."""

import argparse
from pathlib import Path

from core.cli.progress import TerminalContext
from core.domain.recipes import Recipe, read_recipe

NAME = "discover"
HELP = "group the defects of a folder, an image file or a CSV manifest into known and novel classes"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("input", type=Path, metavar="INPUT", help="folder, image file or CSV manifest")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="where the results are written"
    )
    parser.add_argument(
        "--labels", type=Path, metavar="CSV", help="known classes: columns image,label; normal = defect-free"
    )
    parser.add_argument(
        "--recipe", type=Path, metavar="R", help="recipe file (JSON); the default one if absent"
    )
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"))


def run(arguments: argparse.Namespace) -> None:
    """Discover, and say how many classes there are."""
    from core.services.discovery.files import discover_files

    recipe = read_recipe(arguments.recipe) if arguments.recipe else Recipe()
    done = discover_files(
        arguments.input, arguments.out, recipe, arguments.device, TerminalContext(), arguments.labels
    )
    count = done.count
    low, high = count.interval
    print(
        f"{len(done.images)} images: {count.estimated_total} defect classes ({low} to {high}), "
        f"{count.known} of them known; results in {arguments.out}"
    )
