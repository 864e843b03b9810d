"""`residua benchmark`: figures and timings of detection and discovery."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from core.cli.arguments import add_device, add_out_folder, add_recipe, recipe_of
from core.cli.benchmark_change import add_change_arguments
from core.cli.benchmark_discovery import add_counting_arguments, add_discovery_arguments
from core.cli.benchmark_few_shot import add_few_shot_arguments
from core.cli.benchmark_klarf import add_klarf_benchmark_arguments
from core.cli.benchmark_vad import add_vad_arguments
from core.cli.progress import TerminalContext
from core.domain.errors import UserError

if TYPE_CHECKING:
    from core.services.benchmarking.sets import BenchmarkSet

NAME = "benchmark"
HELP = "measure detection, comparison or discovery on images whose truth is known"


_LEAST_IMAGES = 4


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    kinds = parser.add_subparsers(required=True, metavar="WHAT")
    detection = kinds.add_parser("detection", help="figures, time and memory by process family")
    add_out_folder(detection, "images, results and tables")
    detection.add_argument("--images", type=int, default=120, help="images a set, at least 4")
    add_recipe(detection)
    add_device(detection)
    detection.add_argument(
        "--data", type=Path, metavar="DIR", help="folder with public data sets, if there are any"
    )
    detection.add_argument("--sets", nargs="+", metavar="NAME", help="only these sets")
    detection.add_argument(
        "--rivals",
        action="store_true",
        help="also ablations and detectors without weights, on the held-out sets",
    )
    detection.add_argument(
        "--docs", type=Path, metavar="FILE", help="write the page here, with plots and a CSV"
    )
    detection.add_argument(
        "--card", type=Path, metavar="FILE", help="put the figures into this JSON card of weights"
    )
    detection.set_defaults(benchmark=_benchmark_detection)
    add_change_arguments(kinds.add_parser("change", help="comparison with references, against simpler ones"))
    add_discovery_arguments(kinds.add_parser("discovery", help="classes found, against rivals, by set"))
    add_vad_arguments(kinds.add_parser("vad", help="methods that learn from normal images, side by side"))
    add_klarf_benchmark_arguments(kinds.add_parser("klarf", help="opening and writing KLARF files"))
    add_few_shot_arguments(kinds.add_parser("fewshot", help="few-shot learning, by the number of shots"))
    add_counting_arguments(kinds.add_parser("counting", help="rules for the number of classes"))


def run(arguments: argparse.Namespace) -> None:
    """Dispatch to what is measured."""
    arguments.benchmark(arguments)


def _benchmark_detection(arguments: argparse.Namespace) -> None:
    from core.services.benchmarking import benchmark_detection, plan_runs, write_figures, write_page

    if arguments.images < _LEAST_IMAGES:
        raise UserError(f"A benchmark needs at least {_LEAST_IMAGES} images a set.")
    recipe = recipe_of(arguments)
    runs = plan_runs(_chosen_sets(arguments), recipe, with_rivals=arguments.rivals)
    rows = benchmark_detection(arguments.out, arguments.images, runs, arguments.device, TerminalContext())
    page = arguments.docs or arguments.out / "detection.md"
    write_page(rows, page, command=_command(arguments), count=arguments.images)
    if arguments.card:
        write_figures(rows, arguments.card)
    print(page.read_text(encoding="utf-8"))


def _chosen_sets(arguments: argparse.Namespace) -> "list[BenchmarkSet]":
    from core.services.benchmarking import benchmark_sets

    sets = benchmark_sets(arguments.data)
    names = arguments.sets or [one.name for one in sets]
    unknown = [name for name in names if name not in {one.name for one in sets}]
    if unknown:
        raise UserError(
            f"There is no set named {', '.join(unknown)}.", f"Sets: {', '.join(one.name for one in sets)}."
        )
    return [one for one in sets if one.name in names]


def _command(arguments: argparse.Namespace) -> str:
    """What reproduces the page, without the paths of this machine."""
    parts = [f"residua benchmark detection --out DIR --images {arguments.images}"]
    parts += ["--recipe R"] if arguments.recipe else []
    parts += ["--data DATA"] if arguments.data else []
    parts += [f"--sets {' '.join(arguments.sets)}"] if arguments.sets else []
    parts += ["--rivals"] if arguments.rivals else []
    return " ".join([*parts, "--docs docs/benchmarks.md"])
