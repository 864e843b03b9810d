"""`residua benchmark fewshot`."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from core.cli.progress import TerminalContext
from core.domain.errors import UserError

if TYPE_CHECKING:
    from core.services.benchmarking.few_shot_samples import FewShotSet

_SHOTS = (1, 2, 5, 10)


def add_few_shot_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="shots, models and tables")
    parser.add_argument("--shots", type=int, nargs="+", default=_SHOTS, metavar="K", help="images a class")
    parser.add_argument(
        "--images", type=int, default=20, help="unseen images a class, twice as many defect-free"
    )
    parser.add_argument("--steps", type=int, help="of each training")
    parser.add_argument("--weights", metavar="FILE", help="detector that the own encoder is taken from")
    parser.add_argument("--clip", metavar="NAME", help="open_clip's name of a ViT; the own encoder if absent")
    parser.add_argument("--clip-weights", metavar="FILE|hub", help="of CLIP")
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="folder with public data sets, if there are any"
    )
    parser.add_argument("--sets", nargs="+", metavar="NAME", help="only these sets")
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"))
    parser.add_argument("--docs", type=Path, metavar="FILE", help="put the tables into this page, CSV beside")
    parser.set_defaults(benchmark=_benchmark_few_shot)


def _benchmark_few_shot(arguments: argparse.Namespace) -> None:
    from core.services.benchmarking.few_shot import FewShotRun, benchmark_few_shot
    from core.services.benchmarking.few_shot_page import write_few_shot_block
    from core.services.few_shot.plan import FewShotPlan

    if arguments.images < 1 or min(arguments.shots) < 1:
        raise UserError("A benchmark of few-shot learning needs at least one image and one shot a class.")
    given = {
        name: value
        for name in ("steps", "weights", "clip", "clip_weights")
        if (value := getattr(arguments, name)) is not None
    }
    shots = tuple(sorted(set(arguments.shots)))
    run = FewShotRun(arguments.out, shots, arguments.images, FewShotPlan(**given), arguments.device)
    sets = _chosen_sets(arguments)
    rows, heads = benchmark_few_shot(sets, run, TerminalContext())
    page = arguments.docs or arguments.out / "few-shot.md"
    write_few_shot_block(rows, heads, sets, page, command=_command(arguments))
    print(page.read_text(encoding="utf-8"))


def _chosen_sets(arguments: argparse.Namespace) -> "list[FewShotSet]":
    from core.services.benchmarking.few_shot_sets import few_shot_sets

    sets = few_shot_sets(arguments.data)
    names = arguments.sets or [one.name for one in sets]
    if unknown := [name for name in names if name not in {one.name for one in sets}]:
        raise UserError(
            f"There is no set named {', '.join(unknown)}.", f"Sets: {', '.join(one.name for one in sets)}."
        )
    return [one for one in sets if one.name in names]


def _command(arguments: argparse.Namespace) -> str:
    """What reproduces the tables, without the paths of this machine."""
    parts = [f"residua benchmark fewshot --out DIR --images {arguments.images}"]
    parts += [f"--shots {' '.join(map(str, arguments.shots))}"] if tuple(arguments.shots) != _SHOTS else []
    parts += [f"--steps {arguments.steps}"] if arguments.steps else []
    parts += ["--weights FILE"] if arguments.weights else []
    parts += [f"--clip {arguments.clip} --clip-weights FILE"] if arguments.clip else []
    parts += ["--data DATA"] if arguments.data else []
    parts += [f"--sets {' '.join(arguments.sets)}"] if arguments.sets else []
    parts += [f"--device {arguments.device}"] if arguments.device != "auto" else []
    return " ".join([*parts, "--docs docs/few-shot.md"])
