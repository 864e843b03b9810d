"""`residua benchmark klarf`."""

import argparse
from pathlib import Path

from core.cli.arguments import add_out_folder
from core.cli.progress import TerminalContext
from core.domain.errors import UserError


def add_klarf_benchmark_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    add_out_folder(parser, "generated files and the table")
    parser.add_argument("--defects", type=int, default=100_000, help="of a generated file")
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="folder of KLARF files to read and write too"
    )
    parser.add_argument("--docs", type=Path, metavar="FILE", help="put the table into this page, CSV beside")
    parser.set_defaults(benchmark=_benchmark_klarf)


def _benchmark_klarf(arguments: argparse.Namespace) -> None:
    from core.services.benchmarking.klarf import benchmark_klarf, write_klarf_block

    if arguments.defects < 1:
        raise UserError("A benchmark needs at least one defect.")
    figures = benchmark_klarf(arguments.out, arguments.defects, arguments.data, TerminalContext())
    page = arguments.docs or arguments.out / "klarf.md"
    data = " --data DATA" if arguments.data else ""
    command = f"residua benchmark klarf --out DIR --defects {arguments.defects}{data} --docs docs/klarf.md"
    write_klarf_block(figures, page, command=command)
    print(page.read_text(encoding="utf-8"))
