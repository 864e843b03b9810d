"""`residua train fewshot`."""

import argparse
from dataclasses import fields
from pathlib import Path

from core.cli.progress import TerminalContext


def add_few_shot_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument(
        "shots",
        type=Path,
        metavar="SHOTS",
        help="folder of labelled images, or one with images/, masks/ and labels.csv",
    )
    parser.add_argument(
        "--labels", type=Path, metavar="CSV", help="table image,label[,mask]; SHOTS/labels.csv if absent"
    )
    parser.add_argument("--masks", type=Path, metavar="DIR", help="masks by the names of the images")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="MODEL", help="weights file to write (.safetensors)"
    )
    parser.add_argument("--clip", metavar="NAME", help="open_clip's name of a ViT; the own encoder if absent")
    parser.add_argument("--clip-weights", metavar="FILE|hub", help="of CLIP, a .safetensors file")
    parser.add_argument("--prompts", type=Path, metavar="YAML", help="what CLIP is told of each class")
    parser.add_argument("--weights", metavar="FILE", help="detector that the own encoder is taken from")
    parser.add_argument("--side", type=int, help="of CLIP's input in px")
    parser.add_argument(
        "--input-size", type=int, help="longer side in px at which the own encoder sees an image"
    )
    parser.add_argument("--steps", type=int, help="of the optimiser; without CLIP at most five a shot")
    parser.add_argument("--batch", type=int, help="images a step; with CLIP places")
    parser.add_argument("--rate", type=float, help="peak learning rate")
    parser.add_argument("--held-back", type=float, help="share of the shots that is calibrated on, with CLIP")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"))
    parser.set_defaults(train=_train_few_shot)


def _train_few_shot(arguments: argparse.Namespace) -> None:
    from core.services.few_shot.labelled import read_labelled
    from core.services.few_shot.plan import FewShotPlan
    from core.services.training.few_shot import train_few_shot

    names = [field.name for field in fields(FewShotPlan)]
    given = {name: value for name in names if (value := getattr(arguments, name)) is not None}
    ctx = TerminalContext()
    labelled = read_labelled(arguments.shots, arguments.labels, arguments.masks, ctx)
    made = train_few_shot(labelled, arguments.out, FewShotPlan(**given), arguments.device, ctx)
    counts = ", ".join(f"{count} {name}" for name, count in made.shots.items())
    text = made.recipe.model_dump_json(indent=2, exclude_defaults=True)
    print(
        f"few-shot model written to {made.path}; learned from {counts}\ncuts from {made.calibrated_on}\n"
        f"texts: {made.text}\na recipe that uses it:\n{text}"
    )
