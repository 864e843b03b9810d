"""`residua train vad`."""

import argparse
from pathlib import Path
from typing import Any, get_args

from core.cli.arguments import add_device, add_recipe, count, given_fields, recipe_of
from core.cli.progress import TerminalContext
from core.domain.errors import UserError
from core.domain.recipes import LearnedMethod


def add_vad_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument(
        "images",
        type=Path,
        nargs="+",
        metavar="NORMALS",
        help="folder, image files or CSV manifest of one product and layer, presumed defect-free",
    )
    parser.add_argument("--method", choices=get_args(LearnedMethod), help="the recipe's if absent")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="MODEL", help="weights file to write (.safetensors)"
    )
    add_recipe(parser, "recipe file (JSON) whose detector section says method and backbone")
    parser.add_argument("--backbone", metavar="NAME", help="timm's name; the shipped encoder if absent")
    parser.add_argument("--backbone-weights", metavar="FILE|hub|random|own", help="of that backbone")
    parser.add_argument("--side", type=count, help="px of the square that the method sees")
    parser.add_argument("--width", type=count, help="channels of networks that the method builds itself")
    parser.add_argument("--steps", type=int, help="of the optimiser")
    parser.add_argument("--batch", type=count, help="images a step")
    parser.add_argument("--rate", type=float, help="peak learning rate")
    parser.add_argument("--held-back", type=float, help="share of the images that is calibrated on")
    parser.add_argument("--seed", type=int)
    add_device(parser)
    parser.set_defaults(train=_train_vad)


def _train_vad(arguments: argparse.Namespace) -> None:
    from core.services.training.vad import train_vad
    from core.services.training.vad_plan import VadPlan

    given = {**_from_recipe(arguments), **given_fields(arguments, VadPlan)}
    made = train_vad(arguments.images, arguments.out, VadPlan(**given), arguments.device, TerminalContext())
    text = made.recipe.model_dump_json(indent=2, exclude_defaults=True)
    print(
        f"weights written to {made.path}: {made.trained} images learned from, {made.held_back} calibrated on, "
        f"{made.skipped} skipped; a recipe that uses them:\n{text}"
    )


def _from_recipe(arguments: argparse.Namespace) -> dict[str, Any]:
    """What the recipe's detector section says; the command line goes before it.

    Raises:
        UserError: neither names a method that learns.
    """
    detector = recipe_of(arguments).detector
    method = arguments.method or detector.method
    if method not in get_args(LearnedMethod):
        raise UserError(f"The method {method} does not learn here.", "Choose one with --method.")
    read = {"backbone": detector.backbone, "backbone_weights": detector.backbone_weights}
    return {"method": method, "side": detector.input_size, **read}
