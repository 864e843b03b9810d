"""`residua calibrate`: a recipe's thresholds from one's own defect-free images."""

import argparse
from pathlib import Path

from core.cli.arguments import add_device, add_recipe, recipe_of
from core.cli.progress import TerminalContext

NAME = "calibrate"
HELP = "set a recipe's thresholds by images that are presumed defect-free"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument(
        "images",
        type=Path,
        nargs="+",
        metavar="IMAGES",
        help="folder, image files or CSV manifest of one product and layer",
    )
    add_recipe(parser)
    parser.add_argument("--out", type=Path, required=True, metavar="R2", help="the recipe with thresholds")
    add_device(parser)


def run(arguments: argparse.Namespace) -> None:
    """Write the recipe, and say which of the images do not look defect-free."""
    from core.services.detection.calibrating import calibrate_recipe

    recipe = recipe_of(arguments)
    made = calibrate_recipe(arguments.images, recipe, arguments.out, arguments.device, TerminalContext())
    for name in made.suspects:
        print(f"look again: {name} is NG by the new thresholds (score {made.scores[name]:.3f})")
    cuts = made.recipe.thresholds
    print(
        f"{len(made.scores)} images measured; Unknown from {cuts.unknown_at:.3f}, NG from {cuts.ng_at:.3f}; "
        f"recipe written to {arguments.out}"
    )
