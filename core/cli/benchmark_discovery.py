"""`residua benchmark discovery` and `residua benchmark counting`."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from core.cli.arguments import add_device, add_out_folder, add_recipe, recipe_of
from core.cli.progress import TerminalContext
from core.domain.errors import UserError

if TYPE_CHECKING:
    from core.services.benchmarking.discovery_contenders import DiscoveryContender
    from core.services.benchmarking.discovery_sets import DiscoverySet

_LEAST_IMAGES = 40


def add_discovery_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `benchmark discovery`."""
    add_out_folder(parser, "images and tables")
    parser.add_argument("--images", type=int, default=150, help="images a set, at least 40")
    add_recipe(parser)
    add_device(parser)
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="folder with public data sets, if there are any"
    )
    parser.add_argument("--sets", nargs="+", metavar="NAME", help="only these sets")
    parser.add_argument("--contenders", nargs="+", metavar="NAME", help="only these contenders")
    parser.add_argument(
        "--docs", type=Path, metavar="FILE", help="put the tables into this page, plot and CSV beside"
    )
    parser.set_defaults(benchmark=_benchmark_discovery)


def add_counting_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `benchmark counting`."""
    add_out_folder(parser, "the table")
    parser.add_argument("--sets", type=int, default=20, help="made-up sets for each amount of labels")
    parser.add_argument("--docs", type=Path, metavar="FILE", help="put the table into this page")
    parser.set_defaults(benchmark=_benchmark_counting)


def _benchmark_discovery(arguments: argparse.Namespace) -> None:
    from core.services.benchmarking.discovery_measuring import benchmark_discovery
    from core.services.benchmarking.discovery_page import write_discovery_block

    if arguments.images < _LEAST_IMAGES:
        raise UserError(f"A benchmark of discovery needs at least {_LEAST_IMAGES} images a set.")
    recipe = recipe_of(arguments)
    rows = benchmark_discovery(
        arguments.out,
        arguments.images,
        _chosen_sets(arguments),
        _chosen_contenders(arguments),
        recipe,
        arguments.device,
        TerminalContext(),
    )
    page = arguments.docs or arguments.out / "discovery.md"
    write_discovery_block(rows, page, command=_command(arguments))
    print(page.read_text(encoding="utf-8"))


def _benchmark_counting(arguments: argparse.Namespace) -> None:
    from core.services.benchmarking.counting import benchmark_counting
    from core.services.benchmarking.discovery_page import write_counting_block

    if arguments.sets < 1:
        raise UserError("A benchmark of counting needs at least one set.")
    rows = benchmark_counting(arguments.sets, TerminalContext())
    page = arguments.docs or arguments.out / "counting.md"
    command = f"residua benchmark counting --out DIR --sets {arguments.sets} --docs docs/discovery.md"
    write_counting_block(rows, page, command=command, sets=arguments.sets)
    print(page.read_text(encoding="utf-8"))


def _chosen_sets(arguments: argparse.Namespace) -> "list[DiscoverySet]":
    from core.services.benchmarking.discovery_sets import discovery_sets

    sets = {one.name: one for one in discovery_sets(arguments.data)}
    return [sets[name] for name in _known_names(arguments.sets, list(sets), "set")]


def _chosen_contenders(arguments: argparse.Namespace) -> "list[DiscoveryContender]":
    from core.services.benchmarking.discovery_contenders import discovery_contenders

    contenders = {one.name: one for one in discovery_contenders()}
    return [contenders[name] for name in _known_names(arguments.contenders, list(contenders), "contender")]


def _known_names(wanted: list[str] | None, there: list[str], what: str) -> list[str]:
    unknown = [name for name in wanted or [] if name not in there]
    if unknown:
        raise UserError(f"There is no {what} named {', '.join(unknown)}.", f"There are: {', '.join(there)}.")
    return [name for name in there if wanted is None or name in wanted]


def _command(arguments: argparse.Namespace) -> str:
    """What reproduces the tables, without the paths of this machine."""
    parts = [f"residua benchmark discovery --out DIR --images {arguments.images}"]
    parts += ["--recipe R"] if arguments.recipe else []
    parts += ["--data DATA"] if arguments.data else []
    parts += [f"--sets {' '.join(arguments.sets)}"] if arguments.sets else []
    parts += [f"--contenders {' '.join(map(repr, arguments.contenders))}"] if arguments.contenders else []
    return " ".join([*parts, "--docs docs/discovery.md"])
