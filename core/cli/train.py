"""`residua train`: make detector weights."""

import argparse
import json
import logging
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.cli.progress import TerminalContext
from core.cli.train_descriptors import add_descriptor_arguments
from core.cli.train_few_shot import add_few_shot_arguments
from core.cli.train_vad import add_vad_arguments
from core.domain.recipes import DetectorOptions, Recipe, read_recipe

if TYPE_CHECKING:
    from core.services.training.default import TrainingPlan

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
    default.add_argument("--start-from", metavar="FILE", help="weights to go on from, or default")
    default.add_argument("--rate", type=float, help="peak learning rate of the matching phase")
    default.add_argument("--batch", type=int, help="crops a step")
    default.add_argument("--calibration-images", type=int)
    default.add_argument("--backbone", choices=("residua_s", "residua_test"))
    default.set_defaults(train=_train_default)
    head = kinds.add_parser("head", help="a detector on one of timm's backbones; resumable")
    head.add_argument("--backbone", dest="name", required=True, metavar="NAME", help="timm's name")
    head.add_argument(
        "--backbone-weights", required=True, metavar="FILE|hub", help="safetensors file, or hub"
    )
    head.add_argument("--out", type=Path, required=True, metavar="DIR", help="corpus, checkpoint and result")
    head.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"))
    head.add_argument("--images", type=int, help="rendered training images")
    head.add_argument("--head-steps", type=int)
    head.add_argument("--batch", type=int, help="crops a step")
    head.add_argument("--calibration-images", type=int)
    head.set_defaults(train=_train_head)
    _add_detector_arguments(kinds.add_parser("detector", help="a detector for one's own images; resumable"))
    add_few_shot_arguments(
        kinds.add_parser(
            "fewshot", help="a detector that names defects, from a few labelled images; resumable"
        )
    )
    _add_change_arguments(
        kinds.add_parser("change", help="the shipped comparison with references; resumable")
    )
    _add_embedding_arguments(
        kinds.add_parser("embedding", help="the shipped embedding of defects; resumable")
    )
    add_descriptor_arguments(
        kinds.add_parser("descriptors", help="the scales of what is measured on defects; no network")
    )
    add_vad_arguments(
        kinds.add_parser("vad", help="a benchmark method on one's own defect-free images; resumable")
    )


def _add_detector_arguments(detector: argparse.ArgumentParser) -> None:
    detector.add_argument(
        "images",
        type=Path,
        nargs="+",
        metavar="IMAGES",
        help="folder, image files or CSV manifest of one product and layer, presumed defect-free",
    )
    detector.add_argument(
        "--out", type=Path, required=True, metavar="MODEL", help="weights file to write (.safetensors)"
    )
    detector.add_argument(
        "--recipe", type=Path, metavar="R", help="recipe file (JSON) with a training section"
    )
    detector.add_argument("--weights", metavar="FILE", help="weights to go on from; the recipe's if absent")
    detector.add_argument("--backbone", metavar="NAME", help="a new head on a backbone of timm's instead")
    detector.add_argument("--backbone-weights", metavar="FILE|hub", help="of that backbone")
    detector.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"))
    detector.set_defaults(train=_train_detector)


def _add_change_arguments(change: argparse.ArgumentParser) -> None:
    change.add_argument("--out", type=Path, required=True, metavar="DIR", help="pairs, checkpoint and result")
    change.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"))
    change.add_argument("--pairs", type=int, help="rendered training pairs")
    change.add_argument("--steps", type=int, help="steps of the network; 0: registered difference alone")
    change.add_argument("--rate", type=float, help="peak learning rate")
    change.add_argument("--batch", type=int, help="crops a step")
    change.add_argument("--side", type=int, help="of the rendered pairs, px")
    change.add_argument("--crop", type=int, help="side of a crop, px; a multiple of 32")
    change.add_argument("--calibration-pairs", type=int)
    change.add_argument("--form", choices=("intra_class", "out_of_class"), help="of the decoder")
    change.add_argument("--seed", type=int)
    change.set_defaults(train=_train_change)


def _add_embedding_arguments(embedding: argparse.ArgumentParser) -> None:
    embedding.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="crops, checkpoint and result"
    )
    embedding.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"))
    embedding.add_argument("--images", type=int, help="rendered defects to train on")
    embedding.add_argument("--steps", type=int, help="steps of the optimiser")
    embedding.add_argument("--batch", type=int, help="defects a step, each seen twice")
    embedding.add_argument("--rate", type=float, help="peak learning rate")
    embedding.add_argument("--seed", type=int, help="of everything")
    embedding.add_argument("--start-from", metavar="FILE", help="detector weights whose encoder it begins as")
    embedding.add_argument("--measured", type=int, help="rendered defects to measure on")
    embedding.add_argument(
        "--measure", type=Path, metavar="FILE", help="train nothing; measure these weights"
    )
    embedding.set_defaults(train=_train_embedding)


def run(arguments: argparse.Namespace) -> None:
    """Dispatch to what is trained."""
    logging.getLogger("core").setLevel(logging.INFO)
    arguments.train(arguments)


def _train_default(arguments: argparse.Namespace) -> None:
    from core.services.training.default import train_default

    path = train_default(_plan(arguments), arguments.out, arguments.device, TerminalContext())
    print(f"weights written to {path}")


def _train_head(arguments: argparse.Namespace) -> None:
    from core.services.training.default import train_head

    weights = arguments.backbone_weights
    path = train_head(
        arguments.name, weights, _plan(arguments), arguments.out, arguments.device, TerminalContext()
    )
    detector = {
        "evidence": ["residual"],
        "weights": str(path),
        "backbone": arguments.name,
        "backbone_weights": weights,
    }
    print(
        f"weights written to {path}; a recipe that uses them:\n{json.dumps({'detector': detector}, indent=2)}"
    )


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


def _train_change(arguments: argparse.Namespace) -> None:
    from core.services.training.change import ChangePlan, train_change

    plan = ChangePlan(**_given(arguments, ChangePlan))
    path = train_change(plan, arguments.out, arguments.device, TerminalContext())
    print(f"weights written to {path}")


def _train_embedding(arguments: argparse.Namespace) -> None:
    from core.services.training.embedding import train_default_embedding
    from core.services.training.embedding_candidates import figures_as_text, measure_embedding_file
    from core.services.training.embedding_plan import EmbeddingPlan

    plan, ctx = EmbeddingPlan(**_given(arguments, EmbeddingPlan)), TerminalContext()
    if arguments.measure:
        measured = measure_embedding_file(arguments.measure, plan, arguments.out, arguments.device, ctx)
    else:
        path, measured = train_default_embedding(plan, arguments.out, arguments.device, ctx)
        print(f"weights written to {path}")
    print(figures_as_text(measured))


def _start(arguments: argparse.Namespace) -> Recipe:
    """The recipe with what the command line gives; a backbone alone means a head of its own."""
    recipe = read_recipe(arguments.recipe) if arguments.recipe else Recipe()
    names = ("weights", "backbone", "backbone_weights")
    given = {name: value for name in names if (value := getattr(arguments, name)) is not None}
    if "backbone" in given:
        given = {"weights": "default", **given}
    detector = DetectorOptions.model_validate({**recipe.detector.model_dump(), **given})
    return recipe.model_copy(update={"detector": detector})


def _plan(arguments: argparse.Namespace) -> "TrainingPlan":
    """The default plan with what the command line gives."""
    from core.services.training.default import TrainingPlan

    return TrainingPlan(**_given(arguments, TrainingPlan))


def _given(arguments: argparse.Namespace, plan: type) -> dict[str, Any]:
    """Fields of a plan that the command line gives; the others keep their defaults."""
    return {
        field.name: value
        for field in fields(plan)
        if (value := getattr(arguments, field.name, None)) is not None
    }
