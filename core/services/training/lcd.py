"""Display panels, rendered ahead: what the networks of the SynLCD tables are trained and tested on."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.change.training.pairs import PairSet
from core.jobs import JobContext
from core.services.training.rendering import ArrayFile, render_arrays
from core.synthesis.lcd import PATTERNS, LcdKind, render_lcd_pair

Panel = NDArray[np.uint8]

KINDS: tuple[LcdKind, ...] = ("line", "points", "mixed", "clean")
"""By turns: pair i shows KINDS[i % 4]."""
UNSEEN_PATTERNS = ("many_blocks", "color_map", "portrait")
"""Tested on; the seven others are trained on."""
_TEST_SEEDS = 500_000


@dataclass(frozen=True, slots=True)
class LcdPlan:
    """Sizes and seeds.

    Attributes:
        side: of each panel, px.
        train_pairs, test_pairs: rendered; a quarter each shows lines, points, both, nothing.
        steps: of each network that starts from nothing.
        tuning_steps: of each that goes on with few labels of a class it did not know.
        crop, batch: of a training step.
        rate: peak learning rate.
        seed: of everything.
    """

    side: int = 512
    train_pairs: int = 4200
    test_pairs: int = 400
    steps: int = 20_000
    tuning_steps: int = 2_000
    crop: int = 256
    batch: int = 8
    rate: float = 1e-3
    seed: int = 1


def render_lcd(plan: LcdPlan, out: Path, ctx: JobContext) -> None:
    """Render both splits into `out`; goes on where a call stopped.

    Raises:
        UserError: the folder holds pairs of another plan.
        JobCancelled: stopped between chunks; what is rendered stays.
    """
    square = (plan.side, plan.side)
    files = (
        ArrayFile("tests", np.uint8, (*square, 3)),
        ArrayFile("references", np.uint8, (*square, 3)),
        ArrayFile("masks", np.uint8, square),
    )
    seen = tuple(name for name in PATTERNS if name not in UNSEEN_PATTERNS)
    splits = {"train": (plan.train_pairs, 0, seen), "test": (plan.test_pairs, _TEST_SEEDS, UNSEEN_PATTERNS)}
    for split, (count, first, patterns) in splits.items():
        seed = plan.seed * 1_000_000 + first
        render = partial(_render_one, seed, patterns, plan.side)
        begun = {"side": plan.side, "seed": seed, "patterns": list(patterns)}
        render_arrays(out / split, begun, count, files, render, ctx)


def _render_one(seed: int, patterns: tuple[str, ...], side: int, index: int) -> tuple[Panel, Panel, Panel]:
    pattern = patterns[(index // len(KINDS)) % len(patterns)]
    pair = render_lcd_pair(seed + index, pattern=pattern, kind=KINDS[index % len(KINDS)], side=side)
    return pair.test, pair.reference, pair.classes


def members_of(count: int, kinds: tuple[LcdKind, ...], share: float = 1.0) -> list[int]:
    """Numbers of the pairs of a split that show one of the kinds, the first `share` of each kind."""
    chosen: list[int] = []
    for kind in kinds:
        every = range(KINDS.index(kind), count, len(KINDS))
        chosen += every[: max(1, round(share * len(every)))]
    return sorted(chosen)


def pairs_of(source: PairSet, kinds: tuple[LcdKind, ...]) -> Iterator[tuple[Panel, Panel, Panel]]:
    """(S, S, 3) test and reference, (S, S) classes of the pairs of a split that show one of the kinds."""
    for index in members_of(len(source.tests), kinds):
        test, reference = np.asarray(source.tests[index]), np.asarray(source.references[index])
        yield test, reference, np.asarray(source.masks[index], np.uint8)
