"""Large metal: power grids with small cells, damascene polygons."""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.synthesis.drawing import Frame, draw_boxes, fill_polygons
from core.synthesis.layout import ByteArray, Layout
from core.synthesis.layouts.beol_arrays import lattice, line_boxes
from core.synthesis.layouts.materials import assemble, make_layer, sample_palette
from core.synthesis.randomness import Rng, chance, log_uniform, uniform


def power_grid(rng: Rng, frame: Frame) -> Layout:
    """Wide rails with rows of small shapes between them."""
    unit = log_uniform(rng, 5, 18)
    row = unit * uniform(rng, 7, 16)
    rail = unit * uniform(rng, 1.5, 4)
    palette = sample_palette(rng, unit * 0.9)
    mask = frame.blank()
    draw_boxes(mask, frame, line_boxes(frame, row, rail, 0))
    boxes: list[tuple[float, float, float, float]] = []
    for y in np.arange(-row, frame.extent_wh[1] + row, row):
        x = -uniform(rng, 0, 4 * unit)
        while x < frame.extent_wh[0]:
            width = unit * float(rng.choice([1, 1, 1.4, 2.5]))
            low, high = sorted(rng.uniform(rail + unit, row - unit, 2))
            top = 0.0 if chance(rng, 0.2) else low
            boxes.append((x, y + top, x + width, y + max(high, top + 2 * unit)))
            x += width + unit * float(rng.choice([1, 1.2, 2, 3]))
    draw_boxes(mask, frame, boxes)
    return assemble(rng, frame, palette, [make_layer(palette, "lines", mask)], row)


def damascene_polygons(rng: Rng, frame: Frame) -> Layout:
    """Large filled areas with slots, notches, 45-degree corners and dummy squares around."""
    unit = log_uniform(rng, 10, 36)
    palette = sample_palette(rng, unit * 0.6)
    mask = frame.blank()
    size = np.array(frame.extent_wh)
    _dummy_fill(rng, frame, mask, unit)
    for _ in range(int(rng.integers(2, 6))):
        low = rng.uniform(-0.1, 0.8, 2) * size
        high = low + unit * rng.uniform(3, 12, 2)
        margin = unit * 0.6
        draw_boxes(mask, frame, [(*(low - margin), *(high + margin))], 0)
        _chamfered(rng, frame, mask, low, high, unit)
        _slots(rng, frame, mask, low, high, unit)
    return assemble(rng, frame, palette, [make_layer(palette, "blocks", mask)], unit * 2)


def _dummy_fill(rng: Rng, frame: Frame, mask: ByteArray, unit: float) -> None:
    if chance(rng, 0.65):
        points = lattice(frame, (unit * 2, unit * 2), float(rng.choice([0, 0.5])), (0, 0))
        half = unit * uniform(rng, 0.35, 0.65)
        draw_boxes(mask, frame, np.concatenate([points - half, points + half], axis=-1))


def _chamfered(
    rng: Rng,
    frame: Frame,
    mask: ByteArray,
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    unit: float,
) -> None:
    cut = unit * uniform(rng, 0.1, 1.4) if chance(rng, 0.5) else 0.01
    (x0, y0), (x1, y1) = low, high
    corners = [
        (x0 + cut, y0), (x1 - cut, y0), (x1, y0 + cut), (x1, y1 - cut),
        (x1 - cut, y1), (x0 + cut, y1), (x0, y1 - cut), (x0, y0 + cut),
    ]  # fmt: skip
    fill_polygons(mask, frame.to_image(corners)[None])


def _slots(
    rng: Rng,
    frame: Frame,
    mask: ByteArray,
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    unit: float,
) -> None:
    """Stress-relief slots, on a grid inside the block."""
    if chance(rng, 0.4):
        return
    slots = frame.blank()
    width = unit * uniform(rng, 0.4, 0.7)
    for y in np.arange(low[1] + unit, high[1] - unit, unit * 2):
        for x in np.arange(low[0] + unit, high[0] - unit, unit * 3):
            draw_boxes(slots, frame, [(x, y, x + unit * 1.6, y + width)])
    np.copyto(mask, cv2.subtract(mask, slots))
