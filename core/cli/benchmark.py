"""`residua benchmark`: figures and timings of the default detector."""

import argparse
from pathlib import Path

from core.cli.progress import TerminalContext

NAME = "benchmark"
HELP = "measure the detector on images whose truth is known"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    kinds = parser.add_subparsers(required=True, metavar="WHAT")
    detection = kinds.add_parser("detection", help="figures, time and memory by process family")
    detection.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="images, results and tables"
    )
    detection.add_argument("--images", type=int, default=120, help="images a set")
    detection.add_argument("--recipe", type=Path, metavar="R")
    detection.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"))
    detection.add_argument("--docs", type=Path, metavar="FILE", help="also write the page here")
    detection.set_defaults(benchmark=_benchmark_detection)


def run(arguments: argparse.Namespace) -> None:
    """Dispatch to what is measured."""
    arguments.benchmark(arguments)


def _benchmark_detection(arguments: argparse.Namespace) -> None:
    from core.services.benchmarking import benchmark_detection, render_table

    rows = benchmark_detection(
        arguments.out, arguments.images, arguments.recipe, arguments.device, TerminalContext()
    )
    page = render_table(rows, arguments.images)
    if arguments.docs:
        arguments.docs.write_text(page, encoding="utf-8")
    print(page)
