"""`residua train detector`."""

import argparse
from pathlib import Path

from core.cli.arguments import add_device, add_recipe, recipe_of
from core.cli.progress import TerminalContext
from core.domain.recipes import DetectorOptions, Recipe


def add_detector_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument(
        "images",
        type=Path,
        nargs="+",
        metavar="IMAGES",
        help="folder, image files or CSV manifest of one product and layer, presumed defect-free",
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="MODEL", help="weights file to write (.safetensors)"
    )
    add_recipe(parser, "recipe file (JSON) with a training section")
    parser.add_argument("--weights", metavar="FILE", help="weights to go on from; the recipe's if absent")
    parser.add_argument("--backbone", metavar="NAME", help="a new head on a backbone of timm's instead")
    parser.add_argument("--backbone-weights", metavar="FILE|hub", help="of that backbone")
    add_device(parser)
    parser.set_defaults(train=_train_detector)


def _train_detector(arguments: argparse.Namespace) -> None:
    from core.services.training.detector import train_detector

    made = train_detector(
        arguments.images, arguments.out, _start(arguments), arguments.device, TerminalContext()
    )
    text = made.recipe.model_dump_json(indent=2, exclude_defaults=True)
    halves = " (by halves)" if made.is_halved else ""
    print(
        f"weights written to {made.path}: {made.trained} images trained on, {made.held_back} calibrated on{halves}, "
        f"{made.skipped} skipped; a recipe that uses them:\n{text}"
    )


def _start(arguments: argparse.Namespace) -> Recipe:
    """The recipe with what the command line gives; a backbone alone means a head of its own."""
    recipe = recipe_of(arguments)
    names = ("weights", "backbone", "backbone_weights")
    given = {name: value for name in names if (value := getattr(arguments, name)) is not None}
    if "backbone" in given:
        given = {"weights": "default", **given}
    detector = DetectorOptions.model_validate({**recipe.detector.model_dump(), **given})
    return recipe.model_copy(update={"detector": detector})
