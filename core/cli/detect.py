"""`residua detect`: score maps, masks and verdicts of a folder or file."""

import argparse
from contextlib import nullcontext
from pathlib import Path

from core.cli.progress import TerminalContext
from core.domain.recipes import Recipe, read_recipe

NAME = "detect"
HELP = "detect defects in a folder, an image file or a CSV manifest"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("input", type=Path, metavar="INPUT", help="folder, image file or CSV manifest")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="where the results are written"
    )
    parser.add_argument(
        "--recipe", type=Path, metavar="R", help="recipe file (JSON); the default one if absent"
    )
    parser.add_argument(
        "--reference",
        type=Path,
        metavar="REF",
        help="golden image, or folder of references by the same names; also another die's, within the lot",
    )
    parser.add_argument("--record", action="store_true", help="keep the lot and the run in the history too")
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"))


def run(arguments: argparse.Namespace) -> None:
    """Detect and say how many images have a result."""
    from core.services.detection.files import detect_files
    from core.services.workspace import Workspace

    recipe = read_recipe(arguments.recipe) if arguments.recipe else Recipe()
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
