"""The threshold sweep of the rules that count components: on a small grid, the winner applied at full size."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeAlias

import cv2
import numpy as np

from core.domain.arrays import BoolArray, FloatArray
from core.segmentation.components import label_components

SWEEP_SIDE = 112
"""Cells a side at most: a sweep costs about a tenth there of what it costs on 448 × 448 pixels."""

Run: TypeAlias = tuple[int, int]
"""First and last threshold of a run, as indices."""


def block_px(shape_hw: tuple[int, ...]) -> int:
    """Side of the square blocks that become one cell each; 1 where the map is small enough as it is."""
    return max(1, -(-max(shape_hw) // SWEEP_SIDE))


def pool_highest(values: FloatArray, block: int) -> FloatArray:
    """Highest value of each block of `block` × `block` pixels; blocks at the far edges may be cut off.

    The mean would lose a defect that is smaller than a block. The price: components that are less than a block
    apart may count as one.

    Returns:
        (ceil(H / block), ceil(W / block)) float32.
    """
    if block == 1:
        return values
    highest = cv2.dilate(values, np.ones((block, block), dtype=np.uint8), anchor=(0, 0))  # right of and below
    return np.ascontiguousarray(highest[::block, ::block], dtype=np.float32)


def spread_cells(cells: FloatArray, block: int, shape_hw: tuple[int, ...]) -> FloatArray:
    """Every cell's value on all pixels of its block: the way back from `pool_highest` to (H, W)."""
    if block == 1:
        return cells
    return cells.repeat(block, axis=0).repeat(block, axis=1)[: shape_hw[0], : shape_hw[1]]


def sweep(cells: FloatArray, thresholds: FloatArray) -> tuple[list[BoolArray], list[int]]:
    """Cut at each threshold.

    Args:
        cells: (h, w) float32.
        thresholds: (T,) descending; a cell that equals one passes it.

    Returns:
        The T masks, each inside the next, and how many 8-connected components each has.
    """
    masks = [cells >= threshold for threshold in thresholds]
    return masks, [label_components(mask)[0] for mask in masks]


def stable_runs(counts: Sequence[int], epsilon: int) -> list[Run]:
    """Maximal runs between whose thresholds the count changes by at most `epsilon`; they cover all thresholds."""
    breaks = [index for index, (a, b) in enumerate(pairwise(counts)) if abs(b - a) > epsilon]
    firsts = [0, *(index + 1 for index in breaks)]
    return list(zip(firsts, [*breaks, len(counts) - 1], strict=True))


def longest_run(runs: Sequence[Run], settle: Callable[[Run], float]) -> Run:
    """The longest run; of equally long ones that which `settle` rates highest, then the first."""
    longest = max(last - first for first, last in runs)
    return max((run for run in runs if run[1] - run[0] == longest), key=settle)
