"""`residua train embedding`."""

import argparse
from pathlib import Path

from core.cli.arguments import add_device, add_out_folder, count, given_fields
from core.cli.progress import TerminalContext


def add_embedding_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    add_out_folder(parser, "crops, checkpoint and result")
    add_device(parser)
    parser.add_argument("--images", type=count, help="rendered defects to train on")
    parser.add_argument("--steps", type=int, help="steps of the optimiser")
    parser.add_argument("--batch", type=count, help="defects a step, each seen twice")
    parser.add_argument("--rate", type=float, help="peak learning rate")
    parser.add_argument("--seed", type=int, help="of everything")
    parser.add_argument("--start-from", metavar="FILE", help="detector weights whose encoder it begins as")
    parser.add_argument("--measured", type=count, help="rendered defects to measure on")
    parser.add_argument("--measure", type=Path, metavar="FILE", help="train nothing; measure these weights")
    parser.set_defaults(train=_train_embedding)


def _train_embedding(arguments: argparse.Namespace) -> None:
    from core.services.training.embedding import train_default_embedding
    from core.services.training.embedding_candidates import figures_as_text, measure_embedding_file
    from core.services.training.embedding_plan import EmbeddingPlan

    plan, ctx = EmbeddingPlan(**given_fields(arguments, EmbeddingPlan)), TerminalContext()
    if arguments.measure:
        measured = measure_embedding_file(arguments.measure, plan, arguments.out, arguments.device, ctx)
    else:
        path, measured = train_default_embedding(plan, arguments.out, arguments.device, ctx)
        print(f"weights written to {path}")
    print(figures_as_text(measured))
