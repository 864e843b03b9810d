"""`residua benchmark change`."""

import argparse
from pathlib import Path

from core.cli.arguments import add_device, add_out_folder, add_recipe, recipe_of
from core.cli.progress import TerminalContext
from core.domain.errors import UserError

_LCD_OPTIONS = {
    "side": "of a panel, px",
    "train_pairs": "panels to train on",
    "test_pairs": "panels to test on",
    "steps": "of each network",
    "tuning_steps": "with a share of labels",
    "crop": "of a step, px, a multiple of 32",
    "batch": "crops a step",
    "rate": "peak learning rate",
    "seed": "of everything",
}
"""Fields of the plan that the command line may give."""


def add_change_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    add_out_folder(parser, "the table")
    parser.add_argument("--pairs", type=int, default=60, help="pairs a set at most")
    add_recipe(parser)
    add_device(parser)
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="folder with public data sets, if there are any"
    )
    parser.add_argument("--sets", nargs="+", metavar="NAME", help="only these sets")
    parser.add_argument("--docs", type=Path, metavar="FILE", help="put the table into this page, CSV beside")
    parser.add_argument(
        "--synlcd", action="store_true", help="CADNet's tables on display panels instead; trains, resumable"
    )
    for name, meaning in _LCD_OPTIONS.items():
        kind = float if name == "rate" else int
        parser.add_argument(f"--{name.replace('_', '-')}", type=kind, help=f"with --synlcd: {meaning}")
    parser.set_defaults(benchmark=_benchmark_change)


def _benchmark_change(arguments: argparse.Namespace) -> None:
    from core.services.benchmarking.change import benchmark_change, write_change_block
    from core.services.benchmarking.change_contenders import change_contenders
    from core.services.benchmarking.change_sets import change_sets

    if arguments.synlcd:
        _benchmark_lcd(arguments)
        return
    if arguments.pairs < 1:
        raise UserError("A benchmark needs at least one pair a set.")
    available = change_sets(arguments.data)
    names = arguments.sets or [one.name for one in available]
    if unknown := set(names) - {one.name for one in available}:
        known = ", ".join(one.name for one in available)
        raise UserError(f"There is no set named {', '.join(sorted(unknown))}.", f"Sets: {known}.")
    sets = [one for one in available if one.name in names]
    recipe = recipe_of(arguments)
    rows = benchmark_change(
        sets, change_contenders(recipe, arguments.device), arguments.pairs, TerminalContext()
    )
    page = arguments.docs or arguments.out / "change.md"
    write_change_block(rows, page, sets, command=_command(arguments))
    print(page.read_text(encoding="utf-8"))


def _benchmark_lcd(arguments: argparse.Namespace) -> None:
    from core.services.benchmarking.change_lcd import benchmark_lcd
    from core.services.benchmarking.change_lcd_page import write_lcd_block
    from core.services.training.lcd import LcdPlan

    given = {name: value for name in _LCD_OPTIONS if (value := getattr(arguments, name)) is not None}
    plan = LcdPlan(**given)
    figures = benchmark_lcd(plan, arguments.out, arguments.device, TerminalContext())
    options = "".join(f" --{name.replace('_', '-')} {value}" for name, value in given.items())
    page = arguments.docs or arguments.out / "change.md"
    command = f"residua benchmark change --synlcd --out DIR{options} --docs docs/references.md"
    write_lcd_block(figures, plan, page, command=command)
    print(page.read_text(encoding="utf-8"))


def _command(arguments: argparse.Namespace) -> str:
    """What reproduces the table, without the paths of this machine."""
    parts = [f"residua benchmark change --out DIR --pairs {arguments.pairs}"]
    parts += ["--recipe R"] if arguments.recipe else []
    parts += ["--data DATA"] if arguments.data else []
    parts += [f"--sets {' '.join(arguments.sets)}"] if arguments.sets else []
    return " ".join([*parts, "--docs docs/references.md"])
