"""`residua train change`."""

import argparse

from core.cli.arguments import add_device, add_out_folder, count, given_fields
from core.cli.progress import TerminalContext


def add_change_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    add_out_folder(parser, "pairs, checkpoint and result")
    add_device(parser)
    parser.add_argument("--pairs", type=count, help="rendered training pairs")
    parser.add_argument("--steps", type=int, help="steps of the network; 0: registered difference alone")
    parser.add_argument("--rate", type=float, help="peak learning rate")
    parser.add_argument("--batch", type=count, help="crops a step")
    parser.add_argument("--side", type=count, help="of the rendered pairs, px")
    parser.add_argument("--crop", type=count, help="side of a crop, px; a multiple of 32")
    parser.add_argument("--calibration-pairs", type=count)
    parser.add_argument("--form", choices=("intra_class", "out_of_class"), help="of the decoder")
    parser.add_argument("--seed", type=int)
    parser.set_defaults(train=_train_change)


def _train_change(arguments: argparse.Namespace) -> None:
    from core.services.training.change import ChangePlan, train_change

    plan = ChangePlan(**given_fields(arguments, ChangePlan))
    path = train_change(plan, arguments.out, arguments.device, TerminalContext())
    print(f"weights written to {path}")
