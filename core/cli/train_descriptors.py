"""`residua train descriptors`."""

import argparse
from dataclasses import fields
from pathlib import Path

from core.cli.progress import TerminalContext


def add_descriptor_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for descriptors.json")
    parser.add_argument("--defects", type=int, help="generated ones that are measured")
    parser.add_argument("--side", type=int, help="of their images, px")
    parser.add_argument("--seed", type=int)
    parser.set_defaults(train=_run)


def _run(arguments: argparse.Namespace) -> None:
    from core.services.training.descriptors import DescriptorPlan, fit_descriptors

    names = {field.name for field in fields(DescriptorPlan)}
    given = {name: value for name, value in vars(arguments).items() if name in names and value is not None}
    path = fit_descriptors(DescriptorPlan(**given), arguments.out, TerminalContext())
    print(f"scales written to {path}")
