"""What several commands ask for, in the same words."""

import argparse
from dataclasses import fields
from pathlib import Path
from typing import Any

from core.domain.recipes import Recipe, read_recipe

DEVICES = ("auto", "cpu", "cuda")


def add_input(parser: argparse.ArgumentParser) -> None:
    """What is measured."""
    parser.add_argument("input", type=Path, metavar="INPUT", help="folder, image file, CSV manifest or KLARF")


def add_out_folder(parser: argparse.ArgumentParser, about: str = "where the results are written") -> None:
    """Where what is made goes."""
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help=about)


def add_recipe(
    parser: argparse.ArgumentParser, about: str = "recipe file (JSON); the default one if absent"
) -> None:
    """How it is measured; `recipe_of` reads it."""
    parser.add_argument("--recipe", type=Path, metavar="R", help=about)


def add_device(parser: argparse.ArgumentParser, default: str = "auto") -> None:
    """What computes."""
    parser.add_argument("--device", default=default, choices=DEVICES)


def count(text: str) -> int:
    """A whole number of 1 or more, as a type of an argument."""
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text} is no whole number of 1 or more")
    return int(text)


def recipe_of(arguments: argparse.Namespace) -> Recipe:
    """The recipe that a command line names; the default one where it names none.

    Raises:
        UserError: the file cannot be read, or is no recipe.
    """
    return read_recipe(arguments.recipe) if arguments.recipe else Recipe()


def given_fields(arguments: argparse.Namespace, plan: type) -> dict[str, Any]:
    """Fields of a plan (a dataclass) that the command line gives; the others keep their defaults."""
    return {
        field.name: value
        for field in fields(plan)
        if (value := getattr(arguments, field.name, None)) is not None
    }
