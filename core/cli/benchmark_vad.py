"""`residua benchmark vad`."""

import argparse
from pathlib import Path
from typing import get_args

from core.cli.arguments import add_device, add_out_folder
from core.cli.progress import TerminalContext
from core.domain.errors import UserError
from core.domain.recipes import LearnedMethod

_GENERATED_IMAGES = 120
_LEAST_IMAGES = 8


def add_vad_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    add_out_folder(parser, "models, results and the table")
    parser.add_argument(
        "--data",
        type=Path,
        metavar="ROOT",
        help="data in MIIC's, MVTec's or the magnetic tiles' layout; else generated",
    )
    parser.add_argument("--generated", action="store_true", help="the generated set beside that of --data")
    parser.add_argument(
        "--methods",
        nargs="+",
        choices=get_args(LearnedMethod),
        metavar="NAME",
        help="only these; all if absent",
    )
    parser.add_argument(
        "--images", type=int, metavar="N", help="at most N images to learn from, and N to test on, a set"
    )
    parser.add_argument(
        "--side", type=int, help="px of the squares that methods see, at most; a power of two"
    )
    parser.add_argument("--steps", type=int, help="of a training, at most")
    parser.add_argument("--backbone", metavar="NAME", help="timm's name; the shipped encoder if absent")
    parser.add_argument("--backbone-weights", metavar="FILE|hub|random|own", help="of that backbone")
    add_device(parser, "cpu")
    parser.add_argument("--docs", type=Path, metavar="FILE", help="put the tables into this page, CSV beside")
    parser.set_defaults(benchmark=_benchmark_vad)


def _benchmark_vad(arguments: argparse.Namespace) -> None:
    from core.services.benchmarking.vad import VadLimits, benchmark_vad
    from core.services.benchmarking.vad_page import write_vad_block
    from core.services.benchmarking.vad_sets import generated_set, vad_sets

    if arguments.images is not None and arguments.images < _LEAST_IMAGES:
        raise UserError(f"A benchmark needs at least {_LEAST_IMAGES} images.")
    sets = []
    if arguments.generated or arguments.data is None:
        sets.append(
            generated_set(arguments.out / "generated" / "data", arguments.images or _GENERATED_IMAGES)
        )
    if arguments.data is not None:
        sets += [one.at_most(arguments.images) for one in vad_sets(arguments.data)]
    limits = VadLimits(arguments.side, arguments.steps, arguments.backbone, arguments.backbone_weights)
    methods = arguments.methods or get_args(LearnedMethod)
    rows = benchmark_vad(sets, methods, limits, arguments.out, arguments.device, TerminalContext())
    page = arguments.docs or arguments.out / "vad.md"
    write_vad_block(rows, page, sets, command=_command(arguments))
    print(page.read_text(encoding="utf-8"))


def _command(arguments: argparse.Namespace) -> str:
    """What reproduces the tables, without the paths of this machine."""
    parts = ["residua benchmark vad --out DIR"]
    parts += ["--data DATA"] if arguments.data else []
    parts += ["--generated"] if arguments.generated and arguments.data else []
    parts += [f"--methods {' '.join(arguments.methods)}"] if arguments.methods else []
    for name in ("images", "side", "steps", "backbone"):
        value = getattr(arguments, name)
        parts += [f"--{name} {value}"] if value is not None else []
    parts += ["--backbone-weights FILE"] if arguments.backbone_weights else []
    return " ".join([*parts, "--docs docs/vad.md"])
