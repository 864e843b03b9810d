"""`residua calibrate`: a recipe's thresholds from one's own defect-free images."""

import argparse
from pathlib import Path

from core.cli.progress import TerminalContext
from core.domain.recipes import Recipe, read_recipe

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
    parser.add_argument(
        "--recipe", type=Path, metavar="R", help="recipe file (JSON); the default one if absent"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="R2", help="the recipe with thresholds")
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"))


def run(arguments: argparse.Namespace) -> None:
    """Write the recipe, and say which of the images do not look defect-free."""
    from core.services.detection.calibrating import calibrate_recipe

    recipe = read_recipe(arguments.recipe) if arguments.recipe else Recipe()
    made = calibrate_recipe(arguments.images, recipe, arguments.out, arguments.device, TerminalContext())
    for name in made.suspects:
        print(f"look again: {name} is NG by the new thresholds (score {made.scores[name]:.3f})")
    cuts = made.recipe.thresholds
    print(
        f"{len(made.scores)} images measured; Unknown from {cuts.unknown_at:.3f}, NG from {cuts.ng_at:.3f}; "
        f"recipe written to {arguments.out}"
    )
