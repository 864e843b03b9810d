"""Gates and fins: crossing arrays, cut gates, spacers, poly blocks, cell rows."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.synthesis.drawing import Frame, box_corners, draw_boxes
from core.synthesis.layout import Cut, Layer, Layout
from core.synthesis.layouts.beol_arrays import line_boxes
from core.synthesis.layouts.materials import Palette, assemble, make_layer, sample_palette
from core.synthesis.randomness import Rng, chance, log_uniform, uniform


def column_boxes(frame: Frame, pitch: float, width: float, offset: float) -> NDArray[np.float64]:
    """(N, 4) parallel lines along y that cover the frame."""
    turned = replace(frame, extent_wh=frame.extent_wh[::-1])
    return line_boxes(turned, pitch, width, offset)[:, [1, 0, 3, 2]]


def _fin_layer(rng: Rng, frame: Frame, palette: Palette, pitch: float) -> Layer:
    mask = frame.blank()
    width = pitch * uniform(rng, 0.3, 0.5)
    boxes = line_boxes(frame, pitch, width, uniform(rng, 0, pitch))
    if chance(rng, 0.5):
        # Fins come in groups: drop every n-th.
        period = int(rng.integers(3, 7))
        boxes = boxes[np.arange(len(boxes)) % period != 0]
    draw_boxes(mask, frame, boxes)
    layer = make_layer(palette, "fins", mask, second=True, scale=uniform(rng, 0.3, 0.8))
    return replace(layer, opacity=uniform(rng, 0.5, 1))


def fin_gate_array(rng: Rng, frame: Frame) -> Layout:
    """Gates that cross fins."""
    pitch = log_uniform(rng, 14, 72)
    width = pitch * uniform(rng, 0.28, 0.5)
    fin_pitch = max(pitch * uniform(rng, 0.45, 1.3), 10)
    palette = sample_palette(rng, min(width, fin_pitch * 0.35))
    gates = frame.blank()
    draw_boxes(gates, frame, column_boxes(frame, pitch, width, uniform(rng, 0, pitch)))
    layers = [_fin_layer(rng, frame, palette, fin_pitch), make_layer(palette, "gates", gates)]
    if chance(rng, 0.25):
        layers.reverse()
    return assemble(rng, frame, palette, layers, pitch)


def gate_cuts(rng: Rng, frame: Frame) -> Layout:
    """Gate lines cut at aligned or random places."""
    pitch = log_uniform(rng, 11, 64)
    width = pitch * uniform(rng, 0.35, 0.58)
    palette = sample_palette(rng, min(width, pitch - width))
    mask = frame.blank()
    lines = line_boxes(frame, pitch, width, uniform(rng, 0, pitch))
    draw_boxes(mask, frame, lines)
    boxes = _cut_boxes(rng, frame, lines, pitch)
    draw_boxes(mask, frame, boxes, 0)
    corners = frame.to_image(box_corners(boxes))
    cuts = tuple(Cut(0, polygon) for polygon in corners)
    layers = [make_layer(palette, "gates", mask)]
    if chance(rng, 0.3):
        layers.insert(
            0, _fin_layer(rng, replace(frame, matrix=frame.matrix[:, ::-1]), palette, max(pitch, 12))
        )
        cuts = tuple(replace(cut, layer=1) for cut in cuts)
    return assemble(rng, frame, palette, layers, pitch, cuts)


def _cut_boxes(rng: Rng, frame: Frame, lines: NDArray[np.float64], pitch: float) -> NDArray[np.float64]:
    gap = pitch * uniform(rng, 0.5, 1.4)
    columns = np.arange(0, frame.extent_wh[0], pitch * uniform(rng, 3, 9)) + uniform(rng, 0, pitch)
    aligned = chance(rng, 0.5)
    keep = uniform(rng, 0.25, 0.8)
    boxes: list[tuple[float, float, float, float]] = []
    for x in columns:
        for index, line in enumerate(lines):
            shift = 0.0 if aligned else pitch * 2 * (index % 3)
            if chance(rng, 1.0 if aligned and index % 4 < 2 else keep):
                boxes.append((x + shift, line[1] - 1.5, x + shift + gap, line[3] + 1.5))
    return np.array(boxes or [(0.0, lines[0, 1], gap, lines[0, 3])])


def fin_spacers(rng: Rng, frame: Frame) -> Layout:
    """Fins or mandrels with bright spacers on both sides."""
    pitch = log_uniform(rng, 16, 72)
    width = pitch * uniform(rng, 0.3, 0.45)
    spacer = pitch * uniform(rng, 0.1, 0.18)
    palette = sample_palette(rng, max(spacer, 3.0))
    boxes = line_boxes(frame, pitch, width, uniform(rng, 0, pitch))
    if chance(rng, 0.4):
        boxes[:, 2] = frame.extent_wh[0] * uniform(rng, 0.5, 0.9)
    outer, inner = frame.blank(), frame.blank()
    draw_boxes(outer, frame, boxes + np.array([-spacer, -spacer, spacer, spacer]))
    draw_boxes(inner, frame, boxes)
    core = make_layer(palette, "fins", inner, second=True, scale=uniform(rng, -1.1, 0.3))
    layers = [make_layer(palette, "spacers", outer), core]
    if chance(rng, 0.3):
        gates = frame.blank()
        draw_boxes(gates, frame, column_boxes(frame, pitch * 2.2, pitch * 0.7, uniform(rng, 0, pitch)))
        layers.append(make_layer(palette, "gates", gates, scale=0.8))
    return assemble(rng, frame, palette, layers, pitch)


def poly_blocks(rng: Rng, frame: Frame) -> Layout:
    """Blocks of poly in rows, with trenches between and inside them."""
    unit = log_uniform(rng, 8, 30)
    palette = sample_palette(rng, unit * 0.8)
    mask = frame.blank()
    row = unit * uniform(rng, 3.5, 9)
    boxes: list[tuple[float, float, float, float]] = []
    for y in np.arange(-uniform(rng, 0, row), frame.extent_wh[1] + row, row):
        x = -uniform(rng, 0, 6 * unit)
        while x < frame.extent_wh[0]:
            width = unit * float(rng.choice([1, 2, 4, 8], p=[0.3, 0.3, 0.25, 0.15]))
            inset = unit * float(rng.choice([0, 0, 0.8]))
            boxes.append((x, y + inset, x + width, y + row - unit))
            x += width + unit * float(rng.choice([1, 1, 1.5, 2.5]))
    draw_boxes(mask, frame, boxes)
    return assemble(rng, frame, palette, [make_layer(palette, "gates", mask)], row)


def cell_rows(rng: Rng, frame: Frame) -> Layout:
    """Standard cells: gates of equal pitch with varied ends over active areas."""
    pitch = log_uniform(rng, 12, 48)
    row = pitch * uniform(rng, 5, 9)
    palette = sample_palette(rng, pitch * 0.35)
    gates, active = frame.blank(), frame.blank()
    for y in np.arange(-row, frame.extent_wh[1] + row, row):
        draw_boxes(active, frame, _active_boxes(rng, frame, y, row, pitch))
        boxes = column_boxes(frame, pitch, pitch * 0.38, 0)
        ends = rng.choice([0.06, 0.06, 0.2, 0.45], (2, len(boxes))) * row
        boxes[:, 1], boxes[:, 3] = y + ends[0], y + row * 0.96 - np.minimum(ends[1], row * 0.4)
        draw_boxes(gates, frame, boxes)
    below = make_layer(palette, "active", active, second=True, scale=uniform(rng, 0.1, 0.6))
    return assemble(rng, frame, palette, [below, make_layer(palette, "gates", gates)], pitch)


def _active_boxes(rng: Rng, frame: Frame, y: float, row: float, pitch: float) -> NDArray[np.float64]:
    boxes: list[tuple[float, float, float, float]] = []
    for low, high in ((0.14, 0.42), (0.56, 0.84)):
        x = -uniform(rng, 0, 5 * pitch)
        while x < frame.extent_wh[0]:
            run = pitch * float(rng.integers(2, 9))
            boxes.append((x, y + low * row, x + run, y + high * row))
            x += run + pitch * float(rng.integers(1, 3))
    return np.array(boxes)
