"""`residua train`: make detector weights."""

import argparse
import logging
from dataclasses import fields
from pathlib import Path

from core.cli.progress import TerminalContext

NAME = "train"
HELP = "train detector weights"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    kinds = parser.add_subparsers(required=True, metavar="WHAT")
    default = kinds.add_parser("default", help="the shipped weights, from generated images only; resumable")
    default.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="corpus, checkpoints and result"
    )
    default.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"))
    default.add_argument("--images", type=int, help="rendered training images")
    default.add_argument("--matching-steps", type=int, help="steps of the encoder and matching phase")
    default.add_argument("--head-steps", type=int, help="steps of the NI head")
    default.add_argument("--batch", type=int, help="crops a step")
    default.add_argument("--calibration-images", type=int)
    default.add_argument("--backbone", choices=("residua_s", "residua_test"))
    default.set_defaults(train=_train_default)


def run(arguments: argparse.Namespace) -> None:
    """Dispatch to what is trained."""
    logging.getLogger("core").setLevel(logging.INFO)
    arguments.train(arguments)


def _train_default(arguments: argparse.Namespace) -> None:
    from core.services.training import TrainingPlan, train_default

    given = {
        field.name: value
        for field in fields(TrainingPlan)
        if (value := getattr(arguments, field.name, None)) is not None
    }
    path = train_default(TrainingPlan(**given), arguments.out, arguments.device, TerminalContext())
    print(f"weights written to {path}")
