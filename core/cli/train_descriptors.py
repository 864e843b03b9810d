"""`residua train descriptors`."""

import argparse

from core.cli.arguments import add_out_folder, count, given_fields
from core.cli.progress import TerminalContext


def add_descriptor_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    add_out_folder(parser, "folder for descriptors.json")
    parser.add_argument("--defects", type=count, help="generated ones that are measured")
    parser.add_argument("--side", type=count, help="of their images, px")
    parser.add_argument("--seed", type=int)
    parser.set_defaults(train=_run)


def _run(arguments: argparse.Namespace) -> None:
    from core.services.training.descriptors import DescriptorPlan, fit_descriptors

    plan = DescriptorPlan(**given_fields(arguments, DescriptorPlan))
    path = fit_descriptors(plan, arguments.out, TerminalContext())
    print(f"scales written to {path}")
