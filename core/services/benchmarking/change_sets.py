"""Pairs whose changes are known: generated ones of layouts that no training saw, and public real ones.

Source:
    DeepPCB: Tang et al. 2019, github.com/tangsanli5201/DeepPCB.
    Wafer pairs: github.com/nadavleh/wafer-defect-detection.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from core.domain.arrays import BoolArray, GrayImage
from core.lots import read_gray
from core.services.training.pairs import PairPlan, sample_pair
from core.synthesis import FAMILIES

Box = tuple[int, int, int, int]
"""x1, y1, x2, y2 in pixels of the test."""

_SEED = 660_000_000
_SIDE = 448
_CENTRE_REACH_PX = 15
_SHIFT_PX = 8


@dataclass(frozen=True, slots=True)
class ChangeCase:
    """One pair, and where it changed; no box where it did not."""

    test: GrayImage
    reference: GrayImage
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """Pairs of one kind.

    Attributes:
        content: what they show, for the page.
        cases: of a number of pairs that is wanted at most.
    """

    name: str
    content: str
    cases: Callable[[int], Iterator[ChangeCase]]


def change_sets(data: Path | None) -> list[ChangeSet]:
    """The sets that can be had here.

    Args:
        data: folder with public data sets, if there are any.
    """
    sets = [_generated(process) for process in ("beol", "dep", "dpr")]
    pcb = None if data is None else data / "deeppcb"
    if pcb is not None and pcb.is_dir():
        sets.append(
            ChangeSet("deeppcb", "binary pictures of boards beside their templates", partial(_pcb, pcb, 0))
        )
        moved = f"the same, templates moved by up to ±{_SHIFT_PX} px along each axis"
        sets.append(ChangeSet("deeppcb-moved", moved, partial(_pcb, pcb, _SHIFT_PX)))
    wafers = None if data is None else data / "wafer_pairs"
    if wafers is not None and (wafers / "defect_locations.txt").is_file():
        sets.append(
            ChangeSet("wafer-pairs", "real wafer images beside another die's", partial(_wafers, wafers))
        )
    return sets


def _generated(process: str) -> ChangeSet:
    families = tuple(name for name, one in FAMILIES.items() if one.held_out and one.process == process)
    plan = PairPlan(
        0, _SIDE, 12.0, _SEED, families, tuple({kind for name in families for kind in FAMILIES[name].kinds})
    )
    content = f"generated pairs of {', '.join(families)}, shifted by up to 12 px, about 40 % unchanged"
    return ChangeSet(f"{process}-held-out", content, partial(_render, plan))


def _render(plan: PairPlan, count: int) -> Iterator[ChangeCase]:
    for index in range(count):
        pair = sample_pair(plan, index)
        yield ChangeCase(pair.test.image, pair.reference.image, _boxes_of(pair.test.mask))


def _boxes_of(mask: BoolArray) -> tuple[Box, ...]:
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    return tuple((int(x), int(y), int(x + w), int(y + h)) for x, y, w, h, _ in stats[1:])


def _pcb(root: Path, shift_px: int, count: int) -> Iterator[ChangeCase]:
    tests = sorted(root.rglob("*_test.jpg"))
    step = max(1, len(tests) // count)
    for number, path in enumerate(tests[::step][:count]):
        template = read_gray(path.with_name(path.name.replace("_test", "_temp")))
        dx, dy = np.random.default_rng(number).integers(-shift_px, shift_px + 1, 2)
        matrix = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
        size = (template.shape[1], template.shape[0])
        moved = (
            cv2.warpAffine(template, matrix, size, borderMode=cv2.BORDER_REFLECT) if shift_px else template
        )
        truth = path.parent.with_name(f"{path.parent.name}_not") / path.name.replace("_test.jpg", ".txt")
        yield ChangeCase(read_gray(path), moved, tuple(_pcb_boxes(truth)))


def _pcb_boxes(truth: Path) -> Iterator[Box]:
    for line in truth.read_text(encoding="utf-8").splitlines():
        x1, y1, x2, y2 = (int(text) for text in re.split(r"[\s,]+", line.strip())[:4])
        yield x1, y1, x2, y2


def _wafers(root: Path, count: int) -> Iterator[ChangeCase]:
    centres: dict[int, list[Box]] = {}
    case = 0
    reach = _CENTRE_REACH_PX
    for line in (root / "defect_locations.txt").read_text(encoding="utf-8").splitlines():
        if named := re.match(r"case (\d+)", line):
            case = int(named[1])
        elif found := re.search(r"x=(\d+),\s*y=(\d+)", line):
            x, y = int(found[1]), int(found[2])
            centres.setdefault(case, []).append((x - reach, y - reach, x + reach, y + reach))
    for path in sorted(root.glob("case*_inspected_image.tif"))[:count]:
        number = int(re.findall(r"\d+", path.name)[0])
        reference = path.with_name(path.name.replace("inspected", "reference"))
        yield ChangeCase(read_gray(path), read_gray(reference), tuple(centres.get(number, ())))
