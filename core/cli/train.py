"""`residua train`: make detector weights."""

import argparse
import logging

from core.cli.train_change import add_change_arguments
from core.cli.train_default import add_default_arguments, add_head_arguments
from core.cli.train_descriptors import add_descriptor_arguments
from core.cli.train_detector import add_detector_arguments
from core.cli.train_embedding import add_embedding_arguments
from core.cli.train_few_shot import add_few_shot_arguments
from core.cli.train_vad import add_vad_arguments

NAME = "train"
HELP = "train detector weights"

_KINDS = (
    ("default", "the shipped weights, from generated images only; resumable", add_default_arguments),
    ("head", "a detector on one of timm's backbones; resumable", add_head_arguments),
    ("detector", "a detector for one's own images; resumable", add_detector_arguments),
    (
        "fewshot",
        "a detector that names defects, from a few labelled images; resumable",
        add_few_shot_arguments,
    ),
    ("change", "the shipped comparison with references; resumable", add_change_arguments),
    ("embedding", "the shipped embedding of defects; resumable", add_embedding_arguments),
    ("descriptors", "the scales of what is measured on defects; no network", add_descriptor_arguments),
    ("vad", "a benchmark method on one's own defect-free images; resumable", add_vad_arguments),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    kinds = parser.add_subparsers(required=True, metavar="WHAT")
    for name, about, add in _KINDS:
        add(kinds.add_parser(name, help=about))


def run(arguments: argparse.Namespace) -> None:
    """Dispatch to what is trained."""
    logging.getLogger("core").setLevel(logging.INFO)
    arguments.train(arguments)
