"""Sparse wires with corners and dead ends on open ground."""

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.synthesis.drawing import Frame, draw_boxes
from core.synthesis.layout import Layout
from core.synthesis.layouts.beol_routing import Box
from core.synthesis.layouts.materials import assemble, make_layer, sample_palette
from core.synthesis.randomness import Rng, chance, log_uniform, uniform

Grid: TypeAlias = NDArray[np.bool_]


def sparse_routing(rng: Rng, frame: Frame) -> Layout:
    """Wires with corners and dead ends on open ground, with a few wide trunks."""
    pitch = log_uniform(rng, 12, 44)
    width = pitch * uniform(rng, 0.35, 0.6)
    palette = sample_palette(rng, min(width, pitch - width))
    mask = frame.blank()
    grid = np.zeros(
        (math.ceil(frame.extent_wh[1] / pitch) + 2, math.ceil(frame.extent_wh[0] / pitch) + 2), bool
    )
    boxes: list[Box] = []
    for _ in range(int(rng.integers(0, 4))):
        boxes += _trunk(rng, grid, pitch, width)
    for _ in range(int(grid.size * uniform(rng, 0.03, 0.2))):
        boxes += _walk(rng, grid, pitch, width)
    draw_boxes(mask, frame, boxes)
    return assemble(rng, frame, palette, [make_layer(palette, "lines", mask)], pitch)


def _trunk(rng: Rng, grid: Grid, pitch: float, width: float) -> list[Box]:
    rows = int(rng.integers(1, 3))
    row = int(rng.integers(0, grid.shape[0] - rows))
    if grid[row : row + rows].any():
        return []
    grid[max(row - 1, 0) : row + rows + 1] = True
    thick = width + (rows - 1) * pitch
    return [(-pitch, row * pitch, grid.shape[1] * pitch, row * pitch + thick)]


def _walk(rng: Rng, grid: Grid, pitch: float, width: float) -> list[Box]:
    """One wire of one to four straight runs over free cells; neighbours stay free."""
    row, column = int(rng.integers(grid.shape[0])), int(rng.integers(grid.shape[1]))
    boxes: list[Box] = []
    path: list[tuple[int, int]] = []
    horizontal = chance(rng, 0.65)
    for _ in range(int(rng.integers(1, 5))):
        target = int(rng.integers(2, 14)) * (1 if chance(rng, 0.5) else -1)
        start = (row, column)
        for _ in range(abs(target)):
            step = (0, int(np.sign(target))) if horizontal else (int(np.sign(target)), 0)
            nxt = (row + step[0], column + step[1])
            if not _free(grid, nxt):
                break
            row, column = nxt
            path.append(nxt)
        if (row, column) != start:
            boxes.append(_run(start, (row, column), pitch, width))
        horizontal = not horizontal
    for cell in path:
        grid[cell] = True
    return boxes


def _free(grid: Grid, cell: tuple[int, int]) -> bool:
    inside = 0 <= cell[0] < grid.shape[0] and 0 <= cell[1] < grid.shape[1]
    around = grid[max(cell[0] - 1, 0) : cell[0] + 2, max(cell[1] - 1, 0) : cell[1] + 2]
    return inside and not around.any()


def _run(start: tuple[int, int], end: tuple[int, int], pitch: float, width: float) -> Box:
    top, bottom = sorted((start[0] * pitch, end[0] * pitch))
    left, right = sorted((start[1] * pitch, end[1] * pitch))
    return (left, top, right + width, bottom + width)
