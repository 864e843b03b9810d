"""`residua train default` and `residua train head`."""

import argparse
import json

from core.cli.arguments import add_device, add_out_folder, count, given_fields
from core.cli.progress import TerminalContext


def add_default_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the shipped detector's training."""
    add_out_folder(parser, "corpus, checkpoints and result")
    add_device(parser)
    parser.add_argument("--images", type=count, help="rendered training images")
    parser.add_argument("--matching-steps", type=int, help="steps of the encoder and matching phase")
    parser.add_argument("--head-steps", type=int, help="steps of the NI head")
    parser.add_argument("--start-from", metavar="FILE", help="weights to go on from, or default")
    parser.add_argument("--rate", type=float, help="peak learning rate of the matching phase")
    parser.add_argument("--batch", type=count, help="crops a step")
    parser.add_argument("--calibration-images", type=count)
    parser.add_argument("--backbone", choices=("residua_s", "residua_test"))
    parser.set_defaults(train=_train_default)


def add_head_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of a head's training on another backbone."""
    parser.add_argument("--backbone", dest="name", required=True, metavar="NAME", help="timm's name")
    parser.add_argument(
        "--backbone-weights", required=True, metavar="FILE|hub", help="safetensors file, or hub"
    )
    add_out_folder(parser, "corpus, checkpoint and result")
    add_device(parser)
    parser.add_argument("--images", type=count, help="rendered training images")
    parser.add_argument("--head-steps", type=int)
    parser.add_argument("--batch", type=count, help="crops a step")
    parser.add_argument("--calibration-images", type=count)
    parser.set_defaults(train=_train_head)


def _train_default(arguments: argparse.Namespace) -> None:
    from core.services.training.default import TrainingPlan, train_default

    plan = TrainingPlan(**given_fields(arguments, TrainingPlan))
    path = train_default(plan, arguments.out, arguments.device, TerminalContext())
    print(f"weights written to {path}")


def _train_head(arguments: argparse.Namespace) -> None:
    from core.services.training.default import TrainingPlan, train_head

    plan, weights = TrainingPlan(**given_fields(arguments, TrainingPlan)), arguments.backbone_weights
    path = train_head(arguments.name, weights, plan, arguments.out, arguments.device, TerminalContext())
    detector = {
        "evidence": ["residual"],
        "weights": str(path),
        "backbone": arguments.name,
        "backbone_weights": weights,
    }
    print(
        f"weights written to {path}; a recipe that uses them:\n{json.dumps({'detector': detector}, indent=2)}"
    )
