"""Aperiodic logic on a grid: short runs like bricks, and wires that wander without touching."""

import numpy as np
from numpy.typing import NDArray

from core.synthesis.drawing import Frame, draw_boxes
from core.synthesis.layout import Layout
from core.synthesis.layouts.beol_routing import Box
from core.synthesis.layouts.materials import assemble, make_layer, roughened, sample_palette
from core.synthesis.randomness import Rng, chance, log_uniform, uniform

_STEPS = np.array([(1, 0), (0, 1), (-1, 0), (0, -1)])
_MOST_NODES = 1600
"""Beyond it a finer grid only costs time: the picture holds enough corners."""


def brick_runs(rng: Rng, frame: Frame) -> Layout:
    """Runs of a whole number of grid steps with one narrow gap between them, some strapped to the next track."""
    grid = log_uniform(rng, 9, 40)
    width = grid * uniform(rng, 0.4, 0.65)
    feature = min(width, grid - width)
    palette = roughened(rng, sample_palette(rng, feature), feature)
    mask = frame.blank()
    draw_boxes(mask, frame, _bricks(rng, frame, grid, width) + _straps(rng, frame, grid, width))
    return assemble(rng, frame, palette, [make_layer(palette, "lines", mask)], grid)


def _bricks(rng: Rng, frame: Frame, grid: float, width: float) -> list[Box]:
    longest = int(rng.integers(4, 24))
    fill = uniform(rng, 0.6, 1.0)
    boxes: list[Box] = []
    for y in np.arange(-uniform(rng, 0, grid), frame.extent_wh[1] + grid, grid):
        x = -grid * float(rng.integers(0, longest))
        while x < frame.extent_wh[0]:
            run = grid * float(rng.integers(1, longest + 1))
            if chance(rng, fill):
                boxes.append((x, y, x + run - grid + width, y + width))
            x += run
    return boxes


def _straps(rng: Rng, frame: Frame, grid: float, width: float) -> list[Box]:
    """Upright links of one or two tracks, on the grid."""
    columns, rows = (int(length / grid) + 1 for length in frame.extent_wh)
    count = int(columns * rows * uniform(rng, 0, 0.06))
    x = grid * rng.integers(0, columns, count)
    y = grid * rng.integers(-1, rows, count)
    tall = grid * rng.integers(1, 3, count) + width
    return [(float(a), float(b), float(a) + width, float(b + c)) for a, b, c in zip(x, y, tall, strict=True)]


def grid_routing(rng: Rng, frame: Frame) -> Layout:
    """Wires that wander over a grid, turn at right angles and keep off each other."""
    grid = log_uniform(rng, 12, 48)
    grid = max(grid, float(np.sqrt(frame.extent_wh[0] * frame.extent_wh[1] / _MOST_NODES)))
    width = grid * uniform(rng, 0.3, 0.6)
    feature = min(width, grid - width)
    palette = roughened(rng, sample_palette(rng, feature), feature)
    mask = frame.blank()
    shape = int(frame.extent_wh[0] / grid) + 3, int(frame.extent_wh[1] / grid) + 3
    boxes = [box for wire in _wander(rng, shape) for box in _wire_boxes(wire, grid, width)]
    draw_boxes(mask, frame, np.array(boxes) - grid)
    return assemble(rng, frame, palette, [make_layer(palette, "lines", mask)], grid)


def _wander(rng: Rng, shape: tuple[int, int]) -> list[NDArray[np.int64]]:
    """(K, 2) grid nodes of each wire; no node is used twice, those of one node are left out."""
    free = np.ones(shape, np.bool_)
    straight = uniform(rng, 0.6, 0.95)
    longest = int(rng.integers(6, 40))
    wires: list[NDArray[np.int64]] = []
    for index in rng.permutation(free.size):
        node = np.array(np.unravel_index(int(index), shape))
        if not free[tuple(node)]:
            continue
        wire = _walk(rng, free, node, straight, int(rng.integers(2, longest + 1)))
        if len(wire) > 1:
            wires.append(wire)
    return wires


def _walk(
    rng: Rng, free: NDArray[np.bool_], node: NDArray[np.int64], straight: float, length: int
) -> NDArray[np.int64]:
    """One wire from a free node; marks what it uses in `free`."""
    free[tuple(node)] = False
    heading = int(rng.integers(4))
    wire = [node]
    while len(wire) < length:
        turn = 0 if chance(rng, straight) else (1 if chance(rng, 0.5) else -1)
        heading = (heading + turn) % 4
        node = node + _STEPS[heading]
        inside = 0 <= node[0] < free.shape[0] and 0 <= node[1] < free.shape[1]
        if not inside or not free[tuple(node)]:
            break
        free[tuple(node)] = False
        wire.append(node)
    return np.array(wire)


def _wire_boxes(wire: NDArray[np.int64], grid: float, width: float) -> list[Box]:
    """One box a step: wide enough to close the corners."""
    first, second = np.minimum(wire[:-1], wire[1:]) * grid, np.maximum(wire[:-1], wire[1:]) * grid + width
    return [(float(a), float(b), float(c), float(d)) for (a, b), (c, d) in zip(first, second, strict=True)]
