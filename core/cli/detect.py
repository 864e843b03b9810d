"""`residua detect`: score maps, masks and verdicts of a folder or file."""

import argparse
from contextlib import nullcontext
from pathlib import Path

from core.cli.arguments import add_device, add_input, add_out_folder, add_recipe, recipe_of
from core.cli.progress import TerminalContext

NAME = "detect"
HELP = "detect defects in a folder, an image file, a CSV manifest or a KLARF"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    add_input(parser)
    add_out_folder(parser)
    add_recipe(parser)
    parser.add_argument(
        "--reference",
        type=Path,
        metavar="REF",
        help="golden image, or folder of references by the same names; also another die's, within the lot",
    )
    parser.add_argument("--record", action="store_true", help="keep the lot and the run in the history too")
    add_device(parser)


def run(arguments: argparse.Namespace) -> None:
    """Detect and say how many images have a result."""
    from core.services.detection.files import detect_files
    from core.services.workspace import Workspace

    recipe = recipe_of(arguments)
    with Workspace.open() if arguments.record else nullcontext() as workspace:
        done = detect_files(
            arguments.input,
            arguments.out,
            recipe,
            arguments.device,
            TerminalContext(),
            workspace,
            arguments.reference,
        )
    print(f"{done} images measured; results in {arguments.out}")
